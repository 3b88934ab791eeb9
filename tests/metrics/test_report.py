"""The interception report: its parts add up, and agree with the metrics and with closed forms."""

import math

import numpy as np
import pandas as pd
import pytest

from sim import load_scenario, simulate
from sim.metrics.report import REPORT_COLUMNS, interception_report

SHORT = (
    "calendar.start=2018-03-01T10:00:00",
    "run.days=0.25",
    "run.lead_in_h=6",
    "run.lead_out_h=12",
    "run.replications=3",
    "run.workers=1",
)


@pytest.fixture(scope="module")
def result():
    return simulate(load_scenario("march_2018_hidden", *SHORT))


@pytest.fixture(scope="module")
def report(result):
    return interception_report(result.network, result.reductions, 0.95)


def pick(report: pd.DataFrame, figure: str, **labels: str) -> pd.DataFrame:
    wanted = dict.fromkeys(("line", "place", "channel", "class", "level"), "all") | labels
    rows = report[report["figure"] == figure]
    for column, name in wanted.items():
        rows = rows[rows[column] != "all"] if name == "each" else rows[rows[column] == name]
    return rows


def test_columns_are_tidy(report):
    assert tuple(report.columns) == REPORT_COLUMNS
    assert not report.duplicated(list(REPORT_COLUMNS[:7])).any()
    assert report["value"].notna().all()


def test_the_whole_is_the_metric(result, report):
    row = result.metrics.query(
        "metric == 'expected_interception' and direction == 'all' and port == 'all' and line == 'all' and `class` == 'all'"
    ).iloc[0]
    whole = pick(report, "expected_interception").iloc[0]
    assert whole[["value", "low", "high"]].tolist() == pytest.approx(row[["value", "low", "high"]].tolist())


@pytest.mark.parametrize("channel", ["all", "parcels", "coast"])
def test_lines_and_places_add_up_to_the_whole(report, channel):
    whole = pick(report, "expected_interception", channel=channel)["value"].item()
    lines = pick(report, "expected_interception", channel=channel, line="each")
    places = pick(report, "expected_interception", channel=channel, line="each", place="each")
    assert len(lines) == 3
    assert len(places) > len(lines)
    assert lines["value"].sum() == pytest.approx(whole)
    assert places["value"].sum() == pytest.approx(whole)
    assert pick(report, "share_of_total", channel=channel, line="each")["value"].sum() == pytest.approx(1)


def test_channels_add_up_by_what_carries(report):
    finds = pick(report, "finds_a_month", channel="each")["value"].sum()
    assert finds == pytest.approx(pick(report, "finds_a_month")["value"].item())
    rates = pick(report, "expected_interception", channel="each")["value"]
    assert rates.min() < pick(report, "expected_interception")["value"].item() < rates.max()


def test_levels_mix_to_the_whole(result, report):
    cars = {
        "class": "car",
        "channel": pick(report, "expected_interception", **{"class": "car", "channel": "each"})["channel"].item(),
    }
    levels = pick(report, "expected_interception", level="each", **cars).set_index("level")["value"]
    k = result.network.class_name.index("car")
    shares = dict(zip(result.network.level_name, result.network.level_share[k], strict=True))
    mixed = sum(shares[level] * value for level, value in levels.items())
    assert mixed == pytest.approx(pick(report, "expected_interception", **cars)["value"].item())
    assert levels["easy"] > levels["hard"]


def test_point_gain_is_what_a_point_of_ratio_gives(result, report):
    more = load_scenario("march_2018_hidden", *SHORT, "sampling.line2.coach=0.21")
    raised = simulate(more)
    again = interception_report(raised.network, raised.reductions, 0.95)
    coach = {
        "class": "coach",
        "channel": pick(report, "expected_interception", **{"class": "coach", "channel": "each"})["channel"].item(),
    }
    gained = (
        pick(again, "expected_interception", **coach)["value"].item()
        - pick(report, "expected_interception", **coach)["value"].item()
    )
    gain = pick(report, "point_gain", line="line2", place="line2", **coach)["value"].item()
    assert gained == pytest.approx(gain, rel=0.1)


def test_forecast_of_a_month_is_a_prediction_interval(report):
    month = pick(report, "finds_a_month").iloc[0]
    assert month["low"] == round(month["low"])
    assert month["low"] <= month["value"] <= month["high"]
    none = pick(report, "chance_of_none")["value"].item()
    assert 0 < none < 1
    assert none == pytest.approx(math.exp(-month["value"]), rel=0.5)


def test_efforts_add_up(result, report):
    for figure in ("officer_hours", "searches"):
        lines = pick(report, figure, line="each")["value"].sum()
        assert lines == pytest.approx(pick(report, figure)["value"].item())
    cost = pick(report, "cost_per_find", line="each")
    assert (cost["value"] > 0).all()
    hits = pick(report, "hit_rate").iloc[0]
    assert 0 <= hits["low"] <= hits["value"] <= hits["high"] <= 1
    assert hits["high"] > 0, "exact bounds do not vanish where nothing was found"


def test_nothing_inspected_nothing_reported():
    result = simulate(
        load_scenario("custom", "network=mmc", "run.days=0.02", "run.lead_in_h=0", "run.replications=2"), workers=1
    )
    assert len(result.interception) == 0
    assert list(result.interception.columns) == list(REPORT_COLUMNS)


def test_one_replication_has_no_bounds(result):
    one = interception_report(result.network, result.reductions[:1], 0.95)
    exact = one["figure"].isin(["hit_rate", "realised_interception", "finds_a_month"])  # from counts, not from spread
    assert (~exact).sum() > 50
    assert one.loc[~exact, ["low", "high"]].isna().all(axis=None)
    assert np.isfinite(one.loc[exact, ["low", "high"]]).all(axis=None)


def test_order_of_replications_changes_no_value(result, report):
    again = interception_report(result.network, result.reductions[::-1], 0.95)
    both = report.merge(again, on=list(REPORT_COLUMNS[:7]))
    assert len(both) == len(report)
    assert np.allclose(both["value_x"], both["value_y"], rtol=1e-12)
