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
from sim.network.tables import Floats

from . import mixing
from .bundles import Block, Chunk, Columns, Doubts, Marks, Order, Sources
from .curves import DEGREE, HALVINGS, SIDE, SPLIT_BITS, TOLERANCE
from .mixing import draw, identity

Function = TypeVar("Function", bound=Callable[..., Any])

CHUNK = 1 << 8
"""Units drawn at a time."""
LANES = 1 << 3
"""Numbers that a processor works on at once; a chunk is drawn in so many, so that no rest is done one by one."""
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
        end = begin + CHUNK if last - begin > CHUNK else last
        source, carries, concealment = units.source[begin:end], units.carries[begin:end], units.concealment[begin:end]
        who = block.identity[begin - first : end - first]
        draw(marks.keys, marks.carries, who, block.chunk.drawn)
        for k in range(len(source)):
            carries[k] = block.chunk.drawn[k] < sources.prevalence[source[k]]
        if levels > 1:
            draw(marks.keys, marks.carries + 1, who, block.chunk.drawn)
            for k in range(len(source)):
                level, final = 0, sources.last_level[source[k]]
                while level < final and sources.level[source[k], level] <= block.chunk.drawn[k]:
                    level += 1
                concealment[k] = level
        else:
            for k in range(len(source)):
                concealment[k] = 0


@compiled
def _draw_uniforms(marks: Marks, units: Columns, block: Block, first: int, last: int) -> None:
    for row in range(len(units.uniform)):
        column = units.uniform[row, first:last]
        for k in range(len(column)):
            column[k] = 0.0
        for run in range(marks.first[row], marks.first[row + 1]):
            end = block.first[marks.end[run]]
            for begin in range(block.first[marks.begin[run]], end, CHUNK):
                size = CHUNK if end - begin > CHUNK else end - begin
                unit, whole = block.unit[begin : begin + size], (size + LANES - 1) & -LANES
                draw(marks.keys, marks.stream[run], block.who[begin : begin + whole], block.chunk.drawn)
                for k in range(size):
                    column[unit[k]] = block.chunk.drawn[k]


@compiled
def _follow(curve: Floats, scale: float, size: int, chunk: Chunk) -> int:
    """Turn the uniforms of a chunk into ticks by a curve, and round them; return how many it leaves open."""
    drawn, side, within, segment, ticks = chunk.drawn, chunk.side, chunk.within, chunk.segment, chunk.ticks
    for k in range(size):
        side[k] = drawn[k] if drawn[k] < 0.5 else 1.0 - drawn[k]
    for k in range(size):
        bits = chunk.side_bits[k]
        number = max((bits >> _SHIFT) - _LOWEST, 0)
        segment[k] = number + SIDE if drawn[k] >= 0.5 else number
        within[k] = np.float64(bits & _PART) * _WIDTH
    for k in range(size):
        row, place = segment[k], within[k]
        value = curve[row, DEGREE]
        for power in range(DEGREE - 1, -1, -1):
            value = value * place + curve[row, power]
        ticks[k] = value * scale
    count = 0
    for k in range(size):
        nearest = np.rint(ticks[k])
        is_sure = abs(ticks[k] - nearest) < 0.5 - TOLERANCE * ticks[k]
        chunk.rounded[k] = int(nearest if is_sure and nearest >= 1.0 else 1.0)
        count += 0 if is_sure else 1
    return count


@_kept
def draw_block(sources: Sources, marks: Marks, order: Order, units: Columns, block: Block, doubts: Doubts) -> int:
    """Draw all marks of the units of a block; return how many durations are in doubt."""
    first, last = block.span[0], block.span[1]
    _unpack(sources, order, units, block, first, last)
    _threaten(sources, marks, units, block, first, last)
    _draw_uniforms(marks, units, block, first, last)
    drawn, ticks, rounded = block.chunk.drawn, block.chunk.ticks, block.chunk.rounded
    uniforms, number = len(units.uniform), 0
    for row in range(len(units.duration)):
        column = units.duration[row, first:last]
        for k in range(len(column)):
            column[k] = 0
        for run in range(marks.first[uniforms + row], marks.first[uniforms + row + 1]):
            end = block.first[marks.end[run]]
            for begin in range(block.first[marks.begin[run]], end, CHUNK):
                size = CHUNK if end - begin > CHUNK else end - begin
                unit, whole = block.unit[begin : begin + size], (size + LANES - 1) & -LANES
                draw(marks.keys, marks.stream[run], block.who[begin : begin + whole], drawn)
                count = _follow(marks.curves[marks.curve[run]], marks.scale[run], whole, block.chunk)
                for k in range(size):
                    column[unit[k]] = rounded[k]
                for k in range(size if count > 0 else 0):
                    if not abs(ticks[k] - np.rint(ticks[k])) < 0.5 - TOLERANCE * ticks[k]:
                        doubts.curve[number], doubts.mean[number] = marks.curve[run], marks.mean[run]
                        doubts.place[number] = row * units.duration.shape[1] + first + unit[k]
                        doubts.drawn[number] = drawn[k]
                        number += 1
    return number
