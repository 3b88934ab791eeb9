"""Marks of units by compiled code: what `marks` draws with numpy, to the last bit, but for doubtful ticks.

Loops over a chunk do one thing each, so that the processor does several units at once; what is in between stays in its
nearest cache. The compiled functions make no arrays.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim import jit
from sim.jit import compiled
from sim.network.tables import Ints

from . import mixing
from .bundles import Block, Columns, Doubts, Marks, Sources
from .curves import DEGREE, HALVINGS, SIDE, SPLIT_BITS, TOLERANCE
from .mixing import draw, identity
from .streams import Keys

Function = TypeVar("Function", bound=Callable[..., Any])

CHUNK = 1 << 10
"""Units drawn at a time."""
_SHIFT = 52 - SPLIT_BITS
_PART = (1 << _SHIFT) - 1
_WIDTH = 2.0**-_SHIFT
_LOWEST = ((1022 - HALVINGS) << SPLIT_BITS) - 1
"""Leading bits of the distance before the first segment: those of 2**-(HALVINGS + 1), less 1."""

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    files = [_HERE, mixing.HERE, *(_HERE.with_name(name) for name in ("bundles.py", "curves.py"))]
    return jit.compiled_and_kept(function, f"marking-{jit.digest_of(files)}", _HERE.parent)


@compiled
def _gather(name_key: Keys, start: Ints, rank: NDArray[Any], block: Block, first: int, last: int) -> None:
    """Put the units of a block together by source, and identify them."""
    end = 0
    for i in range(len(name_key)):
        block.first[i] = end
        number, name = block.next[i], name_key[i]
        low, high = start[i] + number, start[i + 1]
        while low < high:  # ranks of one source rise: look for the first beyond the block
            middle = (low + high) // 2
            if rank[middle] < last:
                low = middle + 1
            else:
                high = middle
        block.next[i] = low - start[i]
        ranks = rank[start[i] + number : low]
        unit, who = block.unit[end : end + len(ranks)], block.who[end : end + len(ranks)]
        for k in range(len(ranks)):
            unit[k] = ranks[k] - first
            who[k] = identity(name, number + k)
        end += len(ranks)
    block.first[len(name_key)] = end


@compiled
def _threaten(sources: Sources, marks: Marks, units: Columns, block: Block, first: int, last: int) -> None:
    """Draw who carries a violation, and how well it is hidden."""
    carries, concealment = units.carries[first:last], units.concealment[first:last]
    levels = sources.level.shape[1]
    for i in range(len(sources.name_key)):
        prevalence, final = sources.prevalence[i], sources.last_level[i]
        for begin in range(block.first[i], block.first[i + 1], CHUNK):
            end = min(begin + CHUNK, block.first[i + 1])
            unit, who = block.unit[begin:end], block.who[begin:end]
            draw(marks.keys, marks.carries, who, block.drawn)
            for k in range(len(unit)):
                carries[unit[k]] = block.drawn[k] < prevalence
            if levels > 1:
                draw(marks.keys, marks.carries + 1, who, block.drawn)
                for k in range(len(unit)):
                    level = 0
                    while level < final and sources.level[i, level] <= block.drawn[k]:
                        level += 1
                    concealment[unit[k]] = level


@compiled
def _draw_uniforms(marks: Marks, units: Columns, block: Block, first: int, last: int) -> None:
    for row in range(len(units.uniform)):
        column = units.uniform[row, first:last]
        column[:] = 0.0
        for run in range(marks.first[row], marks.first[row + 1]):
            i = marks.source[run]
            for begin in range(block.first[i], block.first[i + 1], CHUNK):
                end = min(begin + CHUNK, block.first[i + 1])
                unit = block.unit[begin:end]
                draw(marks.keys, marks.stream[run], block.who[begin:end], block.drawn)
                for k in range(len(unit)):
                    column[unit[k]] = block.drawn[k]


@compiled
def _follow(marks: Marks, run: int, size: int, block: Block) -> None:
    """Turn the uniforms of a chunk into ticks, not yet rounded, by the curve of a run."""
    curve, scale = marks.curves[marks.curve[run]], marks.scale[run]
    for k in range(size):
        drawn = block.drawn[k]
        block.side[k] = min(drawn, 1.0 - drawn)
    for k in range(size):
        bits = block.side_bits[k]
        segment = max((bits >> _SHIFT) - _LOWEST, 0)
        block.segment[k] = segment + SIDE if block.drawn[k] >= 0.5 else segment
        block.place[k] = np.float64(bits & _PART) * _WIDTH
    for k in range(size):
        segment, place = block.segment[k], block.place[k]
        value = curve[segment, DEGREE]
        for power in range(DEGREE - 1, -1, -1):
            value = value * place + curve[segment, power]
        block.ticks[k] = value * scale


@_kept
def draw_block(
    sources: Sources, marks: Marks, order: tuple[Ints, NDArray[Any]], units: Columns, block: Block, doubts: Doubts
) -> int:
    """Draw all marks of the units of a block; return how many durations are in doubt."""
    start, rank = order
    first, last = block.span[0], block.span[1]
    _gather(sources.name_key, start, rank, block, first, last)
    _threaten(sources, marks, units, block, first, last)
    _draw_uniforms(marks, units, block, first, last)
    uniforms, number = len(units.uniform), 0
    for row in range(len(units.duration)):
        column = units.duration[row, first:last]
        column[:] = 0
        for run in range(marks.first[uniforms + row], marks.first[uniforms + row + 1]):
            i = marks.source[run]
            for begin in range(block.first[i], block.first[i + 1], CHUNK):
                end = min(begin + CHUNK, block.first[i + 1])
                unit = block.unit[begin:end]
                draw(marks.keys, marks.stream[run], block.who[begin:end], block.drawn)
                _follow(marks, run, len(unit), block)
                for k in range(len(unit)):
                    ticks = block.ticks[k]
                    rounded = np.rint(ticks)
                    is_sure = abs(ticks - rounded) < 0.5 - TOLERANCE * ticks
                    column[unit[k]] = max(1, int(rounded if is_sure else 0.0))
                    if not is_sure:
                        doubts.run[number], doubts.unit[number], doubts.drawn[number] = run, unit[k], block.drawn[k]
                        number += 1
    return number
