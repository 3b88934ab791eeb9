"""How units come from stop to stop, and what the record tells of them there."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.jit import compiled, fetch
from sim.metrics.bundles import Block, Land, Seen

from .columns import (
    ALARM,
    EXIT,
    FIRST,
    KIND,
    MARK,
    SELECT,
    SELECTED,
    SERVE,
    SLOT,
    TRAVEL,
    VISIT,
)


@compiled
def tick_at(ticks: NDArray[Any], cell: int, base: int) -> int:
    """Tick in a cell of the record, -1 where it is missing."""
    tick = np.int64(ticks[cell])
    return int(tick + base) if tick >= 0 else -1


@compiled
def door_to(land: Land, seen: Seen, i: int, stop: int) -> tuple[int, int, int]:
    """Tell what it takes to send units of a source to a stop: its place, its kind, where the record tells of them."""
    if stop < 0:
        return 0, EXIT, 0
    kind, slot, place, cell = land.stops[stop, KIND], land.stops[stop, SLOT], stop - land.sources[i, FIRST], 0
    if kind in (SERVE, SELECT):
        cell = slot * seen.pitch - seen.first
    elif kind == ALARM:
        cell = (SELECTED + 2 * seen.selects + slot) * seen.pitch - seen.first
    elif kind == TRAVEL:
        cell = land.stops[stop, MARK] * len(seen.source)
    return place, kind, cell


@compiled
def send(seen: Seen, block: Block, door: tuple[int, int, int], at: tuple[int, int]) -> None:
    """Let a unit come to a stop, and begin to bring what the record tells of it there into the cache."""
    (place, kind, cell), (number, unit) = door, at
    if kind == EXIT:
        return
    many = block.many[place]
    block.waiting[place, many] = number
    block.many[place] = many + 1
    if kind == SERVE:
        fetch(seen.visits, VISIT * (cell + unit))
    elif kind == SELECT:
        fetch(seen.ratios, cell + unit)
        fetch(seen.flags, SELECTED * seen.pitch + cell + unit)
        fetch(seen.flags, (SELECTED + seen.selects) * seen.pitch + cell + unit)
    elif kind == ALARM:
        fetch(seen.flags, cell + unit)
    elif kind == TRAVEL:
        fetch(seen.durations, cell + unit)
