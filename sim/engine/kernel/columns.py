"""The record's columns as the kernel writes them: one after the other in memory that is used again.

They are a window on the units: those behind it have left, those ahead of it have not come. A window for all units
never moves.
"""

from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arena import LINE_BYTES, lend
from sim.network import Network
from sim.network.tables import Ints
from sim.record import BLOCK_UNITS, Narrow, Record
from sim.record.narrow import FLAG_ROWS, TICK_ROWS
from sim.workload import Workload

from . import fields as f

_OUTCOME = FLAG_ROWS.index("outcome")
_RATIO, _FLAG = np.dtype(np.float64), np.dtype(np.int8)
_LINE_UNITS = LINE_BYTES // np.dtype(np.int32).itemsize


class Window(NamedTuple):
    """Columns for some of the units."""

    narrow: Narrow
    first: int
    """The first of its units, a multiple of `BLOCK_UNITS`."""
    end: int
    """The first unit that it has no room for, or the number of all units."""

    def rows(self) -> tuple[NDArray[Any], ...]:
        """Return its blocks of rows: ticks, visits, ratios, flags."""
        return self.narrow.ticks, self.narrow.visits, self.narrow.ratios, self.narrow.flags


def make_window(network: Network, workload: Workload, first: int, room: int, dtype: np.dtype[Any]) -> Window:
    """Make columns for at least so many units from the first on, ticks of that type; the kernel blanks them.

    Columns begin at lines of the cache, and the same unit's places in them do not compete for one place in it: their
    length is an odd number of lines.
    """
    units = len(workload.arrival_tick)
    end = min(units, first + -(-room // BLOCK_UNITS) * BLOCK_UNITS)
    serves, selects, alarms = network.serves.count, network.selects.count, network.alarms.count
    pitch = _LINE_UNITS * (-(-(end - first) // _LINE_UNITS) | 1)
    kinds: tuple[tuple[int, np.dtype[Any]], ...] = (
        (len(TICK_ROWS), dtype),
        (serves * f.VISIT, dtype),
        (selects, _RATIO),
        (f.SELECT_ROWS + 2 * selects + alarms, _FLAG),
    )
    ends = [*accumulate((rows * pitch * kind.itemsize for rows, kind in kinds), initial=0)]
    memory = lend("record", ends[-1])
    ticks, visits, ratios, flags = (
        np.ndarray((rows, pitch), kind, memory, at) for (rows, kind), at in zip(kinds, ends, strict=False)
    )
    return Window(
        Narrow(
            ticks, visits.reshape(serves, pitch, f.VISIT), ratios, flags, workload.arrival_tick[::BLOCK_UNITS].copy()
        ),
        first,
        end,
    )


def copy_units(source: Window, target: Window) -> None:
    """Copy the columns of all units that both have room for; both may lie in the same memory."""
    first, end = max(source.first, target.first), min(source.end, target.end)
    for old, new in zip(source.rows(), target.rows(), strict=True):
        new[:, first - target.first : end - target.first] = old[:, first - source.first : end - source.first]


def with_rest(network: Network, workload: Workload, window: Window, came: int) -> Window:
    """Return a window up to the last unit, nothing seen of those that never came; the others are blanked already."""
    units = len(workload.arrival_tick)
    if window.end < units:
        larger = make_window(network, workload, window.first, units - window.first, window.narrow.ticks.dtype)
        copy_units(window, larger)
        window = larger
    start = -(-came // BLOCK_UNITS) * BLOCK_UNITS - window.first
    if start < window.narrow.pitch:
        for rows in window.rows():
            rows[:, start:] = -1
        window.narrow.flags[_OUTCOME, start:] = 0
    return window


def as_record(workload: Workload, window: Window, end: int, sailings: Ints) -> Record:
    """Name the rows of a window's units below `end`; columns are views, or made when they are asked for."""
    narrow, first, count = window.narrow, window.first, end - window.first
    arrivals = workload.arrival_tick[first:end]
    arrivals.flags.writeable = False
    return Record(
        narrow.units(arrivals, first),
        narrow.serves(first, count),
        narrow.selects(count),
        narrow.alarms(count),
        dict(zip(f.SAILING_COLUMNS, sailings.T, strict=True)),
        first,
        narrow,
    )
