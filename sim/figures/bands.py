"""A line over hour bins with its band, as steps: a value holds for the whole hour."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes


def draw_band(axes: Axes, rows: pd.DataFrame, colour: str, dashes: Any, label: str) -> None:
    """Draw one series of the profile.

    Parameters
    ----------
    axes : Axes
        Horizontal axis in hours from the window's start.
    rows : DataFrame
        One row an hour: `hour`, `value`, `low`, `high`.
    colour, dashes : str, line style
        Of the line; the band has the same colour.
    label : str
        Of the line.
    """
    if rows.empty:
        return
    ordered = rows.sort_values("hour")
    edges = np.append(ordered["hour"].to_numpy(float), float(ordered["hour"].iloc[-1]) + 1)
    value, low, high = (_closed(ordered[key]) for key in ("value", "low", "high"))
    axes.fill_between(edges, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
    width = 1.9 if len(ordered) <= 48 else 1.0
    axes.plot(edges, value, drawstyle="steps-post", color=colour, linestyle=dashes, linewidth=width, label=label)


def _closed(column: pd.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Repeat the last value, so that its step has a width."""
    values = column.to_numpy(float)
    return np.append(values, values[-1])
