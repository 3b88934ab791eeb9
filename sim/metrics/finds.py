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

    amounts: Amounts
    """Of `find_keys`."""
    levels: Pairs[LevelKey]
    """By concealment level."""
    past: Pairs[LevelKey]
    """Sums for any detection."""


_kept: WeakKeyDictionary[Network, FindRows] = WeakKeyDictionary()


def find_keys(network: Network, plan: Plan) -> tuple[Key, ...]:
    """Tell the keys of expected and realised interception and of expected finds."""
    return _rows_of(network, plan).keys


def find_sums(network: Network, plan: Plan, counts: Counts) -> Finds:
    """Add up expected and realised interception, gains and histories of every source whose direction has lines."""
    rows, taken = _rows_of(network, plan), taken_ways(network, plan, counts.ways)
    mine = sums_by_source(taken.terms, taken.columns, taken.counts, taken.starts)
    # 0 where nobody is, or where no line is.
    sums = np.zeros((len(mine), len(network.sources.name)))
    sums[:, taken.sources] = mine
    amounts, levels = _of_places(rows, counts, sums)
    past = history_sums(network, plan, taken.terms.ways, sums[2 * taken.terms.size :], counts)
    return Finds(amounts, levels, past)


def _rows_of(network: Network, plan: Plan) -> FindRows:
    if network not in _kept:
        _kept[network] = find_rows(network, plan, lines_of(network, plan))
    return _kept[network]


def _of_places(rows: FindRows, counts: Counts, sums: Floats) -> tuple[Amounts, Pairs[LevelKey]]:
    (number, levels), size = rows.share.shape, rows.share.size
    by_place = np.bincount(rows.line_cell, sums.ravel().take(rows.line_entry), minlength=2 * size)
    # In order: the whole way of a source is made of its places, one after the other.
    parts = by_place.take(rows.part_cell)
    by_place[rows.whole_cell] = np.bincount(rows.part_whole, parts, minlength=len(rows.whole_cell))
    expected, gains = by_place[:size].reshape(rows.share.shape), by_place[size:].take(rows.part_cell)
    found = _found(rows, counts)
    guilty = counts.sums.guilty.take(rows.source, axis=0)
    cohort, innocent = counts.sums.units.take(rows.source, axis=0)[:, 3:].T
    total = np.zeros(number)
    for level in range(levels):
        total += rows.share[:, level] * expected[:, level]
    above, below = np.zeros((2, 3, number))
    np.multiply(rows.weight, total, out=above[0])
    np.multiply(rows.prevalence * total / np.maximum(1, innocent), cohort, out=above[1])
    np.multiply(rows.weight, innocent, out=below[0])
    found.sum(axis=1, out=above[2])
    guilty.sum(axis=1, out=below[2])
    many = innocent.repeat(levels)
    above_by_level = np.concatenate([by_place[:size], found.ravel(), gains])
    below_by_level = np.concatenate([many, guilty.ravel(), many.take(rows.part_cell)])
    add_up = rows.by_level.add_up
    by_level = Pairs(rows.levels, None, add_up(above_by_level), add_up(below_by_level))
    return Amounts(above.ravel(), below.ravel()), by_level


def _found(rows: FindRows, counts: Counts) -> Floats:
    """Carriers that were removed, (F, L): on the whole way, or by the searches of a place."""
    found = np.concatenate([counts.sums.removed.ravel(), counts.sums.caught.ravel()]).take(rows.found)
    return np.asarray(np.bincount(rows.found_cell, found, rows.share.size), np.float64).reshape(rows.share.shape)
