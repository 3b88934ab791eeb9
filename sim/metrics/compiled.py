"""Counting with compiled code: one walk through the record, unit by unit. Counts what `plain` counts.

Every figure is a sum of whole numbers or a maximum, so the order of the units does not matter. The compiled functions
make no arrays: they fill those that are handed to them in bundles.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.jit import compiled, fetch
from sim.network.tables import Floats, Ints, StepKind
from sim.record import narrow

from .bundles import Books, Land, Seen, Unit
from .counts import Sums

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    """Compile a function that Python calls; all that is compiled in stands in the files named here."""
    beside = [_HERE.with_name(f"{name}.py") for name in ("bundles", "counts")]
    digest = jit.digest_of([_HERE, *beside, Path(narrow.__file__)])
    return jit.compiled_and_kept(function, f"counting-{digest}", _HERE.parent)


SERVE, SELECT, ALARM, BOARD, TRAVEL, EXIT = (int(kind) for kind in StepKind)

# Columns of a stop.
KIND, SLOT, MARK, STATION, FOLLOWING, OTHERWISE, IS_SEARCH, LINE, WAIT, BLOCKED, QUEUE, OUTSIDE = range(12)

# Columns of a source.
FIRST, CLASS, ARRIVALS, LANDINGS, COMPLETIONS, INSIDE, YARD, TIME, CROSSING, DWELL, ALL_DELAYS = range(11)

# Numbers of a network: the window, the end, outcomes of a unit, the first row of hours that is a queue or a yard, and
# the first row of levels that is a tailback; `SHIFT` and `ONE` of `histogram`; most decisions on a way.
WINDOW, WINDOW_END, HORIZON, COMPLETED, REMOVED, FIRST_LEVEL, FIRST_TAILBACK, SHIFT, ONE, DECISIONS = range(10)

# Rows of a record.
YARD_TICK, BOARDING_TICK, LANDING_TICK, EXIT_TICK = (
    narrow.TICK_ROWS.index(f"{name}_tick") for name in ("yard", "boarding", "landing", "exit")
)
JOIN_TICKS, OUTCOME = len(narrow.TICK_ROWS), narrow.FLAG_ROWS.index("outcome")
SELECTED = len(narrow.FLAG_ROWS)
BLOCK_BITS = narrow.BLOCK_BITS

# Of a level: how many units are there, the most so far, whether anybody was ever there.
LEVEL, MOST, IS_MET = range(3)

CLASS_BITS = 10
"""An event is one number: the tick times 2, plus 1 where a unit comes, times 2 ** CLASS_BITS, plus its class."""
BINS_OF_LINE = 16
"""Bins in a line of the processor's cache."""
LINE_UNITS = 16
"""Ticks in a line of the processor's cache."""
_AHEAD = 2 * LINE_UNITS
_HOUR = 3_600_000
_PRIME = 0x9E3779B1


@compiled
def _add_span(land: Land, sums: Sums, books: Books, row: int, ticks: int) -> None:
    if row < 0:
        return
    sums.spans[row, 0] += 1
    if ticks > 0:
        sums.spans[row, 1] += ticks
        sums.spans[row, 2] = max(sums.spans[row, 2], ticks)
        # As in `histogram.bin_spans`.
        place = int(land.least_bin[(np.float64(ticks).view(np.int64) >> land.numbers[SHIFT]) - land.numbers[ONE]])
        if ticks >= land.first_ticks[place + 1]:
            place += 1
        books.bins[row, place] += 1
        books.lines[row, place // BINS_OF_LINE] = 1


@compiled
def _add_interval(land: Land, books: Books, row: int, begin: int, end: int) -> None:
    first, last = land.numbers[WINDOW], land.numbers[WINDOW_END]
    begin = min(max(begin, first), last)
    end = min(max(end, first), last)
    if begin == end:
        return
    h = (begin - first) // _HOUR
    books.hours[row, h, 0] += min(first + (h + 1) * _HOUR, last) - begin
    books.hours[row, h, 1] += 1
    h = (end - first) // _HOUR
    books.hours[row, h, 0] -= min(first + (h + 1) * _HOUR, last) - end
    books.hours[row, h, 1] -= 1


@compiled
def _clipped(land: Land, begin: int, end: int) -> int:
    first, last = land.numbers[WINDOW], land.numbers[WINDOW_END]
    return int(min(max(end, first), last) - min(max(begin, first), last))


@compiled
def _add_level(books: Books, row: int, begin: int, end: int, k: int) -> None:
    place = books.place[row]
    books.events[place] = ((2 * begin + 1) << CLASS_BITS) + k
    books.events[place + 1] = ((2 * end) << CLASS_BITS) + k
    books.place[row] = place + 2


@compiled
def _add_queue(land: Land, books: Books, row: int, begin: int, end: int) -> None:
    _add_interval(land, books, row, begin, end)
    _add_level(books, row - land.numbers[FIRST_LEVEL], begin, end, 0)


@compiled
def _pass_line(books: Books, line: int, ticks: int) -> None:
    books.delay[line] = max(books.delay[line], 0) + ticks
    books.delay[-1] = 0


@compiled
def _add_moment(land: Land, sums: Sums, row: int, tick: int) -> None:
    if land.numbers[WINDOW] <= tick < land.numbers[WINDOW_END]:
        sums.moments[row, (tick - land.numbers[WINDOW]) // _HOUR] += 1


@compiled
def _place(node: int, code: int, ratio: float) -> int:
    """Where the search for a node begins in the hash table, but for its length."""
    return (node * _PRIME + code) * _PRIME + int(ratio * 1_000_000)


@_kept
def plant(nodes: Ints, ratios: Floats, table: NDArray[Any], span: tuple[int, int]) -> None:
    """Put nodes into an empty hash table."""
    mask = len(table) - 1
    for number in range(span[0], span[1]):
        place = _place(nodes[number, 0], nodes[number, 1], ratios[number]) & mask
        while table[place] >= 0:
            place = (place + 1) & mask
        table[place] = number


@compiled
def _decide(books: Books, node: int, code: int, ratio: float) -> int:
    """Return the node behind a decision, a new one if nobody has been there."""
    mask = len(books.table) - 1
    place = _place(node, code, ratio) & mask
    found = books.table[place]
    while found >= 0:
        if books.nodes[found, 0] == node and books.nodes[found, 1] == code and books.ratios[found] == ratio:
            return int(found)
        place = (place + 1) & mask
        found = books.table[place]
    used = books.used[0]
    books.table[place] = used
    books.nodes[used, 0] = node
    books.nodes[used, 1] = code
    books.ratios[used] = ratio
    books.used[0] = used + 1
    return int(used)


@compiled
def _tick(seen: Seen, unit: Unit, row: int) -> int:
    """Tick of a unit in a row, -1 where it is missing."""
    ticks = np.int64(seen.ticks[row * seen.pitch + unit.place])
    return int(ticks + unit.base) if ticks >= 0 else -1


@compiled
def _enter(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit) -> None:
    """Begin with a unit: count arrival, landing, end and yard."""
    numbers, i, leave = land.numbers, unit.source, unit.leave
    _add_moment(land, sums, land.sources[i, ARRIVALS], unit.arrival)
    _add_moment(land, sums, land.sources[i, LANDINGS], unit.landing)
    if seen.flags[OUTCOME * seen.pitch + unit.place] == numbers[COMPLETED]:
        _add_moment(land, sums, land.sources[i, COMPLETIONS], leave)
    gone = leave if leave >= 0 else numbers[HORIZON]
    _add_interval(land, books, land.sources[i, INSIDE], unit.arrival, gone)
    sums.units[i, 0] += unit.arrival < numbers[WINDOW_END] and gone >= numbers[WINDOW_END]
    enters, boards = _tick(seen, unit, YARD_TICK), _tick(seen, unit, BOARDING_TICK)
    if unit.is_counted:
        sums.units[i, 1] += leave < 0
        sums.units[i, 2] += unit.carries
        sums.units[i, 3] += 1
        sums.units[i, 4] += unit.is_innocent
        if leave >= 0:
            _add_span(land, sums, books, land.sources[i, TIME], leave - unit.arrival)
        if boards >= 0:
            _add_span(land, sums, books, land.sources[i, DWELL], boards - enters)
    if enters >= 0:
        _add_queue(land, books, land.sources[i, YARD], enters, boards if boards >= 0 else numbers[HORIZON])


@compiled
def _serve(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit, at: tuple[int, int]) -> int:
    """Count at a station; returns when the unit is ready for what follows."""
    stops, horizon = land.stops, land.numbers[HORIZON]
    stop, ready = at
    row, rows = JOIN_TICKS + stops[stop, SLOT], seen.serves
    join, start = _tick(seen, unit, row), _tick(seen, unit, row + rows)
    end, release = _tick(seen, unit, row + 2 * rows), _tick(seen, unit, row + 3 * rows)
    till = start if start >= 0 else horizon
    if 0 <= join < till:
        _add_queue(land, books, stops[stop, QUEUE], join, till)
    if start >= 0:
        sums.busy[stops[stop, STATION]] += _clipped(land, start, end if end >= 0 else horizon)
        if unit.is_counted:
            _add_span(land, sums, books, stops[stop, WAIT], start - ready)
    if unit.is_counted and release >= 0:
        _add_span(land, sums, books, stops[stop, BLOCKED], release - end)
    if stops[stop, OUTSIDE] >= 0 and ready < till:
        sums.outside[stops[stop, OUTSIDE]] += _clipped(land, ready, till)
        k = land.sources[unit.source, CLASS]
        row = land.numbers[FIRST_TAILBACK] + stops[stop, STATION]
        _add_level(books, row, ready, till, k)
    if stops[stop, LINE] >= 0:
        _pass_line(books, stops[stop, LINE], end - ready if end >= 0 else 0)
    return int(end)


@compiled
def _select(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit, at: tuple[int, int]) -> tuple[bool, int]:
    """Count at a select; returns whether the unit is inspected, and the node behind."""
    stop, node = at
    cell = land.stops[stop, SLOT] * seen.pitch + unit.place
    flags = SELECTED * seen.pitch + cell
    is_selected = seen.flags[flags] == 1
    is_full = seen.flags[flags + seen.selects * seen.pitch] == 1
    if unit.is_counted:
        sums.choices[stop, 0] += 1
        sums.choices[stop, 1] += is_selected
        sums.choices[stop, 2] += is_selected and is_full
    if land.stops[stop, LINE] >= 0:
        _pass_line(books, land.stops[stop, LINE], 0)
    if unit.is_innocent:
        node = _decide(books, node, 4 * stop + is_selected + 2 * is_full, seen.ratios[cell])
    return is_selected and not is_full, node


@compiled
def _alarm(land: Land, seen: Seen, sums: Sums, unit: Unit, stop: int) -> bool:
    row = SELECTED + 2 * seen.selects + land.stops[stop, SLOT]
    is_alarmed = bool(seen.flags[row * seen.pitch + unit.place] == 1)
    if unit.is_counted:
        innocent = not unit.carries
        sums.answers[stop, 0] += 1
        sums.answers[stop, 1] += is_alarmed
        sums.answers[stop, 2] += innocent
        sums.answers[stop, 3] += is_alarmed and innocent
    return is_alarmed


@compiled
def _add_delays(land: Land, sums: Sums, books: Books, i: int, finished: bool) -> None:
    """Count the delays of a unit at each line and at all together, and forget them."""
    total = 0
    for line in range(len(books.delay) - 1):
        ticks = books.delay[line]
        books.delay[line] = -1
        total += max(ticks, 0)
        if finished and ticks >= 0:
            _add_span(land, sums, books, land.delays[i, line], ticks)
    books.delay[-1] = -1
    if finished:
        _add_span(land, sums, books, land.sources[i, ALL_DELAYS], total)


@compiled
def _leave(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit, ends: tuple[int, int]) -> None:
    """Close with a unit that left its port of entry and was caught somewhere, or -1: count delays and finds."""
    inland, caught = ends
    ashore = inland if inland >= 0 else unit.leave
    if unit.is_counted and ashore >= 0:
        _add_span(land, sums, books, land.sources[unit.source, CROSSING], ashore - unit.arrival)
    if books.delay[-1] >= 0:
        _add_delays(land, sums, books, unit.source, unit.is_innocent or unit.is_guilty)
    if unit.is_guilty:
        level = seen.concealment[unit.number]
        sums.guilty[unit.source, level] += 1
        if seen.flags[OUTCOME * seen.pitch + unit.place] == land.numbers[REMOVED]:
            sums.removed[unit.source, level] += 1
            if caught >= 0:
                sums.caught[caught, level] += 1


@compiled
def _unit(land: Land, seen: Seen, u: int) -> Unit:
    place, base = u - seen.first, seen.base[u >> BLOCK_BITS]
    arrival, carries = seen.arrival[u], seen.carries[u]
    landing = np.int64(seen.ticks[LANDING_TICK * seen.pitch + place])
    leave = np.int64(seen.ticks[EXIT_TICK * seen.pitch + place])
    counted = bool(land.numbers[WINDOW] <= arrival < land.numbers[WINDOW_END])
    is_over = counted and leave >= 0
    return Unit(
        u,
        place,
        base,
        seen.source[u],
        arrival,
        landing + base if landing >= 0 else -1,
        leave + base if leave >= 0 else -1,
        carries,
        counted,
        bool(is_over and not carries),
        bool(is_over and carries),
    )


@compiled
def _fetch(seen: Seen, place: int) -> None:
    """Begin to bring what the record tells of some units into the processor's cache."""
    for row in range(JOIN_TICKS + 4 * seen.serves):
        fetch(seen.ticks, row * seen.pitch + place)
    for slot in range(seen.selects):
        fetch(seen.ratios, slot * seen.pitch + place)
        fetch(seen.ratios, slot * seen.pitch + place + LINE_UNITS // 2)


@compiled
def _walk(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit) -> int:
    """Follow a unit on its way; returns the node at which it ends."""
    stops, u = land.stops, unit.number
    ready, inland, node, caught = unit.arrival, -1, unit.source, -1
    stop = land.sources[unit.source, FIRST]
    kind = stops[stop, KIND]
    while kind != EXIT and ready >= 0:
        is_yes = True
        if kind == SERVE:
            ready = _serve(land, seen, sums, books, unit, (stop, ready))
        elif kind == SELECT:
            is_yes, node = _select(land, seen, sums, books, unit, (stop, node))
        elif kind == ALARM:
            is_yes = _alarm(land, seen, sums, unit, stop)
            if is_yes and stops[stop, IS_SEARCH]:
                caught = stop
        elif kind == BOARD:
            if unit.is_innocent:
                node = _decide(books, node, 4 * stop, 0.0)
            ready = unit.landing
        else:
            if inland < 0 and unit.landing >= 0 and ready >= unit.landing:
                inland = ready
            ready += seen.durations[stops[stop, MARK], u]
            ready = ready if ready < land.numbers[HORIZON] else -1
        stop = stops[stop, FOLLOWING] if is_yes else stops[stop, OTHERWISE]
        kind = stops[stop, KIND]
    _leave(land, seen, sums, books, unit, (inland, caught))
    return int(node)


@_kept
def count_units(land: Land, seen: Seen, sums: Sums, books: Books, span: tuple[int, int]) -> int:
    """Walk through the units of a span; returns the first of them whose way might not find room, or the end."""
    for u in range(span[0], span[1]):
        if books.used[0] + land.numbers[DECISIONS] > len(books.nodes):
            return u
        if u % LINE_UNITS == 0:
            _fetch(seen, min(u + _AHEAD, span[1] - 1) - seen.first)
        unit = _unit(land, seen, u)
        _enter(land, seen, sums, books, unit)
        node = _walk(land, seen, sums, books, unit)
        if unit.is_innocent:
            books.nodes[node, 2] += 1
    return span[1]


@compiled
def _change(event: int, length: Any) -> int:
    """How much a level rises: by the length of the class, or by 1; falls where a unit goes."""
    by = length[1][event & ((1 << CLASS_BITS) - 1)] if length[0] else 1
    return int(by if (event >> CLASS_BITS) & 1 else -by)


@_kept
def sweep(books: Books, first: Ints, levels: Ints, until: tuple[int, int, int], tailback: tuple[int, Ints]) -> None:
    """Follow each level through its sorted events, but for those from a tick on: these stay, at the front.

    The three ticks are the first of the window, after which a level counts, and with what it was then; that one; and
    the end of the window, from which on nothing counts. Levels from the first tailback on are lengths. At one tick
    those who go come first, so that no level is too high between two events.
    """
    window, end = (until[0] + 1) << (CLASS_BITS + 1), until[1] << (CLASS_BITS + 1)
    past = until[2] << (CLASS_BITS + 1)
    for row in range(len(first)):
        place, last = first[row], books.place[row]
        if last > place:
            levels[row, IS_MET] = 1
        level, most, length = levels[row, LEVEL], levels[row, MOST], (row >= tailback[0], tailback[1])
        while place < last and books.events[place] < min(window, end):
            level += _change(books.events[place], length)
            place += 1
        if window <= end:
            most = max(most, level)
        while place < last and books.events[place] < end:
            level += _change(books.events[place], length)
            most = max(most, level)
            place += 1
        levels[row, LEVEL], levels[row, MOST] = level, most
        to = first[row]
        for rest in range(place, last):
            if books.events[rest] < past:
                books.events[to] = books.events[rest]
                to += 1
        books.place[row] = to


@compiled
def _in_line(books: Books, row: int, line: int) -> int:
    total = 0
    for number in range(line * BINS_OF_LINE, (line + 1) * BINS_OF_LINE):
        total += books.bins[row, number]
    return total


@_kept
def pack_bins(spans: Ints, books: Books, last: Ints, bins: NDArray[Any], counts: NDArray[Any], ends: Ints) -> None:
    """Write the bins that occur one after the other, row by row, up to the `last` of each; `ends` tells where.

    Spans of 0 have no bin in the books: they are those that no other bin has. All bins are 0 afterwards.
    """
    place = 0
    for row in range(len(last)):
        if spans[row, 0]:
            zeros = spans[row, 0]
            for line in range(last[row] // BINS_OF_LINE + 1):
                if books.lines[row, line]:
                    zeros -= _in_line(books, row, line)
            books.bins[row, 0] = zeros
            books.lines[row, 0] = 1
            for line in range(last[row] // BINS_OF_LINE + 1):
                if books.lines[row, line]:
                    for number in range(line * BINS_OF_LINE, (line + 1) * BINS_OF_LINE):
                        # Written in any case, and written over where it is nothing.
                        bins[place] = number
                        counts[place] = books.bins[row, number]
                        place += books.bins[row, number] > 0
                        books.bins[row, number] = 0
        ends[row] = place
