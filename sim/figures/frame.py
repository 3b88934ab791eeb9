"""Rows of the tidy frames `metrics` and `profile`: the only module here that knows their columns."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

ALL, EACH = "all", "each"
LABELS = ("direction", "port", "line", "station", "class")


def select(frame: pd.DataFrame, metric: str, statistic: str | None = None, **labels: str) -> pd.DataFrame:
    """Select the rows of one metric.

    Parameters
    ----------
    frame : DataFrame
        Tidy, with the columns `metric`, those of `LABELS`, `value`, `low`, `high`, `n`.
    metric : str
        Its name.
    statistic : str, optional
        Its statistic; None where the frame has no such column.
    **labels : str
        Per label a value, or `EACH` for every value but "all". A label that is not given must be "all", or the one
        value that the metric has. `class` is given as `vehicle_class`.

    Returns
    -------
    DataFrame
        In the order of the frame.
    """
    wanted = {key.removeprefix("vehicle_"): value for key, value in labels.items()}
    rows = frame[(frame["metric"] == metric) & ((statistic is None) | (frame.get("statistic") == statistic))]
    for label in LABELS:
        rows = _narrow(rows, label, wanted.get(label))
    return rows


def _narrow(rows: pd.DataFrame, label: str, value: str | None) -> pd.DataFrame:
    """Keep the rows that have a value of one label."""
    column = rows[label].astype(str)
    if value == EACH:
        return rows[column != ALL]
    if value is None:
        value = column.iloc[0] if column.nunique() == 1 else ALL
    return rows[column == value]


def names(rows: pd.DataFrame, label: str, order: Iterable[str] = ()) -> list[str]:
    """List the values of a label: first in the given order, then as they come."""
    found = list(dict.fromkeys(rows[label].astype(str)))
    first = [name for name in order if name in found]
    return first + [name for name in found if name not in first]


def replications(rows: pd.DataFrame) -> int:
    """Number of replications behind the rows, at most."""
    return int(rows["n"].max()) if len(rows) else 0


def interval(row: pd.Series) -> tuple[float, float]:
    """Low and high end of a row's interval; the value itself where there is none."""
    low, value, high = (float(row[key]) for key in ("low", "value", "high"))
    return (low, high) if np.isfinite([low, high]).all() else (value, value)
