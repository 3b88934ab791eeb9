"""Drawing with compiled code: arrivals, their order, and marks. Draws what numpy draws, to the last bit.

Nothing here takes a logarithm or an exponential: those are numpy's and scipy's, over buffers that are filled here. The
compiled functions make no arrays. No product is fused with a sum, so every machine rounds alike.
"""

from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.jit import compiled
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_SECOND

from .bundles import Block, Columns, Marks, Sources
from .streams import Keys

Function = TypeVar("Function", bound=Callable[..., Any])

# As in `streams`.
_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
_TICKS = float(TICKS_PER_SECOND)
DIGITS = 11
"""Bits of a tick that are sorted by at a time."""

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    """Compile a function that Python calls; all that is compiled in stands in these files."""
    digest = jit.digest_of([_HERE, _HERE.with_name("bundles.py"), _HERE.parents[1] / "units.py"])
    return jit.compiled_and_kept(function, f"drawing-{digest}", _HERE.parent)


@compiled
def _mixed(word: np.uint64) -> np.uint64:
    word ^= word >> _30
    word *= _FIRST
    word ^= word >> _27
    word *= _SECOND
    return word ^ (word >> _31)


@compiled
def _identity(name_key: np.uint64, number: int) -> np.uint64:
    return _mixed(np.uint64(number) * _GOLDEN + name_key)


@compiled
def _uniform(keys: Keys, stream: int, who: np.uint64) -> float:
    return np.float64(_mixed(_mixed(who + keys[stream, 0]) ^ keys[stream, 1]) >> _11) * _UNIT


@_kept
def cumulate(sources: Sources, factor: Floats, cumulative: Floats, sizes: Ints) -> None:
    """Add up the arrivals, batches of them, that are expected before each edge; and tell how many gaps to draw."""
    for i in range(len(sources.batch)):
        first, last, total = sources.edge_first[i], sources.edge_first[i + 1], 0.0
        if last > first:
            cumulative[first] = 0.0
            for edge in range(first + 1, last):
                total += sources.expected[edge] * factor[sources.day[edge]]
                cumulative[edge] = total / sources.batch[i]
            batches = cumulative[last - 1]
            sizes[i] = int(batches + 6 * sqrt(batches) + 16)


@_kept
def draw_gaps(sources: Sources, keys: Keys, first: Ints, uniforms: Floats) -> None:
    """Draw the uniforms of the gaps between arrivals, with a minus, source after source."""
    for i in range(len(first) - 1):
        name_key, start = sources.name_key[i], first[i]
        for number in range(first[i + 1] - start):
            uniforms[start + number] = -_uniform(keys, i, _identity(name_key, number))


@_kept
def arrive(sources: Sources, cumulative: Floats, first: Ints, gaps: Floats, ticks: Ints, counts: Ints) -> bool:
    """Add up gaps (with a minus) and read off the ticks, as `arrivals` does; tells whether there were enough."""
    for i in range(len(first) - 1):
        edge, last = sources.edge_first[i], sources.edge_first[i + 1] - 1
        if last < edge:
            continue
        time, place, total = 0.0, first[i], cumulative[last]
        while True:
            if place == first[i + 1]:
                return False
            time -= gaps[place]
            if not time < total:
                break
            while cumulative[edge + 1] <= time:
                edge += 1
            tick = sources.edge[edge]
            if cumulative[edge] != time:
                slope = (sources.edge[edge + 1] - tick) / (cumulative[edge + 1] - cumulative[edge])
                tick = slope * (time - cumulative[edge]) + tick
            ticks[place] = int(np.floor(tick))
            place += 1
        counts[i] = place - first[i]
    return True


@_kept
def spread(sources: Sources, first: Ints, ticks: Ints, starts: Ints, units: Columns) -> None:
    """Give each unit of a batch its tick, source after source, and each unit its source."""
    for i in range(len(sources.batch)):
        batch, is_drawn = sources.batch[i], sources.edge_first[i + 1] > sources.edge_first[i]
        for number in range(starts[i + 1] - starts[i]):
            unit = starts[i] + number
            units.of[unit] = i
            if is_drawn:
                units.tick[unit] = ticks[first[i] + number // batch]


@_kept
def sort_by_digits(
    shift: int, places: Ints, ticks: tuple[Ints, Ints], order: tuple[NDArray[Any], NDArray[Any]]
) -> None:
    """Sort by `DIGITS` bits of the ticks, keeping the order of equal ones; without a shift, from the first order on."""
    (before, after), (before_order, after_order) = ticks, order
    mask = (1 << DIGITS) - 1
    for digit in range(len(places)):
        places[digit] = 0
    for unit in range(len(before)):
        places[(before[unit] >> shift) & mask] += 1
    total = 0
    for digit in range(len(places)):
        here = places[digit]
        places[digit] = total
        total += here
    for unit in range(len(before)):
        tick = before[unit]
        digit = (tick >> shift) & mask
        place = places[digit]
        places[digit] = place + 1
        after[place] = tick
        after_order[place] = before_order[unit] if shift > 0 else unit


@compiled
def _group(sources: Sources, units: Columns, block: Block, span: tuple[int, int]) -> None:
    """Put the units of a block together by source, and identify them."""
    for i in range(len(block.first)):
        block.first[i] = 0
    for unit in range(span[0], span[1]):
        i = units.of[units.order[unit]]
        units.source[unit] = i
        units.vehicle_class[unit] = sources.vehicle_class[i]
        block.first[i + 1] += 1
    for i in range(len(sources.batch)):
        block.first[i + 1] += block.first[i]
        block.place[i] = block.first[i]
    for unit in range(span[0], span[1]):
        i = units.source[unit]
        place = block.place[i]
        block.place[i] = place + 1
        block.unit[place] = unit
        block.who[place] = np.uint64(units.order[unit] - units.start[i])
    for i in range(len(sources.batch)):
        for place in range(block.first[i], block.first[i + 1]):
            block.who[place] = _mixed(block.who[place] * _GOLDEN + sources.name_key[i])


@compiled
def _threaten(sources: Sources, marks: Marks, units: Columns, block: Block) -> None:
    """Draw who carries a violation, and how well it is hidden."""
    levels = sources.level.shape[1]
    for i in range(len(sources.batch)):
        first, last = block.first[i], block.first[i + 1]
        for place in range(first, last):
            block.drawn[place] = _uniform(marks.keys, marks.carries, block.who[place])
        for place in range(first, last):
            units.carries[block.unit[place]] = block.drawn[place] < sources.prevalence[i]
        if levels > 1:
            for place in range(first, last):
                u, level = _uniform(marks.keys, marks.carries + 1, block.who[place]), 0
                while level < sources.last_level[i] and sources.level[i, level] <= u:
                    level += 1
                units.concealment[block.unit[place]] = level


@compiled
def _draw_uniforms(marks: Marks, units: Columns, block: Block) -> None:
    for run in range(marks.first_law):
        i, row, stream = marks.source[run], marks.row[run], marks.stream[run]
        first, last = block.first[i], block.first[i + 1]
        for place in range(first, last):
            block.drawn[place] = _uniform(marks.keys, stream, block.who[place])
        for place in range(first, last):
            units.uniform[row, block.unit[place]] = block.drawn[place]


@_kept
def draw_block(sources: Sources, marks: Marks, units: Columns, block: Block, span: tuple[int, int]) -> None:
    """Draw all marks of units in a row but the durations; of these the uniforms, run after run."""
    _group(sources, units, block, span)
    _threaten(sources, marks, units, block)
    _draw_uniforms(marks, units, block)
    end = 0
    for run in range(marks.first_law, len(marks.source)):
        i, stream = marks.source[run], marks.stream[run]
        first, last = block.first[i], block.first[i + 1]
        block.begin[run] = end
        for place in range(first, last):
            block.law[end + place - first] = _uniform(marks.keys, stream, block.who[place])
        end += last - first
    block.begin[len(marks.source)] = end


@_kept
def scale_normals(marks: Marks, block: Block) -> None:
    """Turn standard normals, in place of seconds, into logarithms of a lognormal duration over its mean."""
    for run in range(marks.first_law, marks.first_other):
        slope, shift = marks.slope[run], marks.shift[run]
        for place in range(block.begin[run], block.begin[run + 1]):
            block.law[place] = slope * block.seconds[place] - shift


@_kept
def put_durations(marks: Marks, units: Columns, block: Block) -> None:
    """Round durations to ticks of at least 1, and put each where it belongs; lognormal ones times their mean."""
    for run in range(marks.first_law, len(marks.source)):
        i, row, mean = marks.source[run], marks.row[run], marks.mean[run]
        begin, first = block.begin[run], block.first[i]
        for number in range(block.begin[run + 1] - begin):
            ticks = np.rint(mean * block.seconds[begin + number] * _TICKS)
            units.duration[row, block.unit[first + number]] = max(1, int(ticks))
