"""Arrays for the compiled counting: a plan as numbers, room for what is counted, and counts out of what was."""

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from sim.network import COMPLETED, REMOVED, Network
from sim.network.tables import Ints
from sim.record import Columns, Record
from sim.workload import Workload

from .bundles import Books, Land, Seen
from .compiled import count_units, highest_level, pack_bins
from .counts import Counts, Sums, Way, blank_sums
from .histogram import FIRST_TICKS, LEAST_BIN, ONE, SHIFT, Histogram, bin_spans
from .plan import Plan

_FIRST_ROOM = 1024
_MOST_FULL = 2
_lands: WeakKeyDictionary[Network, Land] = WeakKeyDictionary()


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
    is_done, room = False, len(land.sources) + _FIRST_ROOM
    while not is_done:
        sums = blank_sums(network, plan)
        books, first = _books(network, workload, plan, room)
        is_done = count_units(land, seen, sums, books)
        room *= 2
    within, change = books.hours[:, :-1, 0], books.hours[:, :-1, 1]
    sums.hours[:] = within + np.diff(plan.edges) * (np.cumsum(change, axis=1) - change)
    queues, tailbacks = _highest(network, plan, books, first)
    return Counts(sums, _histograms(sums, books), queues, tailbacks, _ways(plan, books))


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
        plan.levels.start, len(plan.levels), SHIFT, ONE, network.serve_row_count, len(network.select_slots),
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


def _books(network: Network, workload: Workload, plan: Plan, room: int) -> tuple[Books, Ints]:
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
    table = 1 << (_MOST_FULL * room).bit_length()
    books = Books(
        np.zeros(1, np.int64),
        np.zeros((len(plan.spans), size), np.int32),
        np.zeros((len(plan.hours), hours + 1, 2), np.int64),
        place[:-1].copy(),
        np.empty(place[-1], np.int64),
        np.empty(place[-1], np.int64),
        np.full(table, -1, np.int32),
        np.zeros((room, 3), np.int64),
        np.zeros(room),
        np.full(len(plan.lines) + 1, -1, np.int64),
    )
    return books, place[:-1]


def _highest(network: Network, plan: Plan, books: Books, first: Ints) -> tuple[Ints, Ints]:
    """Find the highest level of each queue and yard, and the longest tailback of each station."""
    one, lengths = np.ones(1, np.int64), np.rint(100 * network.queue_m).astype(np.int64)
    found = np.full(len(first), -1, np.int64)
    window = (network.window_tick, network.window_end_tick)
    for row, (start, end) in enumerate(zip(first.tolist(), books.place.tolist(), strict=True)):
        if end > start:
            begin, finish = books.begin[start:end], books.finish[start:end]
            begin.sort()
            finish.sort()
            found[row] = highest_level(begin, finish, window, one if row < len(plan.levels) else lengths)
    queues = np.full(len(plan.hours), -1, np.int64)
    queues[plan.levels.start :] = found[: len(plan.levels)]
    return queues, found[len(plan.levels) :]


def _histograms(sums: Sums, books: Books) -> tuple[Histogram | None, ...]:
    """Take the bins that occur."""
    number, longest = sums.spans[:, 0], sums.spans[:, 2]
    np.maximum(longest, np.where(number > 0, 0, -1), out=longest)
    last = bin_spans(np.maximum(longest, 0))
    most = int(np.minimum(number, last + 1).sum())
    bins, counts, ends = np.empty(most, np.int16), np.empty(most, np.int64), np.empty(len(last), np.int64)
    pack_bins(sums.spans, books, last, bins, counts, ends)
    bins, counts = bins[: ends[-1]].copy(), counts[: ends[-1]].copy()
    found: list[Histogram | None] = []
    start = 0
    for end, maximum in zip(ends.tolist(), longest.tolist(), strict=True):
        found.append(Histogram(bins[start:end], counts[start:end], maximum) if end > start else None)
        start = end
    return tuple(found)


def _ways(plan: Plan, books: Books) -> tuple[dict[Way, int], ...]:
    """Tell by source how many units ended at each node, by the decisions that lead there."""
    sources, used = len(plan.first) - 1, int(books.used[0])
    ways: list[Way] = [()] * sources
    source = list(range(sources))
    ratios: list[float] = books.ratios[:used].tolist()
    found: tuple[dict[Way, int], ...] = tuple({} for _ in range(sources))
    for node, (before, code, units) in enumerate(books.nodes[:used].tolist()):
        if node >= sources:
            ways.append((*ways[before], (code >> 2, code & 3, ratios[node])))
            source.append(source[before])
        if units:
            found[source[node]][ways[node]] = units
    return found
