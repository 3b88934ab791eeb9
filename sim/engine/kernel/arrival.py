"""Units come and go, and what the workload says of those that come soon is fetched from far memory."""

from typing import Any

from numpy.typing import NDArray

from sim.network import StepKind
from sim.record.narrow import BLOCK_UNITS

from .fields import (
    ADDRESS,
    COLUMN,
    EXIT,
    FOLLOWING,
    HELD,
    HORIZON,
    ITEM,
    KIND,
    LINE_UNITS,
    NEXT_UNIT,
    NODE,
    OUTCOME,
    TARGET,
    VISIT,
)
from .jit import compiled, compiled_apart, fetch
from .world import Land, Marks, cell, note_tick

_AHEAD = 8 * LINE_UNITS
"""How many units ahead."""
_LINE_BYTES = 8 * LINE_UNITS
_EXIT = int(StepKind.EXIT)


@compiled
def arrive(land: Land, marks: Marks, unit: int) -> None:
    """Let the next unit come."""
    land.memory[NEXT_UNIT] = unit + 1
    if unit % BLOCK_UNITS == 0:
        _blank(land, marks, unit)
    if unit % LINE_UNITS == 0:
        units = len(marks.arrivals)
        _look_ahead(marks.uniforms, unit + _AHEAD, units)
        if unit % (_LINE_BYTES // land.durations.itemsize) == 0:
            _look_ahead(land.durations, unit + _AHEAD, units)


@compiled
def go_out(land: Land, marks: Marks, unit: int, step: int, tick: int) -> None:
    """Let a unit leave the system by an exit."""
    note_tick(land, land.memory[EXIT], unit, tick)
    marks.flags[cell(land.memory[OUTCOME], unit)] = land.memory[step + TARGET]


@compiled
def is_out(land: Land, marks: Marks, unit: int, step: int, tick: int) -> bool:
    """Let a unit out ahead of time that only has an exit behind a step that ends at a tick; tell whether it has.

    Nobody meets a unit there, so that no event need wait for it. A note on an inspection must be closed when the unit
    goes, because policies learn from it.
    """
    following = land.memory[step + FOLLOWING] & ADDRESS
    if land.memory[following + KIND] != _EXIT or land.items[ITEM * unit + NODE] >= 0:
        return False
    if tick < land.memory[HORIZON]:
        go_out(land, marks, unit, following, tick)
    return True


@compiled_apart
def _blank(land: Land, marks: Marks, unit: int) -> None:
    """Note that nothing was seen yet of a unit and of those of its block behind it.

    Their columns are still near when they come, and memory is written once.
    """
    for one in range(unit, min(unit + BLOCK_UNITS, len(marks.arrivals))):
        land.items[ITEM * one + HELD] = -1
        land.items[ITEM * one + NODE] = -1
    length, outcome = land.memory[COLUMN], land.memory[OUTCOME] + unit
    place = outcome % length
    count = min(BLOCK_UNITS, length - place)
    for first in range(place, len(land.ticks), length):
        _fill(land.ticks[first : first + count], -1)
    for first in range(VISIT * place, len(land.visits), VISIT * length):
        _fill(land.visits[first : first + VISIT * count], -1)
    for first in range(place, len(marks.ratios), length):
        _fill(marks.ratios[first : first + count], -1)
    for first in range(place, len(marks.flags), length):
        _fill(marks.flags[first : first + count], -1)
    first = outcome
    _fill(marks.flags[first : first + count], 0)


@compiled
def _fill(places: NDArray[Any], value: int) -> None:
    for place in range(len(places)):
        places[place] = value


@compiled_apart
def _look_ahead(columns: NDArray[Any], unit: int, units: int) -> None:
    """Begin to fetch the columns of the units that share a line of the cache with one."""
    # NOTE few units come to most stations, so that the processor itself does not see what will be asked for next:
    # without this the kernel waits for memory a quarter of its time.
    for column in range(len(columns) // units):
        fetch(columns, cell(column * units, unit))
