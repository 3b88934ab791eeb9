"""Choosing rows of the tidy frames."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.figures.frame import ALL, EACH, interval, names, select

Rows = Callable[..., pd.DataFrame]


def waits(rows: Rows) -> pd.DataFrame:
    return rows(
        ("wait", ALL, ALL, "gate", ALL, ALL, "mean", 1.0),
        ("wait", ALL, ALL, "gate", ALL, "car", "mean", 2.0),
        ("wait", ALL, ALL, "line1", ALL, "car", "mean", 3.0),
        ("wait", ALL, ALL, "line1", ALL, "car", "p95", 4.0),
        ("wait", ALL, "haian", "line1", ALL, "car", "mean", 5.0),
        ("blocked", ALL, ALL, "gate", ALL, ALL, "mean", 6.0),
    )


def test_labels_that_are_not_given_are_aggregates(rows: Rows) -> None:
    assert select(waits(rows), "wait", "mean", line="gate")["value"].tolist() == [1.0]


def test_each_leaves_aggregates_out(rows: Rows) -> None:
    assert select(waits(rows), "wait", "mean", line=EACH, vehicle_class=EACH)["value"].tolist() == [2.0, 3.0]


def test_a_label_with_one_value_need_not_be_given(rows: Rows) -> None:
    frame = rows(("arrivals", "none", ALL, ALL, ALL, ALL, "mean", 7.0))
    assert select(frame, "arrivals", "mean")["value"].tolist() == [7.0]


def test_names_follow_the_given_order(rows: Rows) -> None:
    frame = rows(*(("wait", ALL, ALL, line, ALL, ALL, "mean", 1.0) for line in ("b", "x", "a", "b")))
    assert names(frame, "line", ("a", "b", "c")) == ["a", "b", "x"]


def test_interval_of_one_replication_is_its_value() -> None:
    assert interval(pd.Series({"value": 3.0, "low": np.nan, "high": np.nan})) == (3.0, 3.0)
    assert interval(pd.Series({"value": 3.0, "low": 2.0, "high": 5.0})) == (2.0, 5.0)
