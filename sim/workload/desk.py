"""Memory that the compiled drawing works in: kept with the design of a network for its next replication."""

from collections.abc import Iterable
from itertools import accumulate
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arena import LINE_BYTES, lend
from sim.network.tables import Ints, Wholes

from .bundles import Arrivals, Block, Chunk, Doubts
from .design import Design
from .marking import CHUNK, LANES

_MOST_KEPT = 1 << 20
"""Units beyond which memory is given back, so that it does not lie about while a year of them is simulated."""
_SLACK = 16
"""One part in so many is added, so that the next replications find room."""


class Desk(NamedTuple):
    """Memory for one replication."""

    arrivals: Arrivals
    shift: int
    spans: Wholes
    """(spans,) of 2**shift ticks"""
    packed: Ints
    """(units,) as `Order.packed`"""
    block: Block
    doubts: Doubts


def desk_for(design: Design, factor: float, slack: float, block: int) -> Desk:
    """Take memory for a replication, or make some.

    Parameters
    ----------
    design : Design
    factor : float
        The highest of any day.
    slack : float
        As in `arriving.draw_gaps`.
    block : int
        Units of a block.
    """
    gaps, units = (
        int(most.sum * factor + slack * most.roots * sqrt(factor) + 2.0 * (slack + 1.0) * most.sources) + most.listed
        for most in (design.most_gaps, design.most_units)
    )
    try:
        desk: Desk = design.desks.pop()
    except IndexError:
        return _make(design, gaps, units, block)
    is_large = (
        gaps <= len(desk.arrivals.tick) and units <= len(desk.packed) and min(block, units) <= len(desk.block.identity)
    )
    return desk if is_large else _make(design, gaps, units, block)


def put_back(design: Design, desk: Desk) -> None:
    """Keep memory for the next replication."""
    if len(desk.packed) <= _MOST_KEPT:
        design.desks.append(desk)


def _make(design: Design, gaps: int, units: int, block: int) -> Desk:
    """Make memory; whatever a block draws may be in doubt, so little of that is ever touched."""
    gaps, units, sources = gaps + gaps // _SLACK, units + units // _SLACK, len(design.sources.group)
    size = min(block, units)
    most = design.durations * size
    shift = max(0, design.latest.bit_length() - units.bit_length())
    drawn, side, within, ticks = np.empty((4, CHUNK))
    return Desk(
        Arrivals(
            np.empty(len(design.rates.edge)),
            np.empty(sources + 1, np.int64),
            np.empty(sources, np.int64),
            np.empty(gaps),
            np.empty(gaps, np.int64),
        ),
        shift,
        np.empty((design.latest >> shift) + 1, np.int32 if units < 1 << 31 else np.int64),
        np.empty(units, np.int64),
        Block(
            np.zeros(2, np.int64),
            np.empty(design.groups + 1, np.int64),
            np.zeros(sources, np.int64),
            np.empty(sources, np.int64),
            np.empty(sources, np.int64),
            np.empty(size, np.uint64),
            np.empty(size + LANES, np.uint32),
            np.empty(size + LANES, np.uint64),
            Chunk(
                drawn,
                side,
                side.view(np.int64),
                within,
                np.empty(CHUNK, np.uint32),
                ticks,
                np.empty(CHUNK, np.int64),
            ),
        ),
        Doubts(np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most), np.empty(most)),
    )


def parts_of(name: str, parts: Iterable[tuple[int, np.dtype[Any]]], most: int) -> list[NDArray[Any]]:
    """Arrays of these lengths in memory that is used again, unless that is more than so many bytes.

    Each begins at a line of the cache.
    """
    parts = [*parts]
    ends = [*accumulate((-(-length * kind.itemsize // LINE_BYTES) * LINE_BYTES for length, kind in parts), initial=0)]
    whole = lend(name, ends[-1]) if ends[-1] <= most else np.empty(ends[-1], np.uint8)
    return [np.ndarray(length, kind, whole, at) for (length, kind), at in zip(parts, ends, strict=False)]
