"""The arrays that the compiled counting runs on, in three bundles beside the sums."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Levels, Wholes


class Land(NamedTuple):
    """What does not depend on the replication; columns as in `compiled`."""

    stops: Ints
    """(E, columns of a stop)"""
    sources: Ints
    """(I, columns of a source)"""
    delays: Ints
    """(I, G) row of spans of each line"""
    first_ticks: Ints
    """`histogram.FIRST_TICKS`"""
    least_bin: NDArray[Any]
    """`histogram.LEAST_BIN`"""
    numbers: Ints


class Seen(NamedTuple):
    """Workload and a piece of a record."""

    first: int
    """number of the piece's first unit"""
    pitch: int
    """how far the rows of the record lie apart: a unit of a row stands at row * pitch + unit - first"""
    serves: int
    """rows of each column of the stations"""
    selects: int
    source: Wholes
    carries: Flags
    concealment: Levels
    durations: Wholes
    arrival: Ints
    base: Ints
    """what the ticks of each block of units are counted from"""
    ticks: NDArray[Any]
    """rows of `sim.record.narrow.Narrow`, one after the other; -1 missing"""
    ratios: Floats
    flags: NDArray[Any]


class Unit(NamedTuple):
    """The unit at hand."""

    number: int
    place: int
    """in a row of the record"""
    base: int
    """what its ticks are counted from"""
    source: int
    arrival: int
    landing: int
    leave: int
    carries: bool
    is_counted: bool
    """whether it arrived in the window"""
    is_innocent: bool
    """an innocent unit of the window that finished"""
    is_guilty: bool
    """a carrier of the window that finished"""


class Books(NamedTuple):
    """What is not a sum yet."""

    used: Ints
    """(1,) how many nodes there are"""
    bins: NDArray[Any]
    """(spans, lines * BINS_OF_LINE) number of spans in each bin, but for spans of 0"""
    lines: NDArray[Any]
    """(spans, lines) whether any of the bins of a line has been used"""
    hours: Ints
    """(hours, H + 1, 2) in each hour: ticks from each beginning to the end of the hour, less those from each end; and
    beginnings less ends"""
    place: Ints
    """(levels,) where the next event of a queue, a yard, a station's tailback goes"""
    events: Ints
    """tick, whether a unit comes, and its class, in one number"""
    table: NDArray[Any]
    """(power of 2,) hash table of nodes, -1 free"""
    nodes: Ints
    """(room, 3) the node before, 4 stop + answer, and how many units ended here; the first are the sources"""
    ratios: Floats
    """(room,)"""
    delay: Ints
    """(G + 1,) of the unit at hand by line, -1 where it has not passed it; the last tells whether it has passed any"""
