"""Counting with compiled code: one walk through the record, unit by unit. Counts what `plain` counts.

Every figure is a sum of whole numbers or a maximum, so the order of the units does not matter. The compiled functions
make no arrays: they fill those that are handed to them in bundles.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.kernel.jit import compiled, compiled_and_kept
from sim.network.tables import Ints, StepKind

from .bundles import Books, Land, Seen
from .counts import Sums

# All numbers that are compiled in stand in this file: numba compiles anew when it changes, and watches no other.
SERVE, SELECT, ALARM, BOARD, TRAVEL, EXIT = (int(kind) for kind in StepKind)

# Columns of a stop.
KIND, SLOT, MARK, STATION, FOLLOWING, OTHERWISE, IS_SEARCH, LINE, WAIT, BLOCKED, QUEUE, OUTSIDE = range(12)

# Columns of a source.
FIRST, CLASS, ARRIVALS, LANDINGS, COMPLETIONS, INSIDE, YARD, TIME, CROSSING, DWELL, ALL_DELAYS = range(11)

# Numbers of a network: the window, the end, outcomes of a unit, the first row of hours that is a queue or a yard, and
# the first row of levels that is a tailback; `SHIFT` and `ONE` of `histogram`.
WINDOW, WINDOW_END, HORIZON, COMPLETED, REMOVED, FIRST_LEVEL, FIRST_TAILBACK, SHIFT, ONE = range(9)

# The unit at hand: its number, when it was ready for the next step, when it left its port of entry, the node that it
# has come to, where a search removed it; whether it arrived in the window, and is an innocent or a guilty unit of the
# window that finished. Beside it, how many nodes there are, -1 once there was no room for one.
UNIT, READY, INLAND, NODE, CAUGHT, IS_COUNTED, IS_INNOCENT, IS_GUILTY, NODES, FIELDS = range(10)

CLASS_BITS = 10
"""A tick and a class are one number: the tick times 2 ** CLASS_BITS, plus the class."""
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
def _decide(books: Books, code: int, ratio: float) -> None:
    """Go on to the node behind a decision, a new one if nobody has been there."""
    unit, mask = books.unit, len(books.table) - 1
    node, used = unit[NODE], unit[NODES]
    place = ((node * _PRIME + code) * _PRIME + int(ratio * 1_000_000)) & mask
    found = books.table[place]
    while found >= 0:
        if books.nodes[found, 0] == node and books.nodes[found, 1] == code and books.ratios[found] == ratio:
            unit[NODE] = found
            return
        place = (place + 1) & mask
        found = books.table[place]
    if used < 0 or used >= len(books.nodes):
        unit[NODES] = -1
        return
    books.table[place] = used
    books.nodes[used, 0] = node
    books.nodes[used, 1] = code
    books.ratios[used] = ratio
    unit[NODE] = used
    unit[NODES] = used + 1


@compiled
def _enter(land: Land, seen: Seen, sums: Sums, books: Books, u: int) -> None:
    """Begin with a unit: count arrival, landing, end and yard."""
    numbers, unit, i = land.numbers, books.unit, seen.source[u]
    arrival, leave, carries = seen.arrival[u], seen.exit[u], seen.carries[u]
    counted = numbers[WINDOW] <= arrival < numbers[WINDOW_END]
    unit[UNIT], unit[READY], unit[INLAND], unit[NODE], unit[CAUGHT] = u, arrival, -1, i, -1
    unit[IS_COUNTED] = counted
    unit[IS_INNOCENT] = counted and leave >= 0 and not carries
    unit[IS_GUILTY] = counted and leave >= 0 and carries
    _add_moment(land, sums, land.sources[i, ARRIVALS], arrival)
    _add_moment(land, sums, land.sources[i, LANDINGS], seen.landing[u])
    if seen.outcome[u] == numbers[COMPLETED]:
        _add_moment(land, sums, land.sources[i, COMPLETIONS], leave)
    gone = leave if leave >= 0 else numbers[HORIZON]
    _add_interval(land, books, land.sources[i, INSIDE], arrival, gone)
    sums.units[i, 0] += arrival < numbers[WINDOW_END] and gone >= numbers[WINDOW_END]
    if counted:
        sums.units[i, 1] += leave < 0
        sums.units[i, 2] += carries
        sums.units[i, 3] += 1
        sums.units[i, 4] += unit[IS_INNOCENT]
        if leave >= 0:
            _add_span(land, sums, books, land.sources[i, TIME], leave - arrival)
        if seen.boarding[u] >= 0:
            _add_span(land, sums, books, land.sources[i, DWELL], seen.boarding[u] - seen.yard[u])
    if seen.yard[u] >= 0:
        till = seen.boarding[u] if seen.boarding[u] >= 0 else numbers[HORIZON]
        _add_queue(land, books, land.sources[i, YARD], seen.yard[u], till)


@compiled
def _serve(land: Land, seen: Seen, sums: Sums, books: Books, stop: int) -> None:
    stops, unit, horizon = land.stops, books.unit, land.numbers[HORIZON]
    u, ready = unit[UNIT], unit[READY]
    cell = stops[stop, SLOT] * seen.pitch + u
    start, end = seen.start[cell], seen.end[cell]
    till = start if start >= 0 else horizon
    if 0 <= seen.join[cell] < till:
        _add_queue(land, books, stops[stop, QUEUE], seen.join[cell], till)
    if start >= 0:
        sums.busy[stops[stop, STATION]] += _clipped(land, start, end if end >= 0 else horizon)
        if unit[IS_COUNTED]:
            _add_span(land, sums, books, stops[stop, WAIT], start - ready)
    if unit[IS_COUNTED] and seen.release[cell] >= 0:
        _add_span(land, sums, books, stops[stop, BLOCKED], seen.release[cell] - end)
    if stops[stop, OUTSIDE] >= 0 and ready < till:
        sums.outside[stops[stop, OUTSIDE]] += _clipped(land, ready, till)
        k = land.sources[seen.source[u], CLASS]
        row = land.numbers[FIRST_TAILBACK] + stops[stop, STATION]
        _add_level(books, row, (ready << CLASS_BITS) + k, (till << CLASS_BITS) + k)
    if stops[stop, LINE] >= 0:
        _pass_line(books, stops[stop, LINE], end - ready if end >= 0 else 0)
    unit[READY] = end


@compiled
def _select(land: Land, seen: Seen, sums: Sums, books: Books, stop: int) -> bool:
    cell = land.stops[stop, SLOT] * seen.pitch + books.unit[UNIT]
    is_selected, is_full = seen.is_selected[cell] == 1, seen.is_full[cell] == 1
    if books.unit[IS_COUNTED]:
        sums.choices[stop, 0] += 1
        sums.choices[stop, 1] += is_selected
        sums.choices[stop, 2] += is_selected and is_full
    if land.stops[stop, LINE] >= 0:
        _pass_line(books, land.stops[stop, LINE], 0)
    if books.unit[IS_INNOCENT]:
        _decide(books, 4 * stop + is_selected + 2 * is_full, seen.ratio[cell])
    return is_selected and not is_full


@compiled
def _alarm(land: Land, seen: Seen, sums: Sums, books: Books, stop: int) -> bool:
    u = books.unit[UNIT]
    is_alarmed = bool(seen.is_alarmed[land.stops[stop, SLOT] * seen.pitch + u] == 1)
    if books.unit[IS_COUNTED]:
        innocent = not seen.carries[u]
        sums.answers[stop, 0] += 1
        sums.answers[stop, 1] += is_alarmed
        sums.answers[stop, 2] += innocent
        sums.answers[stop, 3] += is_alarmed and innocent
    if is_alarmed and land.stops[stop, IS_SEARCH]:
        books.unit[CAUGHT] = stop
    return is_alarmed


@compiled
def _board(seen: Seen, books: Books, stop: int) -> None:
    if books.unit[IS_INNOCENT]:
        _decide(books, 4 * stop, 0.0)
    books.unit[READY] = seen.landing[books.unit[UNIT]]


@compiled
def _travel(land: Land, seen: Seen, books: Books, stop: int) -> None:
    unit = books.unit
    u, ready = unit[UNIT], unit[READY]
    if unit[INLAND] < 0 and seen.landing[u] >= 0 and ready >= seen.landing[u]:
        unit[INLAND] = ready
    ready += seen.durations[land.stops[stop, MARK], u]
    unit[READY] = ready if ready < land.numbers[HORIZON] else -1


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
def _leave(land: Land, seen: Seen, sums: Sums, books: Books) -> None:
    """Close with a unit: count delays and crossing, what was found, and its way."""
    unit = books.unit
    u = unit[UNIT]
    i, level = seen.source[u], seen.concealment[u]
    ashore = unit[INLAND] if unit[INLAND] >= 0 else seen.exit[u]
    if unit[IS_COUNTED] and ashore >= 0:
        _add_span(land, sums, books, land.sources[i, CROSSING], ashore - seen.arrival[u])
    if books.delay[-1] >= 0:
        _add_delays(land, sums, books, i, unit[IS_INNOCENT] + unit[IS_GUILTY] > 0)
    if unit[IS_INNOCENT]:
        books.nodes[unit[NODE], 2] += 1
    if unit[IS_GUILTY]:
        sums.guilty[i, level] += 1
        if seen.outcome[u] == land.numbers[REMOVED]:
            sums.removed[i, level] += 1
            if unit[CAUGHT] >= 0:
                sums.caught[unit[CAUGHT], level] += 1


@compiled_and_kept
def count_units(land: Land, seen: Seen, sums: Sums, books: Books) -> bool:
    """Walk through all units; tells whether there was room for all nodes."""
    stops, unit = land.stops, books.unit
    unit[NODES] = len(land.sources)
    for u in range(len(seen.source)):
        _enter(land, seen, sums, books, u)
        stop = land.sources[seen.source[u], FIRST]
        kind = stops[stop, KIND]
        while kind != EXIT and unit[READY] >= 0:
            is_yes = True
            if kind == SERVE:
                _serve(land, seen, sums, books, stop)
            elif kind == SELECT:
                is_yes = _select(land, seen, sums, books, stop)
            elif kind == ALARM:
                is_yes = _alarm(land, seen, sums, books, stop)
            elif kind == BOARD:
                _board(seen, books, stop)
            else:
                _travel(land, seen, books, stop)
            stop = stops[stop, FOLLOWING] if is_yes else stops[stop, OTHERWISE]
            kind = stops[stop, KIND]
        _leave(land, seen, sums, books)
    return bool(unit[NODES] >= 0)


@compiled_and_kept
def highest_level(begin: Ints, finish: Ints, window: tuple[int, int], lengths: Ints) -> int:
    """Largest length of intervals open at one time in a window; both sorted, ticks with classes."""
    level = before = most = i = j = 0
    mask = (1 << CLASS_BITS) - 1
    while j < len(finish):
        tick = finish[j] >> CLASS_BITS
        if i < len(begin):
            tick = min(tick, begin[i] >> CLASS_BITS)
        if tick >= window[1]:
            break
        while j < len(finish) and finish[j] >> CLASS_BITS == tick:
            level -= lengths[finish[j] & mask]
            j += 1
        while i < len(begin) and begin[i] >> CLASS_BITS == tick:
            level += lengths[begin[i] & mask]
            i += 1
        if tick <= window[0]:
            before = level
        else:
            most = max(most, level)
    return max(before, most)


@compiled
def _in_bins(books: Books, row: int, last: int) -> int:
    total = 0
    for number in range(1, last + 1):
        total += books.bins[row, number]
    return total


@compiled_and_kept
def pack_bins(spans: Ints, books: Books, last: Ints, bins: NDArray[Any], counts: Ints, ends: Ints) -> None:
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
