"""Units come, and what the workload says of those that come soon is fetched from far memory."""

from typing import Any

from numpy.typing import NDArray

from .fields import COLUMN, HELD, ITEM, LINE_UNITS, NEXT_UNIT, NODE, OUTCOME_ROW
from .jit import compiled, compiled_apart, fetch
from .world import Land, Marks, cell

BLANK_UNITS = 512
"""Units whose record is made blank at a time: it is still near when they come, and memory is written once."""
_AHEAD = 8 * LINE_UNITS
"""How many units ahead."""
_LINE_BYTES = 8 * LINE_UNITS


@compiled
def arrive(land: Land, marks: Marks, unit: int) -> None:
    """Let the next unit come."""
    land.memory[NEXT_UNIT] = unit + 1
    land.items[ITEM * unit + HELD] = -1
    land.items[ITEM * unit + NODE] = -1
    if unit % BLANK_UNITS == 0:
        _blank(land, marks, unit)
    if unit % LINE_UNITS == 0:
        units = len(marks.arrivals)
        _look_ahead(marks.uniforms, unit + _AHEAD, units)
        if unit % (_LINE_BYTES // land.durations.itemsize) == 0:
            _look_ahead(land.durations, unit + _AHEAD, units)


@compiled_apart
def _blank(land: Land, marks: Marks, unit: int) -> None:
    """Note that nothing was seen yet of a unit and of those behind it."""
    length = land.memory[COLUMN]
    count = min(BLANK_UNITS, length - unit)
    for first in range(unit, len(land.ticks), length):
        _fill(land.ticks[first : first + count], -1)
    for first in range(unit, len(marks.ratios), length):
        _fill(marks.ratios[first : first + count], -1)
    for first in range(unit, len(marks.flags), length):
        _fill(marks.flags[first : first + count], -1)
    first = OUTCOME_ROW * length + unit
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
