"""The arrays that the compiled drawing runs on, in four bundles."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Levels, Wholes

from .streams import Keys


class Sources(NamedTuple):
    """Sources of a network, I of them, and the pieces of their rates."""

    name_key: Keys
    """(I,) hash of the name"""
    batch: Ints
    """(I,)"""
    vehicle_class: Ints
    """(I,)"""
    prevalence: Floats
    """(I,)"""
    level: Floats
    """(I, L) shares of the concealment levels, added up"""
    last_level: Ints
    """(I,) last level with a share"""
    edge_first: Ints
    """(I + 1,) where the edges of each source begin; it has none if its arrivals are listed"""
    edge: Floats
    """(edges,) ticks"""
    expected: Floats
    """(edges,) units between the edge before and this one"""
    day: Ints
    """(edges,) day of that piece"""


class Marks(NamedTuple):
    """Runs: streams on the units of one source; uniforms first, then lognormal durations, then others by law."""

    keys: Keys
    """(streams, 2)"""
    carries: int
    """stream that decides who carries; the next decides the level"""
    first_law: int
    """first run of a duration"""
    first_other: int
    """first run that is not lognormal"""
    source: Ints
    """(runs,)"""
    row: Ints
    """(runs,) of uniforms or of durations"""
    stream: Ints
    """(runs,) row of the keys"""
    mean: Floats
    """(runs,) seconds of a lognormal duration, 1 of others"""
    slope: Floats
    """(runs,) standard deviation of its logarithm"""
    shift: Floats
    """(runs,) half the variance of it"""


class Columns(NamedTuple):
    """Units of the replication, N of them."""

    start: Ints
    """(I + 1,) first unit of each source, source after source"""
    tick: Ints
    """(N,) source after source"""
    of: NDArray[Any]
    """(N,) source of each, source after source"""
    order: NDArray[Any]
    """(N,) which of those each unit is, in order of arrival, as all that follow"""
    source: Wholes
    vehicle_class: Wholes
    carries: Flags
    concealment: Levels
    duration: Wholes
    """(D, N)"""
    uniform: Floats
    """(U, N)"""


class Block(NamedTuple):
    """Units in a row, put together by source."""

    first: Ints
    """(I + 1,) first place of each source"""
    place: Ints
    """(I,) next place of each source"""
    unit: Ints
    """(places,)"""
    who: Keys
    """(places,) identity"""
    drawn: Floats
    """(places,) uniforms of one stream"""
    begin: Ints
    """(runs + 1,) where the durations of each run begin in the two that follow"""
    law: Floats
    """uniforms, then logarithms of lognormal durations"""
    seconds: Floats
    """normals, then durations, lognormal ones over their mean"""
