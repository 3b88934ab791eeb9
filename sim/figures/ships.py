"""How full the ships sail: load factor, vehicles per sailing and sailings per day, by port and direction."""

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .frame import EACH, names, replications, select
from .page import DIRECTION_COLOUR, add_legend, new_page
from .rungs import Series, draw_rungs, leave_room, name_rungs
from .wording import Texts, figure

PANELS = {"load_factor": 100.0, "vehicles_per_sailing": 1.0, "sailings": 1.0}
"""Metrics, and the factor of their display."""
"""Metric, the factor that its axis needs, and how its values are written."""
MARKER = {"inbound": "o", "outbound": "s", "none": "o"}


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
    if rows.empty:
        return None
    rows = rows.assign(rung=rows["port"])
    ports = names(rows, "port", sorted(network.shore, key=lambda port: network.shore[port]))
    caption = [texts.intervals("caption_bars", replications(rows)), texts("caption_ships")]
    page = new_page(texts, "title_ships", network, caption, height=2.3 + 0.42 * max(3, len(ports)))
    handles = {}
    for axes, (metric, factor) in zip(page.subplots(1, len(PANELS), sharey=True), PANELS.items(), strict=True):
        words = texts.percent if metric == "load_factor" else figure
        here = rows[rows["metric"] == metric].copy()
        here[["value", "low", "high"]] *= factor
        for direction, colour in DIRECTION_COLOUR.items():
            part = here[here["direction"] == direction]
            series = Series(colour, MARKER[direction])
            drawn = draw_rungs(axes, part, {port: i for i, port in enumerate(ports)}, series, words)
            handles.update({direction: drawn} if drawn else {})
        name_rungs(axes, [texts.port(network, port) for port in ports])
        axes.set_xlabel(texts(f"axis_{metric}"))
        leave_room([axes])
    if set(handles) != {"none"}:
        add_legend(page, list(handles.values()), [texts.direction(name) for name in handles])
    return page
