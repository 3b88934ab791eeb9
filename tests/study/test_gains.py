"""What one more of something buys: each change alone, on the same random numbers."""

import pytest

from sim import load_scenario, simulate
from sim.scenario import Scenario
from sim.study import Result
from sim.study.gains import FIGURES, gain_rows, single_changes


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    few = (
        "channel=none",
        "run.days=0.2",
        "run.lead_in_h=12",
        "run.lead_out_h=12",
        "run.replications=3",
        "run.workers=1",
    )
    shifts = "staffing.xinhai.line2.nii=[{start: '00:00', servers: 1}, {start: '08:00', servers: 2}]"
    return load_scenario("march_2018", *few, shifts, "sampling.line1.car=0.995")


@pytest.fixture(scope="module")
def base(scenario: Scenario) -> Result:
    return simulate(scenario)


def test_each_change_raises_one_thing(base: Result, scenario: Scenario) -> None:
    changes = {(c.kind, c.line, c.station): c for c in single_changes(base)}
    assert {("ratio", "line1", "all"), ("post", "line2", "nii"), ("team", "line1", "bay")} <= set(changes)
    assert ("ratio", "gate", "all") not in changes
    old, ratio = scenario.world, changes["ratio", "line1", "all"].scenario.world
    assert old is not None
    assert ratio is not None
    assert ratio.sampling["line1"]["car"] == 1.0
    assert ratio.sampling["line1"]["truck"] == pytest.approx(0.21)
    assert ratio.sampling["line2"] == old.sampling["line2"]
    assert ratio.staffing == old.staffing
    scanner = changes["post", "line2", "nii"]
    assert scanner.port == "xinhai", "the busiest scanner"
    more = scanner.scenario.world
    assert more is not None
    assert [s.servers for s in more.staffing["xinhai"]["line2"]["nii"]] == [2, 3]
    assert more.staffing["xiuying"] == old.staffing["xiuying"]
    assert more.sampling == old.sampling


def test_a_point_of_ratio_is_worth_what_the_closed_form_says(base: Result) -> None:
    change = next(c for c in single_changes(base) if (c.kind, c.line) == ("ratio", "line2"))
    rows = gain_rows(change, base, simulate(change.scenario)).set_index("figure")
    assert set(rows.index) == set(FIGURES)
    gain = rows.loc["expected_interception"]
    # Each class: 0.01 d2 (1 - p1 d1), with d the technique's P_D times the search's.
    look_and_dog, dog, nii = 0.95 * (1 - 0.85 * 0.36), 0.95 * 0.64, 0.95 * 0.60
    cars, others = 0.01 * dog * (1 - 0.995 * look_and_dog), 0.01 * nii * (1 - 0.2 * look_and_dog)
    come = base.metrics.query("metric == 'arrivals' and direction == 'inbound' and port == 'all'").set_index("class")
    share = come.loc["car", "value"] / come.loc["all", "value"]
    assert gain["difference"] == pytest.approx(share * cars + (1 - share) * others, rel=0.02)
    assert gain["low"] < gain["difference"] < gain["high"]
    assert rows.loc["officer_hours", "difference"] == 0
    assert rows.loc["expected_finds", "difference"] > 0


def test_a_post_costs_its_officers(base: Result) -> None:
    change = next(c for c in single_changes(base) if (c.kind, c.station, c.line) == ("post", "nii", "line2"))
    rows = gain_rows(change, base, simulate(change.scenario)).set_index("figure")
    assert rows.loc["officer_hours", "difference"] == pytest.approx(72.0), "three officers, 24 hours a day"
    assert rows.loc["inspection_delay", "high"] < 0, "paired, so three days show that a scanner more shortens the wait"


def test_a_custom_network_offers_nothing() -> None:
    custom = load_scenario("custom", "network=mmc", "run.days=0.02", "run.lead_in_h=0", "run.replications=2")
    assert list(single_changes(simulate(custom, workers=1))) == []
