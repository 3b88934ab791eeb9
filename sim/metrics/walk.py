"""Counting with compiled code, piece by piece: opens the books, has units counted, makes counts of what is in them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Ints
from sim.record import Record
from sim.workload import Workload

from .blanks import blank_bins, blank_block, give_back
from .bundles import Books, Seen, Spans
from .compiled import (
    BIN_BITS,
    BLOCK_UNITS,
    DECISIONS,
    IS_MET,
    MOST,
    close_hours,
    count_units,
    make_room,
    pack_bins,
    sweep,
)
from .counts import Counts, Sums, blank_sums
from .ground import Ground, ground_of
from .histogram import FIRST_TICKS, LEAST_BIN, ONE, SHIFT, Packed
from .plan import Plan
from .trees import Tree, close_tree, take_tree, with_nodes

_STEPS: Ints = (FIRST_TICKS.take(LEAST_BIN.astype(np.int64) + 1, mode="clip") << BIN_BITS) | LEAST_BIN
"""`LEAST_BIN`, and above it the first ticks of the next bin; the very last spans are longer than any that occur."""


def count_compiled(network: Network, workload: Workload, pieces: Iterable[Record], plan: Plan) -> Counts:
    """Count what happened in a record with compiled code.

    Parameters
    ----------
    network : Network
    workload : Workload
    pieces : iterable of Record
        Of that workload, in order; see `reduce_pieces`.
    plan : Plan
        Of that network.
    """
    count = Count(network, workload, plan)
    for piece in pieces:
        count.take(piece)
    return count.close()


class Count:
    """What is counted so far of the pieces of one record."""

    def __init__(self, network: Network, workload: Workload, plan: Plan) -> None:
        self.network = network
        self.workload = workload
        self.plan = plan
        self.ground = ground_of(network, plan)
        self.tree = take_tree(network, self.ground.room)
        self.sums = blank_sums(network, plan)
        self.books = _books(plan, self.tree, self.ground, self.sums)
        self.block = blank_block(self.ground)
        self.first = self.books.place.copy()

    def take(self, record: Record) -> None:
        """Count the units of a piece, and follow queues as far as none that is still to come can have been there."""
        arrivals, land = self.workload.arrival_tick, self.ground.land
        place, end = record.first, record.first + len(record.units["arrival_tick"])
        self._make_room(self.workload.source[place:end])
        seen = _seen(self.workload, record)
        while place < end:
            place = count_units(land, seen, self.sums, self.books, self.block, (place, end))
            if place < end:
                self.books = with_nodes(
                    self.books, self.tree, len(self.books.nodes) + BLOCK_UNITS * int(land.numbers[DECISIONS])
                )
        start, stop = self.network.window_tick, self.network.window_end_tick
        until = min(stop, int(arrivals[end])) if end < len(arrivals) else stop
        for first, last in zip(self.first.tolist(), self.books.place.tolist(), strict=True):
            if last > first:
                self.books.events[first:last].sort()
        sweep(
            self.books.events,
            (self.first, self.books.place),
            self.books.levels,
            (start, until, stop),
            (len(self.plan.levels), self.ground.length_cm),
        )

    def _make_room(self, source: NDArray[Any]) -> None:
        """Make room for what units of these sources, (n,), may add to each level, behind what is left there."""
        visits, first = self.ground.visits, np.empty(len(self.first) + 1, np.int64)
        make_room(source, visits, (self.first, self.books.place), first, np.zeros((visits.shape[1], 2), np.int64))
        events = lend("events of levels", 8 * int(first[-1]), is_sparse=True).view(np.int64)
        left = self.books.place - self.first
        for row in left.nonzero()[0].tolist():
            events[first[row] : first[row] + left[row]] = self.books.events[self.first[row] : self.books.place[row]]
        self.first = first[:-1]
        self.books = self.books._replace(events=events, place=self.first + left)

    def close(self) -> Counts:
        """Tell what was counted; nothing can be taken afterwards."""
        sums, books, levels = self.sums, self.books, self.books.levels
        close_hours(books.hours, self.plan.edges, sums.hours)
        found = np.where(levels[:, IS_MET] > 0, levels[:, MOST], -1)
        queues = np.full(len(self.plan.hours), -1, np.int64)
        queues[self.plan.levels.start :] = found[: len(self.plan.levels)]
        histograms = _histograms(books)
        give_back(self.block, books.spans)
        ways = close_tree(self.network, self.tree.ways, books)
        return Counts(sums, histograms, queues, found[len(self.plan.levels) :], ways)


def _seen(workload: Workload, record: Record) -> Seen:
    narrow = record.narrow
    assert narrow is not None, "compiled code counts what the compiled engine wrote"
    return Seen(
        record.first,
        narrow.pitch,
        len(narrow.ratios),
        workload.source,
        workload.carries_violation,
        workload.concealment,
        workload.duration_ticks.ravel(),
        workload.arrival_tick,
        narrow.base,
        narrow.ticks.ravel(),
        narrow.visits.ravel(),
        narrow.ratios.ravel(),
        narrow.flags.ravel(),
    )


def _books(plan: Plan, tree: Tree, ground: Ground, sums: Sums) -> Books:
    """Open books, with room for a few more nodes than are known."""
    bins, lines, cells = blank_bins(ground)
    return Books(
        np.array([len(tree.ways.ways)], np.int64),
        Spans(
            sums.spans,
            ground.width,
            bins,
            lines,
            lines.view(np.int64),
            np.zeros(1, np.int64),
            cells,
            _STEPS,
            SHIFT,
            ONE,
        ),
        np.zeros((len(plan.hours), len(plan.edges), 2), np.int64),
        np.zeros(len(ground.visits), np.int64),
        np.zeros(0, np.int64),
        ground.levels.copy(),
        tree.table,
        tree.nodes,
        tree.ratios,
    )


def _histograms(books: Books) -> Packed:
    """Take the bins that occur; all are blank afterwards."""
    spans = books.spans
    most = int(np.minimum(spans.sums[:, 0], spans.width).sum()) + 1
    bins, counts = lend("bins", 2 * most).view(np.int16), lend("counts of bins", 4 * most).view(np.int32)
    ends = np.empty(len(spans.sums), np.int64)
    pack_bins(spans, bins, counts, ends)
    total = int(ends[-1]) if len(ends) else 0
    return Packed(bins[:total].copy(), counts[:total].copy(), ends, spans.sums[:, 2].copy())
