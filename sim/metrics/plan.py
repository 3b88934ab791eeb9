"""What a network's figures are: which row of which table each source, and each stop on its way, adds to.

A *stop* is a step of one source's route; the stops of a source follow each other in the order of the steps. Shape
letters: I sources, E stops, S stations, L concealment levels, G lines (places of selections), H hours of the window;
the rows of tables are numbered by their keys, so what adds to one figure adds to one row. -1 means none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import Network, StepKind
from sim.network.tables import Flags, Ints
from sim.record import route_steps
from sim.units import TICKS_PER_HOUR

from .catalogue import ALL, NONE
from .passages import line_steps
from .path import is_search_step
from .tally import Key

T = TypeVar("T")

MOMENTS = ("arrivals", "landings", "completions")
SERVE, SELECT, ALARM, BOARD, TRAVEL, EXIT = (int(kind) for kind in StepKind)


@dataclass(frozen=True, eq=False)
class Stops:
    """Steps of each source's route, E rows."""

    source: Ints
    step: Ints
    """(E,) row of `network.steps`"""
    following: Ints
    """(E,) a stop"""
    otherwise: Ints
    is_reached: Flags
    """(E,) whether some way leads there"""
    is_search: Flags
    """(E,) whether an alarm is that of a search: it removes the unit at once"""
    line: Ints
    """(E,) line whose delay a serve adds to, or that a select belongs to"""
    wait: Ints
    """(E,) row of spans; of a serve"""
    blocked: Ints
    """(E,) row of spans; of a serve"""
    queue: Ints
    """(E,) row of hours and of levels; of a serve"""
    outside: Ints
    """(E,) row of tailbacks; of the first serve on the route"""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows that the units of a source add to, (I,) each unless stated."""

    moments: Ints
    """(3, I) row of moments, for each of `MOMENTS`"""
    inside: Ints
    """row of hours"""
    yard: Ints
    """row of hours and of levels"""
    time: Ints
    """rows of spans"""
    crossing: Ints
    dwell: Ints
    delay: Ints
    """(I, G) rows of spans; -1 where the route does not have the line"""
    all_delays: Ints


@dataclass(frozen=True, eq=False)
class Plan:
    """The figures of a network, and where each comes from."""

    edges: Ints
    """(H + 1,) ticks of the hours of the window"""
    lines: tuple[str, ...]
    lines_of: dict[str, tuple[str, ...]]
    """Lines by direction."""
    first: Ints
    """(I + 1,) first stop of each source"""
    stops: Stops
    rows: Rows
    moments: tuple[Key, ...]
    hours: tuple[Key, ...]
    """Of `in_system`, then of queues and yards."""
    levels: range
    """Rows of hours that are queues or yards: their highest level is kept."""
    yards: frozenset[int]
    """Rows of hours that are yards."""
    spans: tuple[Key, ...]
    always: Flags
    """(spans,) whether a row of spans is there even where there are none."""
    tailbacks: tuple[tuple[int, int], ...]
    """Station and class of each row of tailbacks."""

    def stops_of(self, source: int) -> range:
        """Stops of a source."""
        return range(int(self.first[source]), int(self.first[source + 1]))


_plans: WeakKeyDictionary[Network, Plan] = WeakKeyDictionary()


def plan_of(network: Network) -> Plan:
    """Plan the figures of a network; a pure function of it, kept as long as the network is."""
    if network not in _plans:
        _plans[network] = _Planner(network).plan()
    return _plans[network]


def line_of(network: Network, step: int) -> str:
    """Place of a selection, or its own name where it has none."""
    return network.steps.place[step] or network.steps.name[step]


def source_key(network: Network, metric: str, source: int, port: str) -> Key:
    """Key of a figure of a source's units; port empty: of no port."""
    sources = network.sources
    vehicle = network.class_name[sources.vehicle_class[source]]
    return (metric, sources.direction[source], port or NONE, ALL, ALL, vehicle)


def flow_key(network: Network, metric: str, source: int, port: str) -> Key:
    """Key of a figure of a source's flow; a channel without a ferry is a direction of its own."""
    name, key = network.sources.name[source], source_key(network, metric, source, port)
    return (metric, name, *key[2:]) if name in network.channel_title["en"] else key


def post_key(network: Network, metric: str, station: int, direction: str, vehicle: str) -> Key:
    """Key of a figure at a station."""
    table = network.stations
    return (metric, direction, table.port[station] or NONE, table.place[station], table.name[station], vehicle)


class _Planner:
    """Numbers the rows of all tables in the order in which they are asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        sources = network.sources
        self.sources = range(len(sources.name))
        self.lines_of = {
            direction: tuple(
                sorted(
                    {
                        line_of(network, step)
                        for i in self.sources
                        if sources.direction[i] == direction
                        for step in line_steps(network, i)
                    }
                )
            )
            for direction in sorted({*sources.direction})
        }
        self.lines = tuple(sorted({line for lines in self.lines_of.values() for line in lines}))
        self.spans: dict[Key, int] = {}
        self.hours: dict[Key, int] = {}
        self.moments: dict[Key, int] = {}
        self.tailbacks: dict[tuple[int, int], int] = {}
        self.optional: set[int] = set()

    def span(self, key: Key, is_optional: bool = False) -> int:
        """Row of spans."""
        row = self.spans.setdefault(key, len(self.spans))
        if is_optional:
            self.optional.add(row)
        return row

    def plan(self) -> Plan:
        """Number everything."""
        network, flow = self.network, self._flow
        origin, destination = network.sources.origin, network.sources.destination
        ports = (origin, destination, destination)
        moments = [
            [_numbered(self.moments, flow(metric, i, port[i])) for i in self.sources]
            for metric, port in zip(MOMENTS, ports, strict=True)
        ]
        inside = [_numbered(self.hours, flow("in_system", i, origin[i])) for i in self.sources]
        first_level = len(self.hours)
        routes = [route_steps(network, i) for i in self.sources]
        is_ferried = [any(network.steps.kind[step] == BOARD for step in route) for route in routes]
        stops = self._stops(routes)
        yard = [self._yard(i) for i in self.sources]
        rows = Rows(
            moments=np.array(moments, np.int64).reshape(len(MOMENTS), len(routes)),
            inside=np.array(inside, np.int64),
            yard=np.array(yard, np.int64),
            time=np.array([self.span(flow("time_in_system", i, origin[i])) for i in self.sources], np.int64),
            crossing=np.array(
                [self.span(flow("crossing_time", i, origin[i])) if is_ferried[i] else -1 for i in self.sources],
                np.int64,
            ),
            dwell=np.array([self.span(flow("yard_dwell", i, origin[i]), True) for i in self.sources], np.int64),
            delay=np.array([self._delays(i, route) for i, route in enumerate(routes)], np.int64).reshape(
                len(routes), len(self.lines)
            ),
            all_delays=np.array([self._delay(i, NONE, ALL) for i in self.sources], np.int64),
        )
        window, end = network.window_tick, network.window_end_tick
        count = -(-(end - window) // TICKS_PER_HOUR)
        return Plan(
            edges=np.minimum(window + np.arange(count + 1) * TICKS_PER_HOUR, end),
            lines=self.lines,
            lines_of=self.lines_of,
            first=np.cumsum([0, *(len(route) for route in routes)]),
            stops=stops,
            rows=rows,
            moments=tuple(self.moments),
            hours=tuple(self.hours),
            levels=range(first_level, len(self.hours)),
            yards=frozenset(yard),
            spans=tuple(self.spans),
            always=np.array([row not in self.optional for row in range(len(self.spans))], np.bool_),
            tailbacks=tuple(self.tailbacks),
        )

    def _flow(self, metric: str, source: int, port: str) -> Key:
        return flow_key(self.network, metric, source, port)

    def _yard(self, i: int) -> int:
        sources = self.network.sources
        port, direction = sources.origin[i] or NONE, sources.direction[i]
        return _numbered(self.hours, ("queue_length", direction, port, "yard", f"{port}/yard", ALL))

    def _delay(self, i: int, port: str, line: str) -> int:
        key = source_key(self.network, "inspection_delay", i, port)
        return self.span((*key[:3], line, ALL, key[5]), is_optional=True)

    def _delays(self, i: int, route: range) -> list[int]:
        """Rows of the delays at each line; at the port where the route has it first."""
        steps = self.network.steps
        port = {steps.place[step]: steps.port[step] for step in reversed(route)}
        return [self._delay(i, port[line], line) if line in port else -1 for line in self.lines]

    def _stops(self, routes: Sequence[range]) -> Stops:
        columns = [self._stops_of(i, route) for i, route in enumerate(routes)]
        names = [field.name for field in fields(Stops)]
        table = np.array([row for rows in columns for row in rows], np.int64).reshape(-1, len(names)).T
        offsets = np.repeat(np.cumsum([0, *map(len, routes)])[:-1], [len(route) for route in routes])
        found: dict[str, NDArray[Any]] = dict(zip(names, table, strict=True))
        for name in ("following", "otherwise"):
            found[name] = np.where(found[name] < 0, -1, found[name] + offsets)
        for name in ("is_reached", "is_search"):
            found[name] = found[name].astype(np.bool_)
        return Stops(**found)

    def _stops_of(self, i: int, route: range) -> list[list[int]]:
        network, steps, stations = self.network, self.network.steps, self.network.stations
        k = int(network.sources.vehicle_class[i])
        direction, vehicle = network.sources.direction[i], network.class_name[k]
        posted = {stations.place[steps.target[step]] for step in route if steps.kind[step] == SERVE}
        first = next((int(steps.target[step]) for step in route if steps.kind[step] == SERVE), -1)
        reached = {route[0]}
        rows = []
        for step in route:
            kind, s = steps.kind[step], int(steps.target[step])
            ways = [] if kind == EXIT else [int(steps.following[step])]
            ways += [int(steps.otherwise[step])] if kind in (SELECT, ALARM) else []
            if step in reached:
                reached.update(ways)
            place = stations.place[s] if kind == SERVE else steps.place[step] if kind == SELECT else ""
            figures = [-1] * 4
            if kind == SERVE and step in reached:
                figures = [
                    self.span(post_key(network, "wait", s, direction, vehicle)),
                    self.span(post_key(network, "blocked", s, direction, vehicle)),
                    _numbered(self.hours, post_key(network, "queue_length", s, direction, ALL)),
                    _numbered(self.tailbacks, (s, k)) if s == first else -1,
                ]
            ends = [way - route[0] for way in ways] + [-1] * (2 - len(ways))
            line = self.lines.index(place) if place in self.lines and place in posted else -1
            rows.append([i, step, *ends, step in reached, _is_search(network, step), line, *figures])
        return rows


def _numbered(rows: dict[T, int], key: T) -> int:
    return rows.setdefault(key, len(rows))


def _is_search(network: Network, step: int) -> bool:
    steps = network.steps
    return steps.kind[step] == ALARM and not steps.is_flag[step] and is_search_step(network, step)
