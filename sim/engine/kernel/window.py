"""How far the kernel may go in the columns that it has, and what becomes of them there.

Columns end in two ways: the next unit has no place in them, or a tick of the oldest unit inside does not fit into 32
bits. Both lie at ticks that are known before, where the loop stops; units that have left make room for others, and
columns of 64 bits take whatever comes.
"""

from typing import Any

import numpy as np

from sim.network import Network, StepKind
from sim.record import BLOCK_UNITS
from sim.record.narrow import FLAG_ROWS
from sim.workload import Workload

from .columns import Window, copy_units, make_window

_OUTCOME = FLAG_ROWS.index("outcome")
_NARROW: np.dtype[Any] = np.dtype(np.int32)
_WIDE: np.dtype[Any] = np.dtype(np.int64)
_LONGEST = int(np.iinfo(_NARROW).max)


def narrowest(network: Network, workload: Workload) -> np.dtype[Any]:
    """Return the type that ticks are written in as long as they fit: 64 bits where one step may take for weeks."""
    return _NARROW if network.horizon_tick <= _LONGEST or 2 * _ahead(network, workload) <= _LONGEST else _WIDE


def stop_tick(network: Network, workload: Workload, window: Window, oldest: int) -> int:
    """Return the first tick at which columns must be renewed, or the horizon; `oldest` is the oldest unit inside."""
    horizon = network.horizon_tick
    if window.end < len(workload.arrival_tick):
        horizon = min(horizon, int(workload.arrival_tick[window.end]))
    return min(horizon, _fitting_tick(network, workload, window, oldest))


def is_full(workload: Workload, window: Window, now: int) -> bool:
    """Tell whether the next unit to come has no place."""
    return window.end < len(workload.arrival_tick) and bool(workload.arrival_tick[window.end] <= now)


def first_inside(window: Window, oldest: int, came: int) -> int:
    """Return the first unit, from one on, that is still inside, or the next to come."""
    outcome = window.narrow.flags[_OUTCOME, oldest - window.first : came - window.first]
    return oldest + int(outcome.argmin()) if len(outcome) and outcome.min() == 0 else came


def next_window(network: Network, workload: Workload, window: Window, first: int, oldest: int, now: int) -> Window:
    """Let columns begin at a later unit, and make them longer or wider where they would soon end again.

    Parameters
    ----------
    network : Network
    workload : Workload
    window : Window
        Written over.
    first : int
        All units before it have left and are no longer needed.
    oldest : int
        The oldest unit inside.
    now : int
        Tick at which the loop stopped.
    """
    arrivals = workload.arrival_tick
    dtype: np.dtype[Any] = window.narrow.ticks.dtype
    if _fitting_tick(network, workload, window, oldest) <= now:
        dtype = _WIDE
    room = window.end - window.first
    if is_full(workload, window, now) and 2 * (first - window.first) < room:
        room *= 2
    while first + room < len(arrivals) and arrivals[first + room] <= now:
        room *= 2
    is_same = dtype == window.narrow.ticks.dtype and room == window.end - window.first
    if is_same and first == window.first:
        return window
    if is_same:
        moved = window._replace(first=first, end=min(len(arrivals), first + room))
    else:
        moved = make_window(network, workload, first, room, dtype)
    copy_units(window, moved)
    return moved


def _fitting_tick(network: Network, workload: Workload, window: Window, oldest: int) -> int:
    """Return the tick up to which all that happens to any unit can be written down."""
    base, block = window.narrow.base, oldest // BLOCK_UNITS
    if window.narrow.ticks.dtype == _WIDE or block >= len(base) or network.horizon_tick - base[block] <= _LONGEST:
        return network.horizon_tick
    return int(base[block]) + _LONGEST - _ahead(network, workload)


def _ahead(network: Network, workload: Workload) -> int:
    """Bound how far ahead ticks are written down: landings when a ship berths, exits when the way to them begins."""
    units = int(network.ships.deck_cm.max(initial=0)) // max(1, int(network.deck_cm.min()))
    ways = workload.duration_ticks[network.steps.mark[network.steps.kind == StepKind.TRAVEL]]
    return max(units * int(network.terminals.unload_ticks.max(initial=0)), int(ways.max(initial=0)))
