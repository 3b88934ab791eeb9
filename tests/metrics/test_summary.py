import pickle

import numpy as np
import pandas as pd
import pytest

from sim.metrics import Reduction, paired_difference, reduction_from_frame, summarise
from sim.metrics.catalogue import BY_NAME, METRICS, PROFILES

from .builders import built, checkpoint, reduced

RULES = ({"ratio": {"any": 0.3}}, {"ratio": {"any": 0.5}})


@pytest.fixture(scope="module")
def network():
    return built(checkpoint(*RULES, per_h=40.0, prevalence=0.01), hours=24)


@pytest.fixture(scope="module")
def reductions(network):
    return reduced(network, replications=6)


@pytest.fixture(scope="module")
def summary(network, reductions):
    return summarise(network, reductions, 0.95)


def test_frames_have_the_agreed_columns(summary):
    keys = ["direction", "port", "line", "station", "class"]
    figures = ["value", "low", "high", "n"]
    assert list(summary.metrics) == ["metric", "unit", *keys, "statistic", *figures]
    assert list(summary.profile) == ["metric", "unit", *keys, "hour", *figures]
    assert not summary.metrics.duplicated(["metric", *keys, "statistic"]).any()
    assert not summary.profile.duplicated(["metric", *keys, "hour"]).any()


def test_every_row_is_of_the_catalogue(summary):
    for row in summary.metrics.itertuples():
        assert row.unit == BY_NAME[row.metric].unit
        assert row.statistic in BY_NAME[row.metric].statistics
        assert row.n == 6


def test_every_metric_has_both_labels_and_a_denominator():
    assert len(BY_NAME) == len(METRICS)
    assert {p.name for p in PROFILES} <= set(BY_NAME)
    for metric in METRICS:
        assert metric.zh
        assert metric.en
        assert "/" in metric.definition


def test_values_lie_between_their_bounds(summary):
    rows = summary.metrics.dropna(subset=["low", "high"])
    assert len(rows) > 50
    assert (rows["low"] <= rows["value"] * (1 + 1e-12)).all()
    assert (rows["value"] * (1 - 1e-12) <= rows["high"]).all()
    shares = rows[[BY_NAME[m].is_share for m in rows["metric"]]]
    assert ((shares[["low", "high"]] >= 0) & (shares[["low", "high"]] <= 1)).all(axis=None)


def test_no_interval_for_extremes_nor_for_one_replication(network, reductions, summary):
    extremes = summary.metrics[summary.metrics["statistic"] == "max"]
    assert len(extremes)
    assert extremes[["low", "high"]].isna().all(axis=None)
    single = summarise(network, reductions[:1], 0.95).metrics
    assert single[["low", "high"]].isna().all(axis=None)
    assert single["value"].notna().any()


def test_order_of_replications_changes_no_byte(network, reductions, summary):
    again = summarise(network, [reductions[i] for i in (3, 0, 5, 1, 4, 2)], 0.95)
    pd.testing.assert_frame_equal(again.metrics, summary.metrics, check_exact=True)
    pd.testing.assert_frame_equal(again.profile, summary.profile, check_exact=True)


def test_repetition_and_pickling_change_no_byte(network, reductions, summary):
    copies = [pickle.loads(pickle.dumps(r)) for r in reductions]
    again = summarise(network, copies, 0.95).metrics
    assert again.to_csv() == summary.metrics.to_csv()


def test_twenty_replications_give_quantiles_an_interval(network, reductions):
    many = summarise(network, reductions * 4, 0.95).metrics
    rows = many[(many["metric"] == "time_in_system") & (many["statistic"] == "p95") & (many["class"] == "all")]
    assert (rows["low"] <= rows["value"]).all()
    assert len(rows)


def test_hourly_arrivals_add_up_to_the_day(summary):
    hours = summary.profile[(summary.profile["metric"] == "arrivals") & (summary.profile["direction"] == "all")]
    day = summary.metrics[(summary.metrics["metric"] == "arrivals") & (summary.metrics["direction"] == "all")]
    everybody = day[day["class"] == "all"]["value"].iloc[0]
    assert hours[hours["class"] == "all"]["value"].sum() == pytest.approx(everybody)


def test_a_stored_reduction_gives_the_same_differences(reductions):
    stored = [reduction_from_frame(r.to_frame()) for r in reductions]
    one = paired_difference(reductions[:3], reductions[3:], 0.95)
    pd.testing.assert_frame_equal(paired_difference(stored[:3], stored[3:], 0.95), one, check_exact=True)


def test_a_design_point_does_not_differ_from_itself(reductions):
    frame = paired_difference(reductions, reductions, 0.95)
    assert (frame["difference"] == 0).all()
    assert (frame["low"] == 0).all()
    assert np.allclose(frame["correlation"].dropna(), 1)


def test_common_random_numbers_narrow_a_difference(reductions):
    """Inspecting more at line 1 on the same vehicles."""
    more = built(checkpoint({"ratio": {"any": 0.4}}, RULES[1], per_h=40.0, prevalence=0.01), hours=24)
    frame = paired_difference(reductions, reduced(more, replications=6), 0.95)
    row = frame[(frame["metric"] == "inspected_ratio") & (frame["line"] == "line1") & (frame["port"] == "all")].iloc[0]
    assert row["low"] < 0.1 < row["high"]
    assert row["correlation"] > 0.3
    whole = frame[(frame["metric"] == "expected_interception") & (frame["line"] == "line1")].iloc[0]
    assert whole["difference"] == pytest.approx(0.08, rel=1e-9)


def test_unequal_numbers_of_replications_are_refused(reductions):
    with pytest.raises(ValueError, match="as many replications; got 6 and 5"):
        paired_difference(reductions, reductions[:5], 0.95)


def test_a_reduction_is_small(reductions):
    assert isinstance(reductions[0], Reduction)
    assert len(pickle.dumps(reductions[0])) < 200_000
