"""Five vehicles on paper."""

import math

import pytest

from sim.metrics import reduce_replication, summarise
from sim.network import compile_network
from sim.scenario import make_scenario
from sim.scenario.run import Cost

from .builders import built, constant, desk, ran, reduced


def table(network, **reduce):
    frame = summarise(network, [reduce_replication(*ran(network), **reduce)], 0.95).metrics
    return {
        (r.metric, r.line, r.station, r.statistic): r.value
        for r in frame.itertuples()
        if r.direction == "all" and r.port == "all" and r._7 == "all"
    }


def test_one_desk():
    # Services 0-60, 60-120, 120-180, 200-260, 260-320: waits 0, 50, 100, 0, 50.
    got = table(built(desk([0.0, 10.0, 20.0, 200.0, 210.0])))
    here = ("desk", "all")
    assert got["arrivals", "all", "all", "mean"] == pytest.approx(5 * 24)
    assert got["completions", "all", "all", "mean"] == pytest.approx(5 * 24)
    assert got["wait", *here, "mean"] == pytest.approx(40 / 60)
    assert got["wait", *here, "p50"] == pytest.approx(50 / 60, rel=0.005)
    assert got["wait", *here, "p95"] == pytest.approx(100 / 60, rel=0.005)
    assert got["wait", *here, "max"] == 100 / 60
    assert got["time_in_system", "all", "all", "mean"] == pytest.approx(100 / 60)
    assert got["queue_length", *here, "mean"] == pytest.approx(200 / 3600)
    assert got["queue_length", "desk", "desk", "max"] == 2
    assert got["tailback", *here, "mean"] == pytest.approx(200 / 3600)
    assert got["utilisation", *here, "ratio"] == pytest.approx(300 / 3600)
    assert got["in_system", "all", "all", "mean"] == pytest.approx(500 / 3600)
    assert got["unfinished", "all", "all", "mean"] == got["backlog", "all", "all", "mean"] == 0


def test_queue_metres_keep_their_fraction():
    network = desk([0.0, 10.0, 20.0]) | {"classes": {"unit": {"queue_m": 6.4}}}
    got = table(built(network))
    assert got["tailback", "desk", "all", "mean"] == pytest.approx(6.4 * 150 / 3600)
    assert got["tailback", "desk", "desk", "max"] == pytest.approx(12.8)


def test_times_are_of_arrivals_in_the_window_and_queues_of_the_window_itself():
    # Window 3600-7200. The first unit came before it and is served until 3650; the last is still inside at the end.
    got = table(built(desk([3590.0, 3600.0, 7190.0]), lead_in_h=1))
    assert got["arrivals", "all", "all", "mean"] == pytest.approx(2 * 24)
    assert got["completions", "all", "all", "mean"] == pytest.approx(2 * 24)
    assert got["wait", "desk", "all", "mean"] == pytest.approx(25 / 60)  # (50 + 0) / 2
    assert got["time_in_system", "all", "all", "mean"] == pytest.approx(110 / 60)
    assert got["utilisation", "desk", "all", "ratio"] == pytest.approx((50 + 60 + 10) / 3600)
    assert got["unfinished", "all", "all", "mean"] == got["backlog", "all", "all", "mean"] == 1


def test_lead_out_lets_the_cohort_finish():
    got = table(built(desk([3590.0]), lead_out_h=1))
    assert got["unfinished", "all", "all", "mean"] == 0
    assert got["backlog", "all", "all", "mean"] == 1
    assert got["time_in_system", "all", "all", "mean"] == 1
    assert got["utilisation", "desk", "all", "ratio"] == pytest.approx(10 / 3600)


def test_a_full_station_ahead_blocks_and_its_time_counts_as_waiting_there():
    # Second desk: no room to wait. Unit 1 holds it 10-110; unit 2 ends the first at 20, is held until 110.
    network = {
        "stations": {"a": {"servers": 1}, "b": {"servers": 1, "queue_limit": 0}},
        "routes": {
            "main": [
                {"do": "serve", "station": "a", "time": constant(10.0)},
                {"do": "serve", "station": "b", "time": constant(100.0)},
            ]
        },
        "arrivals": {"main": {"route": "main", "times_s": [0.0, 1.0, 2.0]}},
    }
    got = table(built(network))
    # Unit 3 waits 2-110 for the first, is served until 120, held until 210.
    assert got["wait", "a", "all", "mean"] == pytest.approx((0 + 9 + 108) / 3 / 60)
    assert got["blocked", "a", "all", "mean"] == pytest.approx((0 + 90 + 90) / 3 / 60)
    assert got["wait", "b", "all", "mean"] == pytest.approx((0 + 90 + 90) / 3 / 60)
    assert got["utilisation", "a", "all", "ratio"] == pytest.approx(30 / 3600)


def inspection(ratio):
    """A gate, then everybody (or nobody) is scanned for 40 s."""
    return {
        "stations": {"gate": {"servers": 1}, "nii": {"servers": 1, "officers_per_server": 2.0}},
        "routes": {
            "main": [
                {"do": "serve", "station": "gate", "time": constant(30.0)},
                {"do": "select", "name": "nii/select", "ratio": {"any": ratio}, "otherwise": "out"},
                {"do": "serve", "station": "nii", "time": constant(40.0)},
                {
                    "do": "alarm",
                    "name": "nii",
                    "detects": {"any": 0.7},
                    "false_alarms": {"any": 0.0},
                    "otherwise": "out",
                },
                {"do": "exit", "removed": True},
                {"do": "exit", "label": "out"},
            ]
        },
        "arrivals": {"main": {"route": "main", "times_s": [0.0, 0.0, 0.0]}},
    }


def test_inspection_delay_is_waits_and_services_of_the_line_alone():
    # Gate 0-30, 30-60, 60-90. Scans 30-70, 70-110, 110-150: ready at 30, 60, 90; delays 40, 50, 60.
    got = table(built(inspection(1.0)))
    assert got["inspection_delay", "nii", "all", "mean"] == pytest.approx(50 / 60)
    assert got["inspection_delay", "nii", "all", "max"] == 1
    assert got["inspection_delay", "all", "all", "mean"] == pytest.approx(50 / 60)
    assert ("inspection_delay", "gate", "all", "mean") not in got
    assert got["expected_interception", "all", "all", "ratio"] == pytest.approx(0.7, rel=1e-15)
    assert got["searches", "nii", "all", "mean"] == pytest.approx(3 * 24)
    assert got["hit_rate", "nii", "all", "ratio"] == 0
    assert math.isnan(got["realised_interception", "all", "all", "ratio"])


def test_cost_is_officers_and_delay_at_their_prices():
    cost = Cost(officer_hour_cny=50.0, delay_vehicle_hour_cny={"any": 36.0})
    got = table(built(inspection(1.0)), cost=cost)
    assert got["officer_hours", "nii", "all", "mean"] == pytest.approx(48)
    assert got["cost", "all", "all", "mean"] == pytest.approx(48 * 50 + 24 * 150 / 3600 * 36)


def test_a_class_that_no_line_sees_gets_through():
    network = inspection(1.0) | {"classes": {"car": {}, "tanker": {}}}
    network["routes"]["by"] = [{"do": "serve", "station": "gate", "time": constant(1.0)}]
    network["arrivals"] = {
        "cars": {"class": "car", "route": "main", "times_s": [0.0, 0.0, 0.0]},
        "tankers": {"class": "tanker", "route": "by", "times_s": [500.0]},
    }
    assert table(built(network))["expected_interception", "all", "all", "ratio"] == pytest.approx(0.7 * 3 / 4)


def test_waiving_is_counted_over_the_selected():
    network = desk([0.0, 1.0, 2.0, 3.0, 100.0], queue_limit=1)
    network["routes"]["main"][0]["when_full"] = "waive"
    got = table(built(network))
    assert got["selected_ratio", "desk", "all", "ratio"] == 1
    assert got["waived_ratio", "desk", "all", "ratio"] == pytest.approx(2 / 5)
    assert got["inspected_ratio", "desk", "all", "ratio"] == pytest.approx(3 / 5)


def test_travel_ends_before_the_wait_begins():
    network = desk([0.0, 0.0])
    network["routes"]["main"].insert(0, {"do": "travel", "name": "road", "time": constant(100.0)})
    assert table(built(network))["wait", "desk", "all", "mean"] == pytest.approx(30 / 60)


def ferry(times_s):
    """A ship of two places that leaves every half hour and crosses in ten minutes."""
    service = {
        "ends": ["a", "b"],
        "ships": {"ship": 4},
        "departure": {"a": {"rule": "headway", "every_min": 30.0}, "b": {"rule": "at_once"}},
        "crossing": {"low_min": 10.0, "mode_min": 10.0, "high_min": 10.0},
        "load_s": {"any": 0.0},
        "unload_s": {"any": 0.0},
    }
    return {
        "ports": {"a": {"berths": 4}, "b": {"berths": 4}},
        "ship_types": {"ship": {"deck_m": 2.0}},
        "ferries": {"line": service},
        "routes": {"main": [{"do": "board", "ferry": "line", "origin": "a"}]},
        "arrivals": {"main": {"route": "main", "origin": "a", "destination": "b", "times_s": times_s}},
    }


def test_a_ferry():
    network = built(ferry([0.0, 60.0, 120.0]), hours=2)
    frame = summarise(network, reduced(network), 0.95).metrics
    rows = frame[(frame["port"] == "a") | (frame["port"] == "b")].query("direction == 'none' and `class` == 'all'")
    got = {(r.metric, r.port, r.statistic): r.value for r in rows.itertuples() if r.line == "all"}
    assert got["sailings", "a", "mean"] == pytest.approx(2 * 12)
    assert got["vehicles_per_sailing", "a", "mean"] == pytest.approx(3 / 2)
    assert got["load_factor", "a", "ratio"] == pytest.approx(3 / 4)
    assert got["left_behind", "a", "mean"] == pytest.approx(1 / 2)
    assert got["landings", "b", "mean"] == pytest.approx(3 * 12)
    # Ships lie ready with deck to spare: the first two board at once, the third when the next ship comes up.
    assert got["yard_dwell", "a", "max"] == pytest.approx(28)


def test_hours_of_the_profile():
    network = built(desk([0.0, 1800.0, 4000.0]), hours=1.5)
    profile = summarise(network, reduced(network), 0.95).profile
    rows = profile[(profile["metric"] == "arrivals") & (profile["direction"] == "all")]
    assert rows.sort_values("hour")["value"].tolist() == pytest.approx([2.0, 1 / 0.5])
    busy = profile[(profile["metric"] == "in_system") & (profile["direction"] == "all")]
    assert busy.sort_values("hour")["value"].tolist() == pytest.approx([120 / 3600, 60 / 1800])


def test_day_sums_do_not_depend_on_the_class_order():
    def day(order):
        network = {
            "classes": {name: {} for name in order},
            "stations": {"desk": {}},
            "routes": {"main": [{"do": "serve", "station": "desk", "time": constant(20.0)}]},
            "arrivals": {n: {"class": n, "route": "main", "times_s": [10.0 * len(n)]} for n in order},
        }
        config = {
            "title": {"name": "x", "zh": "x", "en": "x"},
            "run": {"days": 1.0, "lead_in_h": 0, "replications": 1, "seed": 1},
            "network": {"kind": "custom"} | network,
        }
        return table(compile_network(make_scenario(config)))

    one, other = day(["car", "truck"]), day(["truck", "car"])
    assert one == pytest.approx(other, nan_ok=True, rel=0, abs=0)


def test_a_flag_is_no_alarm_of_a_station():
    # Six units pass the gate; the flag takes none of the first route's class, all of the other's.
    flag = {"do": "alarm", "name": "scan/flag", "detects": {"any": 1.0}, "flag": True, "otherwise": "rest"}
    steps = [
        {"do": "serve", "station": "gate", "time": constant(10.0)},
        flag | {"false_alarms": {"car": 0.0, "truck": 1.0}},
        {"do": "select", "name": "pick", "ratio": {"any": 1.0}, "then": "scan", "otherwise": "end"},
        {"do": "select", "name": "pick", "ratio": {"any": 0.0}, "label": "rest", "otherwise": "end"},
        {"do": "serve", "station": "scan", "time": constant(10.0), "label": "scan"},
        {"do": "alarm", "name": "scan", "detects": {"any": 1.0}, "false_alarms": {"any": 0.0}, "otherwise": "end"},
        {"do": "exit", "removed": True},
        {"do": "exit", "label": "end"},
    ]
    network = {
        "classes": {"car": {}, "truck": {}},
        "stations": {"gate": {"place": "gate"}, "scan": {"place": "line"}},
        "routes": {"main": steps},
        "arrivals": {
            "car": {"class": "car", "route": "main", "times_s": [0.0, 20.0, 40.0, 60.0]},
            "truck": {"class": "truck", "route": "main", "times_s": [100.0, 200.0]},
        },
    }
    got = table(built(network))
    assert got["flagged_ratio", "line", "scan/flag", "ratio"] == pytest.approx(2 / 6)
    assert got["selected_ratio", "line", "all", "ratio"] == pytest.approx(2 / 6)
    assert got["inspected_ratio", "line", "all", "ratio"] == pytest.approx(2 / 6)
    assert not [key for key in got if key[0] == "alarm_ratio"]
    assert not [key for key in got if key[0] in ("searches", "hit_rate") and key[1] == "gate"]
