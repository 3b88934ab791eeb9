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
from .interception import Terms, terms_of
from .passages import Draws, Passage, joined, passages
from .path import Choice, Path
from .plan import SELECT, Plan, line_of

_MOST_WAYS = 1 << 15
"""Ways that are kept for a network; with more it starts anew."""
_NO_LINES, _MISSING = -1, -2


class Lines(NamedTuple):
    """Lines on the route of a source, in order."""

    names: tuple[str, ...]
    places: tuple[str, ...]


class WayTable(NamedTuple):
    """Ways that units of a network took, W of them, in the order in which they were met."""

    column: Mapping[tuple[int, Way], int]
    source: Ints
    """(W,)"""
    draws: tuple[Draws, ...]
    """By position on the route, (..., W); nothing happens where a route has fewer lines."""
    terms: Terms


class Taken(NamedTuple):
    """Ways that units of one replication took, n of them."""

    terms: Terms
    """(..., n)"""
    counts: Ints
    """(n,) units"""
    sources: Ints
    """(I',) sources of the units, rising"""
    starts: Ints
    """(I',) first way of each"""


_tables: WeakKeyDictionary[Network, WayTable] = WeakKeyDictionary()
_lines: WeakKeyDictionary[Network, tuple[Lines, ...]] = WeakKeyDictionary()


def lines_of(network: Network, plan: Plan) -> tuple[Lines, ...]:
    """Tell the lines of each source; none where its direction has none."""
    if network not in _lines:
        found = [_passages(network, plan, source, ()) for source in range(len(network.sources.name))]
        _lines[network] = tuple(
            Lines(tuple(p.name for p in of_source), tuple(line_of(network, p.step) for p in of_source))
            for of_source in found
        )
    return _lines[network]


def taken_ways(network: Network, plan: Plan, ways: Ways) -> Taken:
    """Lay out the ways that units took.

    Parameters
    ----------
    network : Network
    plan : Plan
    ways : Ways
        Only sources whose direction has lines count.
    """
    table = _tables.get(network) or _lay_out(network, plan, [], None)
    columns = _columns(network, plan, table, ways.known)[ways.rows]
    if (columns == _MISSING).any():
        table = table if len(table.column) < _MOST_WAYS else _lay_out(network, plan, [], None)
        met = {ways.known.ways[row] for row in ways.rows[columns != _NO_LINES].tolist()}
        table = _tables[network] = _lay_out(network, plan, sorted(met - set(table.column)), table)
        columns = _columns(network, plan, table, ways.known)[ways.rows]
    counted = columns >= 0
    columns = columns[counted]
    sources, starts = np.unique(table.source[columns], return_index=True)
    return Taken(table.terms.at(columns), ways.counts[counted], sources, starts)


def _columns(network: Network, plan: Plan, table: WayTable, known: KnownWays) -> Ints:
    """Column of each known way in a table: (W,); `_NO_LINES` of sources without lines."""
    if known.columns is None or known.columns[0] is not table:
        without = {i for i, direction in enumerate(network.sources.direction) if not plan.lines_of[direction]}
        found = [_NO_LINES if way[0] in without else table.column.get(way, _MISSING) for way in known.ways]
        known.columns = (table, np.array(found, np.int64))
    return known.columns[1]


def _lay_out(network: Network, plan: Plan, ways: Sequence[tuple[int, Way]], before: WayTable | None) -> WayTable:
    """Lay out ways that are in order of sources, behind those of the table before."""
    parts = []
    for source in range(len(network.sources.name)):
        mine = [way for i, way in ways if i == source]
        parts.append((len(mine), [p.draws() for p in _passages(network, plan, source, mine)]))
    draws = []
    for position in range(max(len(there) for _, there in parts)):
        columns = [] if before is None else [before.draws[position]]
        columns += [
            there[position] if position < len(there) else _nothing(len(network.level_name), count)
            for count, there in parts
        ]
        draws.append(joined(columns))
    known = {} if before is None else before.column
    sources = ([] if before is None else before.source.tolist()) + [source for source, _ in ways]
    return WayTable(
        {**known, **{way: len(known) + number for number, way in enumerate(ways)}},
        np.array(sources, np.int64),
        tuple(draws),
        terms_of(draws),
    )


def _passages(network: Network, plan: Plan, source: int, ways: Sequence[Way]) -> list[Passage]:
    if not plan.lines_of[network.sources.direction[source]]:
        return []
    return passages(network, _path_of(network, plan, source, ways))


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
