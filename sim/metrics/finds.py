"""Interception of one replication: what is expected of innocent units, way by way, and what became of carriers.

Units of one source with the same way have the same chance of being found. So the estimators run over the distinct
ways, each as many times as units took it: their cost and their rounding do not grow with the number of units.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats

from .bookings import Amounts
from .counts import Counts
from .find_rows import FindRows, find_rows
from .histories import history_sums
from .interception import sums_by_source
from .pairs import Pairs
from .plan import Plan
from .tally import Key, LevelKey
from .ways import lines_of, taken_ways


class Finds(NamedTuple):
    """Interception of one replication."""

    levels: Pairs[LevelKey]
    """By concealment level."""
    past: Pairs[LevelKey]
    """Sums for any detection."""


_kept: WeakKeyDictionary[Network, FindRows] = WeakKeyDictionary()


def find_keys(network: Network, plan: Plan) -> tuple[Key, ...]:
    """Tell the keys of expected and realised interception and of expected finds."""
    return _rows_of(network, plan).keys


def find_sums(network: Network, plan: Plan, counts: Counts, into: Amounts) -> Finds:
    """Add up expected and realised interception, gains and histories of every source whose direction has lines.

    The amounts of `find_keys` are written.
    """
    rows, taken = _rows_of(network, plan), taken_ways(network, plan, counts.ways)
    mine = sums_by_source(taken.terms, taken.columns, taken.counts, taken.starts)
    # 0 where nobody is, or where no line is.
    sums = np.zeros((len(mine), len(network.sources.name)))
    sums[:, taken.sources] = mine
    levels = _of_places(rows, counts, sums, into)
    past = history_sums(network, plan, taken.terms.ways, sums[2 * taken.terms.size :], counts)
    return Finds(levels, past)


def _rows_of(network: Network, plan: Plan) -> FindRows:
    if network not in _kept:
        _kept[network] = find_rows(network, plan, lines_of(network, plan))
    return _kept[network]


def _of_places(rows: FindRows, counts: Counts, sums: Floats, into: Amounts) -> Pairs[LevelKey]:
    (number, levels), size, whole = rows.share.shape, rows.share.size, counts.sums.whole
    by_place = np.bincount(rows.line_cell, sums.ravel().take(rows.line_entry), minlength=2 * size)
    # In order: the whole way of a source is made of its places, one after the other.
    parts = by_place.take(rows.part_cell)
    by_place[rows.whole_cell] = np.bincount(rows.part_whole, parts, minlength=len(rows.whole_cell))
    above_by_level = np.empty(len(rows.by_level.rows))
    above_by_level[:size] = by_place[:size]
    above_by_level[size : 2 * size] = np.bincount(rows.found_cell, whole.take(rows.found), size)
    above_by_level[2 * size :] = by_place[size:].take(rows.part_cell)
    below_by_level = whole.take(rows.below)
    expected, found = above_by_level[: 2 * size].reshape(2, number, levels)
    guilty = below_by_level[size : 2 * size].reshape(number, levels)
    innocent, total = whole.take(rows.innocent), np.zeros(number)
    for level in range(levels):
        total += rows.share[:, level] * expected[:, level]
    above, below = into.above.reshape(3, number), into.below.reshape(3, number)
    np.multiply(rows.weight, total, out=above[0])
    np.multiply(rows.prevalence * total / np.maximum(1, innocent), whole.take(rows.cohort), out=above[1])
    np.multiply(rows.weight, innocent, out=below[0])
    found.sum(axis=1, out=above[2])
    guilty.sum(axis=1, out=below[2])
    add_up = rows.by_level.add_up
    return Pairs(rows.levels, None, add_up(above_by_level), add_up(below_by_level))
