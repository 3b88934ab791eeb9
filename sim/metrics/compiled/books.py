"""Entries: spans, hours, levels, moments."""

import numpy as np

from sim.jit import compiled
from sim.metrics.bundles import Spans
from sim.network.tables import Ints

from .columns import BIN_BITS, BINS_OF_LINE, CLASS_BITS, WINDOW, WINDOW_END

_HOUR = 3_600_000


@compiled
def add_span(spans: Spans, row: int, ticks: int) -> None:
    """Note a span of time in a row, -1 none."""
    if row < 0:
        return
    spans.sums[row, 0] += 1
    if ticks > 0:
        spans.sums[row, 1] += ticks
        spans.sums[row, 2] = max(spans.sums[row, 2], ticks)
        # As in `histogram.bin_spans`.
        found = spans.steps[(np.float64(ticks).view(np.int64) >> spans.shift) - spans.one]
        place = (found & ((1 << BIN_BITS) - 1)) + (ticks >= (found >> BIN_BITS))
        waiting = spans.waiting[0]
        spans.cells[waiting] = row * spans.width + place
        spans.waiting[0] = waiting + 1


@compiled
def fill_bins(spans: Spans) -> None:
    """Add what waits for it to the bins: in one go, so that the processor waits for many of them at a time."""
    for n in range(spans.waiting[0]):
        cell = spans.cells[n]
        spans.bins[cell] += 1
        spans.lines[cell // BINS_OF_LINE] = 1
    spans.waiting[0] = 0


@compiled
def add_interval(hours: Ints, numbers: Ints, row: int, begin: int, end: int) -> None:
    """Note within the window, hour by hour, that a unit was somewhere from one tick to another."""
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
def clipped(numbers: Ints, begin: int, end: int) -> int:
    """Length of what an interval has in common with the window."""
    first, last = numbers[WINDOW], numbers[WINDOW_END]
    return int(min(max(end, first), last) - min(max(begin, first), last))


@compiled
def add_level(levels: tuple[Ints, Ints], row: int, begin: int, end: int, k: int) -> None:
    """Note that a level rises at a tick and falls at another; places of the levels, their events."""
    place, events = levels
    at = place[row]
    events[at] = ((2 * begin + 1) << CLASS_BITS) + k
    events[at + 1] = ((2 * end) << CLASS_BITS) + k
    place[row] = at + 2


@compiled
def add_moment(moments: Ints, numbers: Ints, row: int, tick: int) -> None:
    """Note in which hour of the window something happened."""
    if numbers[WINDOW] <= tick < numbers[WINDOW_END]:
        moments[row, (tick - numbers[WINDOW]) // _HOUR] += 1
