"""Interception of one replication: what is expected of innocent units, way by way, and what became of carriers.

Units of one source with the same way have the same chance of being found. So the estimators run over the distinct
ways, each as many times as units took it: their cost and their rounding do not grow with the number of units.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .bookings import Amounts
from .counts import Counts
from .find_rows import FindRows, find_rows
from .histories import history_sums
from .interception import expected_by_source, gains_by_source, histories_by_source
from .pairs import Pairs
from .plan import Plan
from .tally import Key, LevelKey
from .ways import Taken, lines_of, taken_ways


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
    many = (taken.terms, taken.counts, taken.starts)
    expected, gains = (_by_place(rows, values, taken) for values in (expected_by_source(*many), gains_by_source(*many)))
    # In order: the whole way of a source is made of its places, one after the other.
    is_place = rows.whole >= 0
    for level in range(expected.shape[1]):
        whole = np.bincount(rows.whole[is_place], expected[is_place, level], minlength=len(expected))
        expected[~is_place, level] = whole[~is_place]
    amounts, levels = _of_places(rows, counts, expected, gains)
    return Finds(amounts, levels, history_sums(network, plan, taken, histories_by_source(*many), counts))


def _rows_of(network: Network, plan: Plan) -> FindRows:
    if network not in _kept:
        _kept[network] = find_rows(network, plan, lines_of(network, plan))
    return _kept[network]


def _by_place(rows: FindRows, values: Floats, taken: Taken) -> Floats:
    """Add up the sums of lines (lines, L, I') by place: (F, L); 0 where nobody is, or where no line is."""
    of_all = np.zeros((*values.shape[:2], rows.sources))
    of_all[:, :, taken.sources] = values
    of_lines = of_all[rows.line_position, :, rows.line_source]
    levels = rows.share.shape[1]
    columns = [np.bincount(rows.line_row, of_lines[:, level], minlength=len(rows.source)) for level in range(levels)]
    return np.stack(columns, axis=-1)


def _of_places(rows: FindRows, counts: Counts, expected: Floats, gains: Floats) -> tuple[Amounts, Pairs[LevelKey]]:
    is_place = rows.whole >= 0
    cohort, innocent = counts.sums.units[rows.source, 3], counts.sums.units[rows.source, 4]
    guilty, found = counts.sums.guilty[rows.source], _found(rows, counts)
    total = np.zeros(len(rows.source))
    for level in range(expected.shape[1]):
        total = total + rows.share[:, level] * expected[:, level]
    finds = rows.prevalence * total / np.maximum(1, innocent) * cohort
    above = np.concatenate([rows.weight * total, finds, found.sum(axis=1)])
    below = np.concatenate([rows.weight * innocent, np.zeros(len(finds)), guilty.sum(axis=1)])
    many = np.broadcast_to(innocent[:, None], expected.shape)
    above_by_level = np.concatenate([expected.ravel(), found.ravel(), gains[is_place].ravel()])
    below_by_level = np.concatenate([many.ravel(), guilty.ravel(), many[is_place].ravel()])
    add_up = rows.by_level.add_up
    return Amounts(above, below), Pairs(rows.levels, None, add_up(above_by_level), add_up(below_by_level))


def _found(rows: FindRows, counts: Counts) -> Ints:
    """Carriers that were removed, (F, L): on the whole way, or by the searches of a place."""
    found = np.where(rows.whole[:, None] < 0, counts.sums.removed[rows.source], 0)
    np.add.at(found, rows.search_row, counts.sums.caught[rows.search_stop])
    return np.asarray(found, np.int64)
