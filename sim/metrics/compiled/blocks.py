"""Which units of a block count, in order of their sources."""

from sim.jit import compiled, fetch
from sim.metrics.bundles import Block, Books, Land, Seen

from .columns import (
    BLOCK_BITS,
    EXIT_TICK,
    FIRST_LEVEL,
    IS_MET,
    LINE_UNITS,
    UNIT_TICKS,
    WINDOW,
    WINDOW_END,
    YARD,
    YARD_TICK,
)
from .doors import tick_at


@compiled
def _is_apart(land: Land, seen: Seen, u: int, base: int) -> bool:
    """Tell whether nothing of a unit lies in the window: it left before, or came after."""
    leave = tick_at(seen.ticks, EXIT_TICK * seen.pitch + u - seen.first, base)
    return bool(0 <= leave < land.numbers[WINDOW] or seen.arrival[u] >= land.numbers[WINDOW_END])


@compiled
def by_source(land: Land, seen: Seen, books: Books, block: Block, span: tuple[int, int]) -> None:
    """Put those units of a block that count in order of sources; `starts` tells where those of each begin."""
    block.starts[:] = 0
    many, line = 0, -1
    for u in range(span[0], span[1]):
        i = seen.source[u]
        if not _is_apart(land, seen, u, seen.base[u >> BLOCK_BITS]):
            block.ready[many] = u
            block.starts[i + 1] += 1
            many += 1
        elif seen.ticks[YARD_TICK * seen.pitch + u - seen.first] >= 0:
            books.levels[land.sources[i, YARD] - land.numbers[FIRST_LEVEL], IS_MET] = 1
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
