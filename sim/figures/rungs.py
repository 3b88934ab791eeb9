"""Horizontal panels of estimates: one rung a name, a marker with its interval."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .frame import interval


def draw_rungs(axes: Axes, rows: pd.DataFrame, positions: dict[str, float], label: str, style: dict[str, Any]) -> Any:
    """Draw one series of estimates.

    Parameters
    ----------
    axes : Axes
    rows : DataFrame
        With `value`, `low`, `high`, and the column `label` that names the rung.
    positions : dict
        Height of each rung by name.
    label : str
        Column of the names.
    style : dict
        Keyword arguments of `Axes.errorbar`.

    Returns
    -------
    ErrorbarContainer or None
        For a legend; None where there is nothing to draw.
    """
    rows = rows[rows["value"].notna() & rows[label].isin(positions)]
    if rows.empty:
        return None
    value = rows["value"].to_numpy(float)
    low, high = np.array([interval(row) for _, row in rows.iterrows()]).T
    heights = [positions[name] for name in rows[label]]
    errors = np.clip([value - low, high - value], 0, None)
    return axes.errorbar(value, heights, xerr=errors, linestyle="none", capsize=2.5, elinewidth=1.1, **style)


def name_rungs(axes: Axes, names: list[str], labels: list[str]) -> None:
    """Write the names of the rungs, first on top."""
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
