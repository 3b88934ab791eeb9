"""A long window week by week and by direction: traffic, the largest backlog, the share of time closed."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network import Network

from .page import DASHES, DIRECTION_COLOUR, add_legend, new_page, whole_ticks
from .wording import Texts

PANELS = {"completions": 1e-3, "in_system_highest": 1e-3, "closed_ratio": 100.0}
"""Metric and the factor that its axis needs; `completions` are drawn by day, since the last week may be short."""
MOST_DATES = 14


def draw_weeks(weekly: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw three panels one above the other.

    Parameters
    ----------
    weekly : DataFrame
        As from `sim.metrics.weekly_frame`.
    network : Network
        For the window.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None without weeks.
    """
    if weekly.empty:
        return None
    caption = [texts.intervals("caption_band", int(weekly["n"].max())), texts("caption_weeks")]
    page = new_page(texts, "title_weeks", network, caption, height=7.9)
    handles: dict[str, Any] = {}
    panels = page.subplots(len(PANELS), sharex=True)
    for axes, (metric, factor) in zip(panels, PANELS.items(), strict=True):
        for number, direction in enumerate(d for d in DIRECTION_COLOUR if d in set(weekly["direction"])):
            rows = weekly[(weekly["metric"] == metric) & (weekly["direction"] == direction)]
            if metric == "completions":
                rows = rows.assign(**{key: rows[key] / rows["days"] for key in ("value", "low", "high")})
            if len(rows):
                handles[direction] = _draw_steps(axes, rows, factor, DIRECTION_COLOUR[direction], DASHES[number])
        axes.set_ylabel(texts(f"axis_week_{metric}"))
        whole_ticks(axes)
    _name_weeks(panels[-1], weekly)
    panels[-1].set_xlabel(texts("axis_week"))
    add_legend(page, list(handles.values()), [texts.direction(name) for name in handles])
    return page


def _draw_steps(axes: Axes, rows: pd.DataFrame, factor: float, colour: str, dashes: Any) -> Any:
    """Draw one direction, a step a week, with its band."""
    ordered = rows.sort_values("week")
    weeks = ordered["week"].to_numpy(float) - 1
    edges = np.append(weeks, weeks[-1] + float(ordered["days"].iloc[-1]) / 7)
    value, low, high = (factor * _closed(ordered[key].to_numpy(float)) for key in ("value", "low", "high"))
    axes.fill_between(edges, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
    (line,) = axes.plot(edges, value, drawstyle="steps-post", color=colour, linestyle=dashes, linewidth=1.6)
    return line


def _closed(values: Any) -> Any:
    """Repeat the last value, so that its step has a width."""
    return np.append(values, values[-1])


def _name_weeks(axes: Axes, weekly: pd.DataFrame) -> None:
    """Write the first day of some weeks below the axis."""
    weeks = weekly.drop_duplicates("week").sort_values("week")
    step = -(-len(weeks) // MOST_DATES)
    shown = weeks.iloc[::step]
    axes.set_xticks((shown["week"] - 1).tolist(), [start[5:] for start in shown["start"]])
    axes.set_xlim(0, int(weeks["week"].max()) - 1 + float(weeks["days"].iloc[-1]) / 7)
