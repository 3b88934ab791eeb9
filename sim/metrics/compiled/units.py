"""The walk: units of a block, source by source and stop by stop."""

from sim.jit import compiled
from sim.metrics.bundles import Block, Books, Land, Seen
from sim.metrics.counts import Sums

from .blocks import by_source
from .books import add_interval, add_level, add_moment, add_span, clipped, fill_bins
from .columns import (
    ALARM,
    ALL_DELAYS,
    ARRIVALS,
    BLOCK_BITS,
    BLOCK_UNITS,
    BLOCKED,
    BOARDING_TICK,
    CARRIES,
    CLASS,
    COMPLETED,
    COMPLETIONS,
    COUNTED,
    CROSSING,
    DECISIONS,
    DWELL,
    END,
    EXIT_TICK,
    FIRST,
    FIRST_LEVEL,
    FIRST_TAILBACK,
    FOLLOWING,
    GUILTY,
    HORIZON,
    INNOCENT,
    INSIDE,
    IS_MET,
    IS_SEARCH,
    JOIN,
    KIND,
    LANDING_TICK,
    LANDINGS,
    LAST,
    LINE,
    OTHERWISE,
    OUTCOME,
    OUTSIDE,
    QUEUE,
    RELEASE,
    REMOVED,
    SELECT,
    SELECTED,
    SERVE,
    START,
    STATION,
    TIME,
    TRAVEL,
    VISIT,
    WAIT,
    WINDOW,
    WINDOW_END,
    YARD,
    YARD_TICK,
)
from .doors import door_to, send, tick_at
from .jit import kept
from .nodes import decide


@compiled
def _enter(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Begin with a unit of a block: count arrival, landing, end and yard."""
    numbers, (i, number) = land.numbers, at
    u = block.unit[number]
    arrival, carries = seen.arrival[u], seen.carries[u]
    base, pitch, place = seen.base[u >> BLOCK_BITS], seen.pitch, u - seen.first
    landing = tick_at(seen.ticks, LANDING_TICK * pitch + place, base)
    leave = tick_at(seen.ticks, EXIT_TICK * pitch + place, base)
    add_moment(sums.moments, land.numbers, land.sources[i, ARRIVALS], arrival)
    add_moment(sums.moments, land.numbers, land.sources[i, LANDINGS], landing)
    if seen.flags[OUTCOME * pitch + place] == numbers[COMPLETED]:
        add_moment(sums.moments, land.numbers, land.sources[i, COMPLETIONS], leave)
    gone = leave if leave >= 0 else numbers[HORIZON]
    add_interval(books.hours, land.numbers, land.sources[i, INSIDE], arrival, gone)
    sums.units[i, 0] += arrival < numbers[WINDOW_END] and gone >= numbers[WINDOW_END]
    enters = tick_at(seen.ticks, YARD_TICK * pitch + place, base)
    boards = tick_at(seen.ticks, BOARDING_TICK * pitch + place, base)
    status = CARRIES if carries else 0
    if numbers[WINDOW] <= arrival < numbers[WINDOW_END]:
        status |= COUNTED
        sums.units[i, 1] += leave < 0
        sums.units[i, 2] += carries
        sums.units[i, 3] += 1
        if leave >= 0:
            status |= GUILTY if carries else INNOCENT
            sums.units[i, 4] += not carries
            add_span(books.spans, land.sources[i, TIME], leave - arrival)
        if boards >= 0:
            add_span(books.spans, land.sources[i, DWELL], boards - enters)
    if enters >= 0:
        row, till = land.sources[i, YARD], boards if boards >= 0 else numbers[HORIZON]
        add_interval(books.hours, numbers, row, enters, till)
        add_level((books.place, books.events), row - numbers[FIRST_LEVEL], enters, till, 0)
        books.levels[row - numbers[FIRST_LEVEL], IS_MET] = 1
    block.base[number] = base
    block.status[number], block.ready[number], block.landing[number] = status, arrival, landing
    block.leave[number], block.inland[number], block.caught[number], block.node[number] = leave, -1, -1, i


@compiled
def _serve(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Count the units of a source that came to a station."""
    stops, horizon, (i, stop) = land.stops, land.numbers[HORIZON], at
    place, _, first_cell = door_to(land, seen, i, stop)
    door = door_to(land, seen, i, stops[stop, FOLLOWING])
    queue, line = stops[stop, QUEUE], stops[stop, LINE]
    wait, blocked, outside = stops[stop, WAIT], stops[stop, BLOCKED], stops[stop, OUTSIDE]
    busy = 0
    for n in range(block.many[place]):
        number = 0 + block.waiting[place, n]
        ready, status, base = block.ready[number], block.status[number], block.base[number]
        cell = VISIT * (first_cell + block.unit[number])
        join, start = tick_at(seen.visits, cell + JOIN, base), tick_at(seen.visits, cell + START, base)
        end, release = tick_at(seen.visits, cell + END, base), tick_at(seen.visits, cell + RELEASE, base)
        till = start if start >= 0 else horizon
        if 0 <= join < till:
            add_interval(books.hours, land.numbers, queue, join, till)
            add_level((books.place, books.events), queue - land.numbers[FIRST_LEVEL], join, till, 0)
        if start >= 0:
            busy += clipped(land.numbers, start, end if end >= 0 else horizon)
            if status & COUNTED:
                add_span(books.spans, wait, start - ready)
        if status & COUNTED and release >= 0:
            add_span(books.spans, blocked, release - end)
        if outside >= 0 and ready < till:
            sums.outside[outside] += clipped(land.numbers, ready, till)
            row = land.numbers[FIRST_TAILBACK] + stops[stop, STATION]
            add_level((books.place, books.events), row, ready, till, land.sources[i, CLASS])
        if line >= 0 and status & (INNOCENT | GUILTY):
            block.delay[number, line] = max(block.delay[number, line], 0) + (end - ready if end >= 0 else 0)
        block.ready[number] = end
        if end >= 0:
            send(seen, block, door, (number, block.unit[number]))
    sums.busy[stops[stop, STATION]] += busy


@compiled
def _select(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Count the units of a source that came to a select."""
    stops, (i, stop) = land.stops, at
    place, _, first_cell = door_to(land, seen, i, stop)
    door, other = door_to(land, seen, i, stops[stop, FOLLOWING]), door_to(land, seen, i, stops[stop, OTHERWISE])
    line, counted, selected, full = stops[stop, LINE], 0, 0, 0
    for n in range(block.many[place]):
        number = 0 + block.waiting[place, n]
        status, unit = block.status[number], block.unit[number]
        cell = first_cell + unit
        is_selected = seen.flags[SELECTED * seen.pitch + cell] == 1
        is_full = seen.flags[(SELECTED + seen.selects) * seen.pitch + cell] == 1
        if status & COUNTED:
            counted += 1
            selected += is_selected
            full += is_selected and is_full
        if status & (INNOCENT | GUILTY) and line >= 0:
            block.delay[number, line] = max(block.delay[number, line], 0)
        if status & INNOCENT:
            code = 4 * stop + is_selected + 2 * is_full
            block.node[number] = decide(books, block.node[number], code, seen.ratios[cell])
        send(seen, block, door if is_selected and not is_full else other, (number, unit))
    sums.choices[stop, 0] += counted
    sums.choices[stop, 1] += selected
    sums.choices[stop, 2] += full


@compiled
def _alarm(land: Land, seen: Seen, sums: Sums, block: Block, at: tuple[int, int]) -> None:
    """Count the units of a source that came to an alarm."""
    stops, (i, stop) = land.stops, at
    place, _, cell = door_to(land, seen, i, stop)
    door, other = door_to(land, seen, i, stops[stop, FOLLOWING]), door_to(land, seen, i, stops[stop, OTHERWISE])
    for n in range(block.many[place]):
        number = 0 + block.waiting[place, n]
        status, unit = block.status[number], block.unit[number]
        is_alarmed = seen.flags[cell + unit] == 1
        if status & COUNTED:
            innocent = (status & CARRIES) == 0
            sums.answers[stop, 0] += 1
            sums.answers[stop, 1] += is_alarmed
            sums.answers[stop, 2] += innocent
            sums.answers[stop, 3] += is_alarmed and innocent
        if is_alarmed and stops[stop, IS_SEARCH]:
            block.caught[number] = stop
        send(seen, block, door if is_alarmed else other, (number, unit))


@compiled
def _travel(land: Land, seen: Seen, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Let the units of a source that came to a ferry or a way ashore get on."""
    i, stop = at
    place, kind, cell = door_to(land, seen, i, stop)
    door = door_to(land, seen, i, land.stops[stop, FOLLOWING])
    for n in range(block.many[place]):
        number = 0 + block.waiting[place, n]
        ready, landing, unit = block.ready[number], block.landing[number], block.unit[number]
        end = landing
        if kind == TRAVEL:
            if block.inland[number] < 0 and landing >= 0 and ready >= landing:
                block.inland[number] = ready
            end = ready + seen.durations[cell + unit]
        elif block.status[number] & INNOCENT:
            block.node[number] = decide(books, block.node[number], 4 * stop, 0.0)
        block.ready[number] = end
        if end >= 0 and (kind != TRAVEL or end < land.numbers[HORIZON]):
            send(seen, block, door, (number, unit))


@compiled
def _walk(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Let the units of a source that came to a stop pass it."""
    i, stop = at
    kind = land.stops[stop, KIND]
    if kind == SERVE:
        _serve(land, seen, sums, books, block, at)
    elif kind == SELECT:
        _select(land, seen, sums, books, block, at)
    elif kind == ALARM:
        _alarm(land, seen, sums, block, at)
    else:
        _travel(land, seen, books, block, at)
    block.many[stop - land.sources[i, FIRST]] = 0


@compiled
def _leave(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, at: tuple[int, int]) -> None:
    """Close with a unit: count delays, finds and its way."""
    i, number = at
    status = block.status[number]
    ashore = block.inland[number] if block.inland[number] >= 0 else block.leave[number]
    if status & COUNTED and ashore >= 0:
        add_span(books.spans, land.sources[i, CROSSING], ashore - seen.arrival[block.unit[number]])
    if status & (INNOCENT | GUILTY):
        total = -1
        for n in range(land.lines[i, 0]):
            line = land.lines[i, n + 1]
            ticks = block.delay[number, line]
            if ticks >= 0:
                block.delay[number, line] = -1
                total = max(total, 0) + ticks
                add_span(books.spans, land.delays[i, line], ticks)
        if total >= 0:
            add_span(books.spans, land.sources[i, ALL_DELAYS], total)
    if status & INNOCENT:
        books.nodes[block.node[number], 2] += 1
    if status & GUILTY:
        level = seen.concealment[block.unit[number]]
        sums.guilty[i, level] += 1
        if seen.flags[OUTCOME * seen.pitch + block.unit[number] - seen.first] == land.numbers[REMOVED]:
            sums.removed[i, level] += 1
            if block.caught[number] >= 0:
                sums.caught[block.caught[number], level] += 1


@kept
def count_units(land: Land, seen: Seen, sums: Sums, books: Books, block: Block, span: tuple[int, int]) -> int:
    """Count the units of a span; returns the first of those whose ways might not find room, or the end."""
    for start in range(span[0], span[1], BLOCK_UNITS):
        end = min(start + BLOCK_UNITS, span[1])
        if books.used[0] + (end - start) * land.numbers[DECISIONS] > len(books.nodes):
            return start
        by_source(land, seen, books, block, (start, end))
        for i in range(len(land.sources)):
            here, behind = block.starts[i], block.starts[i + 1]
            if here == behind:
                continue
            first = land.sources[i, FIRST]
            door = door_to(land, seen, i, first)
            for number in range(here, behind):
                _enter(land, seen, sums, books, block, (i, number))
                send(seen, block, door, (number, block.unit[number]))
            for stop in range(first, land.sources[i, LAST]):
                if block.many[stop - first]:
                    _walk(land, seen, sums, books, block, (i, stop))
            for number in range(here, behind):
                _leave(land, seen, sums, books, block, (i, number))
            fill_bins(books.spans)
    return span[1]
