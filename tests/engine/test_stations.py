"""The contract's clauses on stations, on cases small enough for paper. Times in seconds."""

import pytest

from tests.engine.builders import arrive, serve, small
from tests.engine.running import run
from tests.strategies import scenario_of


def test_one_server_serves_in_order_of_arrival_and_number():
    result = run(small({"desk": {}}, [serve("desk", 60)], 0, 0, 10, 200))
    assert result.seconds("serves", "start_tick") == [0, 60, 120, 200]
    assert result.seconds("units", "exit_tick") == [60, 120, 180, 260]


def test_a_service_that_ends_at_the_tick_of_an_arrival_makes_room_first():
    desk = {"desk": {"queue_limit": 0}}
    result = run(small(desk, [serve("desk", 30, when_full="waive")], 0, 10, 30))
    assert result.seconds("serves", "start_tick") == [0, -1, 30]
    assert result.record.selects["is_full"].tolist() == [[0, 1, 0]]
    assert result.seconds("units", "exit_tick") == [30, 10, 60]


def test_no_service_is_shorter_than_a_tick():
    result = run(small({"desk": {}}, [serve("desk", 0)], 0, 0))
    assert result.record.serves["end_tick"].tolist() == [[1, 2]]


def test_blocking_after_service_goes_upstream_over_two_stations():
    stations = {"a": {}, "b": {"queue_limit": 0}, "c": {"queue_limit": 0}}
    result = run(small(stations, [serve("a", 30), serve("b", 30), serve("c", 100)], 0, 0, 0))
    assert result.seconds("serves", "start_tick", 1) == [30, 60, 160]
    assert result.seconds("serves", "release_tick", 0) == [30, 60, 160]
    assert result.seconds("serves", "end_tick", 0) == [30, 60, 90]
    assert result.seconds("serves", "release_tick", 1) == [60, 160, 260]
    assert result.seconds("serves", "start_tick", 2) == [60, 160, 260]


def test_who_is_blocked_first_gets_in_first():
    stations = {"fast": {}, "slow": {}, "line": {"queue_limit": 0}}
    network = {
        "stations": stations,
        "routes": {"slow": [serve("slow", 30), serve("line", 100)], "fast": [serve("fast", 20), serve("line", 100)]},
        "arrivals": {"slow": arrive(0, route="slow"), "fast": arrive(0, 0, route="fast")},
    }
    result = run(scenario_of(network))
    line = result.network.serves.of("line")
    assert result.seconds("serves", "start_tick", line) == [120, 20, 220]


def test_waiting_outside_and_being_waived_differ_only_at_the_full_queue():
    def outcome(when_full):
        stations = {"gate": {}, "nii": {"queue_limit": 0}}
        return run(small(stations, [serve("gate", 10), serve("nii", 100, when_full=when_full)], 0, 0))

    assert outcome("wait").seconds("units", "exit_tick") == [110, 210]
    assert outcome("wait").seconds("serves", "release_tick") == [10, 110]
    assert outcome("waive").seconds("units", "exit_tick") == [110, 20]
    assert outcome("waive").seconds("serves", "release_tick") == [10, 20]


def test_when_staff_fall_busy_servers_finish_first():
    shifts = [{"start": "00:00", "servers": 2}, {"start": "00:01", "servers": 1}]
    result = run(small({"desk": {"servers": shifts}}, [serve("desk", 90)], 0, 0, 0, 0, horizon_s=3600))
    assert result.seconds("serves", "start_tick") == [0, 0, 90, 180]


def test_when_staff_rise_the_queue_is_served_at_that_tick():
    shifts = [{"start": "00:00", "servers": 0}, {"start": "00:02", "servers": 2}]
    result = run(small({"desk": {"servers": shifts}}, [serve("desk", 60)], 0, 0, 0, horizon_s=3600))
    assert result.seconds("serves", "start_tick") == [120, 120, 180]


def test_ratio_in_force_follows_the_hour():
    ratio = {"any": [0.0, 1.0] + [0.5] * 22}
    steps = [{"do": "select", "name": "q", "ratio": ratio}, serve("desk", 10)]
    result = run(small({"desk": {}}, steps, 3599, 3600))
    assert result.record.selects["ratio"].tolist() == [[0.0, 1.0]]
    assert result.record.selects["is_selected"].tolist() == [[0, 1]]


def test_relief_goes_on_at_above_and_off_only_at_below():
    relief = {"station": "desk", "above": 2, "below": 0, "factor": 0.0}
    steps = [{"do": "select", "name": "q", "ratio": {"any": 1.0}, "relief": relief}, serve("desk", 100)]
    result = run(small({"desk": {}}, steps, 0, 1, 2, 3, 150, 250))
    assert result.record.selects["ratio"].tolist() == [[1, 1, 1, 0, 0, 1]]


def test_better_priority_goes_first_also_on_a_shared_route():
    network = {
        "classes": {"car": {}, "truck": {}},
        "stations": {"desk": {"priority": {"car": 1, "truck": 0}}},
        "routes": {"main": [serve("desk", 60)]},
        "arrivals": {"car": arrive(0, 10, name="car"), "truck": arrive(20, name="truck")},
    }
    assert run(scenario_of(network)).seconds("serves", "start_tick") == [0, 120, 60]


def test_letting_go_of_a_server_may_lead_back_to_the_same_station():
    # x and w hold station a, u holds b; w wants b, u wants a, v1 and v2 wait for a from outside.
    network = {
        "stations": {"a": {"servers": 2, "queue_limit": 0}, "b": {"queue_limit": 0}},
        "routes": {
            "only_a": [serve("a", 100)],
            "a_then_b": [serve("a", 10), serve("b", 100)],
            "b_then_a": [serve("b", 20), serve("a", 100)],
        },
        "arrivals": {
            "x": arrive(0, route="only_a"),
            "w": arrive(0, route="a_then_b"),
            "u": arrive(0, route="b_then_a"),
            "v": arrive(30, 30, route="only_a"),
        },
    }
    result = run(scenario_of(network))
    assert result.seconds("serves", "start_tick", 0) == [0, 0, 100, 100, 200]
    assert result.seconds("serves", "start_tick", 1) == [-1, 100, 0, -1, -1]


def test_a_way_lets_go_of_the_server():
    steps = [
        serve("a", 30),
        {"do": "travel", "name": "road", "time": {"any": {"family": "constant", "mean_s": 100.0}}},
        serve("b", 10),
    ]
    result = run(small({"a": {}, "b": {"queue_limit": 0}}, steps, 0, 0))
    assert result.seconds("serves", "release_tick") == [30, 60]
    assert result.seconds("serves", "start_tick", 1) == [130, 160]


def test_a_way_may_have_the_name_of_a_station():
    steps = [serve("x", 10), {"do": "travel", "name": "x", "time": {"any": {"family": "constant", "mean_s": 500.0}}}]
    result = run(small({"x": {}}, steps, 0))
    assert result.seconds("serves", "end_tick") == [10]
    assert result.seconds("units", "exit_tick") == [510]


@pytest.mark.parametrize(("prevalence", "outcome"), [(100_000.0, 2), (0.0, 1)])
def test_an_alarm_removes_carriers(prevalence, outcome):
    steps = [
        {"do": "alarm", "name": "scan", "detects": {"any": 1.0}, "false_alarms": {"any": 0.0}, "otherwise": "free"},
        {"do": "exit", "removed": True},
        {"do": "exit", "label": "free"},
    ]
    result = run(small({}, steps, 0, 10, prevalence_per_100k={"any": prevalence}))
    assert result.record.units["outcome"].tolist() == [outcome, outcome]
    assert result.record.alarms["is_alarmed"].tolist() == [[outcome - 1] * 2]


def test_what_is_going_on_at_the_horizon_keeps_open_ends():
    result = run(small({"desk": {}}, [serve("desk", 60)], 0, 0, 90, horizon_s=120))
    assert result.seconds("serves", "start_tick") == [0, 60, -1]
    assert result.seconds("serves", "end_tick") == [60, -1, -1]
    assert result.seconds("serves", "join_tick") == [0, 0, 90]
    assert result.record.units["outcome"].tolist() == [1, 0, 0]


def test_a_network_without_any_arrival_runs():
    steps = [{"do": "select", "name": "q", "ratio": {"any": 1.0}}, serve("desk", 10)]
    assert run(small({"desk": {}}, steps)).record.selects["ratio"].shape == (1, 0)
