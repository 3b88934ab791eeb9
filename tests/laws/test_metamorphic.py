"""What one change must do to every unit: only relations that hold on every path (no averages)."""

from copy import deepcopy

import numpy as np
import pytest

from sim.record import TABLES

from .networks import desk, law, run_case, scenario, strait, with_unused_station

SEEDS = [1, 2, 3, 4]


def all_columns(record) -> dict[str, np.ndarray]:
    return {f"{table}.{name}": values for table in TABLES for name, values in record.table(table).items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("servers", [1, 2, 4])
def test_one_more_server_delays_nobody(servers, seed):
    before, after = (
        run_case(scenario(desk(c, per_h=25.0 * servers), seed=seed, lead_out_h=72))[2] for c in (servers, servers + 1)
    )
    for name in ("start_tick", "end_tick"):
        assert (before.serves[name][0] >= 0).all()
        assert (after.serves[name][0] <= before.serves[name][0]).all()
    assert (after.serves["start_tick"][0] < before.serves["start_tick"][0]).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unused_station_changes_nothing(seed):
    network = strait(prevalence=0.1)
    before = run_case(scenario(network, seed=seed))[2]
    after = run_case(scenario(with_unused_station(network), seed=seed))[2]
    for table in TABLES:
        for name, values in before.table(table).items():
            assert np.array_equal(values, after.table(table)[name]), (table, name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ratios", [(0.5, 0.2), (0.2, 0.7), (1.0, 1.0)])
def test_a_higher_ratio_removes_no_inspection(ratios, seed):
    settings = [scenario(strait(r), seed=seed, lead_out_h=72) for r in ((0.2, 0.2), ratios)]
    before, after = (run_case(s)[2] for s in settings)
    for line in (0, 1):
        chosen, still = (r.selects["is_selected"][line] == 1 for r in (before, after))
        assert (still | ~chosen).all()
    inspected, still = (r.serves["start_tick"][1:] >= 0 for r in (before, after))
    assert (still | ~inspected).all()
    assert still.sum() > inspected.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_higher_ratio_saves_no_carrier(seed):
    caught = [
        run_case(scenario(strait(r, prevalence=0.3), seed=seed, lead_out_h=72))[2].units["outcome"] == 2
        for r in ((0.2, 0.2), (0.6, 0.5))
    ]
    assert (caught[1] | ~caught[0]).all()
    assert caught[1].sum() > caught[0].sum()


def listed(factor: int) -> dict:
    """Listed arrivals in whole seconds (many ties), constant services, a ferry; all times times a factor."""
    times = np.sort(np.random.default_rng(5).integers(0, 36_000, 900)) * float(factor)
    minutes = [factor * m for m in (30.0, 45.0)]
    network = {
        "stations": {"desk": {"servers": 3}, "scan": {"servers": 1, "queue_limit": 2}},
        "ports": {"a": {"berths": 2, "yard_m": 30.0}, "b": {"berths": 1}},
        "ship_types": {"ship": {"deck_m": 25.0}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"ship": 4},
                "departure": {"a": {"rule": "rolling", "longest_wait_min": minutes[0]}, "b": {"rule": "at_once"}},
                "crossing": dict.fromkeys(("low_min", "mode_min", "high_min"), minutes[1]),
                "load_s": {"any": 3.0 * factor},
                "unload_s": {"any": 2.0 * factor},
                "closing_min": 1.0 * factor,
            }
        },
        "routes": {
            "main": [
                {"do": "serve", "station": "desk", "time": law("constant", 100.0 * factor)},
                {"do": "select", "name": "sample", "ratio": {"any": 0.3}, "otherwise": "aboard"},
                {"do": "serve", "station": "scan", "time": law("constant", 120.0 * factor)},
                {"do": "travel", "name": "way", "time": law("constant", 60.0 * factor), "label": "aboard"},
                {"do": "board", "ferry": "line", "origin": "a"},
            ]
        },
        "arrivals": {"main": {"route": "main", "times_s": times.tolist()}},
    }
    return scenario(network, days=1.0 * factor)


@pytest.mark.parametrize("factor", [2, 8])
def test_doubled_times_double_every_tick(factor):
    before, after = (all_columns(run_case(listed(f))[2]) for f in (1, factor))
    assert (before["units.exit_tick"] >= 0).all()
    for name, values in before.items():
        if name.endswith("_tick"):
            values = np.where(values >= 0, values * factor, values)
        assert np.array_equal(after[name], values), name


def shuttle(deck_m: float, seed: int) -> dict:
    """One class, so one lane: strict first in, first out; departures by the clock; ships enough."""
    network = {
        "ports": {"a": {"berths": 3}, "b": {"berths": 9}},
        "ship_types": {"ship": {"deck_m": deck_m}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"ship": 8},
                "departure": {"a": {"rule": "headway", "every_min": 30.0}, "b": {"rule": "at_once"}},
                "crossing": dict.fromkeys(("low_min", "mode_min", "high_min"), 20.0),
                "load_s": {"any": 0.0},
                "unload_s": {"any": 0.0},
            }
        },
        "routes": {"main": [{"do": "board", "ferry": "line", "origin": "a"}]},
        "arrivals": {"main": {"route": "main", "hourly_per_h": [10.0, 80.0, 120.0, 40.0] * 6 + [0.0] * 48}},
    }
    return scenario(network, days=1, seed=seed, lead_out_h=48)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("deck_m", [30.0, 35.0, 50.0])
def test_more_deck_lets_nobody_board_later(deck_m, seed):
    ticks = []
    for deck in (deck_m, deck_m + 1):
        record = run_case(shuttle(deck, seed))[2]
        assert (record.units["outcome"] == 1).all()
        departure = record.sailings["departure_tick"][record.units["sailing"]]
        ticks.append((record.units["boarding_tick"], departure))
    for before, after in zip(*ticks, strict=True):
        assert (after <= before).all()
    assert (ticks[1][0] < ticks[0][0]).any()


def test_double_prevalence_moves_no_inspection_of_an_innocent_unit():
    before, after = (run_case(scenario(strait(prevalence=p), seed=3, lead_out_h=72)) for p in (0.05, 0.1))
    innocent = ~after[1].carries_violation
    assert (innocent <= ~before[1].carries_violation).all()
    chosen = [case[2].selects["is_selected"][:, innocent] for case in (before, after)]
    assert np.array_equal(*chosen)


def test_order_of_named_parts_does_not_matter_for_one_stream():
    network = strait(prevalence=0.1)
    turned = deepcopy(network)
    turned["stations"] = dict(reversed(network["stations"].items()))
    before, after = (all_columns(run_case(scenario(n, seed=2))[2]) for n in (network, turned))
    for name, values in before.items():
        assert np.array_equal(values, after[name]), name
