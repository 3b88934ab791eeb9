"""Arrays for the compiled counting: a plan as numbers, room for what is counted, and counts out of what was."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from sim.network import COMPLETED, REMOVED, Network
from sim.network.tables import Floats, Ints
from sim.record import Columns, Record
from sim.workload import Workload

from .bundles import Books, Land, Seen
from .compiled import count_units, highest_levels, pack_bins, plant
from .counts import Counts, KnownWays, Sums, Way, Ways, blank_sums, known_ways
from .histogram import FIRST_TICKS, LEAST_BIN, ONE, SHIFT, Packed, bin_spans
from .plan import Plan

_FIRST_ROOM = 1024
_MOST_FULL = 2
_MOST_NODES = 1 << 15
"""Nodes that are kept for a network; with more it starts anew."""


class Tree(NamedTuple):
    """Ways that units of a network took, as nodes of a tree, M of them; see `bundles.Books`."""

    ways: KnownWays
    """To each node."""
    nodes: Ints
    """(M, 3), nobody counted"""
    ratios: Floats
    """(M,)"""
    table: NDArray[Any]
    sources: int


_lands: WeakKeyDictionary[Network, Land] = WeakKeyDictionary()
_trees: WeakKeyDictionary[Network, Tree] = WeakKeyDictionary()
"""Nodes that any replication before came to: they keep their numbers. What is counted does not depend on them."""


def count_compiled(network: Network, workload: Workload, record: Record, plan: Plan) -> Counts:
    """Count what happened in a record with compiled code.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Of that workload.
    plan : Plan
        Of that network.
    """
    if network not in _lands:
        _lands[network] = _land(network, plan)
    land, seen = _lands[network], _seen(workload, record)
    tree = _trees.get(network)
    if tree is None or len(tree.nodes) > _MOST_NODES:
        tree = _seed(len(land.sources))
    is_done, room = False, len(tree.nodes) + _FIRST_ROOM
    while not is_done:
        sums = blank_sums(network, plan)
        books, first = _books(network, workload, plan, (tree, room))
        is_done = count_units(land, seen, sums, books)
        room *= 2
    within, change = books.hours[:, :-1, 0], books.hours[:, :-1, 1]
    sums.hours[:] = within + np.diff(plan.edges) * (np.cumsum(change, axis=1) - change)
    queues, tailbacks = _highest(network, plan, books, first)
    tree = _trees[network] = _known(tree, books)
    return Counts(sums, _histograms(sums, books), queues, tailbacks, _ways(tree, books))


def _seed(sources: int) -> Tree:
    """Make a tree of the sources alone: the nodes before any decision."""
    nodes = np.zeros((sources, 3), np.int64)
    return Tree(
        known_ways([(i, ()) for i in range(sources)]), nodes, np.zeros(sources), np.full(1, -1, np.int32), sources
    )


def _planted(tree: Tree, room: int) -> tuple[NDArray[Any], Ints, Floats]:
    """Copy a tree into a hash table, nodes and ratios with room for more."""
    table = np.full(1 << (_MOST_FULL * room).bit_length(), -1, np.int32)
    nodes, ratios = np.zeros((room, 3), np.int64), np.zeros(room)
    known, sources = len(tree.nodes), tree.sources
    nodes[:known], ratios[:known] = tree.nodes, tree.ratios
    if len(table) == len(tree.table):
        table[:] = tree.table
    else:
        plant(nodes, ratios, table, (sources, known))
    return table, nodes, ratios


def _land(network: Network, plan: Plan) -> Land:
    steps, stops, sources, rows = network.steps, plan.stops, network.sources, plan.rows
    step = stops.step
    columns = (
        steps.kind[step], steps.slot[step], steps.mark[step], steps.target[step], stops.following, stops.otherwise,
        stops.is_search, stops.line, stops.wait, stops.blocked, stops.queue, stops.outside,
    )  # fmt: skip
    of_sources = (
        plan.first[:-1], sources.vehicle_class, *rows.moments, rows.inside, rows.yard, rows.time, rows.crossing,
        rows.dwell, rows.all_delays,
    )  # fmt: skip
    numbers = (
        network.window_tick, network.window_end_tick, network.horizon_tick, COMPLETED, REMOVED,
        plan.levels.start, len(plan.levels), SHIFT, ONE, network.serves.count, network.selects.count,
    )  # fmt: skip
    return Land(_table(columns), _table(of_sources), rows.delay, FIRST_TICKS, LEAST_BIN, np.array(numbers, np.int64))


def _table(columns: tuple[NDArray[Any], ...]) -> Ints:
    return np.ascontiguousarray(np.stack([np.asarray(column, np.int64) for column in columns], axis=-1))


def _seen(workload: Workload, record: Record) -> Seen:
    def take(columns: Columns, *names: str) -> list[NDArray[Any]]:
        return [np.ascontiguousarray(columns[name]) for name in names]

    def take_rows(columns: Columns, *names: str) -> list[NDArray[Any]]:
        return [in_a_row(columns[name], pitch) for name in names]

    pitch = pitch_of(record.serves["join_tick"], record.selects["ratio"], record.alarms["is_alarmed"])
    ticks = [f"{name}_tick" for name in ("arrival", "yard", "boarding", "landing", "exit")]
    return Seen(
        pitch,
        workload.source,
        workload.carries_violation,
        workload.concealment,
        workload.duration_ticks,
        *take(record.units, *ticks, "outcome"),
        *take_rows(record.serves, "join_tick", "start_tick", "end_tick", "release_tick"),
        *take_rows(record.selects, "ratio", "is_selected", "is_full"),
        *take_rows(record.alarms, "is_alarmed"),
    )


def pitch_of(*tables: NDArray[Any]) -> int:
    """Tell how many items the rows of the first of some tables (R, N) lie apart that has more than one."""
    apart = [table.strides[0] // table.itemsize for table in tables if len(table) > 1]
    return int(max([tables[0].shape[1], *apart[:1]]))


def in_a_row(columns: NDArray[Any], pitch: int) -> NDArray[Any]:
    """View columns (R, N) whose rows lie `pitch` apart as one, from the first item to the last; copy only others.

    The columns of the compiled engine are a little longer than there are units: a copy would take a record's room.
    """
    rows, units = columns.shape
    wide = (pitch * columns.itemsize, columns.itemsize)
    if rows <= 1 and columns.flags.c_contiguous:
        return columns.reshape(-1)
    if columns.strides == wide and units <= pitch:
        return as_strided(columns, ((rows - 1) * pitch + units,), wide[1:])
    apart = np.zeros((rows, pitch), columns.dtype)
    apart[:, :units] = columns
    return apart.reshape(-1)


def _books(network: Network, workload: Workload, plan: Plan, tree: tuple[Tree, int]) -> tuple[Books, Ints]:
    """Make room, and tell where each queue, yard and tailback has its own."""
    units = np.bincount(workload.source, minlength=len(network.sources.name))
    most = np.zeros(len(plan.levels) + len(network.stations.name), np.int64)
    stops, first = plan.stops, plan.levels.start
    serves, outside = np.flatnonzero(stops.queue >= 0), np.flatnonzero(stops.outside >= 0)
    np.add.at(most, plan.rows.yard - first, units)
    np.add.at(most, stops.queue[serves] - first, units[stops.source[serves]])
    stations = network.steps.target[stops.step[outside]]
    np.add.at(most, len(plan.levels) + stations, units[stops.source[outside]])
    place = np.concatenate([[0], np.cumsum(most)])
    hours, size = len(plan.edges) - 1, int(bin_spans(np.array([network.horizon_tick]))[0]) + 1
    books = Books(
        np.array([len(tree[0].nodes)], np.int64),
        np.zeros((len(plan.spans), size), np.int32),
        np.zeros((len(plan.hours), hours + 1, 2), np.int64),
        place[:-1].copy(),
        np.empty(place[-1], np.int64),
        np.empty(place[-1], np.int64),
        *_planted(*tree),
        np.full(len(plan.lines) + 1, -1, np.int64),
    )
    return books, place[:-1]


def _highest(network: Network, plan: Plan, books: Books, first: Ints) -> tuple[Ints, Ints]:
    """Find the highest level of each queue and yard, and the longest tailback of each station."""
    for start, end in zip(first.tolist(), books.place.tolist(), strict=True):
        books.begin[start:end].sort()
        books.finish[start:end].sort()
    found, lengths = np.full(len(first), -1, np.int64), np.rint(100 * network.queue_m).astype(np.int64)
    window = (network.window_tick, network.window_end_tick)
    highest_levels(books, first, found, window, (len(plan.levels), lengths))
    queues = np.full(len(plan.hours), -1, np.int64)
    queues[plan.levels.start :] = found[: len(plan.levels)]
    return queues, found[len(plan.levels) :]


def _histograms(sums: Sums, books: Books) -> Packed:
    """Take the bins that occur."""
    number, longest = sums.spans[:, 0], sums.spans[:, 2]
    np.maximum(longest, np.where(number > 0, 0, -1), out=longest)
    last = bin_spans(np.maximum(longest, 0))
    most = int(np.minimum(number, last + 1).sum())
    bins, counts, ends = np.empty(most, np.int16), np.empty(most, np.int32), np.empty(len(last), np.int64)
    pack_bins(sums.spans, books, last, bins, counts, ends)
    return Packed(bins[: ends[-1]].copy(), counts[: ends[-1]].copy(), ends, longest)


def _known(tree: Tree, books: Books) -> Tree:
    """Tell the way to each node, by the decisions that lead there; nodes that are known already stay as they are."""
    used, known = int(books.used[0]), len(tree.ways.ways)
    if used == known:
        return tree
    ways: list[tuple[int, Way]] = list(tree.ways.ways)
    ratios: list[float] = books.ratios[:used].tolist()
    for node, (before, code) in enumerate(books.nodes[:used, :2].tolist()):
        if node >= known:
            source, way = ways[before]
            ways.append((source, (*way, (code >> 2, code & 3, ratios[node]))))
    nodes = books.nodes[:used].copy()
    nodes[:, 2] = 0
    return Tree(known_ways(ways), nodes, books.ratios[:used].copy(), books.table.copy(), tree.sources)


def _ways(tree: Tree, books: Books) -> Ways:
    """Tell how many units ended at each node."""
    units = books.nodes[tree.ways.order, 2]
    taken = np.flatnonzero(units)
    return Ways(tree.ways, tree.ways.order[taken], units[taken])
