"""The ways that units took, laid out for the estimators: all sources beside each other, one column a way.

What a way means for interception is a pure function of the network. It is worked out once and kept, so that a
replication only counts.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .counts import KnownWays, Way, Ways
from .passages import Passage, passages
from .path import Choice, Path
from .plan import SELECT, Plan, line_of
from .terms import Terms, laid_out, terms_of

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
    terms: Terms
    """Of them."""


class Taken(NamedTuple):
    """Ways that units of one replication took, n of them."""

    terms: Terms
    """Of all ways of the table."""
    columns: Ints
    """(n,) those taken"""
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
    table = _tables.get(network) or WayTable({}, np.zeros(0, np.int64), _blank(network, plan))
    columns = _columns(network, plan, table, ways.known)
    taken = columns[ways.rows]
    if taken.min(initial=0) == _MISSING:
        if len(table.column) > _MOST_WAYS:
            table = WayTable({}, np.zeros(0, np.int64), _blank(network, plan))
            columns = _columns(network, plan, table, ways.known)
        missing = ways.rows[columns[ways.rows] == _MISSING]
        columns = columns.copy()
        columns[missing] = len(table.column) + np.arange(len(missing))
        table = _tables[network] = _with(network, plan, table, [ways.known.ways[row] for row in missing.tolist()])
        ways.known.columns = (table, columns)
        taken = columns[ways.rows]
    counted = (taken >= 0).nonzero()[0]
    taken = taken[counted]
    source, is_first = table.source[taken], np.empty(len(taken), np.bool_)
    is_first[:1] = True
    np.not_equal(source[1:], source[:-1], out=is_first[1:])
    starts = is_first.nonzero()[0]
    return Taken(table.terms, taken, ways.counts[counted], source[starts], starts)


def _columns(network: Network, plan: Plan, table: WayTable, known: KnownWays) -> Ints:
    """Column of each known way in a table: (W,); `_NO_LINES` of sources without lines."""
    found = known.columns[1] if known.columns is not None and known.columns[0] is table else np.zeros(0, np.int64)
    if len(found) < len(known.ways):
        without = {i for i, direction in enumerate(network.sources.direction) if not plan.lines_of[direction]}
        more = [_NO_LINES if way[0] in without else table.column.get(way, _MISSING) for way in known.ways[len(found) :]]
        found = np.concatenate([found, np.array(more, np.int64)])
        known.columns = (table, found)
    return found


def _with(network: Network, plan: Plan, table: WayTable, ways: Sequence[tuple[int, Way]]) -> WayTable:
    """Return a table with more ways, which are in order of sources."""
    parts = []
    for source, group in groupby(ways, key=itemgetter(0)):
        mine = [way for _, way in group]
        lines = _passages(network, plan, source, mine)
        parts.append(terms_of([passage.draws() for passage in lines], (len(network.level_name), len(mine))))
    return WayTable(
        {**table.column, **{way: len(table.column) + number for number, way in enumerate(ways)}},
        np.concatenate([table.source, np.array([source for source, _ in ways], np.int64)]),
        table.terms.beside(laid_out(parts, table.terms.lines, table.terms.levels, table.terms.ways)),
    )


def _blank(network: Network, plan: Plan) -> Terms:
    """Lay out no way at all, with as many lines as the longest route has."""
    lines = max((len(of_source.names) for of_source in lines_of(network, plan)), default=0)
    return laid_out([], lines, len(network.level_name))


def _passages(network: Network, plan: Plan, source: int, ways: Sequence[Way]) -> list[Passage]:
    if not plan.lines_of[network.sources.direction[source]]:
        return []
    return passages(network, _path_of(network, plan, source, ways))


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
