"""Records as the compiled engine writes them: ticks in 32 bits, counted from an arrival near by.

They are widened to the columns of `sim.record.columns` when somebody asks for one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.network.tables import Floats, Ints

BLOCK_BITS = 9
BLOCK_UNITS = 1 << BLOCK_BITS
"""So many units count their ticks from the arrival of the first of them."""

TICK_ROWS = ("yard_tick", "boarding_tick", "sailing", "landing_tick", "exit_tick")
"""Rows of `Narrow.ticks`, columns of the units."""
SERVE_COLUMNS = ("join_tick", "start_tick", "end_tick", "release_tick")
"""Ticks of a visit in `Narrow.visits`, side by side: whoever writes or reads one nearly always wants the others."""
FLAG_ROWS = ("outcome",)
"""First rows of `Narrow.flags`, columns of the units; those of the select rows follow, then those of the alarms."""
SELECT_FLAGS = ("is_selected", "is_full")


@dataclass(frozen=True, eq=False)
class Narrow:
    """The record's columns in rows; the first N places of a row are units."""

    ticks: NDArray[Any]
    """(`TICK_ROWS`, pitch) int32, or int64 where a unit stayed for more than 24 days: tick less the unit's base; -1:
    missing"""
    visits: NDArray[Any]
    """(serve rows, pitch, `SERVE_COLUMNS`) the same"""
    ratios: Floats
    """(select rows, pitch) `selects.ratio`"""
    flags: NDArray[Any]
    """(rows, pitch) int8"""
    base: Ints
    """(blocks,) arrival of the first unit of each block of `BLOCK_UNITS`, counted from the workload's first unit"""

    @property
    def pitch(self) -> int:
        """Places of a row: as many as there are units, or a few more."""
        return int(self.ticks.shape[1])

    def units(self, arrivals: Ints, first: int) -> "Widened":
        """Name the columns of units that come at these ticks, of which the first has that number in the workload."""
        return Widened(partial(self._units, arrivals), self.base, first, {"arrival_tick": arrivals})

    def serves(self, first: int, count: int) -> "Widened":
        """Name the columns of the stations."""
        return Widened(partial(self._serves, count), self.base, first)

    def selects(self, count: int) -> "Widened":
        """Name the columns of the selections."""
        return Widened(partial(self._selects, count), self.base, 0)

    def alarms(self, count: int) -> "Widened":
        """Name the columns of the alarms."""
        return Widened(partial(self._alarms, count), self.base, 0)

    def _units(self, arrivals: Ints) -> dict[str, NDArray[Any]]:
        count = len(arrivals)
        ticks = dict(zip(TICK_ROWS, self.ticks[:, :count], strict=False))
        return {"arrival_tick": arrivals} | ticks | dict(zip(FLAG_ROWS, self.flags[:, :count], strict=False))

    def _serves(self, count: int) -> dict[str, NDArray[Any]]:
        return dict(zip(SERVE_COLUMNS, self.visits[:, :count].transpose(2, 0, 1), strict=True))

    def _selects(self, count: int) -> dict[str, NDArray[Any]]:
        slots, first = len(self.ratios), len(FLAG_ROWS)
        flags = self.flags[first : first + len(SELECT_FLAGS) * slots].reshape(len(SELECT_FLAGS), slots, self.pitch)
        return {"ratio": self.ratios[:, :count]} | dict(zip(SELECT_FLAGS, flags[:, :, :count], strict=True))

    def _alarms(self, count: int) -> dict[str, NDArray[Any]]:
        return {"is_alarmed": self.flags[len(FLAG_ROWS) + len(SELECT_FLAGS) * len(self.ratios) :, :count]}


class Widened(Mapping[str, NDArray[Any]]):
    """Columns, found when one is first asked for; ticks are made int64 then, and kept so; others are as they are."""

    def __init__(
        self,
        find: Callable[[], Mapping[str, NDArray[Any]]],
        base: Ints,
        first: int,
        ready: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self._find = find
        self._base = base
        self._first = first
        self._wide = dict(ready or {})

    @cached_property
    def _narrow(self) -> Mapping[str, NDArray[Any]]:
        return self._find()

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column."""
        if name not in self._wide:
            self._wide[name] = self._widen(name)
        return self._wide[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the columns."""
        return iter(self._narrow)

    def __len__(self) -> int:
        """Count the columns."""
        return len(self._narrow)

    def _widen(self, name: str) -> NDArray[Any]:
        column = self._narrow[name]
        if column.dtype in (np.int8, np.float64):
            return column
        if name == "sailing":  # a number
            return column.astype(np.int64)
        units = np.arange(self._first, self._first + column.shape[-1])
        return np.where(column < 0, -1, column + self._base[units >> BLOCK_BITS])
