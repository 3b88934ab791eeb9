"""The arrays that the kernel runs on, in three bundles so that each function takes only those it needs."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.network.tables import Flags, Floats, Ints, Wholes
from sim.record.narrow import BLOCK_BITS

from .fields import ADDRESS, PLACE, ROW_A, VISIT
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
    ticks: NDArray[Any]
    """(rows * N,) `Narrow.ticks` of the record, one row after the other"""
    visits: NDArray[Any]
    """(rows * N * VISIT,) `Narrow.visits`"""
    base: Ints
    """(blocks,) `Narrow.base`"""
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


@compiled
def note_tick(land: Land, column: int, unit: int, tick: int) -> None:
    """Write a tick of a unit into the column that begins at `column`."""
    land.ticks[cell(column, unit)] = tick - land.base[(unit & ADDRESS) >> BLOCK_BITS]


@compiled
def note_visit(land: Land, step: int, unit: int, which: int, tick: int) -> None:
    """Write a tick of a unit's visit to the station of a step."""
    place = (VISIT * (land.memory[step + ROW_A] + unit) + which) & PLACE
    land.visits[place] = tick - land.base[(unit & ADDRESS) >> BLOCK_BITS]


@compiled
def noted_tick(land: Land, column: int, unit: int) -> int:
    """Read a tick that was written there."""
    tick: int = land.ticks[cell(column, unit)] + land.base[(unit & ADDRESS) >> BLOCK_BITS]
    return tick
