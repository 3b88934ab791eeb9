"""Interception rate by line and vehicle class: expected, with what was realised beside it."""

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import EACH, names, replications, select
from .page import PALETTE, add_legend, new_page
from .rungs import draw_rungs, name_rungs
from .wording import Texts

ALL = "all"
SERIES = {
    "expected": ("expected_interception", {"fmt": "o", "color": PALETTE[0], "markersize": 6}),
    "realised": (
        "realised_interception",
        {"fmt": "s", "color": PALETTE[1], "markersize": 5, "markerfacecolor": "white"},
    ),
}


def draw_interception(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each line's contribution and one for all lines together.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `expected_interception` and `realised_interception`.
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
    if rows.empty:
        return None
    lines = [*names(rows[rows["line"] != ALL], "line", network.place_title.get("en", ())), ALL]
    classes = [c for c in (ALL, *network.class_name) if c in set(rows["class"])]
    caption = [texts.intervals("caption_bars", replications(rows)), texts("caption_interception")]
    page = new_page(texts, "title_interception", network, caption, height=2.3 + 0.5 * max(3, len(classes)))
    handles = {}
    for axes, line in zip(page.subplots(1, len(lines), sharey=True, sharex=True, squeeze=False)[0], lines, strict=True):
        here = rows[rows["line"] == line]
        for series, (metric, style) in SERIES.items():
            positions = {c: i + (0.17 if series == "realised" else -0.17) for i, c in enumerate(classes)}
            drawn = draw_rungs(axes, here[here["metric"] == metric], positions, "class", style)
            handles.update({series: drawn} if drawn else {})
        name_rungs(axes, classes, [_class(texts, network, c) for c in classes])
        axes.set_title(texts("all_lines") if line == ALL else texts.place(network, line))
        axes.set_xlabel(texts("axis_interception"))
    page.axes[0].set_xlim(left=0)  # after the last panel: they share the axis
    add_legend(page, list(handles.values()), [texts(f"series_{name}") for name in handles])
    return page


def _rows(metrics: pd.DataFrame) -> pd.DataFrame:
    """Rows of both series, by line and in all, by class and in all; in per cent."""
    parts = [
        select(metrics, metric, **labels)
        for metric, _ in SERIES.values()
        for labels in ({}, {"line": EACH}, {"vehicle_class": EACH}, {"line": EACH, "vehicle_class": EACH})
    ]
    rows = pd.concat(parts).drop_duplicates().reset_index(drop=True)
    rows[["value", "low", "high"]] *= 100
    return rows


def _class(texts: Texts, network: Network, name: str) -> str:
    return texts("all_classes") if name == ALL else texts.vehicle_class(network, name)
