"""What holds on every path: small random networks with heavy ties."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine import run_engine
from sim.record import audit, replay_stations
from tests.engine.builders import serve, small
from tests.engine.running import Run, differences, prepare
from tests.strategies import closed_crossings, networks

ORDINARY = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}


def _simulate(config: dict[str, Any]) -> Run:
    network, workload = prepare(config)
    return Run(network, workload, run_engine(network, workload))


def _holds_to_the_laws(config: dict[str, Any]) -> None:
    result = _simulate(config)
    assert audit(*result) == []
    assert differences(result.record, _simulate(config).record) == []
    _little(result)


def _little(result: Run) -> None:
    """The integral of the number inside over [0, T) is the sum of the clipped sojourns, on integers."""
    horizon = result.network.horizon_tick
    units, serves = result.record.units, result.record.serves
    sojourns = [(units["arrival_tick"], units["exit_tick"]), (units["yard_tick"], units["boarding_tick"])]
    for begin, end in (("join", "start"), ("start", "release")):
        sojourns += list(zip(serves[f"{begin}_tick"], serves[f"{end}_tick"], strict=True))
    for begin, end in sojourns:
        here = begin >= 0
        begin, end = begin[here], np.where(end[here] < 0, horizon, end[here])
        edges = np.unique(np.concatenate([[0, horizon], begin, end]))
        inside = np.array([((begin <= t) & (end > t)).sum() for t in edges[:-1]])
        assert (inside * np.diff(edges)).sum() == (end - begin).sum()


@settings(max_examples=150, **ORDINARY)
@given(networks(with_ferry=False))
def test_random_stations_keep_every_law(config):
    _holds_to_the_laws(config)


@settings(max_examples=150, **ORDINARY)
@given(networks(with_ferry=True))
def test_random_ferries_keep_every_law(config):
    _holds_to_the_laws(config)


@settings(max_examples=150, **ORDINARY)
@given(closed_crossings())
def test_random_closures_keep_every_law(config):
    _holds_to_the_laws(config)


@pytest.mark.slow
@settings(max_examples=5000, **ORDINARY)
@given(closed_crossings())
def test_many_random_closures_keep_every_law(config):
    _holds_to_the_laws(config)


@pytest.mark.slow
@settings(max_examples=5000, **ORDINARY)
@given(networks())
def test_many_random_networks_keep_every_law(config):
    _holds_to_the_laws(config)


@settings(max_examples=100, **ORDINARY)
@given(networks(with_ferry=False))
def test_the_replay_gives_every_start_again(config):
    result = _simulate(config)
    replayed = replay_stations(*result)
    for table in ("serves", "selects", "alarms"):
        for name, values in result.record.table(table).items():
            assert np.array_equal(values, replayed.table(table)[name]), (table, name)


@settings(max_examples=100, **ORDINARY)
@given(networks())
def test_every_arrival_is_completed_removed_or_inside(config):
    result = _simulate(config)
    outcome = result.record.units["outcome"]
    assert np.bincount(outcome, minlength=3).sum() == len(result.workload.arrival_tick)
    assert ((outcome > 0) == (result.record.units["exit_tick"] >= 0)).all()
    for s in range(result.network.serves.count):
        join, start, release = (result.record.serves[f"{c}_tick"][s] for c in ("join", "start", "release"))
        joined, started, let_go = ((column >= 0) for column in (join, start, release))
        assert joined.sum() == started.sum() + (joined & ~started).sum()
        assert started.sum() == let_go.sum() + (started & ~let_go).sum()
    entered, boarded = (result.record.units[f"{c}_tick"] >= 0 for c in ("yard", "boarding"))
    assert entered.sum() == boarded.sum() + (entered & ~boarded).sum()
    assert result.record.sailings["units"].clip(0).sum() <= boarded.sum()


@settings(max_examples=60, **ORDINARY)
@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.integers(0, 300).map(float), min_size=1, max_size=40).map(sorted))
def test_raising_a_fixed_ratio_takes_no_inspection_away(one, other, times):
    def inspected(ratio):
        steps = [serve("gate", 20), {"do": "select", "name": "q", "ratio": {"any": ratio}}, serve("nii", 60)]
        record = _simulate(small({"gate": {}, "nii": {}}, steps, *times)).record
        return record.selects["is_selected"][0] == 1, record.serves["end_tick"][1] >= 0

    for fewer, more in zip(inspected(min(one, other)), inspected(max(one, other)), strict=True):
        assert (more | ~fewer).all()
