"""Queue at each station over the day, with a band over replications: ports side by side, places below each other."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network import Network

from .bands import draw_band
from .frame import EACH, names, replications, select
from .page import DASHES, PALETTE, add_legend, hour_label, new_page, shape_hours, whole_ticks, window_hours
from .wording import Texts

YARD = "yard"


def draw_queues(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each port and place; sites that are no ferry port are left out.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `queue_length` of the profile, veh.
    network : Network
        For names and order.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where the network has no station.
    """
    del metrics
    rows = select(profile, "queue_length", port=EACH, line=EACH, station=EACH)
    rows = rows[~rows["port"].isin(network.sites)]
    if rows.empty:
        return None
    ports = names(rows, "port", sorted(network.shore, key=lambda port: network.shore[port]))
    places = names(rows, "line", network.place_title.get("en", ()))
    is_full = len(rows[["port", "line"]].drop_duplicates()) == len(ports) * len(places)
    notes = ["caption_queue_row", *([] if is_full else ["caption_queue_empty"])]
    notes += ["caption_ports_only"] if network.sites else []
    caption = [texts.intervals("caption_band", replications(rows)), texts.sentences(*notes)]
    wide = len(ports) > 2
    page = new_page(texts, "title_queues", network, caption, height=2.1 + 1.35 * len(places) if wide else 5.0)
    panels = page.subplots(len(places), len(ports), sharex=True, sharey="row", squeeze=False)
    kinds = list(dict.fromkeys(map(_kind, names(rows, "station", network.stations.name))))
    for r, place in enumerate(places):
        for c, port in enumerate(ports):
            here = rows[(rows["line"] == place) & (rows["port"] == port)]
            _draw_panel(panels[r, c], here, network, kinds, dense=wide)
        panels[r, 0].set_ylabel(f"{_place(texts, network, place)}\n{texts('axis_vehicles')}", linespacing=1.35)
        whole_ticks(panels[r, 0], 4)
    for c, port in enumerate(ports):
        panels[-1, c].set_xlabel(hour_label(texts, window_hours(network)))
        panels[0, c].set_title("" if port == "none" else texts.port(network, port))
    lines = {line.get_label(): line for axes in panels.flat for line in axes.lines}
    known = [kind for kind in kinds if kind in lines]
    add_legend(page, [lines[kind] for kind in known], [texts.station(kind) for kind in known])
    return page


def _kind(station: str) -> str:
    return station.rpartition("/")[2]


def _place(texts: Texts, network: Network, place: str) -> str:
    return texts("yard_short") if place == YARD else texts.place(network, place)


def _draw_panel(axes: Axes, rows: pd.DataFrame, network: Network, kinds: list[str], dense: bool) -> None:
    """Draw the stations of one port and place; a panel where nothing stands stays empty."""
    for station in dict.fromkeys(rows["station"]):
        number = kinds.index(_kind(station))
        colour, dashes = PALETTE[number % len(PALETTE)], DASHES[number // len(PALETTE) % len(DASHES)]
        draw_band(axes, rows[rows["station"] == station], colour, dashes, _kind(station))
    shape_hours(axes, network, window_hours(network), dense=dense)
    if rows.empty:
        axes.set_facecolor("#f4f5f6")
