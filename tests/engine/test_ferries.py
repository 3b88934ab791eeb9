"""The contract's clauses on ports and ships, on cases small enough for paper. Times in seconds."""

import pytest

from tests.engine.builders import arrive, board, crossing, rolling, serve, small, strait
from tests.engine.running import run
from tests.strategies import scenario_of


def test_a_rolling_ship_leaves_when_full():
    result = run(crossing(strait(rolling(60)), 0, 60, 120, 180))
    assert result.sailings("open_tick", "departure_tick", "units")[:2] == [(0, 120, 3), (180, 3780, 1)]
    assert result.seconds("units", "landing_tick") == [1920, 1920, 1920, 5580]


def test_a_rolling_ship_leaves_after_the_longest_wait_and_the_closing_time():
    result = run(crossing(strait(rolling(5), closing_min=1.0), 0, 330))
    assert result.sailings("open_tick", "departure_tick", "units")[:2] == [(0, 360, 1), (330, 690, 1)]


def test_a_full_ship_closes_before_it_leaves():
    result = run(crossing(strait(rolling(60), closing_min=2.0, load_s={"any": 30.0}), 0, 0, 0))
    assert result.seconds("units", "boarding_tick") == [0, 30, 60]
    assert result.sailings("departure_tick", "load_cm") == [(210, 300)]


def test_a_ship_that_is_due_waits_for_its_ramp_but_takes_nobody_more():
    result = run(crossing(strait(rolling(1), ships=2, load_s={"any": 40.0}), 0, 0, 0))
    assert result.seconds("units", "boarding_tick")[:2] == [0, 40]
    assert result.sailings("departure_tick", "units", "left_behind")[0] == (80, 2, 1)


def test_units_land_one_after_the_other_in_boarding_order():
    result = run(crossing(strait(rolling(0), unload_s={"any": 20.0}, load_s={"any": 10.0}), 0))
    assert result.sailings("departure_tick", "berth_tick", "ready_tick") == [(10, 1810, 1830)]
    result = run(crossing(strait(rolling(60), unload_s={"any": 20.0}), 0, 0, 0))
    assert result.seconds("units", "landing_tick") == [1820, 1840, 1860]


def test_a_timetable_ship_leaves_when_listed_and_a_missed_departure_is_lost():
    rule = {"a": {"rule": "timetable", "times": ["00:10", "00:20"]}, "b": rolling(60)["any"]}
    result = run(crossing(strait(rule, ships=1), 0, 700, horizon_s=3600))
    assert result.sailings("terminal", "departure_tick", "units")[0] == (0, 600, 1)
    assert 1200 not in result.seconds("sailings", "departure_tick")
    assert result.seconds("units", "boarding_tick")[1] in (-1, 600 + 1800 + 1800)


def test_a_headway_ship_leaves_after_each_headway():
    rule = {"any": {"rule": "headway", "every_min": 10.0}}
    result = run(crossing(strait(rule), 30, horizon_s=1500))
    assert [row[1:] for row in result.sailings("terminal", "departure_tick", "units") if row[0] == 0] == [
        (600, 1),
        (1200, 0),
    ]


@pytest.mark.parametrize(("open_next_m", "boarding"), [(2.0, [0, 0, 60]), (3.0, [0, 60, 120])])
def test_a_second_ship_opens_when_enough_units_wait(open_next_m, boarding):
    sea = strait(rolling(60), loading_berths=2, open_next_m=open_next_m, load_s={"any": 60.0})
    result = run(crossing(sea, 0, 0, 0))
    assert result.seconds("units", "boarding_tick") == boarding


def test_a_better_rank_boards_first():
    network = {
        "classes": {"car": {}, "truck": {}},
        "routes": {"main": [board()]},
        "arrivals": {"car": arrive(0, 10, name="car"), "truck": arrive(20, name="truck")},
        **strait(rolling(60), deck_m=10.0, load_s={"any": 60.0}, boarding_rank={"car": 1, "truck": 0}),
    }
    assert run(scenario_of(network)).seconds("units", "boarding_tick") == [0, 120, 60]


def test_a_unit_that_does_not_fit_lets_another_lane_board():
    network = {
        "classes": {"car": {"deck_m": 1.0}, "truck": {"deck_m": 3.0}},
        "routes": {"main": [board()]},
        "arrivals": {"car": arrive(0, 20, name="car"), "truck": arrive(10, name="truck")},
        **strait(rolling(60), load_s={"any": 60.0}),
    }
    result = run(scenario_of(network))
    assert result.record.units["arrival_tick"].tolist() == [0, 10_000, 20_000]
    assert result.seconds("units", "boarding_tick") == [0, 120, 60]
    assert result.sailings("departure_tick", "load_cm", "left_behind")[0] == (120, 200, 1)


def _closure(start, end, **more):
    return {"start": start, "end": end, **more}


MORNING = ("2018-01-01T00:00:00", "2018-01-01T00:10:00")


@pytest.mark.parametrize(
    ("closures", "departure"),
    [
        ([], 60),
        ([_closure(*MORNING)], 600),
        ([_closure(*MORNING, ports=["a"])], 600),
        ([_closure(*MORNING, ports=["b"])], 600),
        ([_closure(*MORNING, ports=["c"])], 60),
        ([_closure(*MORNING, wind_class=7)], 600),
        ([_closure(*MORNING, wind_class=6)], 60),
        ([_closure(*MORNING, direction="inbound")], 600),
        ([_closure(*MORNING, direction="outbound")], 60),
        ([_closure(*MORNING), _closure("2018-01-01T00:10:00", "2018-01-01T00:20:00")], 1200),
        ([_closure("2018-01-01T00:10:00", "2018-01-01T00:20:00"), _closure(*MORNING)], 1200),
        ([_closure("2017-12-31T22:00:00", "2017-12-31T23:00:00")], 60),
        ([_closure("2017-12-31T22:00:00", "2018-01-01T00:05:00")], 300),
        ([_closure("2018-01-01T00:00:30", "2018-01-03T00:00:00")], -1),
    ],
)
def test_a_closure_stops_the_ships_it_names(closures, departure):
    sea = strait(rolling(0))
    sea["ports"]["c"] = {"berths": 1, "shore": "south"}
    result = run(crossing(sea, 60, closures=closures))
    assert [*result.sailings("departure_tick"), (-1,)][0] == (departure,)


def _at(start: str, end: str, **more):
    return _closure(f"2018-01-01T{start}:00", f"2018-01-01T{end}:00", **more)


@pytest.mark.parametrize(
    ("closures", "departures"),
    [
        ([], [60, 60, 60]),
        ([_at("00:00", "01:00", headway_min=10.0)], [60, 660, 1260]),
        ([_at("00:00", "01:00", headway_min=10.0, direction="inbound")], [60, 660, 1260]),
        ([_at("00:00", "01:00", headway_min=10.0, direction="outbound")], [60, 60, 60]),
        ([_at("00:00", "01:00", headway_min=10.0, wind_class=6)], [60, 60, 60]),
        # The longest of two headways in force holds.
        ([_at("00:00", "01:00", headway_min=10.0), _at("00:00", "01:00", headway_min=15.0)], [60, 960, 1860]),
        # Reopened both ways: who waits for a slot leaves.
        ([_at("00:00", "00:15", headway_min=10.0)], [60, 660, 900]),
        # One-way working after a closure: the slots begin with the reopening.
        ([_at("00:00", "00:10"), _at("00:10", "01:00", headway_min=10.0)], [600, 1200, 1800]),
        # A closure in the middle takes the slots away; the reopening gives new ones.
        ([_at("00:00", "01:00", headway_min=10.0), _at("00:05", "00:25")], [60, 1500, 2100]),
        # One-way working that follows at once keeps its distance to the last ship.
        ([_at("00:00", "00:05", headway_min=10.0), _at("00:05", "01:00", headway_min=10.0)], [60, 660, 1260]),
        # The closure that comes after it holds who has no slot before.
        ([_at("00:00", "00:15", headway_min=10.0), _at("00:15", "00:40")], [60, 660, 2400]),
    ],
)
def test_one_way_working_lets_ships_leave_one_at_a_time(closures, departures):
    sea = strait(rolling(0), ships=6, deck_m=1.0, loading_berths=3)
    result = run(crossing(sea, 60, 60, 60, closures=closures))
    assert result.sailings("departure_tick") == [(tick,) for tick in departures]
    closed = any("headway_min" not in row and row["start"] < "2018-01-01T00:01" for row in closures)
    assert result.seconds("sailings", "secured_tick") == [600 if closed else 60] * 3


def test_a_ship_of_a_higher_class_loads_while_the_others_are_stopped():
    sea = strait(rolling(0), ships=0)
    sea["ship_types"]["big"] = {"deck_m": 3.0, "wind_class": 8}
    sea["ferries"]["line"]["ships"] = {"ship": 2, "big": 2}
    result = run(crossing(sea, 60, 120, 700, closures=[_closure(*MORNING, wind_class=7)]))
    # Ships 0 (force 7) and 2 (force 8) lie at a; the second unit waits until ship 0 may leave again.
    assert result.sailings("ship", "open_tick", "departure_tick")[:2] == [(2, 60, 60), (0, 600, 600)]


def test_ships_for_a_closed_port_leave_the_berths_to_the_others():
    sea = strait(rolling(0), deck_m=1.0)
    sea["ports"] |= {"a": {"berths": 1, "shore": "north"}, "c": {"berths": 2, "shore": "south"}}
    sea["ferries"]["other"] = {**sea["ferries"]["line"], "ends": ["a", "c"]}
    routes = {"ab": [board()], "ac": [{**board(), "ferry": "other"}]}
    arrivals = {"ab": arrive(60, route="ab"), "ac": arrive(90, route="ac")}
    closures = [_closure(*MORNING, ports=["b"])]
    result = run(scenario_of({"routes": routes, "arrivals": arrivals, **sea, "closures": closures}))
    assert sorted(result.sailings("terminal", "open_tick", "departure_tick"))[:2] == [(0, 600, 600), (2, 90, 90)]


def test_a_ship_that_loads_when_a_closure_begins_is_filled_and_held():
    sea = strait(rolling(60), closing_min=1.0)
    closures = [_at("00:05", "00:20")]
    result = run(crossing(sea, 60, 400, 460, 470, closures=closures))
    assert result.sailings("open_tick", "secured_tick", "departure_tick", "units")[0] == (60, 520, 1200, 3)
    assert result.sailings("open_tick")[1] == (1200,)


def test_each_port_has_its_own_slots_and_all_its_services_share_them():
    line = strait(rolling(0), deck_m=1.0)
    line["ports"]["c"] = {"berths": 2, "shore": "south"}
    line["ferries"]["other"] = {**line["ferries"]["line"], "ends": ["a", "c"]}
    routes = {"ab": [board()], "ac": [{**board(), "ferry": "other"}], "ba": [board("b")]}
    arrivals = {name: arrive(60, route=name) for name in routes}
    closures = [_at("00:00", "01:00", headway_min=10.0)]
    result = run(scenario_of({"routes": routes, "arrivals": arrivals, **line, "closures": closures}))
    assert sorted(result.sailings("terminal", "departure_tick")) == [(0, 60), (1, 60), (2, 660)]


def test_a_ship_is_called_over_only_when_it_could_leave_at_once():
    sea = strait(rolling(0), ships=2, deck_m=1.0)
    sea["ferries"]["other"] = {**sea["ferries"]["line"]}
    routes = {"ab": [board()], "ba": [{**board("b"), "ferry": "other"}]}
    # The first unit at b takes the slot of 60 s; the second at a calls for the ship at b, which may not leave at once.
    arrivals = {"ba": arrive(60, route="ba"), "ab": arrive(90, 95, 700, route="ab")}
    closures = [_at("00:00", "01:00", headway_min=10.0, ports=["b"], direction="outbound")]
    result = run(scenario_of({"routes": routes, "arrivals": arrivals, **sea, "closures": closures}))
    from_b = [row for row in result.sailings("terminal", "open_tick", "departure_tick", "units") if row[0] in (1, 3)]
    assert from_b[:2] == [(3, 60, 60, 1), (1, 700, 700, 0)]


def test_a_closure_from_the_first_tick_on_stops_shuttles_too():
    sea = strait({"any": {"rule": "at_once"}}, ships=1)
    result = run(small({}, [board()], **sea, closures=[_closure(*MORNING)], horizon_s=1200))
    assert result.sailings("open_tick", "departure_tick") == [(0, 600)]


def test_a_ship_is_called_over_empty_when_deck_is_short():
    result = run(small({}, [board("b")], 0, **strait(rolling(0), ships=1), horizon_s=7200))
    assert result.sailings("terminal", "departure_tick", "units")[:2] == [(0, 0, 0), (1, 1800, 1)]
    assert result.seconds("units", "boarding_tick") == [1800]


def test_ships_wait_off_for_a_berth():
    sea = strait(rolling(0), unload_s={"any": 300.0})
    sea["ports"]["b"]["berths"] = 1
    result = run(crossing(sea, 0, 60))
    assert result.sailings("departure_tick", "arrival_tick", "berth_tick", "ready_tick") == [
        (0, 1800, 1800, 2100),
        (60, 1860, 2100, 2400),
    ]


def test_a_full_yard_blocks_the_gate_first_come_first_in():
    rule = {"a": {"rule": "timetable", "times": ["00:10", "01:00"]}, "b": rolling(60)["any"]}
    sea = strait(rule, ships=1, deck_m=1.0)
    sea["ports"]["a"]["yard_m"] = 2.0
    result = run(small({"gate": {}}, [serve("gate", 10), board()], 0, 0, 0, 0, 0, **sea, horizon_s=7200))
    back = 600 + 1800 + 1800
    assert result.seconds("units", "boarding_tick") == [10, back, -1, -1, -1]
    assert result.seconds("units", "yard_tick") == [10, 20, 30, back, -1]
    assert result.seconds("serves", "release_tick") == [10, 20, 30, back, -1]
    assert result.seconds("serves", "start_tick") == [0, 10, 20, 30, back]


def test_who_gets_into_a_full_yard_boards_at_the_same_tick():
    sea = strait(rolling(60), ships=2, deck_m=2.0, load_s={"any": 60.0})
    sea["ports"]["a"]["yard_m"] = 1.0
    result = run(crossing({**sea}, 0, 0, 0))
    # The second waits in the yard while the first is on the ramp; the third gets in when the second boards.
    assert result.seconds("units", "yard_tick") == [0, 0, 60]
    sea = strait({"any": {"rule": "headway", "every_min": 60.0}}, ships=2, deck_m=3.0)
    sea["ports"]["a"]["yard_m"] = 1.0
    sea["ports"]["a"]["berths"] = 1
    late = run(crossing(sea, 0, 0, 0, 0, 0, horizon_s=30_000))
    third = late.seconds("units", "boarding_tick")[3]
    assert late.seconds("units", "boarding_tick")[4] == third > 0
