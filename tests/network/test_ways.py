"""How places, stops and channels are written out as steps, and which labels the steps carry."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from sim import load_scenario
from sim.engine import run_engine
from sim.network import REMOVED, Network, StepKind, compile_network
from sim.record import audit, route_steps
from sim.scenario import make_scenario
from sim.study.load import arrivals_per_day
from sim.workload import draw_workload
from tests.strategies import scenario_of


@cache
def compiled(*overrides: str) -> Network:
    return compile_network(load_scenario("march_2018", *overrides))


def steps_of(network: Network, route: str) -> list[tuple[str, str]]:
    """Kind and name of the steps of a route, in order."""
    steps = network.steps
    return [(StepKind(int(steps.kind[p])).name, steps.name[p]) for p, r in enumerate(steps.route) if r == route]


def step(network: Network, route: str, name: str, kind: StepKind) -> int:
    steps = network.steps
    (found,) = [p for p, r in enumerate(steps.route) if r == route and steps.name[p] == name and steps.kind[p] == kind]
    return found


def test_a_channel_is_its_stops_in_order() -> None:
    names = [name for kind, name in steps_of(compiled(), "containers") if kind != "EXIT"]
    assert names == [
        "quay/crane",
        "container_yard/way",
        "container_yard/select",
        "container_yard/nii",
        "container_yard/nii",
        "container_yard/devanning",
        "container_yard/devanning",
        "container_gate/gate_lane",
    ]


def test_an_instant_technique_has_no_station_but_its_answer_has_a_place() -> None:
    network = compiled()
    assert [kind for kind, _ in steps_of(network, "coast")] == ["SELECT", "ALARM", "SERVE", "ALARM", "EXIT", "EXIT"]
    assert not [name for name in network.stations.name if name.endswith("/radar")]
    radar = step(network, "coast", "coast/radar", StepKind.ALARM)
    labels = (network.steps.place[radar], network.steps.port[radar], network.steps.post[radar])
    assert labels == ("coast", "coastline", "coastline/coast/radar")
    select = step(network, "coast", "coast/select", StepKind.SELECT)
    watched = network.rules.full_station[network.steps.target[select]]
    assert network.stations.name[watched] == "coastline/coast/patrol"


def test_a_place_where_all_is_instant_watches_no_queue() -> None:
    network = compiled()
    select = step(network, "parcels", "parcel_screen/select", StepKind.SELECT)
    assert network.rules.full_station[network.steps.target[select]] == -1
    assert network.steps.place[select] == "parcel_screen"


def test_only_its_classes_pass_a_place() -> None:
    network = compiled()
    boxes = {r for r, name in zip(network.steps.route, network.steps.name, strict=True) if name == "line2_box/nii"}
    assert boxes == {name for name in network.sources.name if name.endswith("inbound/container_truck")}


def test_stops_follow_the_port_of_entry_of_inbound_vehicles_only() -> None:
    network = compiled()
    inbound = [name for _, name in steps_of(network, "rail/inbound/car")]
    assert inbound.index("line2/select") < inbound.index("road_post/reached") < inbound.index("road_post/way")
    assert "road_post/way" not in [name for _, name in steps_of(network, "rail/outbound/car")]
    reached = step(network, "rail/inbound/car", "road_post/reached", StepKind.SELECT)
    car = network.class_name.index("car")
    assert (network.rules.ratio[network.steps.target[reached], car] == 0.3).all()
    assert network.steps.place[reached] == ""
    assert network.steps.name[network.steps.otherwise[reached]] == "exit"


@pytest.mark.parametrize(("share", "names"), [(1.0, ["road_post/way"]), (0.0, [])])
def test_a_share_of_all_or_nobody_asks_nobody(share: float, names: list[str]) -> None:
    scenario = load_scenario("march_2018").as_mapping()
    scenario["onward"][0]["share"] = {"any": share}
    network = compile_world(scenario)
    found = [name for _, name in steps_of(network, "rail/inbound/car") if name.startswith("road_post/")]
    assert found[: len(names)] == names
    assert bool(found) == bool(names)


def compile_world(plain: dict[str, Any]) -> Network:
    return compile_network(make_scenario(plain))


def test_the_network_knows_lines_channels_and_titles() -> None:
    network = compiled()
    assert network.line_of_place["line2_box"] == "line2"
    assert network.line_of_place["gate"] == "gate"
    assert network.line_title["zh"]["line3"].startswith("第三道防线")
    assert network.channel[network.class_name.index("small_craft")] == "coast"
    assert network.channel[network.class_name.index("car")] == "ferry"
    assert network.channel_title["en"]["parcels"] == "Parcels"
    assert network.port_title["zh"]["coastline"] == "全岛海岸"
    assert "coastline" in network.sites
    assert "coastline" not in network.ports.name


def test_a_class_without_channel_is_its_own() -> None:
    assert compile_network(load_scenario("custom", "network=mmc")).channel == ("unit",)


def test_channels_change_nothing_that_ferry_vehicles_bring() -> None:
    """Arrivals, classes and marks of ferry vehicles are the same numbers with and without channels."""
    with_all, without = compiled("run=quick"), compiled("run=quick", "channel=none")
    one, other = (draw_workload(n, 5, 1) for n in (with_all, without))
    ferried = np.isin(one.source, [with_all.sources.name.index(name) for name in without.sources.name])
    assert np.array_equal(one.arrival_tick[ferried], other.arrival_tick)
    assert np.array_equal(one.carries_violation[ferried], other.carries_violation)
    for source, name in enumerate(without.sources.name):
        mine, here = other.source == source, route_steps(without, source)
        there = route_steps(with_all, with_all.sources.name.index(name))
        by_name = {(with_all.steps.kind[p], with_all.steps.name[p]): with_all.steps.mark[p] for p in there}
        for p in here:
            kind, ours = without.steps.kind[p], without.steps.mark[p]
            theirs = by_name[kind, without.steps.name[p]]
            asks = kind in (StepKind.SELECT, StepKind.ALARM)
            a, b = (one.uniform, other.uniform) if asks else (one.duration_ticks, other.duration_ticks)
            if ours >= 0:
                assert np.array_equal(a[theirs][ferried][mine], b[ours][mine])


def test_every_call_brings_its_batch_at_one_tick() -> None:
    network = compiled("run=quick")
    source = network.sources.name.index("containers")
    workload = draw_workload(network, 5, 1)
    ticks = workload.arrival_tick[workload.source == source]
    _, counts = np.unique(ticks, return_counts=True)
    assert len(counts) > 5
    assert set(counts) == {150}
    inside = network.sources.edge_ticks[source][:-1] >= network.window_tick
    inside &= network.sources.edge_ticks[source][1:] <= network.window_end_tick
    assert network.sources.expected[source][inside].sum() == pytest.approx(1195)


def test_listed_arrivals_bring_their_batch_too() -> None:
    arrivals = {"main": {"route": "main", "times_s": [1.0, 2.0], "batch": 3}}
    network = compile_world(scenario_of({"routes": {"main": [{"do": "exit"}]}, "arrivals": arrivals}))
    assert draw_workload(network, 1, 0).arrival_tick.tolist() == [1000] * 3 + [2000] * 3
    assert arrivals_per_day(network)[0] == pytest.approx(6 * 24)


def test_the_auditor_finds_nothing_in_a_morning_of_all_channels() -> None:
    network = compiled("run.days=0.25", "run.lead_in_h=6", "run.lead_out_h=4", "threat.prevalence_per_100k.any=20000.0")
    workload = draw_workload(network, 7, 0)
    record = run_engine(network, workload)
    assert audit(network, workload, record) == []
    removed = {network.class_name[k] for k in workload.vehicle_class[record.units["outcome"] == REMOVED]}
    assert {"container", "parcel_batch", "small_craft", "car", "container_truck"} <= removed
