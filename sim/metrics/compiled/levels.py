"""What is made of the entries: highest levels of queues, bins that occur."""

from typing import Any

from numpy.typing import NDArray

from sim.jit import compiled
from sim.network.tables import Ints

from .columns import BINS_OF_LINE, CLASS_BITS, LEVEL, MOST
from .jit import kept


@compiled
def _change(event: int, length: Any) -> int:
    """How much a level rises: by the length of the class, or by 1; falls where a unit goes."""
    by = length[1][event & ((1 << CLASS_BITS) - 1)] if length[0] else 1
    return int(by if (event >> CLASS_BITS) & 1 else -by)


@kept
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


@kept
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
