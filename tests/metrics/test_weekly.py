"""The weekly table adds up to the run, and the time closed is that of the closures."""

import numpy as np
import pandas as pd
import pytest

from sim import load_scenario, simulate
from sim.metrics import weekly_frame
from sim.metrics.closed import closed_spans
from sim.network import compile_network
from sim.scenario import make_scenario
from sim.study import Result
from sim.units import TICKS_PER_HOUR
from tests.engine.builders import crossing, rolling, strait


@pytest.fixture(scope="module")
def result() -> Result:
    window = ("calendar.start='2018-09-24T00:00'", "run.days=16.0", "run.lead_in_h=0", "run.lead_out_h=0")
    small = ("demand.vehicles_per_day.inbound=400.0", "demand.vehicles_per_day.outbound=400.0")
    scenario = load_scenario("march_2018", "demand=seasonal", "calendar=seasonal", "channel=none", *window, *small)
    return simulate(scenario, replications=2, workers=1)


def test_weeks_add_up_to_the_window(result: Result) -> None:
    weekly = result.weekly
    assert weekly["start"].drop_duplicates().tolist() == ["2018-09-24", "2018-10-01", "2018-10-08"]
    assert weekly["days"].drop_duplicates().tolist() == [7, 2]
    for metric in ("arrivals", "completions", "sailings"):
        for direction in ("inbound", "outbound"):
            rows = weekly[(weekly["metric"] == metric) & (weekly["direction"] == direction)]
            whole = result.metrics.query("metric == @metric and direction == @direction and statistic == 'mean'")
            whole = whole[(whole[["port", "line", "station", "class"]] == "all").all(axis=1)]
            assert rows["value"].sum() == pytest.approx(16 * float(whole["value"].iloc[0]))


def test_what_is_inside_at_the_end_is_what_came_and_has_not_gone(result: Result) -> None:
    weekly = result.weekly.set_index(["metric", "direction", "week"])["value"].sort_index()
    for direction in ("inbound", "outbound"):
        came = weekly["arrivals", direction].cumsum()
        gone = weekly["completions", direction].cumsum()
        # Removed vehicles are no completions; the mean of the last hour is near its end.
        assert (came - gone - weekly["in_system_at_end", direction]).abs().max() < 60
        assert (weekly["in_system_highest", direction] >= weekly["in_system_at_end", direction]).all()


def test_a_share_stays_below_one_with_its_bounds() -> None:
    day = [{"start": f"2018-01-{d:02d}T00:00:00", "end": f"2018-01-{d:02d}T12:00:00"} for d in range(1, 8)]
    config = crossing(strait(rolling(0)), 60, closures=day, horizon_s=14 * 86_400)
    reductions = list(simulate(make_scenario(config), replications=2, workers=1).reductions)
    # One replication closed all the time and one never: the interval would reach from below 0 to above 1.
    for reduction, share in zip(reductions, (1.0, 0.0), strict=True):
        for key, (above, below) in reduction.hourly.items():
            if key[0] == "closed_ratio":
                above[:] = share * below
    weekly = weekly_frame(compile_network(make_scenario(config)), reductions, 0.95)
    rows = weekly[weekly["metric"] == "closed_ratio"]
    assert (rows["value"] == 0.5).all()
    assert (rows[["low", "high"]].to_numpy() == [0.0, 1.0]).all()


def test_golden_week_has_more_traffic_than_the_week_before(result: Result) -> None:
    arrivals = result.weekly.query("metric == 'arrivals'").groupby("week")["value"].sum()
    assert arrivals[2] > 1.2 * arrivals[1]


def test_a_short_window_has_no_weeks() -> None:
    config = crossing(strait(rolling(0)), 60, horizon_s=13 * 86_400)
    assert simulate(make_scenario(config), replications=1, workers=1).weekly.empty


def test_a_long_window_has_weeks_instead_of_hours() -> None:
    config = crossing(strait(rolling(0)), 60, horizon_s=63 * 86_400)
    result = simulate(make_scenario(config), replications=1, workers=1)
    assert result.profile.empty
    assert isinstance(result.weekly, pd.DataFrame)
    assert result.weekly["week"].max() == 9
    assert result.weekly["low"].isna().all()
    assert set(result.figures("en")) >= {"weeks"}


@pytest.mark.parametrize(
    ("closures", "hours"),
    [
        ([], 0),
        ([("01:00", "02:00", {})], 1),
        ([("01:00", "03:00", {}), ("02:00", "04:00", {}), ("05:00", "06:00", {})], 4),
        ([("01:00", "02:00", {"wind_class": 7})], 0),
        ([("01:00", "02:00", {"direction": "outbound"})], 0),
        ([("01:00", "02:00", {"headway_min": 10.0})], 0),
        ([("01:00", "02:00", {"ports": ["b"]})], 1),
    ],
)
def test_closed_spans_are_the_union_of_what_stops_every_ship(closures: list[tuple[str, str, dict]], hours: int) -> None:
    sea = strait(rolling(0))
    sea["ship_types"]["big"] = {"deck_m": 3.0, "wind_class": 8}
    sea["ferries"]["line"]["ships"] = {"ship": 2, "big": 2}
    listed = [{"start": f"2018-01-01T{a}:00", "end": f"2018-01-01T{b}:00", **more} for a, b, more in closures]
    network = compile_network(make_scenario(crossing(sea, 60, closures=listed)))
    begin, end = closed_spans(network, network.closures, 0)
    assert int(np.sum(end - begin)) == hours * TICKS_PER_HOUR
    assert (begin[1:] >= end[:-1]).all()


def test_the_backlog_stands_at_the_gates_at_the_start() -> None:
    override = ("+demand.backlog={xinhai: 601, haian: 20}", "channel=none", "run.lead_in_h=2")
    network = compile_network(load_scenario("march_2018", *override))
    plain = compile_network(load_scenario("march_2018", "channel=none", "run.lead_in_h=2"))
    by_port: dict[str, int] = {}
    cars = 0
    for i, name in enumerate(network.sources.name):
        if name.startswith("backlog/"):
            listed = network.sources.listed_ticks[i]
            assert not listed.any()
            by_port[network.sources.origin[i]] = by_port.get(network.sources.origin[i], 0) + len(listed)
            is_car = network.class_name[network.sources.vehicle_class[i]] == "car"
            cars += len(listed) if is_car and network.sources.origin[i] == "xinhai" else 0
    assert by_port == {"xinhai": 601, "haian": 20}
    assert cars == pytest.approx(0.455 * 601, abs=1)
    assert [name for name in network.sources.name if not name.startswith("backlog/")] == list(plain.sources.name)
