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
    lines: Ints
    """(I, 1 + lines of a route) how many, and which, lines are on the route of a source"""
    numbers: Ints


class Seen(NamedTuple):
    """Workload and a piece of a record."""

    first: int
    """number of the piece's first unit"""
    pitch: int
    """how far the rows of the record lie apart: a unit of a row stands at row * pitch + unit - first"""
    selects: int
    source: Wholes
    carries: Flags
    concealment: Levels
    durations: Wholes
    """rows of all units, one after the other"""
    arrival: Ints
    base: Ints
    """what the ticks of each block of units are counted from"""
    ticks: NDArray[Any]
    """rows of `sim.record.narrow.Narrow`, one after the other; -1 missing"""
    visits: NDArray[Any]
    """the same, the ticks of a visit side by side"""
    ratios: Floats
    flags: NDArray[Any]


class Block(NamedTuple):
    """The units at hand, in order of their sources."""

    starts: Ints
    """(I + 1,) where the units of each source begin"""
    unit: Wholes
    """(units of a block,) number; what follows is of the same shape, of the source that is counted now"""
    base: Ints
    """what its ticks are counted from"""
    status: NDArray[Any]
    """bits of what is known of it"""
    ready: Ints
    """when it was ready for the next stop, -1: never"""
    landing: Ints
    leave: Ints
    inland: Ints
    """when it left its port of entry for a way ashore, -1: not"""
    caught: Wholes
    """stop whose search found it last, -1: none"""
    node: Wholes
    """of its way so far"""
    delay: Ints
    """(units of a block, G) by line, -1 where it has not passed it"""
    many: Ints
    """(stops of a source,) how many wait at each"""
    waiting: NDArray[Any]
    """(stops of a source, units of a block) place of each in the block"""


class Spans(NamedTuple):
    """Where spans are counted, and how their bins are found."""

    sums: Ints
    """`Sums.spans`"""
    width: int
    """bins of each row: whole lines"""
    bins: NDArray[Any]
    """(spans * width,) number of spans in each bin, row by row, but for spans of 0"""
    lines: NDArray[Any]
    """(spans * width / BINS_OF_LINE,) whether any of the bins of a line has been used"""
    words: Ints
    """the same lines, `LINES_OF_WORD` in one number"""
    waiting: Ints
    """(1,) how many spans are still to be added to the bins"""
    cells: NDArray[Any]
    """(most that wait,) the bins of those"""
    steps: Ints
    """`histogram.LEAST_BIN`, and in the bits above it the first ticks of the next bin"""
    shift: int
    """`histogram.SHIFT`"""
    one: int
    """`histogram.ONE`"""


class Books(NamedTuple):
    """What is not a sum yet."""

    used: Ints
    """(1,) how many nodes there are"""
    spans: Spans
    hours: Ints
    """(hours, H + 1, 2) in each hour: ticks from each beginning to the end of the hour, less those from each end; and
    beginnings less ends"""
    place: Ints
    """(levels,) where the next event of a queue, a yard, a station's tailback goes"""
    events: Ints
    """tick, whether a unit comes, and its class, in one number"""
    levels: Ints
    """(levels, 3) columns as in `compiled`"""
    table: NDArray[Any]
    """(power of 2,) hash table of nodes, -1 free"""
    nodes: Ints
    """(room, 3) the node before, 4 stop + answer, and how many units ended here; the first are the sources"""
    ratios: Floats
    """(room,)"""
