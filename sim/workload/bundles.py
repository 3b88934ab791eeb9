"""The arrays that the compiled drawing runs on, in bundles."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Levels, Wholes

from .streams import Keys


class Sources(NamedTuple):
    """Sources of a network, I of them."""

    name_key: Keys
    """(I,) hash of the name"""
    prevalence: Floats
    """(I,)"""
    level: Floats
    """(I, L) shares of the concealment levels, added up"""
    last_level: Ints
    """(I,) last level with a share"""


class Rates(NamedTuple):
    """Pieces of the rates of sources."""

    batch: Ints
    """(I,) units of an arrival; 1 where arrivals are listed"""
    edge_first: Ints
    """(I + 1,) where the edges of each source begin; it has none if its arrivals are listed"""
    edge: Floats
    """(edges,) ticks"""
    expected: Floats
    """(edges,) units between the edge before and this one"""
    day: Ints
    """(edges,) day of that piece"""


class Arrivals(NamedTuple):
    """Arrivals, source after source; a batch is one."""

    first: Ints
    """(I + 1,) where each source begins; there is room for more than there are"""
    total: Ints
    """(I,) how many each has"""
    tick: Ints


class Marks(NamedTuple):
    """Runs: streams on the units of one source; those of one column follow each other, uniforms before durations."""

    keys: Keys
    """(streams, 2)"""
    carries: int
    """stream that decides who carries; the next decides the level"""
    first: Ints
    """(U + D + 1,) first run of each column"""
    source: Ints
    """(runs,)"""
    stream: Ints
    """(runs,) row of the keys"""
    curve: Ints
    """(runs,) row of the curves, of durations"""
    scale: Floats
    """(runs,) ticks of a duration whose curve is at 1"""
    curves: Floats
    """(curves, segments, PITCH) as `curves.Curve.segments`"""


class Order(NamedTuple):
    """Units of the replication, N of them, in order of arrival."""

    start: Ints
    """(I + 1,) first unit of each source, source after source"""
    number: NDArray[Any]
    """(N,) which of those each unit is"""
    rank: NDArray[Any]
    """(N,) the other way round: which unit each of those is"""
    tick: Ints
    source: Wholes


class Columns(NamedTuple):
    """What is drawn for them."""

    carries: Flags
    concealment: Levels
    duration: Wholes
    """(D, N)"""
    uniform: Floats
    """(U, N)"""


class Block(NamedTuple):
    """Units in a row, put together by source, and what is drawn for some of them at a time."""

    span: Ints
    """(2,) first unit, unit after the last"""
    first: Ints
    """(I + 1,) first place of each source"""
    next: Ints
    """(I,) number of the next unit of each source"""
    unit: NDArray[Any]
    """(places,) uint32, from the first of the block"""
    who: Keys
    """(places,) identity"""
    drawn: Floats
    """(CHUNK,) uniforms"""
    side: Floats
    """(CHUNK,) how far they are from 0 or 1, whichever is nearer"""
    side_bits: Ints
    """(CHUNK,) the same memory"""
    place: Floats
    """(CHUNK,) in the segment of the curve, from 0 to 1"""
    segment: NDArray[Any]
    """(CHUNK,) uint32, of the curve"""
    ticks: Floats
    """(CHUNK,)"""


class Doubts(NamedTuple):
    """Durations that a curve leaves open between two ticks."""

    run: NDArray[Any]
    """int32"""
    unit: NDArray[Any]
    """uint32, from the first of the block"""
    drawn: Floats
    """uniforms"""
