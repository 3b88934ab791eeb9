"""Interception rate by line and vehicle class: expected, with what was realised beside it."""

from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import ALL, EACH, names, replications, select
from .page import PALETTE, add_legend, new_page, window_hours
from .rungs import Series, draw_rungs, leave_room, name_rungs, row_heights
from .wording import Texts, text_columns

COLUMNS = 3
_NAME = 30
"""Columns of the name of a rung."""
SERIES = {
    "expected": ("expected_interception", Series(PALETTE[0], "o", -0.2)),
    "realised": ("realised_interception", Series(PALETTE[1], "s", 0.2, filled=False, is_named_at_value=True)),
}


class _Panel(NamedTuple):
    """What one panel shows."""

    title: str
    rows: pd.DataFrame
    """With the column `rung`"""
    names: dict[str, str]
    """Name of each rung, from the top down."""


def draw_interception(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each line's contribution, one for the lines that see one class only, one for all together.

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
    shown = _panels(rows, network, texts)
    n = replications(rows)
    caption = [texts.intervals("caption_bars", n), texts("caption_interception"), _carriers(metrics, network, texts, n)]
    heights = row_heights([len(panel.names) for panel in shown], COLUMNS, 0.46)
    page = new_page(texts, "title_interception", network, caption, height=1.6 + sum(heights))
    grid = page.subplots(len(heights), min(COLUMNS, len(shown)), squeeze=False, height_ratios=heights).flat
    panels = [next(grid) for _ in shown]
    handles = {}
    for axes, panel in zip(panels, shown, strict=True):
        positions = {name: place for place, name in enumerate(panel.names)}
        for name, (metric, series) in SERIES.items():
            drawn = draw_rungs(axes, panel.rows[panel.rows["metric"] == metric], positions, series, texts.percent)
            handles.update({name: drawn} if drawn else {})
        name_rungs(axes, list(panel.names.values()))
        axes.set_title(panel.title)
        axes.set_xlabel(texts("axis_interception"))
    for axes in grid:  # what is left of the last row
        axes.remove()
    # Realised shares of few carriers may have bounds up to 100 %, beside which no expected value could be told apart.
    ends = rows["high"].where(rows["metric"] == "expected_interception", rows["value"]).fillna(rows["value"])
    leave_room(panels, longest=min(100.0, 1.15 * float(ends.max())))
    add_legend(page, list(handles.values()), [texts(f"series_{name}") for name in handles])
    return page


def _panels(rows: pd.DataFrame, network: Network, texts: Texts) -> list[_Panel]:
    """Give every line its panel; those at which one class is found, or none, share one where they are several."""
    lines = names(rows[rows["line"] != ALL], "line", network.place_title.get("en", ()))
    classes = {line: _classes(rows[rows["line"] == line], network) for line in [*lines, ALL]}
    single = {line: found[-1] for line in lines if len(found := classes[line]) <= 2}
    shared = single if len(single) > 1 else {}
    panels = [
        _panel(texts.place(network, line), rows[rows["line"] == line], classes[line], network, texts)
        for line in lines
        if line not in shared
    ]
    if shared:
        own = rows[[shared.get(line) == of for line, of in zip(rows["line"], rows["rung"], strict=True)]]
        named = {
            line: _both(texts.place(network, line), texts.vehicle_class(network, of), texts)
            for line, of in shared.items()
        }
        panels.append(_Panel(texts("single_lines"), own.assign(rung=own["line"]), named))
    return [*panels, _panel(texts("all_lines"), rows[rows["line"] == ALL], classes[ALL], network, texts)]


def _both(place: str, vehicle: str, texts: Texts) -> str:
    """Name a line and its class, on two lines where one is not enough."""
    if vehicle == texts("all_classes"):
        return place
    whole = texts("parts_joined", first=place, second=vehicle)
    return whole if text_columns(whole) <= _NAME else f"{place}\n{vehicle}"


def _panel(title: str, rows: pd.DataFrame, classes: list[str], network: Network, texts: Texts) -> _Panel:
    return _Panel(title, rows, {name: texts.vehicle_class(network, name) for name in classes})


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
