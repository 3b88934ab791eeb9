"""The special duty of 2016 keeps to its source (S35), and the arithmetic says where its officers are too few."""

import numpy as np
import pytest

from sim import load_scenario, simulate
from sim.network import Network, compile_network
from sim.study.load import arrivals_per_day, offered_load, servers_open

OFFICER_HOURS = 116 * 8


def compiled(name: str, *overrides: str) -> Network:
    return compile_network(load_scenario(name, *overrides))


def server_hours(network: Network, station: int) -> float:
    """Server-hours that a station is staffed in a day."""
    changes = servers_open(network, station)
    hours = np.diff([hour for hour, _ in changes], append=changes[0][0] + 24) % 24
    return sum(servers * (span or 24) for (_, servers), span in zip(changes, hours, strict=True))


def line1(network: Network) -> dict[str, int]:
    return {name: n for n, name in enumerate(network.stations.name) if name.split("/")[1] == "line1"}


def busiest(network: Network, post: str) -> float:
    """Offered load of a post of line 1 by its staff, over the two ports."""
    load = offered_load(network).sum(axis=1)
    at = [
        station
        for name, station in line1(network).items()
        if name in (f"haian/line1/{post}", f"haian_new/line1/{post}")
    ]
    return max(float(load[station]) / (server_hours(network, station) / 24) for station in at)


@pytest.mark.parametrize("name", ["special_duty_2016", "spring_festival_duty"])
def test_line_1_has_116_shifts_of_8_hours(name: str) -> None:
    network = compiled(name)
    officers = {station: network.stations.officers_per_server[station] for station in line1(network).values()}
    assert sum(n * server_hours(network, station) for station, n in officers.items()) == pytest.approx(OFFICER_HOURS)


def test_the_vehicles_of_the_source_are_all_selected() -> None:
    network = compiled("special_duty_2016")
    inbound = np.array([direction == "inbound" for direction in network.sources.direction])
    assert arrivals_per_day(network)[inbound].sum() == pytest.approx(90_498 / 21, rel=1e-4)
    ratios = load_scenario("special_duty_2016").as_mapping()["sampling"]["line1"]
    assert set(ratios.values()) == {1.0}


@pytest.mark.parametrize("post", ["car_lane", "truck_lane", "look", "bay"])
def test_every_post_of_the_special_duty_has_time_to_spare(post: str) -> None:
    assert 0.1 < busiest(compiled("special_duty_2016"), post) < 0.8


@pytest.mark.parametrize(("inbound", "ratio"), [(8060.0, 0.910), (10268.0, 0.714)])
def test_the_ratio_above_which_no_queue_can_be_bounded(inbound: float, ratio: float) -> None:
    network = compiled("spring_festival_duty", f"demand.vehicles_per_day.inbound={inbound}")
    busy = {post: busiest(network, post) for post in ("car_lane", "truck_lane", "look", "bay")}
    assert max(busy, key=lambda post: busy[post]) == "look"
    assert 1 / busy["look"] == pytest.approx(ratio, abs=0.001)


def test_one_value_sets_the_ratio_of_every_class() -> None:
    ratios = load_scenario("spring_festival_duty", "sampling.line1.car=0.3").as_mapping()["sampling"]["line1"]
    assert set(ratios.values()) == {0.3}


@pytest.mark.slow
def test_a_week_of_the_special_duty_leaves_no_queue() -> None:
    result = simulate(load_scenario("special_duty_2016"), replications=4)
    queue = result.profile.query("metric == 'queue_length' and line == 'line1' and port == 'all' and station == 'all'")
    queue = queue[queue["class"] == "all"]
    mornings = queue[queue["hour"] % 24 == 5].set_index("hour")["value"]
    assert len(mornings) == 7
    assert mornings.max() < 0.05 * 4309
    assert mornings.iloc[-1] < 50
    left = result.metrics.query("metric == 'unfinished' and direction == 'inbound' and port == 'all'")
    assert left.set_index("class")["value"].drop(["all", "hazardous"]).sum() < 10
