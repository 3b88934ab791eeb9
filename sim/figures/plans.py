"""Plans side by side: what each line adds to the interception rate, how long inspection takes, who is on duty."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from .font import INK
from .frame import ALL, EACH, interval, names, select
from .page import PALETTE, add_legend, blank_page, legend_columns
from .rungs import Series, draw_rungs, leave_room, name_rungs
from .wording import Texts, figure, wrap

NAME_COLUMNS = 26
RATE, DUTY = ("expected_interception", "ratio", 100.0), ("officer_hours", "mean", 1.0)
"""Metric, statistic, and the factor of its display."""
PANELS = {"interception": "axis_interception", "delay": "axis_minutes", "officer_hours": "axis_officer_hours"}
"""Kind of panel, and the text of its axis."""
DELAYS = {"mean": Series("#5f6b76", "o", -0.17), "p95": Series(PALETTE[6], "D", 0.17)}


@dataclass(frozen=True, eq=False)
class Plans:
    """What several runs have shown."""

    metrics: pd.DataFrame
    """Tidy frames below each other, with the column `plan`: the name that a reader sees, in order."""
    place_title: Mapping[str, str] = field(default_factory=dict)
    """Names of gates and lines in the language of the figure."""
    factor: str = ""
    """What the runs differ in, when that is one number; else empty."""
    values: Mapping[str, float] = field(default_factory=dict)
    """That number by plan."""

    @property
    def replications(self) -> list[int]:
        """Number of replications of each plan."""
        return [int(n) for n in self.metrics.groupby("plan", sort=False)["n"].max()]

    def place(self, texts: Texts, name: str) -> str:
        """Name of a gate or line."""
        return self.place_title.get(name) or texts.station(name)


def draw_plans(plans: Plans, texts: Texts) -> Figure | None:
    """Draw a panel each for interception, inspection delay and officer-hours, with a rung for each plan.

    Parameters
    ----------
    plans : Plans
        Runs that state the same figures; this figure reads `expected_interception`, `inspection_delay` and
        `officer_hours`.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where the runs state none of them.
    """
    metrics = plans.metrics
    order = names(metrics, "plan")
    rates, duty = (_stack(metrics, *figure) for figure in (RATE, DUTY))
    colours = _colours(plans, duty, rates)
    delays = _delays(metrics)
    kinds = [kind for kind, rows in zip(PANELS, (rates, delays, duty), strict=True) if rows["value"].notna().any()]
    if not kinds:
        return None
    words = [plans.place(texts, name) for name in colours]
    has_delays = "delay" in kinds
    words += [texts(f"series_inspection_delay_{name}") for name in (DELAYS if has_delays else ())]
    columns = legend_columns(words)
    page, panels = _page(plans, texts, kinds, -(-len(words) // columns))
    handles: list[Artist] = [Patch(facecolor=colour) for colour in colours.values()]
    for kind, axes in zip(kinds, panels, strict=True):
        if kind == "delay":
            handles += _draw_delays(axes, delays, order)
        else:
            _draw_stack(axes, rates if kind == "interception" else duty, order, colours, texts)
        axes.set_title(texts(f"panel_plans_{kind}"))
        axes.set_xlabel(texts(PANELS[kind]))
        leave_room([axes], 0.32)
    add_legend(page, handles, words, columns)
    return page


def _page(plans: Plans, texts: Texts, kinds: list[str], legend_rows: int) -> tuple[Figure, list[Axes]]:
    """Make a page with a panel of each kind side by side and a rung for each plan, as high as the names ask for."""
    labels = [wrap(name, NAME_COLUMNS) for name in names(plans.metrics, "plan")]
    rung = 0.24 + 0.17 * max(label.count("\n") + 1 for label in labels)
    notes = [f"caption_plans_{kind}" for kind in kinds if kind != "officer_hours"]
    caption = [
        texts.intervals_of("caption_bars", plans.replications), *([texts.sentences(*notes)] if notes else [])
    ]  # fmt: skip
    height = 2.1 + 0.22 * legend_rows + rung * max(3, len(labels))
    subtitle = texts("subtitle_plans", count=len(labels))
    page = blank_page(texts("title_plans"), subtitle, caption, height, legend_rows)
    panels = list(page.subplots(1, len(kinds), sharey=True, squeeze=False)[0])
    for axes in panels:
        name_rungs(axes, labels)
    return page, panels


def _stack(metrics: pd.DataFrame, metric: str, statistic: str, scale: float) -> pd.DataFrame:
    """Rows of a total and of its parts by place; `rung` names the plan."""
    parts = [select(metrics, metric, statistic), select(metrics, metric, statistic, line=EACH)]
    rows = pd.concat(parts).drop_duplicates()
    rows[["value", "low", "high"]] *= scale
    return rows.assign(rung=rows["plan"])


def _colours(plans: Plans, *frames: pd.DataFrame) -> dict[str, str]:
    """Colour of each place, in the order in which vehicles pass them where that is known."""
    found = [name for name in names(pd.concat(frames), "line", plans.place_title) if name != ALL]
    return {name: PALETTE[number % (len(PALETTE) - 1)] for number, name in enumerate(found)}


def _draw_stack(axes: Axes, rows: pd.DataFrame, order: list[str], colours: Mapping[str, str], texts: Texts) -> None:
    """Draw bars of the parts one behind the other, the interval of the total at their end, and its value."""
    left = np.zeros(len(order))
    for place, colour in colours.items():
        here = rows[rows["line"] == place].set_index("rung")["value"]
        width = here.reindex(order).fillna(0.0).to_numpy(float)
        axes.barh(range(len(order)), width, left=left, height=0.5, color=colour, linewidth=0)
        left += width
    for _, row in rows[(rows["line"] == ALL) & rows["value"].notna()].iterrows():
        low, high = interval(row)
        at, value = order.index(row["rung"]), float(row["value"])
        axes.errorbar(value, at, xerr=[[value - low], [high - value]], color=INK, capsize=2.5, elinewidth=1.2)
        words = texts.percent(value) if row["unit"] == "1" else figure(value)
        axes.annotate(words, (max(value, high), at), xytext=(6, 0), textcoords="offset points", va="center", size=8)


def _delays(metrics: pd.DataFrame) -> pd.DataFrame:
    rows = pd.concat([select(metrics, "inspection_delay", statistic) for statistic in DELAYS])
    return rows.assign(rung=rows["plan"])


def _draw_delays(axes: Axes, rows: pd.DataFrame, order: list[str]) -> list[Artist]:
    """Draw mean and 95th percentile of the time that inspection takes; returns what a legend needs."""
    positions = {name: number for number, name in enumerate(order)}
    return [
        draw_rungs(axes, rows[rows["statistic"] == statistic], positions, series, figure)
        for statistic, series in DELAYS.items()
    ]
