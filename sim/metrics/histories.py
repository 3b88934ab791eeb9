"""Sums for any detection, source by source, booked by the names of the lines that a unit was inspected at."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .bookings import Bookings, bookings
from .catalogue import INTERCEPTION_SUM
from .counts import Counts
from .interception import MOST_LINES, Histories
from .pairs import Names, Pairs
from .plan import Plan, source_key
from .tally import LevelKey
from .ways import Taken, lines_of

At = tuple[int, ...]
"""Positions of lines on a route."""


class HistoryRows(NamedTuple):
    """Where histories are booked: those of each source, by their positions."""

    number: Ints
    """(I, T) among the named histories of all sources, N of them: branches of one line share a name; -1 where the
    route has not so many lines"""
    source: Ints
    """(N,)"""
    keys: Bookings[LevelKey]
    """(N L,) of each named history and level"""
    name: Ints
    """(N L,) the history"""
    level: Ints
    """(N L,)"""
    names: Names[LevelKey]
    """Of `keys`."""


_MOST_KEPT = 64
_kept: WeakKeyDictionary[Network, dict[tuple[At, ...], HistoryRows]] = WeakKeyDictionary()
"""By the positions of all histories that a replication has."""


def history_sums(network: Network, plan: Plan, taken: Taken, histories: Histories, counts: Counts) -> Pairs[LevelKey]:
    """Name the sums for any detection of every source whose direction has lines; single lines even of nobody."""
    ways = histories.ways
    kept = _kept.setdefault(network, {})
    rows = kept.get(ways)
    if rows is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        rows = kept[ways] = _history_rows(network, plan, ways)
    levels, sources = len(network.level_name), len(network.sources.name)
    sums, has_any = np.zeros((len(ways), levels, sources)), np.zeros((len(ways), sources), np.bool_)
    has_any[[len(at) == 1 for at in ways]] = True
    sums[:, :, taken.sources], has_any[:, taken.sources] = histories.sums, histories.has_any
    source, way = np.nonzero(has_any.T & (rows.number >= 0))
    number, named = rows.number[source, way], len(rows.source)
    columns = [np.bincount(number, sums[way, level, source], minlength=named) for level in range(levels)]
    here = np.bincount(number, minlength=named)[rows.name] > 0
    above = rows.keys.add_up(np.stack(columns, axis=-1)[rows.name, rows.level] * here)
    below = rows.keys.add_up(counts.sums.units[rows.source, 4][rows.name] * here)
    return Pairs(rows.names, rows.keys.add_up(here) > 0, above, below)


def _history_rows(network: Network, plan: Plan, ways: tuple[At, ...]) -> HistoryRows:
    number = np.full((len(network.sources.name), len(ways)), -1, np.int64)
    named: dict[tuple[int, str], int] = {}
    lines = lines_of(network, plan)
    for i, direction in enumerate(network.sources.direction):
        names = lines[i].names
        if plan.lines_of[direction] and len(set(names)) <= MOST_LINES:
            for way, at in enumerate(ways):
                if at[-1] < len(names):
                    name = "+".join([names[line] for line in at])
                    number[i, way] = named.setdefault((i, name), len(named))
    source = np.array([i for i, _ in named], np.int64)
    levels, called = range(len(network.level_name)), [name for _, name in named]
    # In the order of sources, levels, names.
    order = sorted((i, level, n) for n, (i, _) in enumerate(named) for level in levels)
    keys = bookings(_key(network, i, called[n], network.level_name[level]) for i, level, n in order)
    _, level_of, name_of = np.array(order, np.int64).reshape(-1, 3).T
    return HistoryRows(number, source, keys, name_of, level_of, Names(keys.keys))


def _key(network: Network, source: int, names: str, level: str) -> LevelKey:
    _, direction, port, everywhere, _, vehicle = source_key(network, "", source, network.sources.origin[source])
    return (INTERCEPTION_SUM, direction, port, everywhere, names, vehicle, level)
