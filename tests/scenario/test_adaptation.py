"""The reaction of carriers in a scenario: read as written, and bad input refused in one line."""

from typing import Any

import pytest

from sim import load_scenario

from .test_bad_input import faults_with

GOOD: dict[str, Any] = {
    "eta": [0, 3.0, 10],
    "outside_share": 0.1,
    "share": {"car": 0.6, "boat": 0.3},
    "classes": {"car": ["car", "coach"], "boat": ["truck"]},
    "reference": {"car": 0.2, "boat": 0.05},
}


def test_carriers_react_where_all_channels_are_there() -> None:
    alone, together = load_scenario("march_2018", "channel=none").world, load_scenario("march_2018").world
    assert alone is not None
    assert alone.threat.adaptation is None
    assert together is not None
    assert together.threat.adaptation is not None
    assert together.threat.adaptation.eta == (0, 3, 10)
    assert together.threat.adaptation.share["container"] == 0.15
    assert together.threat.adaptation.classes["boat"] == ("small_craft",)
    inbound = {name for classes in together.threat.adaptation.classes.values() for name in classes}
    assert inbound == set(together.vehicle)
    unmoved = load_scenario("march_2018", "threat.adaptation=null").world
    assert unmoved is not None
    assert unmoved.threat.adaptation is None


@pytest.mark.parametrize("changes", [{}, {"reference": None}])
def test_good_input_passes(changes: dict[str, Any]) -> None:
    assert faults_with(("threat.adaptation", {**GOOD, **changes})) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"eta": [0, -3]}, "threat.adaptation.eta.1 must be greater than or equal to 0; got -3"),
        ({"eta": []}, "threat.adaptation.eta must"),
        ({"eta": [float("inf")]}, "threat.adaptation.eta.0 must be a finite number; got inf"),
        ({"outside_share": 0.3}, "threat.adaptation.share must add up to 1 with outside_share; got '1.2'"),
        ({"classes": {"car": ["car"]}}, "threat.adaptation.classes must cover channel 'boat'; got 'only car'"),
        ({"classes": {**GOOD["classes"], "boat": []}}, "threat.adaptation.classes.boat must"),
        (
            {"classes": {**GOOD["classes"], "boat": ["truk"]}},
            "(did you mean 'truck'?); got 'truk'",
        ),
        (
            {"classes": {**GOOD["classes"], "boat": ["car"]}},
            "threat.adaptation.classes must name each class once; got 'car'",
        ),
        ({"share": {"car": 1.2}}, "threat.adaptation.share.car must be less than or equal to 1; got 1.2"),
        ({"reference": {"car": 0.2}}, "threat.adaptation.reference must cover channel 'boat'; got 'only car'"),
        (
            {"reference": {**GOOD["reference"], "boot": 0.1}},
            "threat.adaptation.reference must name one of car, boat (did you mean 'boat'?); got 'boot'",
        ),
        (
            {"reference": {"car": 1.3, "boat": 0}},
            "threat.adaptation.reference.car must be less than or equal to 1; got 1.3",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(changes: dict[str, Any], line: str) -> None:
    faults = faults_with(("threat.adaptation", {**GOOD, **changes}))
    assert len(faults) == 1
    assert line in faults[0]
