"""Horizontal panels of estimates: one rung a name, on it a marker with its interval and its value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .font import INK
from .frame import ALL, interval


class Series(NamedTuple):
    """How the estimates of one series look."""

    colour: str
    marker: str = "o"
    offset: float = 0.0
    """Rungs that it lies below its name."""
    filled: bool = True
    is_named_at_value: bool = False
    """Whether the value is written beside the marker, not behind the interval."""


def draw_rungs(
    axes: Axes, rows: pd.DataFrame, positions: Mapping[str, int], series: Series, words: Callable[[float], str]
) -> Any:
    """Draw one series of estimates.

    Parameters
    ----------
    axes : Axes
    rows : DataFrame
        With `value`, `low`, `high`, and the column `rung` that names the rung.
    positions : mapping of str to int
        Number of each rung by name.
    series : Series
        Look.
    words : callable
        Writes a value.

    Returns
    -------
    ErrorbarContainer or None
        For a legend; None where there is nothing to draw.
    """
    rows = rows[rows["value"].notna() & rows["rung"].isin(positions)]
    if rows.empty:
        return None
    value = rows["value"].to_numpy(float)
    low, high = np.array([interval(row) for _, row in rows.iterrows()]).T
    heights = [positions[name] + series.offset for name in rows["rung"]]
    ends = value if series.is_named_at_value else np.maximum(value, high)
    for x, y, v in zip(ends, heights, value, strict=True):
        axes.annotate(
            words(v), (x, y), xytext=(6, 0), textcoords="offset points", va="center", size=8, color=INK, zorder=5,
            bbox={"boxstyle": "square,pad=0.05", "fc": "white", "ec": "none", "alpha": 0.75},
        )  # fmt: skip
    return axes.errorbar(
        value, heights, xerr=np.clip([value - low, high - value], 0, None), linestyle="none", marker=series.marker,
        color=series.colour, markersize=5.5, markerfacecolor=series.colour if series.filled else "white",
        capsize=2.5, elinewidth=1.2, zorder=4,
    )  # fmt: skip


def name_rungs(axes: Axes, labels: list[str]) -> None:
    """Write the names of the rungs, first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    for edge in range(len(labels) - 1):
        axes.axhline(edge + 0.5, color="#eceff1", linewidth=0.6, zorder=0)


def row_heights(rungs: Sequence[int], columns: int, each: float) -> list[float]:
    """Height of each row of panels (in) for the numbers of rungs of all panels, `each` a rung."""
    rows = [rungs[first : first + columns] for first in range(0, len(rungs), columns)]
    return [0.75 + each * max(3, *row) for row in rows]


def without_echo(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave the row of all out where there is one class only, of which it says the same."""
    return rows[rows["rung"] != ALL] if set(rows["rung"]) - {ALL} and rows["rung"].nunique() == 2 else rows


def leave_room(panels: Iterable[Axes], share: float = 0.17, longest: float | None = None) -> None:
    """Start the values at zero, and leave room for words on the right of the longest interval of all panels."""
    panels = list(panels)
    if longest is None:
        longest = max((float(axes.dataLim.x1) for axes in panels if axes.has_data()), default=0.0)
    for axes in panels:
        axes.set_xlim(0, (longest if longest > 0 else 1.0) * (1 + share))
