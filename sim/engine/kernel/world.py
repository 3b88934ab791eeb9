"""The arrays that the kernel runs on, in three bundles so that each function takes only those it needs."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Wholes

from .fields import PLACE
from .jit import compiled


class Land(NamedTuple):
    """Stations and events."""

    memory: Ints
    """All things but units; see `fields`."""
    items: NDArray[Any]
    """(N * ITEM,) int32: the units"""
    keys: Ints
    """(room,) events to come, by leaf; see `events`"""
    winners: NDArray[Any]
    """(2 * room,) int32: by node, the leaf below it whose event is earliest"""
    ticks: Ints
    """(rows * N,) the record's int64 columns, one after the other"""
    durations: Wholes
    """(D * N,) `Workload.duration_ticks`"""
    vehicle_class: Wholes
    """(N,)"""


class Sea(NamedTuple):
    """Ferries."""

    crossings: Ints
    """(T, room) crossing time of each ship that leaves a terminal, in order"""
    sailings: Ints
    """(room, SAILING_SIZE)"""
    stops: Flags
    """(C, T, B) `ClosureTable.stops`"""
    spaces: Flags
    """(C, T, B) `ClosureTable.spaces`"""
    headways: Ints
    """(C,) `ClosureTable.headway_ticks`"""


class Marks(NamedTuple):
    """Arrivals, selections and alarms."""

    arrivals: Ints
    """(N,) arrival ticks"""
    sources: Wholes
    """(N,)"""
    carries: Flags
    """(N,)"""
    levels: NDArray[Any]
    """(N,) int8"""
    uniforms: Floats
    """(U * N,)"""
    flags: NDArray[Any]
    """(rows * N,) the record's int8 columns"""
    ratios: Floats
    """(select slots * N,)"""
    chances: Floats
    """Ratios by hour, factors, probabilities of alarms; addresses stand in the memory."""
    notes: NDArray[Any]
    """(room, NOTE) int32: inspections whose answer a policy waits for"""


@compiled
def cell(column: int, unit: int) -> int:
    """Place of a unit in the column that begins at `column`."""
    return (column + unit) & PLACE
