"""The compiled engine returns the reference engine's record, tick for tick."""

import os
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from sim import load_scenario
from sim.engine import run_engine
from sim.engine.kernel import simulate, simulation
from sim.network import compile_network
from sim.record import audit
from sim.workload import draw_workload
from tests.architecture.source import ROOT
from tests.engine.builders import constant, crossing, rolling, serve, small
from tests.engine.builders import strait as two_ports
from tests.engine.running import differences, prepare
from tests.engine.uncompiled import plain_python
from tests.laws.networks import scenario, strait
from tests.strategies import closed_crossings, networks

ORDINARY = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}
NIGHTLY = int(os.environ.get("STRAIT_RANDOM_NETWORKS", "1000"))
"""How many random networks the slow test draws; 10,000 a night."""
SCENARIOS = sorted(path.stem for path in (ROOT / "configs" / "scenario").glob("*.yaml"))

CALLED_IN_FOG = crossing(
    two_ports(rolling(5), ships=2), *range(600, 1500, 60),
    closures=[{"start": "2018-01-01T00:05:00", "end": "2018-01-01T01:30:00", "direction": "inbound"}],
)  # fmt: skip
"""A ship would be called over empty, and a closure keeps it: rare in drawn networks."""


def _closure(start, end, **more):
    return {"start": f"2018-01-01T00:{start}", "end": f"2018-01-01T00:{end}", **more}


TAKING_TURNS = crossing(
    two_ports(rolling(1), ships=8), *([0] * 9),
    closures=[
        _closure("00:00", "50:00", headway_min=4.0), _closure("02:00", "06:30"), _closure("12:00", "21:00"),
        _closure("14:00", "22:00", wind_class=7, headway_min=6.0), _closure("24:00", "24:30", ports=["a"]),
    ],
)  # fmt: skip
"""Ships wait for slots that come, that are lost to a closure, and that are given up when a closure ends."""
CALLED_IN_TURN = crossing(
    two_ports(rolling(5), ships=8), *range(600, 1500, 60),
    closures=[_closure("05:00", "59:00", headway_min=4.0, direction="inbound")],
)  # fmt: skip
"""A ship would be called over empty, and it is not its turn."""


def _differences(network, workload):
    return differences(simulate(network, workload), run_engine(network, workload))


@settings(max_examples=200, **ORDINARY)
@given(networks())
def test_random_networks_have_one_record(config):
    assert _differences(*prepare(config)) == []


@settings(max_examples=200, **ORDINARY)
@given(closed_crossings())
@example(CALLED_IN_FOG)
@example(TAKING_TURNS)
@example(CALLED_IN_TURN)
def test_random_closures_have_one_record(config):
    assert _differences(*prepare(config)) == []


@pytest.mark.slow
@settings(max_examples=NIGHTLY, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks() | closed_crossings())
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


def test_a_day_on_the_strait_has_one_record_and_it_is_sound(monkeypatch):
    """Long enough for every array to grow: more sailings, and more answers waited for, than there is room at first."""
    monkeypatch.setattr(simulation, "_likely_room", lambda network, _: simulation._least_room(network))
    network, workload = prepare(scenario(strait(prevalence=0.2, deck_m=12.0), days=2.0))
    record = simulate(network, workload)
    assert len(record.sailings["ship"]) > 2 * simulation._FIRST_ROOM
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


def test_times_longer_than_an_int32_have_one_record():
    steps = [serve("gate", 10), serve("store", 3_000_000)]
    network, workload = prepare(small({"gate": {}, "store": {}}, steps, 0, 5, 40, horizon_s=8_000_000))
    assert workload.duration_ticks.max() > np.iinfo(np.int32).max
    record = simulate(network, workload)
    assert record.serves["end_tick"][1].max() == 6_000_010_000
    assert differences(record, run_engine(network, workload)) == []
    assert audit(network, workload, record) == []


def test_a_replication_leaves_no_trace_in_the_next():
    network, workload = prepare(scenario(strait(prevalence=0.2)))
    first = simulate(network, workload)
    simulate(network, draw_workload(network, 2, 1))
    assert differences(simulate(network, workload), first) == []


def test_replications_of_one_network_may_differ_in_their_closures():
    fog = {"days": [28.0] * 12, "start_from_h": 0.0, "start_to_h": 1.0, "length": constant(1800)["any"]}
    network, _ = prepare(crossing(two_ports(rolling(5)), *range(0, 3600, 60), weather={"fog": fog}))
    workloads = [draw_workload(network, 1, number) for number in range(20)]
    assert len({tuple(w.closures.start_tick.tolist()) for w in workloads}) > 10
    for workload in workloads:
        assert _differences(network, workload) == []


@pytest.fixture
def plain():
    with plain_python() as package:
        yield package


@settings(max_examples=30, **ORDINARY)
@given(networks() | closed_crossings())
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
        ("ship", "headway", lambda land, sea, terminal, ship: 0),
        ("harbour", "may_leave", lambda land, sea, terminal, ship: True),
        ("closure", "headway", lambda land, sea, terminal, ship: 0),
        ("loop", "take_slot", lambda land, sea, ship: -1),
        ("loop", "_resume", lambda land, sea, port: None),
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
    @given(networks() | closed_crossings())
    @example(CALLED_IN_FOG)
    @example(TAKING_TURNS)
    @example(CALLED_IN_TURN)
    def is_the_same(config):
        network, workload = prepare(config)
        assert differences(plain.simulate(network, workload), run_engine(network, workload)) == []

    with pytest.raises((AssertionError, IndexError, ExceptionGroup)):
        is_the_same()


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
