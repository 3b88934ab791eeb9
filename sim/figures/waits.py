"""Waits by vehicle class: mean and 95th percentile at each place, in the yard, and the time in system."""

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import EACH, names, replications, select
from .page import PALETTE, add_legend, new_page
from .rungs import draw_rungs, name_rungs
from .wording import Texts

STATISTICS = {
    "mean": {"fmt": "o", "color": PALETTE[0], "markersize": 5.5},
    "p95": {"fmt": "D", "color": PALETTE[1], "markersize": 4.5},
}
WHOLE = ("yard_dwell", "time_in_system")
ALL = "all"


def draw_waits(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each place, one for the yard and one for the time in system.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `wait`, `yard_dwell` and `time_in_system` of the metrics, min.
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
    panels = list(_panels(metrics, network, texts))
    if not panels:
        return None
    n = max(replications(rows) for _, rows in panels)
    caption = [texts.intervals("caption_bars", n), texts("caption_wait_axis")]
    columns = min(3, len(panels))
    page = new_page(texts, "title_waits", network, caption, height=7.5 if len(panels) > 3 else 4.8)
    axes_list = page.subplots(-(-len(panels) // columns), columns, squeeze=False).flat
    classes = [ALL, *network.class_name]
    handles = {}
    for (title, rows), axes in zip(panels, axes_list, strict=False):
        shown = [c for c in classes if c in set(rows["class"]) and (c != ALL or len(network.class_name) > 1)]
        for statistic, style in STATISTICS.items():
            positions = {c: i + (0.16 if statistic == "p95" else -0.16) for i, c in enumerate(shown)}
            drawn = draw_rungs(axes, rows[rows["statistic"] == statistic], positions, "class", style)
            handles.update({statistic: drawn} if drawn else {})
        name_rungs(axes, shown, [texts("all_classes") if c == ALL else texts.vehicle_class(network, c) for c in shown])
        axes.set_title(title)
        axes.set_xlabel(texts("axis_minutes"))
        axes.set_xlim(left=0)
    for axes in axes_list:  # what is left of the last row
        axes.remove()
    add_legend(page, list(handles.values()), [texts(f"series_{name}") for name in handles])
    return page


def _panels(metrics: pd.DataFrame, network: Network, texts: Texts) -> list[tuple[str, pd.DataFrame]]:
    """Title and rows of each panel."""
    panels = []
    waits = metrics[metrics["statistic"].isin(STATISTICS)]
    rows = pd.concat([select(waits, "wait", line=EACH), select(waits, "wait", line=EACH, vehicle_class=EACH)])
    rows = rows.drop_duplicates()
    for place in names(rows, "line", network.place_title.get("en", ())):
        panels.append((texts("panel_wait", place=texts.place(network, place)), rows[rows["line"] == place]))
    for metric in WHOLE:
        both = pd.concat([select(waits, metric), select(waits, metric, vehicle_class=EACH)]).drop_duplicates()
        if len(both):
            panels.append((texts(f"panel_{metric}"), both))
    return panels
