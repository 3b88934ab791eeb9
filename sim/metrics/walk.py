"""Arrays for the compiled counting: a plan as numbers, room for what is counted, and counts out of what was."""

from collections import deque
from collections.abc import Iterable, Sequence
from os import cpu_count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import COMPLETED, REMOVED, Network
from sim.network.tables import Floats, Ints
from sim.record import Record
from sim.record.narrow import SERVE_COLUMNS, TICK_ROWS
from sim.workload import Workload

from .bundles import Block, Books, Land, Seen, Spans
from .compiled import (
    BIN_BITS,
    BINS_OF_LINE,
    BLOCK_UNITS,
    BOARD,
    DECISIONS,
    IS_MET,
    LINES_OF_WORD,
    MOST,
    SELECT,
    count_units,
    pack_bins,
    plant,
    sweep,
)
from .counts import Counts, KnownWays, Sums, Way, Ways, blank_sums, known_ways
from .histogram import FIRST_TICKS, LEAST_BIN, ONE, SHIFT, Packed, bin_spans
from .plan import Plan

_ROOM = 1024
"""Nodes that a replication may add before more room is made."""
_MOST_FULL = 2
_STEPS: Ints = (FIRST_TICKS.take(LEAST_BIN.astype(np.int64) + 1, mode="clip") << BIN_BITS) | LEAST_BIN
"""`LEAST_BIN`, and above it the first ticks of the next bin; the very last spans are longer than any that occur."""
_MOST_KEPT = cpu_count() or 1
"""Trees, blocks and bins that are kept for later: one for each thread that may be at work."""
_MOST_NODES = 1 << 15
"""Nodes that are kept for a network; with more it starts anew."""


class Tree(NamedTuple):
    """Ways that units of a network took, as nodes of a tree, M of them; see `bundles.Books`."""

    ways: KnownWays
    """To each node."""
    nodes: Ints
    """(room, 3), nobody counted"""
    ratios: Floats
    """(room,)"""
    table: NDArray[Any]


class Ground(NamedTuple):
    """What counting needs of a network."""

    land: Land
    visits: Ints
    """(levels, I) how often a unit of each source may come to each queue, yard and tailback"""
    queues: Ints
    """(I, 1 + stations of a route) how many, and which, stops of each source have a queue"""
    length_cm: Ints
    """(K,) of a unit of each class in a tailback"""
    room: int
    """nodes that the units of a block may find"""
    spans: int
    """rows of spans"""
    width: int
    """bins that a row may need, whole words of lines"""
    most_spans: int
    """spans of the units of a block, at most"""


_grounds: WeakKeyDictionary[Network, Ground] = WeakKeyDictionary()
_trees: WeakKeyDictionary[Network, deque[Tree]] = WeakKeyDictionary()
"""Nodes that a replication before came to: they keep their numbers. What is counted does not depend on them."""
Blank = tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.int32]]
_blank_bins: deque[Blank] = deque(maxlen=_MOST_KEPT)
_blank_blocks: deque[Block] = deque(maxlen=_MOST_KEPT)
"""Bins that nobody counts in, all 0: to blank them again costs less than to get new ones."""


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
        if network not in _grounds:
            _grounds[network] = _ground(network, plan)
        self.ground = _grounds[network]
        self.tree = _tree(network, self.ground)
        self.sums = blank_sums(network, plan)
        self.books = _books(plan, self.tree, self.ground, self.sums)
        self.block = _block(plan)
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
                self.books = _with_nodes(
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
        units = np.bincount(source, minlength=len(self.network.sources.name))
        left = self.books.place - self.first
        first = np.concatenate([[0], np.cumsum(left + 2 * self.ground.visits @ units)])
        events = lend("events of levels", 8 * int(first[-1]), is_sparse=True).view(np.int64)
        for row in np.flatnonzero(left).tolist():
            events[first[row] : first[row] + left[row]] = self.books.events[self.first[row] : self.books.place[row]]
        self.first = first[:-1]
        self.books = self.books._replace(events=events, place=self.first + left)

    def close(self) -> Counts:
        """Tell what was counted; nothing can be taken afterwards."""
        sums, books, levels = self.sums, self.books, self.books.levels
        within, change = books.hours[:, :-1, 0], books.hours[:, :-1, 1]
        sums.hours[:] = within + np.diff(self.plan.edges) * (np.cumsum(change, axis=1) - change)
        found = np.where(levels[:, IS_MET] > 0, levels[:, MOST], -1)
        queues = np.full(len(self.plan.hours), -1, np.int64)
        queues[self.plan.levels.start :] = found[: len(self.plan.levels)]
        histograms = _histograms(books)
        _blank_blocks.append(self.block)
        known, ways = _ways(self.tree.ways, books)
        _trees[self.network].append(Tree(known, books.nodes, books.ratios, books.table))
        return Counts(sums, histograms, queues, found[len(self.plan.levels) :], ways)


def _tree(network: Network, ground: Ground) -> Tree:
    """Take the tree of a replication before, or one of the sources alone: the nodes before any decision."""
    trees, sources = _trees.setdefault(network, deque(maxlen=_MOST_KEPT)), len(network.sources.name)
    tree = trees.popleft() if trees else None
    if tree is not None and len(tree.ways.ways) <= _MOST_NODES:
        return tree
    ways = known_ways([(i, ()) for i in range(sources)])
    return _planted(Tree(ways, np.zeros((0, 3), np.int64), np.zeros(0), np.zeros(0, np.int32)), sources + ground.room)


def _ground(network: Network, plan: Plan) -> Ground:
    stops, first, stations = plan.stops, plan.levels.start, network.stations.name
    visits = np.zeros((len(plan.levels) + len(stations), len(network.sources.name)), np.int64)
    serves, outside = np.flatnonzero(stops.queue >= 0), np.flatnonzero(stops.outside >= 0)
    np.add.at(visits, (plan.rows.yard - first, np.arange(visits.shape[1])), 1)
    np.add.at(visits, (stops.queue[serves] - first, stops.source[serves]), 1)
    tailbacks = len(plan.levels) + network.steps.target[stops.step[outside]]
    np.add.at(visits, (tailbacks, stops.source[outside]), 1)
    land = _land(network, plan)
    room = BLOCK_UNITS * int(land.numbers[DECISIONS]) + _ROOM
    length_cm = np.rint(100 * network.queue_m).astype(np.int64)
    word = BINS_OF_LINE * LINES_OF_WORD
    width = word * (int(bin_spans(np.array([network.horizon_tick]))[0]) // word + 1)
    queues = _each([np.flatnonzero((stops.source == i) & (stops.queue >= 0)) for i in range(visits.shape[1])])
    most = BLOCK_UNITS * (4 + land.lines.shape[1] + 2 * queues.shape[1])
    return Ground(land, visits, queues, length_cm, room, len(plan.spans), width, most)


def _each(rows: Sequence[Ints]) -> Ints:
    """Lay rows out below each other, each behind its length: (rows, 1 + longest)."""
    found = np.zeros((len(rows), 1 + max(map(len, rows), default=0)), np.int64)
    for row, mine in zip(found, rows, strict=True):
        row[0], row[1 : 1 + len(mine)] = len(mine), mine
    return found


def _land(network: Network, plan: Plan) -> Land:
    steps, stops, sources, rows = network.steps, plan.stops, network.sources, plan.rows
    step = stops.step
    columns = (
        steps.kind[step], steps.slot[step], steps.mark[step], steps.target[step], stops.following, stops.otherwise,
        stops.is_search, stops.line, stops.wait, stops.blocked, stops.queue, stops.outside,
    )  # fmt: skip
    outside, tail = np.flatnonzero(stops.outside >= 0), np.full(len(sources.name), -1, np.int64)
    tail[stops.source[outside]] = len(plan.levels) + steps.target[step[outside]]
    of_sources = (
        plan.first[:-1], plan.first[1:], sources.vehicle_class, *rows.moments, rows.inside, rows.yard, rows.time,
        rows.crossing, rows.dwell, rows.all_delays, tail,
    )  # fmt: skip
    decisions = np.bincount(stops.source[np.isin(steps.kind[step], (SELECT, BOARD))]).max(initial=0)
    numbers = (
        network.window_tick, network.window_end_tick, network.horizon_tick, COMPLETED, REMOVED,
        plan.levels.start, len(plan.levels), decisions,
    )  # fmt: skip
    lines = _each([np.unique(stops.line[(stops.source == i) & (stops.line >= 0)]) for i in range(len(tail))])
    return Land(_table(columns), _table(of_sources), rows.delay, lines, np.array(numbers, np.int64))


def _table(columns: tuple[NDArray[Any], ...]) -> Ints:
    return np.ascontiguousarray(np.stack([np.asarray(column, np.int64) for column in columns], axis=-1))


def _seen(workload: Workload, record: Record) -> Seen:
    narrow = record.narrow
    assert narrow is not None, "compiled code counts what the compiled engine wrote"
    return Seen(
        record.first,
        narrow.pitch,
        (len(narrow.ticks) - len(TICK_ROWS)) // len(SERVE_COLUMNS),
        len(narrow.ratios),
        workload.source,
        workload.carries_violation,
        workload.concealment,
        workload.duration_ticks.ravel(),
        workload.arrival_tick,
        narrow.base,
        narrow.ticks.ravel(),
        narrow.ratios.ravel(),
        narrow.flags.ravel(),
    )


def _books(plan: Plan, tree: Tree, ground: Ground, sums: Sums) -> Books:
    """Open books, with room for a few more nodes than are known."""
    bins, lines, cells = _blank(ground)
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
        np.zeros((len(ground.visits), 3), np.int64),
        ground.queues.copy(),
        tree.table,
        tree.nodes,
        tree.ratios,
    )


def _block(plan: Plan) -> Block:
    """Take a block for no units."""
    shape = (len(plan.first), int(np.diff(plan.first).max(initial=0)), len(plan.lines))
    try:
        block = _blank_blocks.popleft()
    except IndexError:
        return _new_block(*shape)
    is_fit = (len(block.starts), len(block.many), block.delay.shape[1]) == shape
    return block if is_fit else _new_block(*shape)


def _new_block(starts: int, stops: int, lines: int) -> Block:
    columns: Any = (
        np.zeros(starts, np.int64),
        *(np.empty(BLOCK_UNITS, kind) for kind in (np.int32, np.int64, np.int8)),
        *(np.empty(BLOCK_UNITS, np.int64) for _ in range(4)),
        *(np.empty(BLOCK_UNITS, np.int32) for _ in range(2)),
        np.full((BLOCK_UNITS, lines), -1, np.int64),
        np.zeros(stops, np.int64),
        np.empty((stops, BLOCK_UNITS), np.int16),
    )
    return Block(*columns)


def _blank(ground: Ground) -> Blank:
    """Take bins that are all 0, and their lines; and room for spans that wait."""
    size = ground.spans * ground.width
    try:
        bins, lines, cells = _blank_bins.popleft()
    except IndexError:
        bins, lines, cells = np.zeros(0, np.int32), np.zeros(0, np.int8), np.empty(0, np.int32)
    if len(bins) < size:
        bins, lines = np.zeros(size, np.int32), np.zeros(size // BINS_OF_LINE, np.int8)
    return bins, lines, cells if len(cells) >= ground.most_spans else np.empty(ground.most_spans, np.int32)


def _planted(tree: Tree, room: int) -> Tree:
    """Return a tree with room for so many nodes."""
    known, sources = len(tree.nodes), sum(not way for _, way in tree.ways.ways)
    nodes, ratios = np.zeros((room, 3), np.int64), np.zeros(room)
    nodes[:known], ratios[:known] = tree.nodes, tree.ratios
    table = np.full(1 << (_MOST_FULL * room).bit_length(), -1, np.int32)
    plant(nodes, ratios, table, (sources, known))
    return Tree(tree.ways, nodes, ratios, table)


def _with_nodes(books: Books, tree: Tree, room: int) -> Books:
    """Make room for so many nodes more."""
    used = int(books.used[0])
    grown = _planted(tree._replace(nodes=books.nodes[:used], ratios=books.ratios[:used]), used + room)
    return books._replace(table=grown.table, nodes=grown.nodes, ratios=grown.ratios)


def _histograms(books: Books) -> Packed:
    """Take the bins that occur, and give them back blank."""
    spans = books.spans
    most = int(np.minimum(spans.sums[:, 0], spans.width).sum()) + 1
    bins, counts = lend("bins", 2 * most).view(np.int16), lend("counts of bins", 4 * most).view(np.int32)
    ends = np.empty(len(spans.sums), np.int64)
    pack_bins(spans, bins, counts, ends)
    _blank_bins.append((spans.bins, spans.lines, spans.cells))
    total = int(ends[-1]) if len(ends) else 0
    return Packed(bins[:total].copy(), counts[:total].copy(), ends, spans.sums[:, 2])


def _ways(known: KnownWays, books: Books) -> tuple[KnownWays, Ways]:
    """Tell the way to each node, by the decisions that lead there, and how many units ended at each.

    Nodes that are known already stay as they are; nobody is counted at any afterwards.
    """
    used, first = int(books.used[0]), len(known.ways)
    if used > first:
        ways: list[tuple[int, Way]] = list(known.ways)
        new = zip(books.nodes[first:used, :2].tolist(), books.ratios[first:used].tolist(), strict=True)
        for (before, code), ratio in new:
            source, way = ways[before]
            ways.append((source, (*way, (code >> 2, code & 3, ratio))))
        known = known.more(ways[first:])
    units = books.nodes[known.order, 2]
    books.nodes[:used, 2] = 0
    taken = np.flatnonzero(units)
    return known, Ways(known, known.order[taken], units[taken])
