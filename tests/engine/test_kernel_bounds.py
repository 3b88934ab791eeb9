"""The compiled engine's bounds: what it refuses, and the cache of its machine code."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest

from sim.engine.kernel import jit, known, simulate
from sim.errors import EngineError
from sim.network.tables import ClosureTable
from tests.architecture.source import ROOT, imported
from tests.engine.builders import serve, small
from tests.engine.running import prepare


@dataclass(frozen=True, eq=False)
class _Working(ClosureTable):
    """Closures with columns that the kernel has not heard of."""

    colour: np.ndarray


def _with_columns(network, **columns):
    old = {field.name: getattr(network.closures, field.name) for field in fields(network.closures)}
    return replace(network, closures=_Working(**old, **columns))


def test_what_it_does_not_know_it_refuses(monkeypatch):
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10))
    with pytest.raises(EngineError, match=r"does not know closures\.colour: take run\.engine=reference"):
        simulate(_with_columns(network, colour=np.zeros(0)), workload)
    monkeypatch.setitem(known._TABLES, "closures", known._TABLES["closures"] + " colour")
    simulate(_with_columns(network, colour=np.zeros(0)), workload)


@pytest.mark.parametrize(("names", "line"), [("_WORKLOAD", "workload.start"), ("_NETWORK", "network.shore")])
def test_fields_that_it_does_not_know(monkeypatch, names, line):
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10))
    monkeypatch.setattr(known, names, getattr(known, names).replace(line.split(".")[1], ""))
    with pytest.raises(EngineError, match=f"does not know {line}: take"):
        simulate(network, workload)


def test_columns_of_the_record_that_it_does_not_know(monkeypatch):
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10))
    monkeypatch.setattr(known, "COLUMNS", known.COLUMNS[:-1])
    with pytest.raises(EngineError, match=r"does not know sailings\.left_behind"):
        simulate(network, workload)


def _constants_of(path):
    """Modules of the project, outside the kernel, that a module of compiled functions takes names from."""
    return {name for _, name in imported(path, with_types=False) if name.startswith("sim.")} - {
        name for _, name in imported(path, with_types=False) if name.startswith("sim.engine.kernel")
    }


def test_the_cache_knows_every_file_that_constants_come_from():
    names = {module.__name__ for module in jit.CONSTANTS_FROM}
    doors = {"sim.network": "sim.network.tables", "sim.policy": "sim.policy.policy"}
    for path in sorted(Path(jit.__file__).parent.glob("*.py")):
        decorators = {
            ast.unparse(d)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
            for d in node.decorator_list
        }
        if decorators & {"compiled", "compiled_apart", "compiled_and_kept"}:
            assert {doors.get(name, name) for name in _constants_of(path)} <= names, path.name


def test_another_source_has_another_cache(tmp_path, monkeypatch):
    before = jit.source_digest()
    assert jit.source_digest() == before
    changed = tmp_path / "rules.py"
    changed.write_text(Path(jit.rules.__file__).read_text("utf-8") + "\n", "utf-8")
    monkeypatch.setattr(jit.rules, "__file__", str(changed))
    assert jit.source_digest() != before


def test_the_cache_goes_where_something_can_be_written(tmp_path):
    (tmp_path / "file").touch()
    places = [tmp_path / "file", tmp_path / "new" / "folder"]
    assert jit.cache_folder(places) == tmp_path / "new" / "folder" / f"kernel-{jit.source_digest()}"
    assert jit.cache_folder(places[:1]) is None


def _in_fresh_python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300,
        env={**os.environ, **environment}, cwd=ROOT,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.slow
def test_machine_code_is_kept(tmp_path):
    code = """
import json
from time import process_time
from sim.engine.kernel import loop, simulate
from tests.engine.running import prepare
from tests.engine.builders import crossing, rolling, serve, small
from tests.engine.builders import strait as two_ports
world = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10))
begun = process_time()
simulate(*world)
seconds = process_time() - begun
print(json.dumps([sum(loop.run.stats.cache_hits.values()), sum(loop.run.stats.cache_misses.values()), seconds]))
"""
    *cold, cold_seconds = _in_fresh_python(code, NUMBA_CACHE_DIR=str(tmp_path))
    *warm, warm_seconds = _in_fresh_python(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert (cold, warm) == ([0, 1], [1, 0])
    assert cold_seconds < 15
    assert warm_seconds < 1.5
    folders = {folder.name.split("-")[0]: folder.name for folder in tmp_path.iterdir()}
    assert set(folders) == {"kernel", "drawing", "normal"}
    assert folders["kernel"] == f"kernel-{jit.source_digest()}"
