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
from hypothesis import HealthCheck, given, reject, settings

from sim.engine import run_engine
from sim.engine.kernel import events as events_of
from sim.engine.kernel import fields as kernel_fields
from sim.engine.kernel import jit, keys, known, simulate, simulation
from sim.errors import EngineError
from sim.network.tables import ClosureTable
from tests.architecture.source import ROOT, imported
from tests.engine.builders import crossing, rolling, serve, small
from tests.engine.builders import strait as two_ports
from tests.engine.running import differences, prepare
from tests.strategies import closed_crossings, networks


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
    assert set(folders) == {"kernel", "arriving", "crossing", "marking"}
    assert folders["kernel"] == f"kernel-{jit.source_digest()}"


@pytest.fixture
def moves(monkeypatch):
    """Count how often the base of the ticks of events moves, and bits of the largest number before and after."""
    seen = []

    def move(memory, events, base, bits, stop):
        seen.append((int(memory[kernel_fields.NUMBER_BITS]), bits))
        keys.move_base(memory, events, base, bits, stop)

    monkeypatch.setattr(simulation, "move_base", move)
    return seen


def test_a_long_horizon_is_simulated_in_legs(monkeypatch, moves):
    steps = [serve("gate", 50), serve("search", 400)]
    network, workload = prepare(small({"gate": {}, "search": {"servers": 2}}, steps, *range(0, 9000, 60)))
    expected = run_engine(network, workload)
    simulate(network, workload)
    assert moves == []
    monkeypatch.setattr(keys, "KEY_BITS", 31)
    assert differences(simulate(network, workload), expected) == []
    assert len(moves) > 5


def test_random_networks_are_simulated_in_legs(monkeypatch, moves):
    monkeypatch.setattr(keys, "KEY_BITS", 29)

    @settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(networks() | closed_crossings())
    def is_the_same(config):
        network, workload = prepare(config)
        try:
            record = simulate(network, workload)
        except EngineError:  # a shift or a closure too far ahead
            reject()
        assert differences(record, run_engine(network, workload)) == []

    is_the_same()
    assert len(moves) > 60


def test_an_event_too_far_ahead_is_refused(monkeypatch):
    network, workload = prepare(small({"gate": {}}, [serve("gate", 3000)], 0, horizon_s=9000))
    simulate(network, workload)
    monkeypatch.setattr(keys, "KEY_BITS", 31)
    with pytest.raises(
        EngineError, match=r"^the compiled engine holds events up to 0\.\d+ days ahead: take run\.engine"
    ):
        simulate(network, workload)


def test_an_event_too_far_ahead_once_numbers_grow_is_refused():
    memory = np.zeros(kernel_fields.HEADER, np.int64)
    memory[kernel_fields.HORIZON] = 2**60
    keys.set_base(memory, 0, 10, 2**60)
    events = np.array([(2**48) << 13, events_of.NEVER + 1])
    with pytest.raises(EngineError, match="holds events up to"):
        keys.move_base(memory, events, 0, 12, 2**60)


def test_more_sailings_than_units_take_more_bits(monkeypatch, moves):
    monkeypatch.setattr(simulation, "_likely_room", lambda network, _: 2 * len(network.ships.kind))
    network, workload = prepare(crossing(two_ports(rolling(1), ships=2), *range(0, 3000, 300)))
    assert differences(simulate(network, workload), run_engine(network, workload)) == []
    assert any(before < after for before, after in moves)
