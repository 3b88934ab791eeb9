"""Marks of units by compiled code: what `marks` draws with numpy, to the last bit, but for doubtful ticks.

Loops over a chunk do one thing each, so that the processor does several units at once; what is in between stays in its
nearest cache. The compiled functions make no arrays.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim import jit
from sim.jit import compiled

from . import mixing
from .bundles import Block, Columns, Doubts, Marks, Order, Sources
from .curves import DEGREE, HALVINGS, SIDE, SPLIT_BITS, TOLERANCE
from .mixing import draw, identity

Function = TypeVar("Function", bound=Callable[..., Any])

CHUNK = 1 << 8
"""Units drawn at a time."""
LANES = 1 << 3
"""Numbers that a processor works on at once; a chunk is drawn in whole ones."""
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
def _unpack(sources: Sources, order: Order, units: Columns, block: Block, first: int, last: int) -> None:
    """Tell tick, source, class and identity of the units of a block, and put the units together by group."""
    number_bits, all_bits = order.number_bits, order.number_bits + order.source_bits
    numbers, rows = (1 << number_bits) - 1, (1 << order.source_bits) - 1
    packed, tick, source = order.packed[first:last], units.tick[first:last], units.source[first:last]
    for k in range(len(packed)):
        tick[k] = packed[k] >> all_bits
        source[k] = (packed[k] >> number_bits) & rows
    for k in range(len(packed)):
        block.identity[k] = identity(sources.name_key[(packed[k] >> number_bits) & rows], packed[k] & numbers)
    vehicle_class = units.vehicle_class[first:last]
    for i in range(len(block.next)):
        block.begun[i] = block.next[i]
    for k in range(len(packed)):
        i = source[k]
        vehicle_class[k] = sources.vehicle_class[i]
        block.next[i] = 1 + (packed[k] & numbers)
    place = group = 0
    for i in sources.by_group:
        while group <= sources.group[i]:
            block.first[group] = place
            group += 1
        block.place[i] = place - block.begun[i]
        place += block.next[i] - block.begun[i]
    block.first[group] = place
    for k in range(len(packed)):
        block.unit[block.place[source[k]] + (packed[k] & numbers)] = k
    for i in range(len(block.next)):
        place, name, number = block.place[i], sources.name_key[i], block.begun[i]
        who = block.who[place + number : place + block.next[i]]
        for k in range(len(who)):
            who[k] = identity(name, number + k)


@compiled
def _threaten(sources: Sources, marks: Marks, units: Columns, block: Block, first: int, last: int) -> None:
    """Draw who carries a violation, and how well it is hidden."""
    levels = sources.level.shape[1]
    for begin in range(first, last, CHUNK):
        end = min(begin + CHUNK, last)
        source, carries, concealment = units.source[begin:end], units.carries[begin:end], units.concealment[begin:end]
        who = block.identity[begin - first : end - first]
        draw(marks.keys, marks.carries, who, block.drawn)
        for k in range(len(source)):
            carries[k] = block.drawn[k] < sources.prevalence[source[k]]
        if levels > 1:
            draw(marks.keys, marks.carries + 1, who, block.drawn)
            for k in range(len(source)):
                level, final = 0, sources.last_level[source[k]]
                while level < final and sources.level[source[k], level] <= block.drawn[k]:
                    level += 1
                concealment[k] = level
        else:
            concealment[:] = 0


@compiled
def _draw_uniforms(marks: Marks, units: Columns, block: Block, first: int, last: int) -> None:
    for row in range(len(units.uniform)):
        column = units.uniform[row, first:last]
        column[:] = 0.0
        for run in range(marks.first[row], marks.first[row + 1]):
            final = block.first[marks.end[run]]
            for begin in range(block.first[marks.begin[run]], final, CHUNK):
                size = min(CHUNK, final - begin)
                unit = block.unit[begin : begin + size]
                draw(marks.keys, marks.stream[run], block.who[begin : begin + _whole(size)], block.drawn)
                for k in range(size):
                    column[unit[k]] = block.drawn[k]


@compiled
def _whole(size: int) -> int:
    """Round up, so that no loop has a rest that is done one by one."""
    return (size + LANES - 1) & -LANES


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
        block.within[k] = np.float64(bits & _PART) * _WIDTH
    for k in range(size):
        segment, within = block.segment[k], block.within[k]
        value = curve[segment, DEGREE]
        for power in range(DEGREE - 1, -1, -1):
            value = value * within + curve[segment, power]
        block.ticks[k] = value * scale


@compiled
def _round(size: int, block: Block) -> int:
    """Round the ticks of a chunk; return how many are open."""
    count = 0
    for k in range(size):
        ticks = block.ticks[k]
        rounded = np.rint(ticks)
        is_sure = abs(ticks - rounded) < 0.5 - TOLERANCE * ticks
        block.rounded[k] = int(max(rounded if is_sure else 0.0, 1.0))
        count += 0 if is_sure else 1
    return count


@_kept
def draw_block(sources: Sources, marks: Marks, order: Order, units: Columns, block: Block, doubts: Doubts) -> int:
    """Draw all marks of the units of a block; return how many durations are in doubt."""
    first, last = block.span[0], block.span[1]
    _unpack(sources, order, units, block, first, last)
    _threaten(sources, marks, units, block, first, last)
    _draw_uniforms(marks, units, block, first, last)
    uniforms, number = len(units.uniform), 0
    for row in range(len(units.duration)):
        column = units.duration[row, first:last]
        column[:] = 0
        for run in range(marks.first[uniforms + row], marks.first[uniforms + row + 1]):
            final = block.first[marks.end[run]]
            for begin in range(block.first[marks.begin[run]], final, CHUNK):
                size = min(CHUNK, final - begin)
                unit = block.unit[begin : begin + size]
                draw(marks.keys, marks.stream[run], block.who[begin : begin + _whole(size)], block.drawn)
                _follow(marks, run, _whole(size), block)
                count = _round(_whole(size), block)
                for k in range(size):
                    column[unit[k]] = block.rounded[k]
                if count > 0:
                    for k in range(size):
                        ticks = block.ticks[k]
                        if not abs(ticks - np.rint(ticks)) < 0.5 - TOLERANCE * ticks:
                            doubts.curve[number], doubts.mean[number] = marks.curve[run], marks.mean[run]
                            doubts.place[number] = row * units.duration.shape[1] + first + unit[k]
                            doubts.drawn[number] = block.drawn[k]
                            number += 1
    return number
