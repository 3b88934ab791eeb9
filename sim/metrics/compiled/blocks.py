"""Which units of a block count, in order of their sources."""

from sim.jit import compiled, fetch
from sim.metrics.bundles import Block, Books, Land, Seen

from .columns import (
    BLOCK_BITS,
    EXIT_TICK,
    FIRST_LEVEL,
    HORIZON,
    IS_MET,
    JOIN,
    LINE_UNITS,
    QUEUE,
    SLOT,
    START,
    TAIL,
    UNIT_TICKS,
    VISIT,
    WINDOW,
    WINDOW_END,
    YARD,
    YARD_TICK,
)
from .doors import tick_at


@compiled
def _look(land: Land, seen: Seen, books: Books, at: tuple[int, int, int]) -> None:
    """Tell of a unit that was never there in the window only where nobody has been met before."""
    (i, u, base), pitch = at, seen.pitch
    yard, n = land.sources[i, YARD] - land.numbers[FIRST_LEVEL], 0
    if not books.levels[yard, IS_MET] and seen.ticks[YARD_TICK * pitch + u - seen.first] >= 0:
        books.levels[yard, IS_MET] = 1
    while n < books.open[i, 0]:
        stop = books.open[i, n + 1]
        queue = land.stops[stop, QUEUE] - land.numbers[FIRST_LEVEL]
        if books.levels[queue, IS_MET]:
            books.open[i, n + 1] = books.open[i, books.open[i, 0]]
            books.open[i, 0] -= 1
            continue
        cell = VISIT * (land.stops[stop, SLOT] * pitch + u - seen.first)
        if seen.visits[cell + JOIN] >= 0:
            start = tick_at(seen.visits, cell + START, base)
            if seen.visits[cell + JOIN] + base < (start if start >= 0 else land.numbers[HORIZON]):
                books.levels[queue, IS_MET] = 1
        n += 1


@compiled
def _is_apart(land: Land, seen: Seen, books: Books, at: tuple[int, int, int]) -> bool:
    """Tell whether nothing of a unit lies in the window, nor is it needed to see who was before its first station."""
    (_, u, base), tail = at, land.sources[at[0], TAIL]
    leave = tick_at(seen.ticks, EXIT_TICK * seen.pitch + u - seen.first, base)
    if 0 <= leave < land.numbers[WINDOW] or seen.arrival[u] >= land.numbers[WINDOW_END]:
        return bool(tail < 0 or books.levels[tail, IS_MET])
    return False


@compiled
def by_source(land: Land, seen: Seen, books: Books, block: Block, span: tuple[int, int]) -> None:
    """Put those units of a block that count in order of sources; `starts` tells where those of each begin."""
    block.starts[:] = 0
    many, line = 0, -1
    for u in range(span[0], span[1]):
        at = (seen.source[u], u, seen.base[u >> BLOCK_BITS])
        if _is_apart(land, seen, books, at):
            _look(land, seen, books, at)
        else:
            block.ready[many] = u
            block.starts[at[0] + 1] += 1
            many += 1
    for i in range(1, len(block.starts)):
        block.starts[i] += block.starts[i - 1]
    for n in range(many):
        u = block.ready[n]
        place = block.starts[seen.source[u]]
        block.unit[place] = u
        block.starts[seen.source[u]] = place + 1
        if u // LINE_UNITS != line:
            line = u // LINE_UNITS
            for row in range(UNIT_TICKS):
                fetch(seen.ticks, row * seen.pitch + u - seen.first)
    for i in range(len(block.starts) - 1, 0, -1):
        block.starts[i] = block.starts[i - 1]
    block.starts[0] = 0
