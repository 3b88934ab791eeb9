"""Interception of one replication: what is expected of innocent units, way by way, and what became of carriers.

Units of one source with the same way have the same chance of being found. So the estimators run over the distinct
ways, each as many times as units took it: their cost and their rounding do not grow with the number of units.
"""

from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .counts import Counts
from .find_rows import FindRows, find_rows
from .histories import take_histories
from .interception import expected_by_source, gains_by_source, histories_by_source
from .plan import Plan
from .tally import Tally
from .ways import Taken, taken_ways

_kept: WeakKeyDictionary[Network, FindRows] = WeakKeyDictionary()


def take_finds(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book expected and realised interception, gains and histories of every source whose direction has lines."""
    taken = taken_ways(network, plan, counts.ways)
    rows = _kept.get(network)
    if rows is None:
        rows = _kept[network] = find_rows(network, plan, taken.lines)
    if not len(rows.source):
        return
    expected, gains = (
        _by_place(rows, of_lines(taken.draws, taken.counts, taken.starts), taken)
        for of_lines in (expected_by_source, gains_by_source)
    )
    # In order: the whole way of a source is made of its places, one after the other.
    is_place = rows.whole >= 0
    for level in range(expected.shape[1]):
        whole = np.bincount(rows.whole[is_place], expected[is_place, level], minlength=len(expected))
        expected[~is_place, level] = whole[~is_place]
    _take_places(rows, counts, (expected, gains), tally)
    histories = histories_by_source(taken.draws, taken.counts, taken.starts)
    take_histories(network, plan, taken, histories, (counts, tally))


def _by_place(rows: FindRows, values: Floats, taken: Taken) -> Floats:
    """Add up the sums of lines (lines, L, I') by place: (F, L); 0 where nobody is, or where no line is."""
    of_all = np.zeros((*values.shape[:2], rows.sources))
    of_all[:, :, taken.sources] = values
    of_lines = of_all[rows.line_position, :, rows.line_source]
    levels = rows.share.shape[1]
    columns = [np.bincount(rows.line_row, of_lines[:, level], minlength=len(rows.source)) for level in range(levels)]
    return np.stack(columns, axis=-1)


def _take_places(rows: FindRows, counts: Counts, values: tuple[Floats, Floats], tally: Tally) -> None:
    expected, gains = values
    is_place = rows.whole >= 0
    cohort, innocent = counts.sums.units[rows.source, 3], counts.sums.units[rows.source, 4]
    guilty, found = counts.sums.guilty[rows.source], _found(rows, counts)
    total = np.zeros(len(rows.source))
    for level in range(expected.shape[1]):
        total = total + rows.share[:, level] * expected[:, level]
    finds = rows.prevalence * total / np.maximum(1, innocent) * cohort
    above = np.concatenate([rows.weight * total, finds, found.sum(axis=1)])
    below = np.concatenate([rows.weight * innocent, np.zeros(len(finds)), guilty.sum(axis=1)])
    tally.sums.update(rows.figures.pairs(above, below))
    many = np.broadcast_to(innocent[:, None], expected.shape)
    above = np.concatenate([expected.ravel(), found.ravel(), gains[is_place].ravel()])
    below = np.concatenate([many.ravel(), guilty.ravel(), many[is_place].ravel()])
    tally.by_level.update(rows.by_level.pairs(above, below))


def _found(rows: FindRows, counts: Counts) -> Ints:
    """Carriers that were removed, (F, L): on the whole way, or by the searches of a place."""
    found = np.where(rows.whole[:, None] < 0, counts.sums.removed[rows.source], 0)
    np.add.at(found, rows.search_row, counts.sums.caught[rows.search_stop])
    return np.asarray(found, np.int64)
