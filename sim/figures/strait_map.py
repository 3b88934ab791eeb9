"""The strait at a glance: both shores, flows between the ports, and how busy the stations are."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle

from sim.network import Network

from .font import GREY, INK
from .frame import EACH, select
from .page import DIRECTION_COLOUR, PALETTE, add_legend, new_page
from .wording import Texts, figure

SHORES = ("north", "south")
LIMITS = (0.6, 0.85)
BUSY = (PALETTE[2], PALETTE[4], PALETTE[1])
"""Colours of utilisation below, between and above `LIMITS`."""
_LEVEL = {"north": 0.70, "south": 0.30}
_MOST_POINTS = 16.0
"""Width of the widest flow."""
_ROW = 0.034


def draw_map(metrics: pd.DataFrame, profile: pd.DataFrame, network: Network, texts: Texts) -> Figure | None:
    """Draw ports from west to east on their shores, the flows between them and the utilisation of their stations.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary; this figure reads `arrivals` (veh/day) and `utilisation`.
    network : Network
        For ports, routes and names.
    texts : Texts
        Words.

    Returns
    -------
    Figure or None
        None where the ports do not lie on two shores.
    """
    del profile
    if {network.shore.get(port) for port in network.ports.name} != set(SHORES):
        return None
    page = new_page(texts, "title_map", network, [texts("caption_map"), texts("caption_map_utilisation")])
    axes = page.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    places = _places(network)
    _draw_shores(axes, texts)
    _draw_flows(axes, metrics, network, places)
    for port, at in places.items():
        _draw_port(axes, metrics, network, texts, (port, *at))
    low, high = (f"{limit:.0%}" for limit in LIMITS)
    words = [texts("busy_low", limit=low), texts("busy_middle", low=low, high=high), texts("busy_high", limit=high)]
    handles = [Patch(color=DIRECTION_COLOUR[d], alpha=0.6) for d in ("inbound", "outbound")]
    labels = [texts.direction(d) for d in ("inbound", "outbound")]
    add_legend(page, [*handles, *(Patch(color=colour) for colour in BUSY)], [*labels, *words])
    return page


def _places(network: Network) -> dict[str, tuple[float, float]]:
    """Where each port stands on the page: its shore's level, evenly spaced from west to east."""
    places = {}
    for shore in SHORES:
        ports = [port for port in network.ports.name if network.shore[port] == shore]
        ports.sort(key=lambda port: network.port_position.get(port, (0.0, 0.0)))
        for number, port in enumerate(ports):
            places[port] = ((number + 0.5) / len(ports), _LEVEL[shore])
    return places


def _draw_shores(axes: Axes, texts: Texts) -> None:
    for shore, bottom in (("north", _LEVEL["north"]), ("south", 0.0)):
        axes.add_patch(Rectangle((0, bottom), 1, 0.30, facecolor="#f1ede3", edgecolor="none", zorder=0))
        height = 0.685 if shore == "north" else 0.315
        side = "top" if shore == "north" else "bottom"
        axes.text(0.005, height, texts(f"{shore}_shore"), va=side, color=GREY, size=10)
    axes.add_patch(Rectangle((0, 0.30), 1, 0.40, facecolor="#e8f1f7", edgecolor="none", zorder=0))
    axes.text(0.005, 0.5, texts("strait"), va="center", color=GREY, size=10)


def route_flows(metrics: pd.DataFrame, network: Network) -> dict[tuple[str, str, str], float]:
    """Vehicles a day by (direction, origin, destination): arrivals of an origin, divided as its demand is."""
    expected: dict[tuple[str, str, str], float] = {}
    sources = network.sources
    for i, amounts in enumerate(sources.expected):
        route = (sources.direction[i], sources.origin[i], sources.destination[i])
        expected[route] = expected.get(route, 0.0) + float(amounts.sum()) + len(sources.listed_ticks[i])
    seen = select(metrics, "arrivals", "mean", direction=EACH, port=EACH)
    flows = {}
    for (direction, origin, destination), amount in expected.items():
        whole = sum(a for (d, o, _), a in expected.items() if (d, o) == (direction, origin))
        here = seen[(seen["direction"] == direction) & (seen["port"] == origin)]["value"].sum()
        flows[direction, origin, destination] = float(here) * amount / whole if whole else 0.0
    return flows


def _draw_flows(axes: Axes, metrics: pd.DataFrame, network: Network, places: dict[str, tuple[float, float]]) -> None:
    flows = {key: flow for key, flow in route_flows(metrics, network).items() if flow > 0 and key[1] in places}
    most = max(flows.values(), default=1.0)
    for (direction, origin, destination), flow in flows.items():
        shift = 0.012 if direction == "inbound" else -0.012
        (x0, y0), (x1, y1) = places[origin], places[destination]
        colour = DIRECTION_COLOUR[direction]
        arrow = FancyArrowPatch(
            (x0 + shift, y0), (x1 + shift, y1), arrowstyle="-",
            connectionstyle=f"arc3,rad={0.06 if x0 <= x1 else -0.06}",
            linewidth=max(0.8, _MOST_POINTS * flow / most), color=colour, alpha=0.45, zorder=1,
        )  # fmt: skip
        axes.add_patch(arrow)
        at = 0.24 if direction == "inbound" else 0.20
        axes.text(
            x0 + shift + at * (x1 - x0), y0 + at * (y1 - y0), figure(flow), ha="center", va="center", size=8.5,
            color=INK, zorder=4, bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": colour, "lw": 0.7},
        )  # fmt: skip


def _draw_port(
    axes: Axes, metrics: pd.DataFrame, network: Network, texts: Texts, port: tuple[str, float, float]
) -> None:
    """Draw a port's name and one bar for each of its stations, away from the water."""
    name, x, y = port
    away = 1 if network.shore[name] == "north" else -1
    axes.plot([x], [y], marker="o", markersize=11.5, color=INK, zorder=3)
    axes.text(x, y + away * 0.035, texts.port(network, name), ha="center", va="center", size=11.5, zorder=5)
    used = select(metrics, "utilisation", "ratio", port=name, line=EACH, station=EACH)
    for number, row in enumerate(used.itertuples()):
        height = y + away * (0.075 + number * _ROW)
        label = f"{texts.place(network, str(row.line))} · {texts.station(str(row.station))}"
        _draw_bar(axes, (x, height), label, float(str(row.value)))


def _draw_bar(axes: Axes, at: tuple[float, float], label: str, used: float) -> None:
    x, y = at
    colour = BUSY[sum(used > limit for limit in LIMITS)]
    width, height = 0.07, 0.019
    axes.add_patch(
        Rectangle((x + 0.015, y - height / 2), width, height, facecolor="white", edgecolor=GREY, lw=0.5, zorder=3)
    )
    axes.add_patch(Rectangle((x + 0.015, y - height / 2), width * min(1.0, used), height, facecolor=colour, zorder=4))
    axes.text(x + 0.008, y, label, ha="right", va="center", size=7.6, zorder=5)
    axes.text(x + 0.02 + width, y, f"{used:.0%}", ha="left", va="center", size=7.6, zorder=5)
