"""Drawing with compiled code: room for units, and the calls in order. Draws what numpy draws, to the last bit."""

from typing import Any

import numpy as np

from sim.network import Network
from sim.network.tables import Floats

from .arrivals import day_factors
from .arriving import arrive, draw_gaps
from .bundles import Columns, Doubts, Order, Starts
from .curves import SCALED
from .design import Design, design_of
from .desk import Desk, desk_for, parts_of, put_back
from .laws import quantile_ticks
from .marking import draw_block
from .streams import Keys, StreamKey, stream_keys, uniforms

_MOST_LENT = 1 << 26
"""Bytes of columns that are used again."""
_BLOCK = 1 << 16
"""Units drawn at a time: a column of them stays in the cache."""
_SLACK = 4.0
"""Standard deviations above what is expected that gaps are drawn for."""
_MOST_MOVES = 16
"""Moves a unit beyond which sorting by insertion is given up."""
_BITS = 63
_TICK, _FLAG, _LEVEL, _REAL = np.dtype(np.int64), np.dtype(np.bool_), np.dtype(np.int8), np.dtype(np.float64)


def draw_compiled(network: Network, key: tuple[int, int]) -> tuple[Columns, Floats] | None:
    """Draw arrivals, marks and starts with compiled code.

    Parameters
    ----------
    network : Network
    key : tuple of int
        Seed and replication.

    Returns
    -------
    Columns, ndarray of float64
        `Workload.start` is the second. None if tick, source and number of a unit may not fit into 63 bits: so long a
        simulation is drawn with numpy.
    """
    design = design_of(network)
    keys = stream_keys(*key, design.names)
    starts = design.starts._replace(drawn=np.empty(len(design.starts.who)))
    factor = day_factors(network, uniforms(StreamKey(*keys[design.day_stream]), design.day_who))
    desk, order, total = _arrive(design, keys, factor, starts)
    if order is None:
        return None
    units = _room(design, total)
    _draw_marks(design, keys, (desk, order), units)
    put_back(design, desk)
    return units, starts.drawn.reshape(design.starts_shape)


def _arrive(design: Design, keys: Keys, factor: Floats, starts: Starts) -> tuple[Desk, Order | None, int]:
    """Draw the arrivals of each source, or take those that are listed, and put them in order; and count units."""
    rates, slack, highest = design.rates, _SLACK, max(factor.tolist(), default=0.0)
    names, source_bits, latest_bits = (
        (design.sources.name_key, keys),
        len(rates.batch).bit_length(),
        design.latest.bit_length(),
    )
    while True:
        desk = desk_for(design, highest, slack, _BLOCK)
        arrivals = desk.arrivals
        number_bits = draw_gaps(rates, factor, slack, names, starts, arrivals).bit_length()
        if number_bits + source_bits + latest_bits > _BITS:
            return desk, None, 0
        drawn = arrivals.gaps[: arrivals.first[-1]]
        np.log1p(drawn, out=drawn)
        order = Order(desk.packed, number_bits, source_bits)
        units, is_sorted = arrive(rates, arrivals, (desk.shift, desk.spans), order, _MOST_MOVES)
        if units >= 0:
            break
        slack += _SLACK
    if not is_sorted:
        desk.packed[:units].sort()
    return desk, order, units


def _room(design: Design, units: int) -> Columns:
    """Lend memory for columns: uniforms apart, because a workload may be kept without them."""
    kinds = (_TICK, design.source_type, design.sources.vehicle_class.dtype, _FLAG, _LEVEL, design.duration_type)
    lengths = (units, units, units, units, units, design.durations * units)
    tick, source, vehicle_class, carries, concealment, durations = parts_of(
        "columns", zip(lengths, kinds, strict=True), _MOST_LENT
    )
    (uniforms,) = parts_of("uniforms", [(design.uniforms * units, _REAL)], _MOST_LENT)
    return Columns(
        tick,
        source,
        vehicle_class,
        carries,
        concealment,
        durations.reshape(design.durations, units),
        uniforms.reshape(design.uniforms, units),
    )


def _draw_marks(design: Design, keys: Keys, drawn: tuple[Desk, Order], units: Columns) -> None:
    """Draw all marks, block by block."""
    (desk, order), total = drawn, len(units.tick)
    blocks = -(-total // _BLOCK)
    block, doubts, marks = desk.block, desk.doubts, design.marks._replace(keys=keys)
    block.next[:] = 0
    for number in range(blocks):
        block.span[:] = number * total // blocks, (number + 1) * total // blocks
        count = draw_block(design.sources, marks, order, units, block, doubts)
        if count:
            _settle(design, units, _some(doubts, slice(count)))


def _some(doubts: Doubts, which: Any) -> Doubts:
    return Doubts(doubts.place[which], doubts.curve[which], doubts.mean[which], doubts.drawn[which])


def _settle(design: Design, units: Columns, doubts: Doubts) -> None:
    """Let the laws decide what their curves leave open."""
    curves = {*doubts.curve.tolist()}
    for curve in curves:
        mine = doubts if len(curves) == 1 else _some(doubts, doubts.curve == curve)
        family, law = design.shapes[curve]
        law = (mine.mean, *law[1:]) if family in SCALED else law
        units.duration.reshape(-1)[mine.place] = quantile_ticks(mine.drawn, family, law)
