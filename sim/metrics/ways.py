"""The ways that units took, laid out for the estimators: all sources beside each other, one column a way.

What a way means for interception is a pure function of the network. It is worked out once and kept, so that a
replication only counts.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import Network
from sim.network.tables import Ints

from .counts import KnownWays, Way, Ways
from .passages import Draws, joined, passages
from .path import Choice, Path
from .plan import SELECT, Plan, line_of

_MOST_WAYS = 1 << 15
"""Ways that are kept for a network; with more it starts anew."""
_MISSING = -2


class Lines(NamedTuple):
    """Lines on the route of a source, in order."""

    names: tuple[str, ...]
    places: tuple[str, ...]


class WayTable(NamedTuple):
    """Ways that units of a network took, in order of source and decisions; W of them."""

    column: Mapping[tuple[int, Way], int]
    source: Ints
    """(W,)"""
    has_lines: tuple[bool, ...]
    """By source: whether its direction has lines."""
    lines: tuple[Lines, ...]
    """By source."""
    draws: tuple[Draws, ...]
    """By position on the route, (..., W); nothing happens where a route has fewer lines."""


class Taken(NamedTuple):
    """Ways that units of one replication took, n of them."""

    lines: tuple[Lines, ...]
    """By source."""
    draws: tuple[Draws, ...]
    """By position on the route, (..., n)"""
    counts: Ints
    """(n,) units"""
    sources: Ints
    """(I',) sources of the units, rising"""
    starts: Ints
    """(I',) first way of each"""


_tables: WeakKeyDictionary[Network, WayTable] = WeakKeyDictionary()


def taken_ways(network: Network, plan: Plan, ways: Ways) -> Taken:
    """Lay out the ways that units took.

    Parameters
    ----------
    network : Network
    plan : Plan
    ways : Ways
        Only sources whose direction has lines count.
    """
    table = _tables.get(network)
    columns = None if table is None else _columns(table, ways.known)[ways.rows]
    if table is None or columns is None or (columns == _MISSING).any():
        known = set(table.column) if table is not None and len(table.column) < _MOST_WAYS else set()
        has_lines = [bool(plan.lines_of[direction]) for direction in network.sources.direction]
        known.update(way for way in (ways.known.ways[row] for row in ways.rows.tolist()) if has_lines[way[0]])
        table = _tables[network] = _lay_out(network, plan, sorted(known))
        columns = _columns(table, ways.known)[ways.rows]
    counted = columns >= 0
    columns = columns[counted]
    sources, starts = np.unique(table.source[columns], return_index=True)
    return Taken(table.lines, tuple(line.at(columns) for line in table.draws), ways.counts[counted], sources, starts)


def _columns(table: WayTable, known: KnownWays) -> Ints:
    """Column of each known way in a table: (W,); -1 of sources without lines."""
    if known.columns is None or known.columns[0] is not table:
        without = {source for source, has in enumerate(table.has_lines) if not has}
        found = [-1 if way[0] in without else table.column.get(way, _MISSING) for way in known.ways]
        known.columns = (table, np.array(found, np.int64))
    return known.columns[1]


def _lay_out(network: Network, plan: Plan, ways: Sequence[tuple[int, Way]]) -> WayTable:
    lines, parts = [], []
    for source, direction in enumerate(network.sources.direction):
        mine = [way for i, way in ways if i == source]
        found = passages(network, _path_of(network, plan, source, mine)) if plan.lines_of[direction] else []
        lines.append(Lines(tuple(p.name for p in found), tuple(line_of(network, p.step) for p in found)))
        parts.append((len(mine), [passage.draws() for passage in found]))
    draws = []
    for position in range(max((len(there) for _, there in parts), default=0)):
        columns = [
            there[position] if position < len(there) else _nothing(len(network.level_name), count)
            for count, there in parts
        ]
        draws.append(joined(columns))
    return WayTable(
        {way: column for column, way in enumerate(ways)},
        np.array([source for source, _ in ways], np.int64),
        tuple(bool(plan.lines_of[direction]) for direction in network.sources.direction),
        tuple(lines),
        tuple(draws),
    )


def _nothing(levels: int, ways: int) -> Draws:
    """Lay out a line that does not exist."""
    nobody, never = np.zeros(ways, np.bool_), np.zeros((levels, ways))
    ones: NDArray[np.float64] = np.ones((2, levels, ways))
    return Draws(np.zeros(ways), nobody, nobody, never, ones[0], ones[0], never, ones)


def _path_of(network: Network, plan: Plan, source: int, ways: Sequence[Way]) -> Path:
    """Lay out ways as if each were a unit of its own: selections and ferries only."""
    found: dict[int, list[tuple[int, int, float]]] = {}
    for number, way in enumerate(ways):
        for stop, answer, ratio in way:
            found.setdefault(stop, []).append((number, answer, ratio))
    path = Path(source, np.arange(len(ways)), np.full(len(ways), -1, np.int64))
    for stop in sorted(found):
        step = int(plan.stops.step[stop])
        at, answers = (np.array([row[column] for row in found[stop]], np.int64) for column in (0, 1))
        if network.steps.kind[step] == SELECT:
            ratios = np.array([row[2] for row in found[stop]], np.float64)
            path.choices.append(Choice(step, at, ratios, (answers & 1) > 0, (answers & 2) > 0))
        else:
            path.boards.append((step, at))
            path.landings.append((step, at))
    return path
