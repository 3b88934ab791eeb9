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

from .bundles import Books, Land, Seen, Unit
from .counts import Sums

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    """Compile a function that Python calls; all that is compiled in stands in this file and in that of the bundles."""
    digest = jit.digest_of([_HERE, _HERE.with_name("bundles.py"), _HERE.with_name("counts.py")])
    return jit.compiled_and_kept(function, f"counting-{digest}", _HERE.parent)


SERVE, SELECT, ALARM, BOARD, TRAVEL, EXIT = (int(kind) for kind in StepKind)

# Columns of a stop.
KIND, SLOT, MARK, STATION, FOLLOWING, OTHERWISE, IS_SEARCH, LINE, WAIT, BLOCKED, QUEUE, OUTSIDE = range(12)

# Columns of a source.
FIRST, CLASS, ARRIVALS, LANDINGS, COMPLETIONS, INSIDE, YARD, TIME, CROSSING, DWELL, ALL_DELAYS = range(11)

# Numbers of a network: the window, the end, outcomes of a unit, the first row of hours that is a queue or a yard, and
# the first row of levels that is a tailback; `SHIFT` and `ONE` of `histogram`; rows of serves and of selects.
WINDOW, WINDOW_END, HORIZON, COMPLETED, REMOVED, FIRST_LEVEL, FIRST_TAILBACK, SHIFT, ONE, SERVES, SELECTS = range(11)

CLASS_BITS = 10
"""A tick and a class are one number: the tick times 2 ** CLASS_BITS, plus the class."""
LINE_UNITS = 8
"""Ticks in a line of the processor's cache."""
_AHEAD = 4 * LINE_UNITS
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
def _add_level(books: Books, row: int, begin: int, end: int) -> None:
    place = books.place[row]
    books.begin[place] = begin
    books.finish[place] = end
    books.place[row] = place + 1


@compiled
def _add_queue(land: Land, books: Books, row: int, begin: int, end: int) -> None:
    _add_interval(land, books, row, begin, end)
    _add_level(books, row - land.numbers[FIRST_LEVEL], begin << CLASS_BITS, end << CLASS_BITS)


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
    """Return the node behind a decision, a new one if nobody has been there; -1 where there is no room for one."""
    mask = len(books.table) - 1
    place = _place(node, code, ratio) & mask
    found = books.table[place]
    while found >= 0:
        if books.nodes[found, 0] == node and books.nodes[found, 1] == code and books.ratios[found] == ratio:
            return int(found)
        place = (place + 1) & mask
        found = books.table[place]
    used = books.used[0]
    if used >= len(books.nodes):
        return -1
    books.table[place] = used
    books.nodes[used, 0] = node
    books.nodes[used, 1] = code
    books.ratios[used] = ratio
    books.used[0] = used + 1
    return int(used)


@compiled
def _enter(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit) -> None:
    """Begin with a unit: count arrival, landing, end and yard."""
    numbers, i, u, leave = land.numbers, unit.source, unit.number, unit.leave
    _add_moment(land, sums, land.sources[i, ARRIVALS], unit.arrival)
    _add_moment(land, sums, land.sources[i, LANDINGS], unit.landing)
    if seen.outcome[u] == numbers[COMPLETED]:
        _add_moment(land, sums, land.sources[i, COMPLETIONS], leave)
    gone = leave if leave >= 0 else numbers[HORIZON]
    _add_interval(land, books, land.sources[i, INSIDE], unit.arrival, gone)
    sums.units[i, 0] += unit.arrival < numbers[WINDOW_END] and gone >= numbers[WINDOW_END]
    enters, boards = seen.yard[u], seen.boarding[u]
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
    cell = stops[stop, SLOT] * seen.pitch + unit.number
    join, start, end, release = seen.join[cell], seen.start[cell], seen.end[cell], seen.release[cell]
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
        _add_level(books, row, (ready << CLASS_BITS) + k, (till << CLASS_BITS) + k)
    if stops[stop, LINE] >= 0:
        _pass_line(books, stops[stop, LINE], end - ready if end >= 0 else 0)
    return int(end)


@compiled
def _select(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit, at: tuple[int, int]) -> tuple[bool, int]:
    """Count at a select; returns whether the unit is inspected, and the node behind."""
    stop, node = at
    cell = land.stops[stop, SLOT] * seen.pitch + unit.number
    is_selected, is_full = seen.is_selected[cell] == 1, seen.is_full[cell] == 1
    if unit.is_counted:
        sums.choices[stop, 0] += 1
        sums.choices[stop, 1] += is_selected
        sums.choices[stop, 2] += is_selected and is_full
    if land.stops[stop, LINE] >= 0:
        _pass_line(books, land.stops[stop, LINE], 0)
    if unit.is_innocent and node >= 0:
        node = _decide(books, node, 4 * stop + is_selected + 2 * is_full, seen.ratio[cell])
    return is_selected and not is_full, node


@compiled
def _alarm(land: Land, seen: Seen, sums: Sums, unit: Unit, stop: int) -> bool:
    is_alarmed = bool(seen.is_alarmed[land.stops[stop, SLOT] * seen.pitch + unit.number] == 1)
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
        if seen.outcome[unit.number] == land.numbers[REMOVED]:
            sums.removed[unit.source, level] += 1
            if caught >= 0:
                sums.caught[caught, level] += 1


@compiled
def _unit(land: Land, seen: Seen, u: int) -> Unit:
    arrival, leave, carries = seen.arrival[u], seen.exit[u], seen.carries[u]
    counted = land.numbers[WINDOW] <= arrival < land.numbers[WINDOW_END]
    is_over = counted and leave >= 0
    return Unit(
        u,
        seen.source[u],
        arrival,
        seen.landing[u],
        leave,
        carries,
        counted,
        is_over and not carries,
        is_over and carries,
    )


@compiled
def _fetch(land: Land, seen: Seen, u: int) -> None:
    """Begin to bring what the record tells of some units into the processor's cache."""
    fetch(seen.arrival, u)
    fetch(seen.yard, u)
    fetch(seen.boarding, u)
    fetch(seen.landing, u)
    fetch(seen.exit, u)
    for slot in range(land.numbers[SERVES]):
        cell = slot * seen.pitch + u
        fetch(seen.join, cell)
        fetch(seen.start, cell)
        fetch(seen.end, cell)
        fetch(seen.release, cell)
    for slot in range(land.numbers[SELECTS]):
        fetch(seen.ratio, slot * seen.pitch + u)


@compiled
def _walk(land: Land, seen: Seen, sums: Sums, books: Books, unit: Unit) -> int:
    """Follow a unit on its way; returns the node at which it ends, -1 where there was no room for it."""
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
            if unit.is_innocent and node >= 0:
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
def count_units(land: Land, seen: Seen, sums: Sums, books: Books) -> bool:
    """Walk through all units; tells whether there was room for all nodes."""
    units = len(seen.source)
    is_done = True
    for u in range(units):
        if u % LINE_UNITS == 0:
            _fetch(land, seen, min(u + _AHEAD, units - 1))
        unit = _unit(land, seen, u)
        _enter(land, seen, sums, books, unit)
        node = _walk(land, seen, sums, books, unit)
        if unit.is_innocent:
            if node >= 0:
                books.nodes[node, 2] += 1
            else:
                is_done = False
    return is_done


@compiled
def _highest(begin: Ints, finish: Ints, span: tuple[int, int], window: tuple[int, int], length: Any) -> int:
    """Largest length of intervals open at one time in a window; both sorted, ticks with classes."""
    level = before = most = 0
    i, j = span[0], span[0]
    mask = (1 << CLASS_BITS) - 1
    while j < span[1]:
        tick = finish[j] >> CLASS_BITS
        if i < span[1]:
            tick = min(tick, begin[i] >> CLASS_BITS)
        if tick >= window[1]:
            break
        while j < span[1] and finish[j] >> CLASS_BITS == tick:
            level -= length[1][finish[j] & mask] if length[0] else 1
            j += 1
        while i < span[1] and begin[i] >> CLASS_BITS == tick:
            level += length[1][begin[i] & mask] if length[0] else 1
            i += 1
        if tick <= window[0]:
            before = level
        else:
            most = max(most, level)
    return max(before, most)


@_kept
def highest_levels(books: Books, first: Ints, found: Ints, window: tuple[int, int], tailback: tuple[int, Ints]) -> None:
    """Find the highest level of each row of levels that has any, in units; from the first tailback on, in lengths."""
    for row in range(len(first)):
        if books.place[row] > first[row]:
            span, length = (first[row], books.place[row]), (row >= tailback[0], tailback[1])
            found[row] = _highest(books.begin, books.finish, span, window, length)


@compiled
def _in_bins(books: Books, row: int, last: int) -> int:
    total = 0
    for number in range(1, last + 1):
        total += books.bins[row, number]
    return total


@_kept
def pack_bins(spans: Ints, books: Books, last: Ints, bins: NDArray[Any], counts: NDArray[Any], ends: Ints) -> None:
    """Write the bins that occur one after the other, row by row, up to the `last` of each; `ends` tells where.

    Spans of 0 have no bin in the books: they are those that no other bin has.
    """
    place = 0
    for row in range(len(last)):
        books.bins[row, 0] = spans[row, 0] - _in_bins(books, row, last[row])
        for number in range(last[row] + 1):
            if books.bins[row, number]:
                bins[place] = number
                counts[place] = books.bins[row, number]
                place += 1
        ends[row] = place
