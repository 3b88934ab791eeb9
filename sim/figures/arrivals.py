"""Arrivals and completions by hour and direction."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network import Network

from .bands import draw_band
from .frame import EACH, names, replications, select
from .page import PALETTE, add_legend, hour_label, new_page, shape_hours, whole_ticks, window_hours
from .wording import Texts

SERIES = {"arrivals": (PALETTE[0], "solid"), "completions": (PALETTE[1], (0, (5, 2)))}


def draw_arrivals(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw a panel for each direction; channels without a ferry count other things than vehicles and are left out.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `arrivals` and `completions` of the profile, veh/h.
    network : Network
        For the window.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where nothing arrives in the window.
    """
    del metrics
    rows = pd.concat(select(profile, name, direction=EACH) for name in SERIES)
    rows = rows[~rows["direction"].isin([*network.channel_title["en"]])]
    directions = names(rows, "direction", ("inbound", "outbound"))
    if not directions:
        return None
    caption = [texts.intervals("caption_band", replications(rows))]
    page = new_page(texts, "title_arrivals", network, caption, height=7.5 if len(directions) > 1 else 4.8)
    panels = page.subplots(len(directions), sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, direction in zip(panels, directions, strict=True):
        _draw_direction(axes, rows[rows["direction"] == direction])
        axes.set_title(texts.direction(direction))
        axes.set_ylabel(texts("axis_vehicles_per_h"))
        shape_hours(axes, network, window_hours(network))
    whole_ticks(panels[0])
    panels[-1].set_xlabel(hour_label(texts, window_hours(network)))
    lines = [line for line in panels[0].lines if line.get_label() in SERIES]
    add_legend(page, lines, [texts(f"series_{line.get_label()}") for line in lines])
    return page


def _draw_direction(axes: Axes, rows: pd.DataFrame) -> None:
    for name, (colour, dashes) in SERIES.items():
        draw_band(axes, rows[rows["metric"] == name], colour, dashes, name)
