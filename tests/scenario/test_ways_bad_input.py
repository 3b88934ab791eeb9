"""Bad input of places, sites, stops, channels and batches: one line each, with field, rule and value."""

from typing import Any

import pytest

from sim import load_scenario
from sim.errors import ScenarioError
from sim.scenario import make_scenario
from tests.strategies import scenario_of

from .test_bad_input import faults_with

CONSTANT = {"any": {"family": "constant", "mean_s": 1.0}}
STOP = {"place": "road_post", "site": "road_north"}
CASES = [
    ("vehicle.car.channel", "Ferry", "vehicle.car.channel must match pattern"),
    ("checkpoint.coast.line", "line9", "checkpoint.coast.line must name one of line1, line2, line3"),
    ("checkpoint.coast.at", "sea", "checkpoint.coast.at must be 'origin', 'destination' or 'island'; got 'sea'"),
    ("checkpoint.coast.classes", ["boat"], "checkpoint.coast.classes must name one of "),
    (
        "checkpoint.coast.secondary.radar.service",
        CONSTANT,
        "checkpoint.coast.secondary.radar.service must be left out where instant is true; got any",
    ),
    (
        "checkpoint.coast.secondary.radar.queue_limit",
        3,
        "checkpoint.coast.secondary.radar.queue_limit must be left out where instant is true; got 3",
    ),
    (
        "checkpoint.quay.primary.crane",
        {"instant": True},
        "checkpoint.quay.primary.crane.instant must be false: lanes take time; got True",
    ),
    ("checkpoint.quay.primary", {}, "checkpoint.quay.primary must have a lane where nobody is selected; got nothing"),
    (
        "checkpoint.parcel_hub.relief",
        {"station": "nii", "above": 2, "below": 1, "factor": 0.5},
        "checkpoint.parcel_hub.relief.station must be one of ['belt', 'opening_table']; got 'nii'",
    ),
    (
        "checkpoint.coast.relief",
        {"station": "radar", "above": 2, "below": 1, "factor": 0.5},
        "checkpoint.coast.relief.station must be one of ['patrol']; got 'radar'",
    ),
    ("checkpoint.line2_box.secondary.nii.service", {}, "checkpoint.line2_box.nii.service must give a service time"),
    ("detection.radar", None, "detection must describe technique 'radar'"),
    ("site.xinhai", {}, "site.xinhai must not have the name of a port; got 'xinhai'"),
    ("site.road_north.title", "x", "site.road_north.title must be a known key"),
    ("strengthening.equipment.covers", [], "strengthening.equipment.covers must "),
    (
        "strengthening.equipment.covers",
        ["sampling", "staf"],
        "strengthening.equipment.covers must name one of vehicle, ",
    ),
    (
        "strengthening.equipment.covers",
        ["information"],
        "strengthening.information.covers must name each group of settings once; got 'information'",
    ),
    ("strengthening.equipment.share", 0.5, "strengthening.equipment.share must be a known key"),
    ("line.line1.name", "x", "line.line1.name must be a known key"),
    ("onward.0.share", {"car": 0.5}, "onward.0.share must cover class 'coach'; got 'only car'"),
    ("onward.0.share", {"any": 1.5}, "onward.0.share.any must be less than or equal to 1; got 1.5"),
    ("onward.0.share", {"any": 0.5, "lorry": 1.0}, "onward.0.share must name one of "),
    ("onward.0.travel", {"car": CONSTANT["any"]}, "onward.0.travel must cover class 'coach'; got 'only car'"),
    ("onward.0.site", "road_nort", "onward.0.site must name one of "),
    ("checkpoint.road_post.at", "destination", "checkpoint.road_post.at must be 'island' where onward vehicles stop"),
    ("channel.coast.class", "car", "channel.coast.class must be a class that no ferry carries; got 'car'"),
    ("channel.coast.class", "container", "channel.coast.class must not be that of channel 'containers'"),
    ("channel.coast.per_day", -1.0, "channel.coast.per_day must be greater than or equal to 0; got -1.0"),
    ("channel.coast.batch", 0, "channel.coast.batch must be greater than or equal to 1; got 0"),
    ("channel.coast.batch", 1.5, "channel.coast.batch must be a valid integer"),
    ("channel.coast.direction", "outbound", "channel.coast.direction must be 'inbound'; got 'outbound'"),
    ("channel.coast.hour_weight", [0.0] * 24, "channel.coast.hour_weight must have a positive hour; got all zero"),
    ("channel.coast.hour_weight", [1.0] * 23, "channel.coast.hour_weight must have at least 24 items"),
    ("channel.coast.way", [], "channel.coast.way must have at least 1 item"),
    ("channel.coast.way.0.place", "cost", "channel.coast.way.0.place must name one of "),
    ("channel.parcels.way.0.place", "quay", "channel.parcels.way.0.place must lead to a place that takes"),
    ("staffing.coastline.coast.patrol", None, "staffing.coastline.coast.patrol must be given; got 'nothing'"),
    ("staffing.coastline.coast.radar", 1, "staffing.coastline.coast.radar must name a station that vehicles reach"),
    ("staffing.xinhai.line2_box.nii", None, "staffing.xinhai.line2_box.nii must be given; got 'nothing'"),
    ("sampling.coast", None, "sampling must give the ratios of line 'coast'"),
    ("sampling.coast", {"car": 0.5}, "sampling.coast must cover class 'small_craft'; got 'only car'"),
]


@pytest.mark.parametrize(("where", "value", "line"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_the_fault_is_told(where: str, value: Any, line: str) -> None:
    found = faults_with((where, value))
    assert any(fault.startswith(line) for fault in found), found


def test_a_place_may_be_stopped_at_once_only() -> None:
    assert faults_with(("onward", [STOP, STOP])) == [
        "onward.1.place must lead to each place at most once; got 'road_post'"
    ]


def test_an_instant_technique_needs_a_search() -> None:
    found = faults_with(("checkpoint.coast.search", {}))
    assert found[0].startswith("checkpoint.coast.secondary and search must be given together; got secondary ['radar']")


def test_a_search_may_be_instant() -> None:
    changes = [("checkpoint.coast.search.patrol", {"instant": True}), ("staffing.coastline", None)]
    assert faults_with(*changes) == []


def test_labels_of_lines_may_be_left_out() -> None:
    assert faults_with(("line", {})) == []


def test_world_survives_being_written_out() -> None:
    scenario = load_scenario("march_2018")
    assert make_scenario(scenario.as_mapping()) == scenario


@pytest.mark.parametrize("batch", [0, -1, 2.5, True])
def test_a_batch_is_a_positive_whole_number(batch: Any) -> None:
    arrivals = {"main": {"route": "main", "rate_per_h": 1.0, "batch": batch}}
    with pytest.raises(ScenarioError, match=r"network\.arrivals\.main\.batch must be "):
        make_scenario(scenario_of({"routes": {"main": [{"do": "exit"}]}, "arrivals": arrivals}))
