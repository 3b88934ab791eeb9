"""What is made of the entries: highest levels of queues, bins that occur."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.jit import compiled, fetch
from sim.metrics.bundles import Spans
from sim.network.tables import Ints, Wholes

from .columns import BINS_OF_LINE, CLASS_BITS, LEVEL, LINES_OF_WORD, MOST
from .jit import kept


@compiled
def _change(event: int, length: Any) -> int:
    """How much a level rises: by the length of the class, or by 1; falls where a unit goes."""
    by = length[1][event & ((1 << CLASS_BITS) - 1)] if length[0] else 1
    return int(by if (event >> CLASS_BITS) & 1 else -by)


@kept
def make_room(source: Wholes, visits: Ints, left: tuple[Ints, Ints], first: Ints, units: Ints) -> None:
    """Tell where the events of each level begin, behind what is left of the level before, and where the last end.

    A unit of a source brings two for each of its `visits`; (levels, I). What is left lies between the first and the
    second of the places of each level. `units` are zeros, (I, 2).
    """
    # Units of one source follow each other: two counts in turn, so that none waits for the one before.
    for u in range(len(source)):
        units[source[u], u & 1] += 1
    first[0] = 0
    for row in range(len(visits)):
        room = left[1][row] - left[0][row]
        for i in range(visits.shape[1]):
            room += 2 * visits[row, i] * (units[i, 0] + units[i, 1])
        first[row + 1] = first[row] + room


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


@kept
def close_hours(hours: Ints, edges: Ints, sums: Ints) -> None:
    """Add up the ticks within each hour, (hours, H): those from its events on, and whole hours of what went before."""
    for row in range(len(sums)):
        many = 0
        for hour in range(sums.shape[1]):
            sums[row, hour] = hours[row, hour, 0] + (edges[hour + 1] - edges[hour]) * many
            many += hours[row, hour, 1]


@compiled
def _pack_line(spans: Spans, line: int, first: int, into: tuple[NDArray[Any], NDArray[Any]], place: int) -> int:
    """Write the bins of a line that occur, less the first of its row, and blank the line; returns the next place."""
    bins, counts = into
    spans.lines[line] = 0
    # NOTE numbers without a sign: numba looks whether others are negative, each time.
    at, cell, one = np.uint64(place), np.uint64(line * BINS_OF_LINE), np.uint64(1)
    for number in range(line * BINS_OF_LINE - first, (line + 1) * BINS_OF_LINE - first):
        # Written in any case, and written over where it is nothing.
        bins[at] = number
        counts[at] = spans.bins[cell]
        at += np.uint64(spans.bins[cell] > 0)
        spans.bins[cell] = 0
        cell += one
    return int(np.int64(at))


@compiled
def _fetch_row(spans: Spans, row: int, words: int) -> None:
    """Begin to bring the bins of a row that were used into the cache."""
    for word in range(row * words, (row + 1) * words):
        if spans.words[word]:
            for line in range(word * LINES_OF_WORD, (word + 1) * LINES_OF_WORD):
                if spans.lines[line]:
                    fetch(spans.bins, line * BINS_OF_LINE)


@compiled
def _pack_row(spans: Spans, row: int, into: tuple[NDArray[Any], NDArray[Any]], first: int) -> int:
    """Write the bins of a row that occur; returns the next place."""
    (bins, counts), words = into, spans.width // BINS_OF_LINE // LINES_OF_WORD
    place, zeros = first + 1, spans.sums[row, 0]
    for word in range(row * words, (row + 1) * words):
        if spans.words[word]:
            for line in range(word * LINES_OF_WORD, (word + 1) * LINES_OF_WORD):
                if spans.lines[line]:
                    place = _pack_line(spans, line, row * spans.width, into, place)
    for at in range(first + 1, place):
        zeros -= counts[at]
    bins[first] = 0
    counts[first] = zeros
    if zeros:
        return place
    for at in range(first + 1, place):
        bins[at - 1] = bins[at]
        counts[at - 1] = counts[at]
    return place - 1


@kept
def pack_bins(spans: Spans, bins: NDArray[Any], counts: NDArray[Any], ends: Ints) -> None:
    """Write the bins that occur one after the other, row by row; `ends` tells where. All bins are 0 afterwards.

    Spans of 0 have no bin in the books: they are those that no other bin has.
    """
    for row in range(len(ends)):
        if row + 1 < len(ends):
            _fetch_row(spans, row + 1, spans.width // BINS_OF_LINE // LINES_OF_WORD)
        ends[row] = ends[row - 1] if row else 0
        if spans.sums[row, 0]:
            spans.sums[row, 2] = max(spans.sums[row, 2], 0)
            ends[row] = _pack_row(spans, row, (bins, counts), ends[row])
