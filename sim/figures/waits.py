"""Waits by vehicle class: mean and 95th percentile at each place, in the yard, over inspection, and in all."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network import Network

from .frame import ALL, EACH, names, replications, select
from .page import PALETTE, add_legend, new_page
from .rungs import Series, draw_rungs, leave_room, name_rungs, row_heights, without_echo
from .wording import Texts, figure, wrap

STATISTICS = {"mean": Series(PALETTE[0], "o", -0.2), "p95": Series(PALETTE[1], "D", 0.2)}
WHOLE = ("yard_dwell", "inspection_delay")
TIMES = ("crossing_time", "time_in_system")
"""Metrics of a whole trip."""
MOST_MINUTES = 180.0
"""Longer times in system are shown in hours."""
COLUMNS = 3
_CAPTION = 150
"""Columns of a line of the caption."""


class _Panel(NamedTuple):
    """What one panel shows."""

    title: str
    unit: str
    """Key of its text."""
    rows: pd.DataFrame
    place: str = ""
    """Name of the place that is waited at."""


def draw_waits(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each place, one for the yard, one for inspection, and one for the crossing or the whole route.

    Places at which nobody waited are named below.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `wait`, `yard_dwell`, `inspection_delay`, `crossing_time` and
        `time_in_system` of the metrics, min.
    network : Network
        For names and order.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where nobody waited anywhere.
    """
    del profile
    found = list(_panels(metrics, network, texts))
    panels = [panel for panel in found if panel.rows["value"].max() > 0]
    if not panels:
        return None
    n = max(replications(panel.rows) for panel in panels)
    has_inspection = any(panel.title == texts("panel_inspection_delay") for panel in panels)
    notes = ["caption_wait_axis", *(["caption_wait_inspection"] if has_inspection else [])]
    caption = [texts.intervals("caption_bars", n), texts.sentences(*notes)]
    quiet = [panel.place for panel in found if panel.place and panel.rows["value"].max() == 0]
    if quiet:
        caption += wrap(texts("caption_nobody_waited", places=texts.together(quiet)), _CAPTION).split("\n")
    heights = row_heights([panel.rows["rung"].nunique() for panel in panels], COLUMNS, 0.31)
    page = new_page(texts, "title_waits", network, caption, height=1.6 + sum(heights))
    grid = page.subplots(len(heights), min(COLUMNS, len(panels)), squeeze=False, height_ratios=heights).flat
    handles = {}
    for axes, panel in zip(list(grid)[: len(panels)], panels, strict=True):
        handles.update(_draw_panel(axes, panel.rows, network, texts))
        axes.set_title(panel.title)
        axes.set_xlabel(texts(panel.unit))
    for axes in list(page.axes)[len(panels) :]:  # what is left of the last row
        axes.remove()
    add_legend(page, list(handles.values()), [texts(f"series_{name}") for name in handles])
    return page


def _draw_panel(axes: Axes, rows: pd.DataFrame, network: Network, texts: Texts) -> dict[str, Any]:
    """Draw both statistics of every class; returns what a legend needs."""
    rungs = names(rows, "rung", (ALL, *network.class_name))
    positions = {name: number for number, name in enumerate(rungs)}
    drawn = {
        statistic: draw_rungs(axes, rows[rows["statistic"] == statistic], positions, series, figure)
        for statistic, series in STATISTICS.items()
    }
    name_rungs(axes, [texts.vehicle_class(network, name) for name in rungs])
    leave_room([axes], 0.2)
    return {statistic: handle for statistic, handle in drawn.items() if handle is not None}


def _panels(metrics: pd.DataFrame, network: Network, texts: Texts) -> Iterator[_Panel]:
    shown = metrics[metrics["statistic"].isin(STATISTICS)]
    rows = _by_class(shown, network, "wait", line=EACH)
    for place in names(rows, "line", network.place_title.get("en", ())):
        name = texts.place(network, place)
        yield _Panel(texts("panel_wait", place=name), "axis_minutes", without_echo(rows[rows["line"] == place]), name)
    known = set(shown["metric"])
    for metric in (*WHOLE, *[time for time in TIMES if time in known][:1]):
        rows = _by_class(shown, network, metric)
        in_hours = metric in TIMES and rows["value"].max() > MOST_MINUTES
        if len(rows):
            rows[["value", "low", "high"]] /= 60 if in_hours else 1
            yield _Panel(texts(f"panel_{metric}"), "axis_hours" if in_hours else "axis_minutes", rows)


def _by_class(metrics: pd.DataFrame, network: Network, metric: str, **labels: str) -> pd.DataFrame:
    """Rows of a metric for every class and, where there are several, for all together; `rung` names the class."""
    one = len(network.class_name) == 1
    parts = [
        select(metrics, metric, **labels),
        *([] if one else [select(metrics, metric, vehicle_class=EACH, **labels)]),
    ]
    rows = pd.concat(parts)
    return without_echo(rows.assign(rung=network.class_name[0] if one else rows["class"]))
