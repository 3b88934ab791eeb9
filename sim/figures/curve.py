"""Curves over the one number that runs differ in, such as a sampling ratio: where a line breaks."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .frame import ALL, EACH, interval, names, select
from .page import DASHES, PALETTE, add_legend, blank_page, legend_columns, whole_ticks
from .plans import Plans
from .wording import Texts, wrap

MARKERS = "osD^vP"
COLOURS = (PALETTE[0], PALETTE[2], PALETTE[4], PALETTE[5])
"""Of the lines; the other series have colours of their own."""
DELAYS = {("inspection_delay", "mean"): PALETTE[3], ("inspection_delay", "p95"): PALETTE[1]}
LEFT = {("backlog", "mean"): "#7A4B00", ("unfinished", "mean"): "#888888"}
"""Colour by metric and statistic; all panels share one legend."""


def draw_curve(plans: Plans, texts: Texts) -> Figure | None:
    """Draw interception, inspection delay and the vehicles left over against the number that was changed.

    Parameters
    ----------
    plans : Plans
        With `factor` and `values`; this figure reads `expected_interception`, `inspection_delay`, `backlog` and
        `unfinished`.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where the runs do not differ in one number.
    """
    if not plans.factor:
        return None
    words = _words(plans, texts)
    columns = legend_columns(words)
    legend_rows = -(-len(words) // columns)
    caption = [texts.intervals_of("caption_bars", plans.replications), texts("caption_curve")]
    subtitle = texts("subtitle_curve", factor=plans.factor, count=len(plans.values))
    page = blank_page(texts("title_curve"), subtitle, caption, 4.4 + 0.22 * legend_rows, legend_rows)
    panels = page.subplots(1, 3)
    handles = [
        *_draw_interception(panels[0], plans),
        *(_draw_sum(panels[1], plans, w, (colour, n)) for n, (w, colour) in enumerate(DELAYS.items())),
        *(_draw_sum(panels[2], plans, w, (colour, n)) for n, (w, colour) in enumerate(LEFT.items())),
    ]
    for axes, key in zip(panels, ("interception", "delay", "left"), strict=True):
        axes.set_title(texts(f"panel_curve_{key}"))
        axes.set_xlabel(wrap(plans.factor, 40))
        whole_ticks(axes)
    for axes, key in zip(panels, ("axis_interception", "axis_minutes", "axis_left"), strict=True):
        axes.set_ylabel(texts(key))
    known = [(handle, label) for handle, label in zip(handles, words, strict=True) if handle is not None]
    add_legend(page, [handle for handle, _ in known], [label for _, label in known], columns)
    return page


def _lines(plans: Plans) -> list[str]:
    """List all lines together, and each of them where there are several."""
    rows = select(plans.metrics, "expected_interception", "ratio", line=EACH)
    lines = [name for name in names(rows[rows["value"].notna()], "line", plans.place_title) if name != ALL]
    return [ALL, *(lines if len(lines) > 1 else [])]


def _words(plans: Plans, texts: Texts) -> list[str]:
    return [
        *(texts("all_lines") if line == ALL else plans.place(texts, line) for line in _lines(plans)),
        *(texts(f"series_{metric}_{statistic}") for metric, statistic in (*DELAYS, *LEFT)),
    ]


def _draw_interception(axes: Axes, plans: Plans) -> list[Any]:
    """Draw the rate of all lines together, and what each of them adds."""
    drawn = []
    for number, line in enumerate(_lines(plans)):
        rows = select(plans.metrics, "expected_interception", "ratio", **({} if line == ALL else {"line": line}))
        colour = PALETTE[-1] if line == ALL else COLOURS[number % len(COLOURS)]
        drawn.append(_draw_series(axes, rows, plans, (colour, number), 100))
    return drawn


def _draw_sum(axes: Axes, plans: Plans, which: tuple[str, str], look: tuple[str, int]) -> Any:
    return _draw_series(axes, select(plans.metrics, *which), plans, look, 1)


def _draw_series(axes: Axes, rows: pd.DataFrame, plans: Plans, look: tuple[str, int], scale: float) -> Any:
    """Draw one line with an interval at each value; `look` is a colour and the number of dashes and marker."""
    rows = rows[rows["value"].notna()].assign(x=rows["plan"].map(dict(plans.values))).sort_values("x")
    if rows.empty:
        return None
    value = scale * rows["value"].to_numpy(float)
    low, high = scale * np.array([interval(row) for _, row in rows.iterrows()]).T
    colour, number = look
    return axes.errorbar(
        rows["x"], value, yerr=np.clip([value - low, high - value], 0, None), color=colour, linewidth=1.6,
        linestyle=DASHES[number % len(DASHES)], marker=MARKERS[number % len(MARKERS)], markersize=4.5, capsize=2.5,
        elinewidth=1.1, markerfacecolor=colour if number == 0 else "white",
    )  # fmt: skip
