"""The reaction of carriers in a scenario: read as written, and bad input refused in one line."""

from typing import Any

import pytest

from sim import load_scenario

from .test_bad_input import faults_with

GOOD: dict[str, Any] = {
    "eta": [0, 3.0, 10],
    "outside_share": 0.1,
    "share": {"car": 0.6, "boat": 0.3},
    "reference": {"car": 0.2, "boat": 0.05},
}


def test_none_is_the_default_and_the_shipped_option_is_read() -> None:
    world, reacting = load_scenario("march_2018").world, load_scenario("march_2018", "threat=displacement").world
    assert world is not None
    assert world.threat.adaptation is None
    assert reacting is not None
    assert reacting.threat.adaptation is not None
    assert reacting.threat.adaptation.eta == (0, 3, 10)
    assert reacting.threat.adaptation.share["container"] == 0.15
    assert reacting.threat.prevalence_per_100k == world.threat.prevalence_per_100k


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
        ({"share": {"car": 1.2}}, "threat.adaptation.share.car must be less than or equal to 1; got 1.2"),
        ({"reference": {"car": 0.2}}, "threat.adaptation.reference must cover channel 'boat'; got 'car'"),
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
