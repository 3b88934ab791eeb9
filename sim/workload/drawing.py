"""Drawing with compiled code: room for units, and the calls in order. Draws what numpy draws, to the last bit."""

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Ints

from .arrivals import Days
from .arriving import arrive, cumulate, draw_gaps, sort
from .bundles import Arrivals, Block, Columns, Doubts, Order
from .design import Design, design_of
from .laws import quantile_ticks
from .marking import CHUNK, draw_block
from .streams import Keys, stream_keys
from .types import row_type

_MOST_LENT = 1 << 26
"""Bytes of a column that are used again."""
_BLOCK = 1 << 16
"""Units drawn at a time: a column of them stays in the cache."""


def draw_compiled(network: Network, key: tuple[int, int], days: Days) -> tuple[Order, Columns]:
    """Draw arrivals and marks with compiled code.

    Parameters
    ----------
    network : Network
    key : tuple of int
        Seed and replication.
    days : Days
        As drawn with the same key.

    Returns
    -------
    Order, Columns
    """
    design = design_of(network, days)
    keys = stream_keys(*key, design.names)
    arrivals = _arrivals(network, design, keys, days)
    order, units = _room(design, np.append(0, np.cumsum(arrivals.total * design.rates.batch)))
    _sort(design, arrivals, order)
    _draw_marks(design, keys, order, units)
    return order, units


def _arrivals(network: Network, design: Design, keys: Keys, days: Days) -> Arrivals:
    """Draw the arrivals of each source, or take those that are listed."""
    rates = design.rates
    cumulative, sizes = np.empty(len(rates.edge)), design.listed.copy()
    cumulate(rates, days.factor, cumulative, sizes)
    while True:
        first = np.append(0, np.cumsum(sizes))
        buffers = _memory("gaps", 24 * int(first[-1])).view(np.float64).reshape(3, -1)
        draw_gaps(design.sources.name_key, keys, first, buffers[0])
        np.log1p(buffers[0], out=buffers[1])
        ticks, counts = buffers[2].view(np.int64), design.listed.copy()
        if arrive(rates, cumulative, first, buffers[1], ticks, counts):
            break
        sizes[design.is_drawn] *= 2
    for i in np.flatnonzero(design.listed).tolist():
        ticks[first[i] : first[i + 1]] = network.sources.listed_ticks[i]
    return Arrivals(first, counts, ticks)


def _memory(name: str, size: int) -> NDArray[np.uint8]:
    """Memory that is used again, unless so much that it should not lie about while a year of units is simulated."""
    return lend(name, size) if size <= _MOST_LENT else np.empty(size, np.uint8)


def _room(design: Design, start: Ints) -> tuple[Order, Columns]:
    units = int(start[-1])
    numbers = np.int32 if units < 1 << 31 else np.int64
    durations = _memory("durations", design.durations * units * np.dtype(design.duration_type).itemsize)
    uniforms = _memory("uniforms", design.uniforms * units * 8)
    order = Order(
        start,
        np.empty(units, numbers),
        np.empty(units, numbers),
        np.empty(units, np.int64),
        np.empty(units, row_type(len(start) - 1)),
    )
    return order, Columns(
        np.empty(units, np.bool_),
        np.zeros(units, np.int8),
        durations.view(design.duration_type).reshape(design.durations, units),
        uniforms.view(np.float64).reshape(design.uniforms, units),
    )


def _sort(design: Design, arrivals: Arrivals, units: Order) -> None:
    """Put units in order of arrival."""
    shift = max(0, design.latest.bit_length() - len(units.tick).bit_length())
    places = np.zeros((design.latest >> shift) + 1, units.number.dtype)
    if not sort(design.rates.batch, arrivals, shift, places, units):
        _sort_plainly(design.rates.batch, arrivals, units)


def _sort_plainly(batches: Ints, arrivals: Arrivals, units: Order) -> None:
    """Put units in order of arrival with numpy."""
    ends = zip(arrivals.first.tolist(), arrivals.total.tolist(), batches.tolist(), strict=False)
    tick = np.concatenate([np.repeat(arrivals.tick[begin : begin + count], batch) for begin, count, batch in ends])
    source = np.repeat(np.arange(len(batches)), arrivals.total * batches)
    order = np.argsort(tick, kind="stable")
    units.number[:], units.rank[order] = order, np.arange(len(order))
    units.tick[:], units.source[:] = tick[order], source[order]


def _draw_marks(design: Design, keys: Keys, order: Order, units: Columns) -> None:
    """Draw all marks, block by block."""
    total = len(order.tick)
    blocks = -(-total // _BLOCK)
    if not blocks:
        return
    block, most = _block(design, -(-total // blocks)), int(design.most_doubts.max(initial=0)) * -(-total // blocks)
    doubts = Doubts(np.empty(most, np.int32), np.empty(most, np.uint32), np.empty(most))
    marks = design.marks._replace(keys=keys)
    for number in range(blocks):
        block.span[:] = number * total // blocks, (number + 1) * total // blocks
        count = draw_block(design.sources, marks, (order.start, order.rank), units, block, doubts)
        _settle(design, units, int(block.span[0]), Doubts(*(column[:count] for column in doubts)))


def _block(design: Design, size: int) -> Block:
    sources = len(design.sources.name_key)
    drawn, side, place, ticks = np.empty((4, CHUNK))
    return Block(
        np.zeros(2, np.int64),
        np.empty(sources + 1, np.int64),
        np.zeros(sources, np.int64),
        np.empty(size, np.uint32),
        np.empty(size, np.uint64),
        drawn,
        side,
        side.view(np.int64),
        place,
        np.empty(CHUNK, np.uint32),
        ticks,
    )


def _settle(design: Design, units: Columns, first: int, doubts: Doubts) -> None:
    """Let the laws decide what their curves leave open."""
    law = design.law[doubts.run]
    for number in {*law.tolist()}:
        here = law == number
        rows, places = design.rows[doubts.run[here]], doubts.unit[here].astype(np.int64) + first
        units.duration[rows, places] = quantile_ticks(doubts.drawn[here], *design.laws[number])
