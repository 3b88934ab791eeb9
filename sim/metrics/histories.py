"""Sums for any detection, source by source, booked by the names of the lines that a unit was inspected at."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Flags, Floats, Ints

from .bookings import Bookings, bookings
from .catalogue import INTERCEPTION_SUM
from .counts import Counts
from .interception import MOST_LINES
from .pairs import Names, Pairs
from .plan import Plan, source_key
from .tally import LevelKey
from .terms import At
from .ways import lines_of


class HistoryRows(NamedTuple):
    """Where histories are booked: those of each source, by their positions."""

    entry: Ints
    """(L, T) where the sum of a history stands among those of all sources, (M, L, I) in a row: source by source, those
    that its route has lines for"""
    number: Ints
    """(L, T) level * N + number among the named histories of all sources, N of them: branches of one line share a
    name"""
    is_single: Flags
    """(T,) whether it is of one line"""
    named: int
    """N"""
    keys: Bookings[LevelKey]
    """(N L,) of each named history and level"""
    name: Ints
    """(N L,) the history"""
    source: Ints
    """(N L,) its source"""
    value: Ints
    """(N L,) level * N + the history"""
    names: Names[LevelKey]
    """Of `keys`."""


_MOST_KEPT = 64
_kept: WeakKeyDictionary[Network, dict[tuple[At, ...], HistoryRows]] = WeakKeyDictionary()
"""By the positions of all histories that a replication has."""


def history_sums(network: Network, plan: Plan, ways: tuple[At, ...], past: Floats, counts: Counts) -> Pairs[LevelKey]:
    """Name the sums for any detection of every source whose direction has lines; single lines even of nobody.

    Parameters
    ----------
    network : Network
    plan : Plan
    ways : tuple
        M histories.
    past : ndarray of float64, shape (M L, I)
        Their sums by level and source; 0 where nobody is.
    counts : Counts
    """
    rows = _rows_of(network, plan, ways)
    sums = past.ravel().take(rows.entry)
    has_any = np.logical_or.reduce(sums, axis=0)
    has_any |= rows.is_single
    # Histories that nobody has are 0: they add nothing.
    named = np.bincount(rows.number.ravel(), sums.ravel(), minlength=rows.keys.rows.size)
    here = np.bincount(rows.number[0], has_any, minlength=rows.named)[rows.name] > 0
    above = rows.keys.add_up(named[rows.value])
    below = rows.keys.add_up(counts.sums.units[:, 4].take(rows.source) * here)
    return Pairs(rows.names, rows.keys.add_up(here) > 0, above, below)


def _rows_of(network: Network, plan: Plan, ways: tuple[At, ...]) -> HistoryRows:
    kept = _kept.setdefault(network, {})
    rows = kept.get(ways)
    if rows is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        rows = kept[ways] = _history_rows(network, plan, ways)
    return rows


def _history_rows(network: Network, plan: Plan, ways: tuple[At, ...]) -> HistoryRows:
    named: dict[tuple[int, str], int] = {}
    lines, levels, sources = lines_of(network, plan), len(network.level_name), len(network.sources.name)
    entries: list[tuple[int, int, int]] = []
    for i, direction in enumerate(network.sources.direction):
        names = lines[i].names
        if plan.lines_of[direction] and len(set(names)) <= MOST_LINES:
            for way, at in enumerate(ways):
                if at[-1] < len(names):
                    name = "+".join([names[line] for line in at])
                    entries.append((i, way, named.setdefault((i, name), len(named))))
    source, way_of, number = np.array(entries, np.int64).reshape(-1, 3).T
    level = np.arange(levels)[:, None]
    called = [name for _, name in named]
    # In the order of sources, levels, names.
    order = sorted((i, at, n) for n, (i, _) in enumerate(named) for at in range(levels))
    keys = bookings(_key(network, i, called[n], network.level_name[at]) for i, at, n in order)
    source_of, level_of, name_of = np.array(order, np.int64).reshape(-1, 3).T
    return HistoryRows(
        (way_of * levels + level) * sources + source,
        level * len(named) + number,
        np.array([len(ways[way]) == 1 for way in way_of.tolist()], np.bool_),
        len(named),
        keys,
        name_of,
        source_of,
        level_of * len(named) + name_of,
        Names(keys.keys),
    )


def _key(network: Network, source: int, names: str, level: str) -> LevelKey:
    _, direction, port, everywhere, _, vehicle = source_key(network, "", source, network.sources.origin[source])
    return (INTERCEPTION_SUM, direction, port, everywhere, names, vehicle, level)
