"""Replay of an event: queue, departures and sailings as bands over replications, with the published figures on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter

from .font import GREY, INK
from .page import DASHES, PALETTE, add_legend, blank_page, whole_ticks
from .wording import Texts

SERIES = ("queue", "departures", "sailings")
ROLE_COLOUR = {"fitted": PALETTE[0], "held_out": PALETTE[1]}
_BAND = "#9aa5b1"
_LONG_H = 48.0
"""Counts over more hours than this are drawn thin."""


@dataclass(frozen=True, eq=False)
class ReplayCurves:
    """What the replications of an event show."""

    start: datetime
    curves: pd.DataFrame
    """series, hour, value, low, high"""
    points: pd.DataFrame
    """series, start_h (NaN at an instant), end_h, value, role (fitted, held_out), bound (equal, least)"""
    closed: Sequence[tuple[float, float]]
    """First and last hour of each suspension."""
    n: int


def draw_replay(replay: ReplayCurves, texts: Texts) -> Figure:
    """Draw three panels below each other.

    Parameters
    ----------
    replay : ReplayCurves
    texts : Texts
        Words, and the level of the bands.

    Returns
    -------
    Figure
        Cumulative figures that were counted between two hours stand as a line that begins on the simulated middle.
    """
    caption = [texts.intervals("caption_replay", replay.n), texts("caption_replay_points")]
    page = blank_page(texts("title_replay"), texts("subtitle_replay"), caption, 8.4)
    panels = page.subplots(len(SERIES), 1, sharex=True)
    for axes, series in zip(panels, SERIES, strict=True):
        _draw_panel(axes, replay, series)
        axes.set_ylabel(texts(f"axis_replay_{series}"))
        whole_ticks(axes, 5)
    last = float(replay.curves["hour"].max())
    panels[-1].set_xlim(0, last)
    panels[-1].xaxis.set_major_locator(FixedLocator(np.arange(0, last + 1, 24).tolist()))
    panels[-1].xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: str((replay.start + timedelta(hours=float(x))).strftime("%m-%d")))
    )
    panels[-1].set_xlabel(texts("axis_date"))
    handles = [
        Patch(color=_BAND, alpha=0.5),
        Line2D([], [], color=INK, linewidth=1.2),
        Line2D([], [], color=ROLE_COLOUR["fitted"], marker="o", linewidth=2),
        Line2D([], [], color=ROLE_COLOUR["held_out"], marker="o", markerfacecolor="white", linewidth=2),
        Line2D([], [], color=GREY, marker="^", linestyle="none"),
        Patch(color="#e4e7eb"),
    ]
    words = ("band", "middle", "fitted", "held_out", "least", "closed")
    add_legend(page, handles, [texts(f"series_replay_{word}") for word in words])
    return page


def _draw_panel(axes: Axes, replay: ReplayCurves, series: str) -> None:
    for first, last in replay.closed:
        axes.axvspan(first, last, color="#e4e7eb", linewidth=0, zorder=0)
    rows = replay.curves[replay.curves["series"] == series].sort_values("hour")
    hour = rows["hour"].to_numpy(float)
    axes.fill_between(hour, rows["low"], rows["high"], color=_BAND, alpha=0.5, linewidth=0)
    axes.plot(hour, rows["value"], color=INK, linewidth=1.2)
    points = replay.points[replay.points["series"] == series]
    for _, point in points.iterrows():
        _draw_point(axes, point, np.interp(point["start_h"], hour, rows["value"]) if series != "queue" else 0.0)


def _draw_point(axes: Axes, point: pd.Series, base: float) -> None:
    """Draw a figure at an instant as a marker, one between two hours as a line that ends in a marker."""
    colour = ROLE_COLOUR[point["role"]]
    is_fitted = point["role"] == "fitted"
    marker = "^" if point["bound"] == "least" else "o"
    height = base + point["value"]
    if np.isfinite(point["start_h"]):
        is_long = point["end_h"] - point["start_h"] > _LONG_H
        look = {"linewidth": 0.9, "linestyle": DASHES[2]} if is_long else {"linewidth": 1.8}
        axes.plot([point["start_h"], point["end_h"]], [base, height], color=colour, zorder=4, **look)
    axes.plot(
        [point["end_h"]], [height], color=colour, marker=marker, markersize=6, zorder=5, linestyle="none",
        markerfacecolor=colour if is_fitted else "white", markeredgewidth=1.4, clip_on=False,
    )  # fmt: skip
