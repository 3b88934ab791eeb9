"""Interception rate by line and vehicle class: expected, with what was realised beside it."""

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import ALL, EACH, names, replications, select
from .page import PALETTE, add_legend, new_page, window_hours
from .rungs import Series, draw_rungs, leave_room, name_rungs, row_heights
from .wording import Texts, percent

COLUMNS = 3
SERIES = {
    "expected": ("expected_interception", Series(PALETTE[0], "o", -0.2)),
    "realised": ("realised_interception", Series(PALETTE[1], "s", 0.2, filled=False, is_named_at_value=True)),
}


def draw_interception(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each line's contribution and one for all lines together.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `expected_interception`, `realised_interception` and `carriers`.
    network : Network
        For names and order.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where no line can intercept anything.
    """
    del profile
    rows = _rows(metrics)
    if rows.empty or rows["value"].isna().all():
        return None
    lines = [*names(rows[rows["line"] != ALL], "line", network.place_title.get("en", ())), ALL]
    classes = {line: _classes(rows[rows["line"] == line], network) for line in lines}
    n = replications(rows)
    caption = [texts.intervals("caption_bars", n), texts("caption_interception"), _carriers(metrics, network, texts, n)]
    heights = row_heights([len(classes[line]) for line in lines], COLUMNS, 0.46)
    page = new_page(texts, "title_interception", network, caption, height=1.6 + sum(heights))
    grid = page.subplots(len(heights), min(COLUMNS, len(lines)), squeeze=False, height_ratios=heights).flat
    panels = [next(grid) for _ in lines]
    handles = {}
    for axes, line in zip(panels, lines, strict=True):
        here = rows[rows["line"] == line]
        for name, (metric, series) in SERIES.items():
            positions = {c: i for i, c in enumerate(classes[line])}
            drawn = draw_rungs(axes, here[here["metric"] == metric], positions, series, percent)
            handles.update({name: drawn} if drawn else {})
        name_rungs(axes, [texts.vehicle_class(network, c) for c in classes[line]])
        axes.set_title(texts("all_lines") if line == ALL else texts.place(network, line))
        axes.set_xlabel(texts("axis_interception"))
    for axes in grid:  # what is left of the last row
        axes.remove()
    # Realised shares of few carriers may have bounds up to 100 %, beside which no expected value could be told apart.
    ends = rows["high"].where(rows["metric"] == "expected_interception", rows["value"]).fillna(rows["value"])
    leave_room(panels, longest=min(100.0, 1.15 * float(ends.max())))
    add_legend(page, list(handles.values()), [texts(f"series_{name}") for name in handles])
    return page


def _classes(rows: pd.DataFrame, network: Network) -> list[str]:
    """Classes of which something is found at a line, after the row of all."""
    found = rows[(rows["value"] > 0) | (rows["rung"] == ALL)]
    return names(found, "rung", (ALL, *network.class_name))


def _rows(metrics: pd.DataFrame) -> pd.DataFrame:
    """Rows of both series, by line and in all, by class and in all; in per cent."""
    parts = [
        select(metrics, metric, **labels)
        for metric, _ in SERIES.values()
        for labels in ({}, {"line": EACH}, {"vehicle_class": EACH}, {"line": EACH, "vehicle_class": EACH})
    ]
    rows = pd.concat(parts).drop_duplicates().reset_index(drop=True)
    rows[["value", "low", "high"]] *= 100
    return rows.assign(rung=rows["class"])


def _carriers(metrics: pd.DataFrame, network: Network, texts: Texts, n: int) -> str:
    """Say how many carriers stand behind the realised rate: those of the directions that are inspected."""
    directions = set(select(metrics, "realised_interception", direction=EACH)["direction"])
    carriers = select(metrics, "carriers", "mean", direction=EACH)
    a_day = float(carriers[carriers["direction"].isin(directions)]["value"].sum())
    return texts("caption_carriers", count=f"{a_day * window_hours(network) / 24 * n:,.0f}")
