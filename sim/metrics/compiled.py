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

from .bundles import Block, Books, Land, Seen, Spans
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
FIRST, LAST, CLASS, ARRIVALS, LANDINGS, COMPLETIONS, INSIDE, YARD, TIME, CROSSING, DWELL, ALL_DELAYS = range(12)

# Numbers of a network: the window, the end, outcomes of a unit, the first row of hours that is a queue or a yard, and
# the first row of levels that is a tailback; most decisions on a way.
WINDOW, WINDOW_END, HORIZON, COMPLETED, REMOVED, FIRST_LEVEL, FIRST_TAILBACK, DECISIONS = range(8)

# Rows of a record.
YARD_TICK, BOARDING_TICK, LANDING_TICK, EXIT_TICK = (
    narrow.TICK_ROWS.index(f"{name}_tick") for name in ("yard", "boarding", "landing", "exit")
)
JOIN_TICKS, OUTCOME = len(narrow.TICK_ROWS), narrow.FLAG_ROWS.index("outcome")
SELECTED = len(narrow.FLAG_ROWS)
BLOCK_BITS = narrow.BLOCK_BITS

# What is known of a unit: whether it arrived in the window, whether it carries; of those of the window that finished,
# whether it is one without or one with a violation; whether it passed a line.
COUNTED, CARRIES, INNOCENT, GUILTY, PASSED = 1, 2, 4, 8, 16

# Of a level: how many units are there, the most so far, whether anybody was ever there.
LEVEL, MOST, IS_MET = range(3)

CLASS_BITS = 10
"""An event is one number: the tick times 2, plus 1 where a unit comes, times 2 ** CLASS_BITS, plus its class."""
BINS_OF_LINE = 16
"""Bins in a line of the processor's cache."""
LINE_UNITS = 16
"""Ticks in a line of the processor's cache."""
BLOCK_UNITS = 2048
"""So many units are counted together."""
_HOUR = 3_600_000
_PRIME = 0x9E3779B1


@compiled
def _add_span(spans: Spans, row: int, ticks: int) -> None:
    if row < 0:
        return
    spans.sums[row, 0] += 1
    if ticks > 0:
        spans.sums[row, 1] += ticks
        spans.sums[row, 2] = max(spans.sums[row, 2], ticks)
        # As in `histogram.bin_spans`.
        place = int(spans.least_bin[(np.float64(ticks).view(np.int64) >> spans.shift) - spans.one])
        if ticks >= spans.first_ticks[place + 1]:
            place += 1
        spans.bins[row, place] += 1
        spans.lines[row, place // BINS_OF_LINE] = 1


@compiled
def _add_interval(hours: Ints, numbers: Ints, row: int, begin: int, end: int) -> None:
    first, last = numbers[WINDOW], numbers[WINDOW_END]
    begin = min(max(begin, first), last)
    end = min(max(end, first), last)
    if begin == end:
        return
    h = (begin - first) // _HOUR
    hours[row, h, 0] += min(first + (h + 1) * _HOUR, last) - begin
    hours[row, h, 1] += 1
    h = (end - first) // _HOUR
    hours[row, h, 0] -= min(first + (h + 1) * _HOUR, last) - end
    hours[row, h, 1] -= 1


@compiled
def _clipped(numbers: Ints, begin: int, end: int) -> int:
    first, last = numbers[WINDOW], numbers[WINDOW_END]
    return int(min(max(end, first), last) - min(max(begin, first), last))


@compiled
def _add_level(levels: tuple[Ints, Ints], row: int, begin: int, end: int, k: int) -> None:
    place, events = levels
    at = place[row]
    events[at] = ((2 * begin + 1) << CLASS_BITS) + k
    events[at + 1] = ((2 * end) << CLASS_BITS) + k
    place[row] = at + 2


@compiled
def _pass_line(delay: Ints, status: NDArray[Any], line: int, number: int, ticks: int) -> None:
    delay[line, number] = max(delay[line, number], 0) + ticks
    status[number] |= PASSED


@compiled
def _add_moment(moments: Ints, numbers: Ints, row: int, tick: int) -> None:
    if numbers[WINDOW] <= tick < numbers[WINDOW_END]:
        moments[row, (tick - numbers[WINDOW]) // _HOUR] += 1


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
def _tick(ticks: NDArray[Any], cell: int, base: int) -> int:
    """Tick in a cell of the record, -1 where it is missing."""
    tick = np.int64(ticks[cell])
    return int(tick + base) if tick >= 0 else -1


@compiled
def _enter(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Begin with a unit of a block: count arrival, landing, end and yard."""
    numbers, (i, number) = land.numbers, at
    u = block.unit[number]
    arrival, carries = seen.arrival[u], seen.carries[u]
    base, pitch, place = seen.base[u >> BLOCK_BITS], seen.pitch, u - seen.first
    landing = _tick(seen.ticks, LANDING_TICK * pitch + place, base)
    leave = _tick(seen.ticks, EXIT_TICK * pitch + place, base)
    _add_moment(sums.moments, land.numbers, land.sources[i, ARRIVALS], arrival)
    _add_moment(sums.moments, land.numbers, land.sources[i, LANDINGS], landing)
    if seen.flags[OUTCOME * pitch + place] == numbers[COMPLETED]:
        _add_moment(sums.moments, land.numbers, land.sources[i, COMPLETIONS], leave)
    gone = leave if leave >= 0 else numbers[HORIZON]
    _add_interval(books.hours, land.numbers, land.sources[i, INSIDE], arrival, gone)
    sums.units[i, 0] += arrival < numbers[WINDOW_END] and gone >= numbers[WINDOW_END]
    enters = _tick(seen.ticks, YARD_TICK * pitch + place, base)
    boards = _tick(seen.ticks, BOARDING_TICK * pitch + place, base)
    status = CARRIES if carries else 0
    if numbers[WINDOW] <= arrival < numbers[WINDOW_END]:
        status |= COUNTED
        sums.units[i, 1] += leave < 0
        sums.units[i, 2] += carries
        sums.units[i, 3] += 1
        if leave >= 0:
            status |= GUILTY if carries else INNOCENT
            sums.units[i, 4] += not carries
            _add_span(books.spans, land.sources[i, TIME], leave - arrival)
        if boards >= 0:
            _add_span(books.spans, land.sources[i, DWELL], boards - enters)
    if enters >= 0:
        row, till = land.sources[i, YARD], boards if boards >= 0 else numbers[HORIZON]
        _add_interval(books.hours, numbers, row, enters, till)
        _add_level((books.place, books.events), row - numbers[FIRST_LEVEL], enters, till, 0)
    block.base[number] = base
    block.status[number], block.ready[number], block.landing[number] = status, arrival, landing
    block.leave[number], block.inland[number], block.caught[number], block.node[number] = leave, -1, -1, i


@compiled
def _send(land: Land, seen: Seen, block: Block, stop: int, at: tuple[int, int]) -> None:
    """Let a unit of a source come to a stop, and begin to bring what the record tells of it there into the cache."""
    i, number = at
    waiting = stop - land.sources[i, FIRST]
    many = block.many[waiting]
    block.waiting[waiting, many] = number
    block.many[waiting] = many + 1
    kind, slot, place = land.stops[stop, KIND], land.stops[stop, SLOT], block.unit[number] - seen.first
    if kind == SERVE:
        for column in range(4):
            fetch(seen.ticks, (JOIN_TICKS + slot + column * seen.serves) * seen.pitch + place)
    elif kind == SELECT:
        fetch(seen.ratios, slot * seen.pitch + place)
        fetch(seen.flags, (SELECTED + slot) * seen.pitch + place)
        fetch(seen.flags, (SELECTED + seen.selects + slot) * seen.pitch + place)
    elif kind == ALARM:
        fetch(seen.flags, (SELECTED + 2 * seen.selects + slot) * seen.pitch + place)
    elif kind == TRAVEL:
        fetch(seen.durations, land.stops[stop, MARK] * len(seen.source) + block.unit[number])


@compiled
def _serve(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int, int]) -> int:
    """Count a unit of a source at a station; returns the next stop, -1 where it comes to none."""
    stops, horizon, (i, stop, number) = land.stops, land.numbers[HORIZON], at
    ready, is_counted, base = block.ready[number], block.status[number] & COUNTED, block.base[number]
    cell, column = (
        (JOIN_TICKS + stops[stop, SLOT]) * seen.pitch + block.unit[number] - seen.first,
        seen.serves * seen.pitch,
    )
    join, start = _tick(seen.ticks, cell, base), _tick(seen.ticks, cell + column, base)
    end, release = _tick(seen.ticks, cell + 2 * column, base), _tick(seen.ticks, cell + 3 * column, base)
    till = start if start >= 0 else horizon
    if 0 <= join < till:
        _add_interval(books.hours, land.numbers, stops[stop, QUEUE], join, till)
        _add_level((books.place, books.events), stops[stop, QUEUE] - land.numbers[FIRST_LEVEL], join, till, 0)
    if start >= 0:
        sums.busy[stops[stop, STATION]] += _clipped(land.numbers, start, end if end >= 0 else horizon)
        if is_counted:
            _add_span(books.spans, stops[stop, WAIT], start - ready)
    if is_counted and release >= 0:
        _add_span(books.spans, stops[stop, BLOCKED], release - end)
    if stops[stop, OUTSIDE] >= 0 and ready < till:
        sums.outside[stops[stop, OUTSIDE]] += _clipped(land.numbers, ready, till)
        row = land.numbers[FIRST_TAILBACK] + stops[stop, STATION]
        _add_level((books.place, books.events), row, ready, till, land.sources[i, CLASS])
    if stops[stop, LINE] >= 0:
        _pass_line(block.delay, block.status, stops[stop, LINE], number, end - ready if end >= 0 else 0)
    block.ready[number] = end
    return int(stops[stop, FOLLOWING]) if end >= 0 else -1


@compiled
def _decide_at(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int, int]) -> int:
    """Count a unit at a select or a ferry; returns the next stop, -1 where it comes to none."""
    stops, (_, stop, number) = land.stops, at
    status, slot, code, ratio = block.status[number], stops[stop, SLOT], 4 * stop, 0.0
    following = stops[stop, FOLLOWING]
    if stops[stop, KIND] == SELECT:
        cell = slot * seen.pitch + block.unit[number] - seen.first
        is_selected = seen.flags[SELECTED * seen.pitch + cell] == 1
        is_full = seen.flags[(SELECTED + seen.selects) * seen.pitch + cell] == 1
        code, ratio = code + is_selected + 2 * is_full, seen.ratios[cell]
        following = following if is_selected and not is_full else stops[stop, OTHERWISE]
        if status & COUNTED:
            sums.choices[stop, 0] += 1
            sums.choices[stop, 1] += is_selected
            sums.choices[stop, 2] += is_selected and is_full
        if stops[stop, LINE] >= 0:
            _pass_line(block.delay, block.status, stops[stop, LINE], number, 0)
    else:
        block.ready[number] = block.landing[number]
        following = following if block.landing[number] >= 0 else -1
    if status & INNOCENT:
        block.node[number] = _decide(books, block.node[number], code, ratio)
    return int(following)


@compiled
def _alarm(land: Land, seen: Seen, sums: Sums, block: Block, at: tuple[int, int, int]) -> int:
    """Count a unit at an alarm; returns the next stop."""
    stops, (_, stop, number) = land.stops, at
    status = block.status[number]
    row = SELECTED + 2 * seen.selects + stops[stop, SLOT]
    is_alarmed = seen.flags[row * seen.pitch + block.unit[number] - seen.first] == 1
    if status & COUNTED:
        innocent = (status & CARRIES) == 0
        sums.answers[stop, 0] += 1
        sums.answers[stop, 1] += is_alarmed
        sums.answers[stop, 2] += innocent
        sums.answers[stop, 3] += is_alarmed and innocent
    if is_alarmed and stops[stop, IS_SEARCH]:
        block.caught[number] = stop
    return int(stops[stop, FOLLOWING] if is_alarmed else stops[stop, OTHERWISE])


@compiled
def _travel(land: Land, seen: Seen, block: Block, at: tuple[int, int, int]) -> int:
    """Let a unit travel; returns the next stop, -1 where it does not come there in time."""
    _, stop, number = at
    ready, landing = block.ready[number], block.landing[number]
    if block.inland[number] < 0 and landing >= 0 and ready >= landing:
        block.inland[number] = ready
    ready += seen.durations[land.stops[stop, MARK] * len(seen.source) + block.unit[number]]
    block.ready[number] = ready
    return int(land.stops[stop, FOLLOWING]) if ready < land.numbers[HORIZON] else -1


@compiled
def _leave(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Close with a unit: count delays, finds and its way."""
    i, number = at
    status, lines = block.status[number], len(block.delay)
    ashore = block.inland[number] if block.inland[number] >= 0 else block.leave[number]
    if status & COUNTED and ashore >= 0:
        _add_span(books.spans, land.sources[i, CROSSING], ashore - seen.arrival[block.unit[number]])
    if status & PASSED:
        total = 0
        for line in range(lines):
            ticks = block.delay[line, number]
            block.delay[line, number] = -1
            total += max(ticks, 0)
            if ticks >= 0 and status & (INNOCENT | GUILTY):
                _add_span(books.spans, land.delays[i, line], ticks)
        if status & (INNOCENT | GUILTY):
            _add_span(books.spans, land.sources[i, ALL_DELAYS], total)
    if status & INNOCENT:
        books.nodes[block.node[number], 2] += 1
    if status & GUILTY:
        level = seen.concealment[block.unit[number]]
        sums.guilty[i, level] += 1
        if seen.flags[OUTCOME * seen.pitch + block.unit[number] - seen.first] == land.numbers[REMOVED]:
            sums.removed[i, level] += 1
            if block.caught[number] >= 0:
                sums.caught[block.caught[number], level] += 1


@compiled
def _walk(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Let the units of a source that came to a stop pass it."""
    i, stop = at
    kind, here = land.stops[stop, KIND], stop - land.sources[i, FIRST]
    for n in range(block.many[here] if kind != EXIT else 0):
        number = block.waiting[here, n]
        following = -1
        if kind == SERVE:
            following = _serve(land, seen, sums, books, block, (i, stop, number))
        elif kind == ALARM:
            following = _alarm(land, seen, sums, block, (i, stop, number))
        elif kind == TRAVEL:
            following = _travel(land, seen, block, (i, stop, number))
        else:
            following = _decide_at(land, seen, sums, books, block, (i, stop, number))
        if following >= 0:
            _send(land, seen, block, following, (i, number))
    block.many[here] = 0


@compiled
def _by_source(seen: Seen, block: Block, span: tuple[int, int]) -> None:
    """Put the units of a block in order of sources; `starts` tells where those of each begin."""
    block.starts[:] = 0
    for u in range(span[0], span[1]):
        block.starts[seen.source[u] + 1] += 1
    for i in range(1, len(block.starts)):
        block.starts[i] += block.starts[i - 1]
    for u in range(span[0], span[1]):
        place = block.starts[seen.source[u]]
        block.unit[place] = u
        block.starts[seen.source[u]] = place + 1
        if u % LINE_UNITS == 0:
            for row in range(JOIN_TICKS):
                fetch(seen.ticks, row * seen.pitch + u - seen.first)
    for i in range(len(block.starts) - 1, 0, -1):
        block.starts[i] = block.starts[i - 1]
    block.starts[0] = 0


@_kept
def count_units(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, span: tuple[int, int]) -> int:
    """Count the units of a span; returns the first of those whose ways might not find room, or the end."""
    for start in range(span[0], span[1], BLOCK_UNITS):
        end = min(start + BLOCK_UNITS, span[1])
        if books.used[0] + (end - start) * land.numbers[DECISIONS] > len(books.nodes):
            return start
        _by_source(seen, block, (start, end))
        for i in range(len(land.sources)):
            here, behind = block.starts[i], block.starts[i + 1]
            if here == behind:
                continue
            first = land.sources[i, FIRST]
            for number in range(here, behind):
                _enter(land, seen, sums, books, block, (i, number))
                _send(land, seen, block, first, (i, number))
            for stop in range(first, land.sources[i, LAST]):
                if block.many[stop - first]:
                    _walk(land, seen, sums, books, block, (i, stop))
            for number in range(here, behind):
                _leave(land, seen, sums, books, block, (i, number))
    return span[1]


@compiled
def _change(event: int, length: Any) -> int:
    """How much a level rises: by the length of the class, or by 1; falls where a unit goes."""
    by = length[1][event & ((1 << CLASS_BITS) - 1)] if length[0] else 1
    return int(by if (event >> CLASS_BITS) & 1 else -by)


@_kept
def sweep(
    events: Ints, places: tuple[Ints, Ints], levels: Ints, until: tuple[int, int, int], tailback: tuple[int, Ints]
) -> None:
    """Follow each level through its sorted events, but for those from a tick on: these stay, at the front.

    The places are the first of each level, and one behind its last, which moves. The three ticks are the first of the
    window, after which a level counts, and with what it was then; that one; and the end of the window, from which on
    nothing counts. Levels from the first tailback on are lengths. At one tick those who go come first, so that no
    level is too high between two events.
    """
    window, end = (until[0] + 1) << (CLASS_BITS + 1), until[1] << (CLASS_BITS + 1)
    past = until[2] << (CLASS_BITS + 1)
    first, behind = places
    for row in range(len(first)):
        place, last = first[row], behind[row]
        if last > place:
            levels[row, IS_MET] = 1
        level, most, length = levels[row, LEVEL], levels[row, MOST], (row >= tailback[0], tailback[1])
        while place < last and events[place] < min(window, end):
            level += _change(events[place], length)
            place += 1
        if window <= end:
            most = max(most, level)
        while place < last and events[place] < end:
            level += _change(events[place], length)
            most = max(most, level)
            place += 1
        levels[row, LEVEL], levels[row, MOST] = level, most
        to = first[row]
        for rest in range(place, last):
            if events[rest] < past:
                events[to] = events[rest]
                to += 1
        behind[row] = to


@compiled
def _in_line(used: NDArray[Any], row: int, line: int) -> int:
    total = 0
    for number in range(line * BINS_OF_LINE, (line + 1) * BINS_OF_LINE):
        total += used[row, number]
    return total


@_kept
def pack_bins(
    spans: Ints, books: tuple[Any, Any], last: Ints, bins: NDArray[Any], counts: NDArray[Any], ends: Ints
) -> None:
    """Write the bins that occur one after the other, row by row, up to the `last` of each; `ends` tells where.

    The books are the bins and lines that were used. Spans of 0 have no bin in them: they are those that no other bin
    has. All bins are 0 afterwards.
    """
    place, (used, lines) = 0, books
    for row in range(len(last)):
        if spans[row, 0]:
            zeros = spans[row, 0]
            for line in range(last[row] // BINS_OF_LINE + 1):
                if lines[row, line]:
                    zeros -= _in_line(used, row, line)
            used[row, 0] = zeros
            lines[row, 0] = 1
            for line in range(last[row] // BINS_OF_LINE + 1):
                if lines[row, line]:
                    for number in range(line * BINS_OF_LINE, (line + 1) * BINS_OF_LINE):
                        # Written in any case, and written over where it is nothing.
                        bins[place] = number
                        counts[place] = used[row, number]
                        place += used[row, number] > 0
                        used[row, number] = 0
        ends[row] = place
