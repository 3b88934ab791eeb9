"""The k-th unit of a stream keeps all its marks, whatever else is changed (common random numbers)."""

import numpy as np
import pytest

from sim.workload.arrivals import unit_rate_times

from .worlds import are_same, columns, draw, law, small_world

STREAMS = ("car", "truck")


@pytest.mark.parametrize("stream", STREAMS)
def test_same_key_same_columns(stream):
    assert are_same(columns(small_world(), stream), columns(small_world(), stream))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("key", [{"seed": 6}, {"replication": 1}])
def test_another_key_moves_every_column(stream, key):
    base = columns(small_world(), stream)
    other = columns(small_world(seed=key.get("seed", 5)), stream, key.get("replication", 0))
    for name in base:
        n = min(len(base[name]), len(other[name]))
        assert not np.array_equal(base[name][:n], other[name][:n]), name


@pytest.mark.parametrize("stream", STREAMS)
def test_a_longer_horizon_keeps_the_beginning(stream):
    short, long = columns(small_world(), stream), columns(small_world(days=5), stream)
    assert len(long["arrival"]) > len(short["arrival"])
    assert are_same(short, long)


@pytest.mark.parametrize("stream", STREAMS)
def test_more_demand_keeps_every_unit_itself(stream):
    busy = small_world()
    busy["network"]["arrivals"]["car"]["rate_per_h"] *= 1.5
    busy["network"]["arrivals"]["truck"]["hourly_per_h"] = [15.0, 45.0, 75.0]
    before, after = columns(small_world(), stream), columns(busy, stream)
    assert len(after["arrival"]) > len(before["arrival"])
    assert are_same(before, after, but=("arrival",))
    assert (after["arrival"][: len(before["arrival"])] <= before["arrival"]).all()


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("ratio", [0.0, 0.9, 1.0])
def test_another_ratio_moves_no_column(stream, ratio):
    changed = small_world()
    changed["network"]["routes"]["main"][1]["ratio"] = {"any": ratio}
    assert are_same(columns(small_world(), stream), columns(changed, stream))


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    "policy",
    [
        {"rule": "systematic", "every": 3},
        {"rule": "skip_lot", "clean": 4, "ratio": 0.1},
        {"rule": "quota", "per_hour": 3},
    ],
    ids=lambda policy: policy["rule"],
)
def test_a_policy_moves_no_column(stream, policy):
    changed = small_world()
    changed["network"]["routes"]["main"][1]["ratio"] = {"car": policy, "truck": 0.6}
    assert are_same(columns(small_world(), stream), columns(changed, stream))
    (network, first), (_, second) = draw(changed, 0), draw(changed, 1)
    assert first.start.shape == (1, len(network.class_name))
    assert (first.start != second.start).all()
    assert np.array_equal(first.start, draw(changed, 0)[1].start)


def with_flag():
    changed = small_world()
    flag = {"detects": {"any": 0.5}, "false_alarms": {"any": 0.2}, "flag": True, "otherwise": "rest"}
    picks = changed["network"]["routes"]["main"][1]
    picked = {**picks, "ratio": {"any": 1.0}, "then": "scan"}
    flagged = [{"do": "alarm", "name": "system", **flag}, picked, {**picks, "label": "rest"}]
    changed["network"]["routes"]["main"][1:2] = flagged
    changed["network"]["routes"]["main"][4]["label"] = "scan"
    return changed


def with_station():
    changed = small_world()
    changed["network"]["stations"] = {"booth": {"servers": 1}} | changed["network"]["stations"]
    changed["network"]["routes"]["main"].insert(0, {"do": "serve", "station": "booth", "time": law(30.0)})
    return changed


def with_technique():
    changed = small_world()
    changed["network"]["stations"] = {"dog": {"servers": 1}} | changed["network"]["stations"]
    alarm = {"do": "alarm", "name": "dog", "detects": {"any": 0.5}, "false_alarms": {"any": 0.2}, "otherwise": "road"}
    changed["network"]["routes"]["main"][2:2] = [{"do": "serve", "station": "dog", "time": law(30.0)}, alarm]
    return changed


def with_class():
    changed = small_world()
    changed["network"]["classes"] = {"coach": {}} | changed["network"]["classes"]
    coach = {"class": "coach", "route": "main", "rate_per_h": 200.0}
    changed["network"]["arrivals"] = {"coach": coach} | changed["network"]["arrivals"]
    changed["network"]["routes"]["main"][1]["ratio"]["any"] = 0.5
    return changed


def with_staff():
    changed = small_world()
    changed["network"]["stations"]["gate"]["servers"] = 1
    changed["network"]["stations"]["nii"]["queue_limit"] = 0
    return changed


def without_prevalence():
    changed = small_world()
    changed["network"]["prevalence_per_100k"] = {"any": 900.0}
    return changed


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("change", [with_station, with_technique, with_class, with_staff, with_flag])
def test_what_is_added_moves_no_other_column(stream, change):
    before, after = columns(small_world(), stream), columns(change(), stream)
    assert are_same(before, after)
    assert len(before["arrival"]) == len(after["arrival"])


def test_another_law_moves_one_column():
    changed = small_world()
    changed["network"]["routes"]["main"][0]["time"] = law(70.0)
    before, after = columns(small_world(), "car"), columns(changed, "car")
    assert are_same(before, after, but=("gate/service",))
    assert (after["gate/service"] >= before["gate/service"]).all()


def test_less_prevalence_only_takes_carriers_away():
    before, after = (
        columns(small_world(days=100), "car"),
        columns(without_prevalence() | {"run": small_world(days=100)["run"]}, "car"),
    )
    assert are_same(before, after, but=("carries",))
    assert not (after["carries"] & ~before["carries"]).any()
    assert after["carries"].sum() < before["carries"].sum()


def test_a_unit_rate_process_has_one_beginning():
    long = unit_rate_times(3, 0, "car", 5000.0)
    for total in (0.5, 10.0, 999.5):
        assert np.array_equal(unit_rate_times(3, 0, "car", total), long[long < total])


def test_crossing_times_do_not_depend_on_the_order_of_asking():
    settings = small_world()
    settings["network"] |= {
        "ports": {"a": {"berths": 1}, "b": {"berths": 1}},
        "ship_types": {"ship": {"deck_m": 50.0}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"ship": 1},
                "departure": {"any": {"rule": "at_once"}},
                "crossing": {"low_min": 60.0, "mode_min": 90.0, "high_min": 120.0},
                "load_s": {"any": 0.0},
                "unload_s": {"any": 0.0},
            }
        },
    }
    (network, forward), (_, backward) = draw(settings), draw(settings)
    rising = [forward.crossing_ticks(network, 0, n) for n in range(200)]
    falling = [backward.crossing_ticks(network, 0, n) for n in reversed(range(200))]
    assert rising == falling[::-1]
    assert rising != [forward.crossing_ticks(network, 1, n) for n in range(200)]
    assert all(3_600_000 <= ticks <= 7_200_000 for ticks in rising)
