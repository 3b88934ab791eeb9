"""How full the ships sail: load factor, vehicles per sailing and sailings per day, by port and direction."""

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import EACH, names, replications, select
from .page import DIRECTION_COLOUR, add_legend, new_page
from .rungs import draw_rungs, name_rungs
from .wording import Texts

PANELS = {"load_factor": 100.0, "vehicles_per_sailing": 1.0, "sailings": 1.0}
"""Metric and the factor that its axis needs."""


def draw_ships(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw three panels with one rung a port of departure.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `load_factor`, `vehicles_per_sailing` and `sailings` of the metrics.
    network : Network
        For names and order.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where no loaded ship sailed.
    """
    del profile
    rows = pd.concat([select(metrics, m, direction=EACH, port=EACH) for m in PANELS]).reset_index(drop=True)
    rows = rows[rows["statistic"].isin(("mean", "ratio"))]
    if rows.empty:
        return None
    ports = names(rows, "port", sorted(network.shore, key=lambda port: network.shore[port]))
    caption = [texts.intervals("caption_bars", replications(rows)), texts("caption_ships")]
    page = new_page(texts, "title_ships", network, caption, height=2.2 + 0.42 * max(4, len(ports)))
    handles = {}
    for axes, (metric, factor) in zip(page.subplots(1, len(PANELS), sharey=True), PANELS.items(), strict=True):
        here = rows[rows["metric"] == metric].copy()
        here[["value", "low", "high"]] *= factor
        for direction, colour in DIRECTION_COLOUR.items():
            style = {"fmt": "o", "color": colour, "markersize": 6}
            part = here[here["direction"] == direction]
            drawn = draw_rungs(axes, part, {p: float(i) for i, p in enumerate(ports)}, "port", style)
            handles.update({direction: drawn} if drawn else {})
        name_rungs(axes, ports, [texts.port(network, port) for port in ports])
        axes.set_xlabel(texts(f"axis_{metric}"))
        axes.set_xlim(left=0)
    add_legend(page, list(handles.values()), [texts.direction(name) for name in handles])
    return page
