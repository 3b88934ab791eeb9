"""The examples of planners' own data: each file is read and changes what it is meant to change."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import load_scenario
from sim.network import Network, compile_network
from sim.units import TICKS_PER_HOUR

DATA = Path(__file__).resolve().parents[2] / "configs" / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compiled(*overrides: str) -> Network:
    return compile_network(load_scenario("march_2018", *overrides))


def expected_by_class(network: Network, port: str) -> dict[str, float]:
    """Sum the expected arrivals of the window's day at one port of departure by class."""
    total: Counter[str] = Counter()
    sources = network.sources
    for source, origin in enumerate(sources.origin):
        if origin == port:
            inside = sources.edge_ticks[source][:-1] >= network.window_tick
            inside &= sources.edge_ticks[source][1:] <= network.window_end_tick
            name = network.class_name[sources.vehicle_class[source]]
            total[name] += float(sources.expected[source][inside].sum())
    return dict(total)


def test_counts_replace_the_rates_of_their_port() -> None:
    counted: Counter[str] = Counter()
    for row in rows_of("hourly_counts_example.csv"):
        counted[row["class"]] += int(row["vehicles"])
    plain, example = compiled(), compiled("demand=counted_example")
    assert expected_by_class(example, "haian") == pytest.approx(dict(counted))
    assert expected_by_class(plain, "haian") != pytest.approx(dict(counted))
    assert expected_by_class(example, "xinhai") == pytest.approx(expected_by_class(plain, "xinhai"))


def test_measured_times_become_an_empirical_law_for_their_class() -> None:
    measured = tuple(float(row["seconds"]) for row in rows_of("service_times_example.csv"))
    network = compiled("checkpoint=measured_example")
    steps, truck = network.steps, network.class_name.index("truck")
    lanes = [p for p, name in enumerate(steps.name) if name == "gate/truck_lane" and steps.law[p, truck] >= 0]
    assert lanes
    assert {network.laws[steps.law[p, truck]] for p in lanes} == {("empirical", measured)}
    assert sum(family == "empirical" for family, _ in network.laws) == 1


def test_listed_departures_replace_rolling_dispatch_at_their_port() -> None:
    listed = [row["time"] for row in rows_of("timetable_example.csv")]
    network = compiled("ferry=timetable_example")
    port = network.ports.name.index("haian_new")
    terminal = next(
        t
        for t, name in enumerate(network.terminals.service)
        if name == "haian_new_xiuying" and network.terminals.port[t] == port
    )
    ticks = network.terminals.departure_ticks[terminal]
    day = ticks[(ticks >= network.window_tick) & (ticks < network.window_end_tick)] - network.window_tick
    minutes = [60 * int(time[:2]) + int(time[3:]) for time in listed]
    assert (day // (TICKS_PER_HOUR // 60)).tolist() == minutes
    assert network.terminals.rule[terminal] != compiled().terminals.rule[terminal]


def test_closures_stop_the_ships_of_their_ports() -> None:
    rows: list[dict[str, Any]] = rows_of("closures_february_2018.csv")
    network = compiled("calendar=closures_example", "run.days=7.0")
    assert len(network.closures.start_tick) == len(rows)
    row = next(i for i, r in enumerate(rows) if r["ports"] == "xinhai" and r["direction"] == "inbound")
    stopped = np.flatnonzero(network.closures.stops[row].any(axis=1))
    names = {(network.terminals.service[t], network.terminals.direction[t]) for t in stopped}
    assert names == {("haian_xinhai", "inbound"), ("haian_new_xinhai", "inbound")}
