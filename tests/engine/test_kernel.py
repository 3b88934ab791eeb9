"""The compiled engine returns the reference engine's record, tick for tick."""

import ast
import importlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from sim import load_scenario
from sim.engine import run_engine
from sim.engine.kernel import jit, known, simulate
from sim.engine.kernel.simulation import _FIRST_ROOM
from sim.errors import EngineError
from sim.network import compile_network
from sim.network.tables import ClosureTable
from sim.record import audit
from sim.workload import draw_workload
from tests.architecture.source import ROOT, imported
from tests.engine.builders import crossing, rolling, serve, small
from tests.engine.builders import strait as two_ports
from tests.engine.running import differences, prepare
from tests.laws.networks import scenario, strait
from tests.strategies import networks

ORDINARY = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}
NIGHTLY = int(os.environ.get("STRAIT_RANDOM_NETWORKS", "1000"))
"""How many random networks the slow test draws; 10,000 a night."""
SCENARIOS = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))

CALLED_IN_FOG = crossing(
    two_ports(rolling(5), ships=2), *range(600, 1500, 60),
    closures=[{"start": "2018-01-02T00:05:00", "end": "2018-01-02T01:30:00", "direction": "inbound"}],
)  # fmt: skip
"""A ship would be called over empty, and a closure keeps it: rare in drawn networks."""


def _differences(network, workload):
    return differences(simulate(network, workload), run_engine(network, workload))


@settings(max_examples=200, **ORDINARY)
@given(networks())
@example(CALLED_IN_FOG)
def test_random_networks_have_one_record(config):
    assert _differences(*prepare(config)) == []


@pytest.mark.slow
@settings(max_examples=NIGHTLY, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_many_random_networks_have_one_record(config):
    assert _differences(*prepare(config)) == []


def _shipped(name, *overrides):
    chosen = load_scenario(name, *overrides)
    network = compile_network(chosen)
    return network, draw_workload(network, chosen.run.seed, 0)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_few_hours_of_every_shipped_scenario_have_one_record(name):
    network, workload = _shipped(name, "run.days=0.25", "run.lead_in_h=3", "run.lead_out_h=0")
    assert len(workload.arrival_tick)
    assert _differences(network, workload) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_has_one_record(name):
    network, workload = _shipped(name)
    assert _differences(network, workload) == []


def test_a_day_on_the_strait_has_one_record_and_it_is_sound():
    """Long enough for every array to grow: more sailings, and more answers waited for, than there is room at first."""
    network, workload = prepare(scenario(strait(prevalence=0.2, deck_m=12.0), days=2.0))
    record = simulate(network, workload)
    assert len(record.sailings["ship"]) > 2 * _FIRST_ROOM
    assert differences(record, run_engine(network, workload)) == []
    assert audit(network, workload, record) == []


def test_many_answers_that_a_policy_waits_for():
    steps = [
        {"do": "select", "name": "q", "ratio": {"any": {"rule": "skip_lot", "ratio": 0.5, "clean": 2}}},
        serve("nii", 900),
        {"do": "alarm", "name": "nii", "detects": {"any": 1.0}, "false_alarms": {"any": 0.3}},
        serve("search", 60),
    ]
    network, workload = prepare(small({"nii": {"servers": 3}, "search": {}}, steps, *range(0, 3000, 30)))
    assert _differences(network, workload) == []


def test_a_replication_leaves_no_trace_in_the_next():
    network, workload = prepare(scenario(strait(prevalence=0.2)))
    first = simulate(network, workload)
    simulate(network, draw_workload(network, 2, 1))
    assert differences(simulate(network, workload), first) == []


@contextmanager
def _plain_python():
    """Import the kernel anew, uncompiled."""
    compiled = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("sim.engine.kernel")}
    sys.modules["sim.engine.kernel.jit"] = _PlainJit("sim.engine.kernel.jit")
    try:
        yield importlib.import_module("sim.engine.kernel")
    finally:
        for name in [name for name in sys.modules if name.startswith("sim.engine.kernel")]:
            del sys.modules[name]
        sys.modules.update(compiled)
        sys.modules["sim.engine"].kernel = compiled["sim.engine.kernel"]


class _PlainJit(type(sys)):
    @staticmethod
    def compiled(function):
        return function

    compiled_apart = compiled_and_kept = compiled


@pytest.fixture
def plain():
    with _plain_python() as package:
        yield package


@settings(max_examples=30, **ORDINARY)
@given(networks())
def test_it_runs_uncompiled(plain, config):
    network, workload = prepare(config)
    assert differences(plain.simulate(network, workload), run_engine(network, workload)) == []


def _forget_to_release(land, unit):
    return -1


def _serve_the_last_first(memory, items, line):
    first = int(memory[line])
    second = int(items[first, 0])
    if second < 0:
        memory[line] = memory[line + 1] = -1
        return first
    items[first, 0] = items[second, 0]
    if items[second, 0] < 0:
        memory[line + 1] = first
    return second


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        ("station", "release", _forget_to_release),
        ("station", "pop_unit", _serve_the_last_first),
        ("choice", "is_full", lambda land, station: False),
        ("choice", "_is_turn", lambda land, policy: True),
        ("loop", "close_inspections", lambda land, marks, unit, step: None),
        ("harbour", "_is_wanted", lambda land, terminal: True),
        ("harbour", "_call", lambda land, sea, terminal: None),
        ("harbour", "is_stopped", lambda land, terminal, ship: False),
        ("ship", "is_stopped", lambda land, terminal, ship: False),
        ("ship", "lay_by", lambda land, sea, ship: None),
        ("loop", "_strike_deadline", lambda land, sea, sailing: -1),
        ("loop", "change_shift", lambda land, number: -1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_kernel_is_found_out(plain, monkeypatch, module, name, broken):
    monkeypatch.setattr(sys.modules[f"sim.engine.kernel.{module}"], name, broken)

    @settings(
        max_examples=400, database=None, phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False, **ORDINARY
    )
    @given(networks())
    @example(CALLED_IN_FOG)
    def is_the_same(config):
        network, workload = prepare(config)
        assert differences(plain.simulate(network, workload), run_engine(network, workload)) == []

    with pytest.raises((AssertionError, IndexError, ExceptionGroup)):
        is_the_same()


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


@dataclass(frozen=True, eq=False)
class _Working(ClosureTable):
    """Closures with columns that the kernel has not heard of."""

    headway_ticks: np.ndarray
    colour: np.ndarray


def _with_columns(network, **columns):
    old = {field.name: getattr(network.closures, field.name) for field in fields(network.closures)}
    return replace(network, closures=_Working(**old, **columns))


def test_what_it_does_not_know_it_refuses(monkeypatch):
    network, workload = prepare(small({"gate": {}}, [serve("gate", 20)], 0, 10))
    with pytest.raises(EngineError, match=r"does not know closures\.colour: take run\.engine=reference"):
        simulate(_with_columns(network, headway_ticks=np.zeros(0, np.int64), colour=np.zeros(0)), workload)
    monkeypatch.setitem(known._TABLES, "closures", known._TABLES["closures"] + " colour")
    simulate(_with_columns(network, headway_ticks=np.zeros(1, np.int64), colour=np.zeros(0)), workload)
    with pytest.raises(EngineError, match=r"does not know closures\.headway_ticks"):
        simulate(_with_columns(network, headway_ticks=np.ones(1, np.int64), colour=np.zeros(0)), workload)


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


def test_nobody_comes_and_nothing_is_there():
    network, workload = prepare(small({}, [{"do": "exit"}]))
    assert _differences(network, workload) == []


def _recursion(network, workload):
    """Kiefer and Wolfowitz (1955), station by station, for routes of stations in one order: no engine, no events."""
    join = workload.arrival_tick.copy()
    starts, ends = [], []
    for slot, service in enumerate(workload.duration_ticks):
        servers = [0] * int(network.stations.shift_servers[slot])
        start, end = np.empty_like(join), np.empty_like(join)
        # At equal ticks units join in order of the service end before, which the keys order by unit.
        for unit in np.lexsort((np.arange(len(join)), join)):
            first = min(range(len(servers)), key=servers.__getitem__)
            start[unit] = max(join[unit], servers[first])
            end[unit] = servers[first] = start[unit] + service[unit]
        starts, ends = [*starts, start], [*ends, end]
        join = end
    return np.array(starts), np.array(ends)


@pytest.mark.parametrize("seed", range(20))
def test_the_recursion_of_queues_in_line_is_a_third_witness(seed):
    rng = np.random.default_rng(seed)
    stations = {f"s{n}": {"servers": int(rng.integers(1, 4))} for n in range(int(rng.integers(1, 4)))}
    times = np.sort(30 * rng.integers(0, 60, 80))
    steps = [{**serve(name, 30 * int(rng.integers(1, 4)))} for name in stations]
    network, workload = prepare(small(stations, steps, *times.tolist()))
    starts, ends = _recursion(network, workload)
    for record in (simulate(network, workload), run_engine(network, workload)):
        assert np.array_equal(record.serves["start_tick"], starts)
        assert np.array_equal(record.serves["end_tick"], ends)


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
    assert [folder.name for folder in tmp_path.iterdir()] == [f"kernel-{jit.source_digest()}"]
