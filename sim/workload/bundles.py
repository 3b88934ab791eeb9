"""The arrays that the compiled drawing runs on, in bundles."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Levels, Wholes

from .streams import Keys


class Sources(NamedTuple):
    """Sources of a network, I of them."""

    name_key: Keys
    """(I,) hash of the name"""
    vehicle_class: Wholes
    """(I,)"""
    group: Ints
    """(I,)"""
    by_group: Ints
    """(I,) rows of the sources, group after group"""
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
    listed_first: Ints
    """(I + 1,) where the listed arrivals of each source begin"""
    listed: Ints
    """Ticks of listed arrivals"""


class Starts(NamedTuple):
    """Starts of the rules that count, F of them."""

    stream: Ints
    """(F,) row of the keys"""
    who: Keys
    """(F,)"""
    drawn: Floats
    """(F,)"""


class Arrivals(NamedTuple):
    """Arrivals, source after source; a batch is one."""

    cumulative: Floats
    """(edges,) expected before each edge"""
    first: Ints
    """(I + 1,) where each source begins; there is room for more than there are"""
    counts: Ints
    """(I,) how many each has"""
    gaps: Floats
    """Between arrivals, with a minus; uniforms first"""
    tick: Ints


class Marks(NamedTuple):
    """Runs: streams on the units of some groups; those of one column follow each other, uniforms before durations."""

    keys: Keys
    """(streams, 2)"""
    carries: int
    """stream that decides who carries; the next decides the level"""
    first: Ints
    """(U + D + 1,) first run of each column"""
    begin: Ints
    """(runs,) first group"""
    end: Ints
    """(runs,) group after the last"""
    stream: Ints
    """(runs,) row of the keys"""
    curve: Ints
    """(runs,) row of the curves, of durations"""
    scale: Floats
    """(runs,) ticks of a duration whose curve is at 1"""
    mean: Floats
    """(runs,) seconds of such a duration"""
    curves: Floats
    """(curves, segments, PITCH) as `curves.Curve.segments`"""


class Order(NamedTuple):
    """Units of the replication in order of arrival: tick, source and number in it, packed into one number."""

    packed: Ints
    """(N,)"""
    number_bits: int
    source_bits: int


class Columns(NamedTuple):
    """Columns of the workload."""

    tick: Ints
    source: Wholes
    vehicle_class: Wholes
    carries: Flags
    concealment: Levels
    duration: Wholes
    """(D, N)"""
    uniform: Floats
    """(U, N)"""


class Chunk(NamedTuple):
    """What is drawn for some units at a time, CHUNK of them."""

    drawn: Floats
    """(CHUNK,) uniforms"""
    side: Floats
    """(CHUNK,) how far they are from 0 or 1, whichever is nearer"""
    side_bits: Ints
    """(CHUNK,) the same memory"""
    within: Floats
    """(CHUNK,) place in the segment of the curve, from 0 to 1"""
    segment: NDArray[Any]
    """(CHUNK,) uint32, of the curve"""
    ticks: Floats
    """(CHUNK,) not yet rounded"""
    rounded: Ints
    """(CHUNK,) 1 where it is open"""


class Block(NamedTuple):
    """Units in a row, put together by group, and what is drawn for some of them at a time."""

    span: Ints
    """(2,) first unit, unit after the last"""
    first: Ints
    """(G + 1,) first place of each group"""
    next: Ints
    """(I,) number of the next unit of each source"""
    begun: Ints
    """(I,) number of the first in the block"""
    place: Ints
    """(I,) where the unit of number 0 of each source would be"""
    identity: Keys
    """(units,)"""
    unit: NDArray[Any]
    """(places + LANES,) uint32, from the first of the block"""
    who: Keys
    """(places + LANES,) identity"""
    chunk: Chunk


class Doubts(NamedTuple):
    """Durations that a curve leaves open between two ticks."""

    place: Ints
    """in the column of durations, one row after the other"""
    curve: Ints
    mean: Floats
    """as `Marks.mean`"""
    drawn: Floats
    """uniforms"""
