"""The strait at a glance: both shores, flows between the ports, and how busy the stations are."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from sim.network import Network

from .font import GREY, INK
from .frame import EACH, names, select
from .page import PALETTE, add_legend, new_page
from .wording import Texts, figure, per_cent_in

SHORES = ("north", "south")
LIMITS = (0.6, 0.85)
BUSY = ("#8c9aa6", "#E69F00", "#a4161a")
"""Colours of utilisation below, between and above `LIMITS`; they differ in lightness too."""
FLOW = {"inbound": PALETTE[0], "outbound": PALETTE[1]}
SIGN = {"inbound": "↓", "outbound": "↑"}
LAND, WATER = "#f3efe6", "#edf4f9"
_LEVEL = {"north": 0.68, "south": 0.32}
_PAGE_POINTS = (765.0, 420.0)
"""Size of the axes, for angles of flows."""
_MOST_POINTS = 15.0
"""Width of the widest flow."""
Route = tuple[str, str, str]
"""Direction, origin and destination."""
Flows = dict[Route, float]
"""Vehicles a day, or points of width, by route."""
Places = dict[str, tuple[float, float]]
"""Where each port stands on the page, 0 to 1 both ways."""


class _Band(NamedTuple):
    """One flow on the page."""

    direction: str
    flow: float
    width: float
    xs: tuple[float, float]
    ys: tuple[float, float]


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
        None where no vehicles cross between two shores.
    """
    del profile
    if {network.shore.get(port) for port in network.ports.name} != set(SHORES):
        return None
    places = _places(network)
    flows = {route: flow for route, flow in route_flows(metrics, network).items() if _crosses(route, places)}
    if sum(flows.values()) <= 0:
        return None
    notes = ["caption_map_utilisation", *(["caption_ports_only"] if network.sites else [])]
    page = new_page(texts, "title_map", network, [texts("caption_map"), texts.sentences(*notes)])
    axes = page.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    _draw_shores(axes, texts, flows)
    _draw_flows(axes, flows, places)
    for port in places:
        _draw_port(axes, metrics, network, texts, (port, *places[port]))
    low, high = (f"{100 * limit:.0f} %" for limit in LIMITS)
    words = [texts("busy_low", limit=low), texts("busy_middle", low=low, high=high), texts("busy_high", limit=high)]
    handles = [*(Patch(color=colour, alpha=0.7) for colour in FLOW.values()), *(Patch(color=c) for c in BUSY)]
    add_legend(page, handles, [*(f"{SIGN[d]} {texts.direction(d)}" for d in FLOW), *words])
    return page


def _crosses(route: Route, places: Places) -> bool:
    """Tell whether a route leads from one shore to the other."""
    direction, a, b = route
    return direction in FLOW and {a, b} <= set(places) and places[a][1] != places[b][1]


def _places(network: Network) -> Places:
    """Put each port on its shore, evenly spaced from west to east."""
    places: Places = {}
    for shore in SHORES:
        ports = [port for port in network.ports.name if network.shore[port] == shore]
        ports.sort(key=lambda port: network.port_position.get(port, (0.0, 0.0)))
        for number, port in enumerate(ports):
            places[port] = ((number + 0.5) / len(ports), _LEVEL[shore])
    return places


def route_flows(metrics: pd.DataFrame, network: Network) -> Flows:
    """Divide the simulated arrivals of each port of origin among its routes as the demand is.

    Parameters
    ----------
    metrics : DataFrame
        Tidy; `arrivals` by direction and port of origin, veh/day.
    network : Network
        Whose sources say how the demand is divided.

    Returns
    -------
    dict
        Vehicles a day by direction, origin and destination.
    """
    expected: Flows = {}
    sources = network.sources
    for i, amounts in enumerate(sources.expected):
        route = (sources.direction[i], sources.origin[i], sources.destination[i])
        expected[route] = expected.get(route, 0.0) + float(amounts.sum()) + len(sources.listed_ticks[i])
    whole: dict[tuple[str, str], float] = {}
    for (direction, origin, _), amount in expected.items():
        whole[direction, origin] = whole.get((direction, origin), 0.0) + amount
    rows = select(metrics, "arrivals", "mean", direction=EACH, port=EACH)
    seen = {(str(d), str(p)): float(v) for d, p, v in rows[["direction", "port", "value"]].itertuples(index=False)}
    return {
        route: seen.get(route[:2], 0.0) * amount / whole[route[:2]]
        for route, amount in expected.items()
        if whole[route[:2]] > 0
    }


def _draw_shores(axes: Axes, texts: Texts, flows: Flows) -> None:
    """Draw land and water, and name them; write the totals on the water."""
    north, south = (_LEVEL[shore] for shore in SHORES)
    axes.add_patch(Rectangle((0, north), 1, 1 - north, facecolor=LAND, edgecolor="none", zorder=0))
    axes.add_patch(Rectangle((0, south), 1, north - south, facecolor=WATER, edgecolor="none", zorder=0))
    axes.add_patch(Rectangle((0, 0), 1, south, facecolor=LAND, edgecolor="none", zorder=0))
    axes.text(0.995, north - 0.012, texts("north_shore"), ha="right", va="top", color=GREY, size=9.5)
    axes.text(0.995, south + 0.012, texts("south_shore"), ha="right", va="bottom", color=GREY, size=9.5)
    totals = {d: sum(flow for (direction, _, _), flow in flows.items() if direction == d) for d in FLOW}
    lines = [f"{SIGN[d]} {texts('vehicles_per_day', count=figure(total))}" for d, total in totals.items()]
    axes.text(0.012, 0.5, "\n".join([texts("strait"), *lines]), va="center", size=9.5, linespacing=1.6)


def _spread(places: Places, route: Route) -> float:
    """Points across the page per point across a band of a route: the flatter it runs, the more."""
    (x0, y0), (x1, y1) = places[route[1]], places[route[2]]
    run, rise = (x1 - x0) * _PAGE_POINTS[0], (y1 - y0) * _PAGE_POINTS[1]
    return math.hypot(run, rise) / abs(rise)


def _bands(places: Places, flows: Flows) -> list[_Band]:
    """Lay the flows out; the widest first."""
    most = max(flows.values())
    widths = {route: max(1.2, _MOST_POINTS * flow / most) for route, flow in flows.items() if flow > 0}
    ends = {(route, port): x for port in places for route, x in _ends(places, widths, port)}
    bands = [
        _Band(route[0], flows[route], width, (ends[route, a], ends[route, b]), (places[a][1], places[b][1]))
        for (route, width), (_, a, b) in zip(widths.items(), widths, strict=True)
    ]
    return sorted(bands, key=lambda band: -band.width)


def _ends(places: Places, widths: Flows, port: str) -> Iterator[tuple[Route, float]]:
    """Where along the quay of a port its flows end: side by side, in the order of where they lead."""

    def order(route: Route) -> tuple[float, bool]:
        # Of the two directions of one route the outbound lies to the west at both ends.
        return places[route[2] if route[1] == port else route[1]][0], route[0] == "inbound"

    mine = sorted((route for route in widths if port in route[1:]), key=order)
    extents = [(widths[route] + 1.5) * _spread(places, route) / _PAGE_POINTS[0] for route in mine]
    left = places[port][0] - sum(extents) / 2
    for route, extent in zip(mine, extents, strict=True):
        yield route, left + extent / 2
        left += extent


def _draw_flows(axes: Axes, flows: Flows, places: Places) -> None:
    """Draw bands with a white rim, so that crossings stay legible, and their numbers near their origin."""
    water = Rectangle((0, _LEVEL["south"]), 1, _LEVEL["north"] - _LEVEL["south"], transform=axes.transData)
    for number, band in enumerate(_bands(places, flows)):
        colour, depth = FLOW[band.direction], 1 + 0.01 * number
        for paint, width, alpha in (("white", band.width + 1.6, 1.0), (colour, band.width, 0.55)):
            (line,) = axes.plot(band.xs, band.ys, color=paint, linewidth=width, alpha=alpha, zorder=depth)
            line.set_clip_path(water)
        x, y = (start + 0.21 * (end - start) for start, end in (band.xs, band.ys))
        axes.text(
            x, y, f"{SIGN[band.direction]} {figure(band.flow)}", ha="center", va="center", size=8.5, zorder=4,
            bbox={"boxstyle": "round,pad=0.18", "fc": "white", "ec": colour, "lw": 0.9},
        )  # fmt: skip


def _draw_port(
    axes: Axes, metrics: pd.DataFrame, network: Network, texts: Texts, port: tuple[str, float, float]
) -> None:
    """Draw a port's quay and name, and one bar for each of its stations, away from the water."""
    name, x, y = port
    away = 1 if network.shore[name] == "north" else -1
    axes.add_patch(Rectangle((x - 0.125, y - 0.005), 0.25, 0.010, facecolor=INK, zorder=3))
    axes.text(x, y + away * 0.038, texts.port(network, name), ha="center", va="center", size=12, zorder=5)
    rows = select(metrics, "utilisation", "ratio", port=name, line=EACH, station=EACH)
    used = {str(s): (str(p), float(v)) for s, p, v in rows[["station", "line", "value"]].itertuples(index=False)}
    stations = names(rows, "station", network.stations.name)
    step = min(0.0345, 0.235 / max(1, len(stations)))
    top = 0.985 if away > 0 else y - 0.075
    for number, station in enumerate(stations):
        place, value = used[station]
        label = f"{texts.place(network, place)} · {texts.station(station)}"
        words = per_cent_in(f"{100 * value:.0f} %", texts.language)
        _draw_bar(axes, (x + 0.018, top - (number + 0.5) * step), (label, words), value)


def _draw_bar(axes: Axes, at: tuple[float, float], words: tuple[str, str], used: float) -> None:
    """Draw one station's utilisation, with its name on the left and the number on the right."""
    x, y = at
    label, number = words
    width, height = 0.075, 0.019
    foot = (x, y - height / 2)
    colour = BUSY[sum(used > limit for limit in LIMITS)]
    axes.add_patch(Rectangle(foot, width, height, facecolor="white", edgecolor=GREY, lw=0.5, zorder=3))
    axes.add_patch(Rectangle(foot, width * min(1.0, used), height, facecolor=colour, edgecolor="none", zorder=4))
    axes.text(x - 0.008, y, label, ha="right", va="center", size=8, zorder=5)
    axes.text(x + width + 0.006, y, number, ha="left", va="center", size=8, zorder=5)
