"""Bad input of a calibration is refused by field, rule and value."""

import pytest

from sim import load_scenario
from sim.errors import ScenarioError
from sim.scenario import make_scenario


@pytest.fixture(scope="module")
def plain():
    return load_scenario("fog_2018_02", "~draws").as_mapping()


def put(plain, **changes):
    return plain | {"calibration": plain["calibration"] | changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"night": {"low": 0.5, "high": 0.5}}, "calibration.night.high must be above low; got 0.5 to 0.5"),
        ({"samples": 9999}, r"samples must be at most draws \(4000\); got 9999"),
        ({"points": [{"figure": "queue", "end": "2018-02-20T00:00", "value": 1.0, "error": 0.1, "role": "held_out"}]},
         "points must hold a figure that is fitted; got none"),
        ({"points": [{"figure": "departures", "end": "2018-02-20T00:00", "value": 1.0, "error": 0.1, "role": "fitted"}]},
         "start must be earlier than end for 'departures'; got None"),
        ({"points": [{"figure": "boats", "end": "2018-02-20T00:00", "value": 1.0, "error": 0.1, "role": "fitted"}]}, "figure"),
        ({"piece": {"x": {"start": "2018-02-20T00:00", "core_start": "2018-02-20T02:00", "end": "2018-02-20T04:00"}}},
         "start, core_start, core_end, end must not fall"),
        ({"piece": {"x": {"start": "2018-02-20T05:00", "end": "2018-02-20T04:00"}}}, "must not fall"),
        ({"restriction": {"x": {"start": "2018-02-20T05:00", "end": "2018-02-20T04:00", "factor": {"low": 0.0, "high": 1.0}}}},
         "end must be later than start"),
        ({"capacity": 5}, "capacity"),
    ],
)  # fmt: skip
def test_refused(plain, changes, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        make_scenario(put(plain, **changes))
    assert all(str(fault).startswith("calibration") for fault in caught.value.faults)


def test_a_calibration_changes_no_run(plain):
    from sim.network import compile_network

    with_it, without = (compile_network(make_scenario(p)) for p in (plain, plain | {"calibration": None}))
    assert [e.tolist() for e in with_it.sources.expected] == [e.tolist() for e in without.sources.expected]


def test_daily_vehicles_and_a_season_exclude_each_other():
    with pytest.raises(ScenarioError, match="daily must be null where a season is given"):
        load_scenario("march_2018", "demand=seasonal", "+demand.daily={outbound:[1.0]}")
