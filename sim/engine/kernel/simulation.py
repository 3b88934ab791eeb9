"""One replication: arrays in, the loop, a record out."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Ints
from sim.record import BLOCK_UNITS, Record
from sim.workload import Workload

from . import fields as f
from .columns import Window, as_record, make_window, with_rest
from .keys import move_base, number_bits, refuse_far, set_base
from .known import refuse_unknown
from .layout import Layout, lay_out, with_closures
from .loop import run
from .window import first_inside, is_full, narrowest, next_window, stop_tick
from .world import Land, Marks, Sea

World = tuple[Land, Sea, Marks]

WINDOW_UNITS = 1 << 16
"""Units that the columns have room for where a record comes in pieces: a day's, and few bytes of a million's."""
_FIRST_ROOM = 64
_SLACK = 8
_NO_SAILINGS = np.empty((0, f.SAILING_SIZE), np.int64)
_layouts: WeakKeyDictionary[Network, Layout] = WeakKeyDictionary()
"""Layouts of networks that were simulated before: a pure function of the network."""
_rooms: WeakKeyDictionary[Network, int] = WeakKeyDictionary()
"""How many sailings the last replication of a network had, and some more: the next will need as much room."""


def simulate(network: Network, workload: Workload) -> Record:
    """Simulate one replication; a pure function of its arguments.

    Raises
    ------
    EngineError
        If the network has something that the kernel does not know, or an event is too far ahead.
    """
    (record,) = simulate_in_pieces(network, workload, len(workload.arrival_tick))
    return record


def simulate_in_pieces(network: Network, workload: Workload, units: int = WINDOW_UNITS) -> Iterator[Record]:
    """Simulate one replication and give its record away piece by piece, as units leave.

    Parameters
    ----------
    network : Network
    workload : Workload
    units : int
        How many units columns have room for at first; with too many that stay for long, they are made longer.

    Yields
    ------
    Record
        The next units, whole blocks of them that have all left, without sailings; at last all others, with all
        sailings. Its arrays are written over when the next is asked for.

    Raises
    ------
    EngineError
        If the network has something that the kernel does not know, or an event is too far ahead.
    """
    window = make_window(network, workload, 0, units, narrowest(network, workload))
    room = _rooms.get(network) or _likely_room(network, workload)
    world, oldest = _world(network, workload, window, room), 0
    memory = world[0].memory
    set_base(memory, 0, number_bits(network, workload, room), stop_tick(network, workload, window, oldest))
    is_at_limit = run(*world, True)
    while not is_at_limit or memory[f.STOP] < network.horizon_tick:
        refuse_far(memory)
        if is_at_limit:
            now = int(memory[f.STOP])
            oldest, first = first_inside(window, oldest, int(memory[f.NEXT_UNIT])), window.first
            if is_full(workload, window, now):
                first = oldest // BLOCK_UNITS * BLOCK_UNITS
                if first > window.first:
                    yield as_record(workload, window, first, _NO_SAILINGS)
            window = next_window(network, workload, window, first, oldest, now)
            world = _with_window(network, workload, world, window)
        else:
            now, room = int(memory[f.NOW]), 2 * room
            world = _with_room(network, workload, room, world)
        bits, stop = number_bits(network, workload, room), stop_tick(network, workload, window, oldest)
        move_base(memory, world[0].keys[: memory[f.LEAVES]], now, bits, stop)
        is_at_limit = run(*world, False)
    sailings = int(memory[f.SAILINGS])
    _rooms[network] = sailings + sailings // _SLACK + _least_room(network)
    window = with_rest(network, workload, window, int(memory[f.NEXT_UNIT]))
    yield as_record(workload, window, window.end, world[1].sailings[:sailings])


def _likely_room(network: Network, workload: Workload) -> int:
    """Guess how many sailings there will be, and some more: there and back on ships two thirds full."""
    # NOTE not with `bincount`, which copies a column of small numbers into one of large ones: 8 bytes a unit.
    classes = np.array([np.count_nonzero(workload.vehicle_class == k) for k in range(len(network.deck_cm))], np.int64)
    decks = network.ships.deck_cm
    full = int((classes * network.deck_cm).sum()) // int(decks.max()) if decks.any() else 0
    return 3 * full + _least_room(network)


def _least_room(network: Network) -> int:
    return 2 * len(network.ships.kind) + _FIRST_ROOM


def _world(network: Network, workload: Workload, window: Window, room: int) -> World:
    """Put all that the kernel needs into arrays, with room for so many sailings."""
    layout = _layout(network, workload)
    memory = with_closures(layout.memory, workload.closures)
    most = network.rules.count - 1
    memory[layout.starts] = np.minimum((workload.start * network.rules.count).astype(np.int64), most)
    memory[layout.marks] = layout.mark_numbers * len(workload.arrival_tick)
    land = Land(
        memory,
        lend("units", 4 * f.ITEM * len(workload.arrival_tick)).view(np.int32),
        *_events(_event_room(network, workload, room)),
        window.narrow.ticks,
        window.narrow.visits,
        window.narrow.base,
        workload.duration_ticks.ravel(),
        workload.vehicle_class,
    )
    sea = Sea(
        _crossings(network, workload, room),
        _sailings(room),
        workload.closures.stops,
        workload.closures.spaces,
        workload.closures.headway_ticks,
    )
    marks = Marks(
        workload.arrival_tick,
        workload.source,
        workload.carries_violation,
        workload.concealment,
        workload.uniform.ravel(),
        window.narrow.flags,
        window.narrow.ratios,
        layout.chances,
        np.empty((2 * len(network.steps.kind) + 2, f.NOTE), np.int32),
    )
    return _with_window(network, workload, (land, sea, marks), window)


def _with_window(network: Network, workload: Workload, world: World, window: Window) -> World:
    """Let the kernel write into other columns."""
    layout, (land, sea, marks), narrow = _layout(network, workload), world, window.narrow
    land.memory[f.COLUMN] = narrow.pitch
    land.memory[layout.rows] = layout.row_numbers * narrow.pitch - window.first
    return (
        land._replace(ticks=narrow.ticks.ravel(), visits=narrow.visits.ravel()),
        sea,
        marks._replace(flags=narrow.flags.ravel(), ratios=narrow.ratios.ravel()),
    )


def _layout(network: Network, workload: Workload) -> Layout:
    layout = _layouts.get(network)
    if layout is None:
        refuse_unknown(network, workload)
        layout = _layouts[network] = lay_out(network)
    return layout


def _sailings(room: int) -> Ints:
    """Lend memory for so many sailings; the kernel blanks a row when it opens one."""
    return lend("sailings", 8 * room * f.SAILING_SIZE, is_sparse=True).view(np.int64).reshape(room, f.SAILING_SIZE)


def _events(room: int) -> tuple[Ints, NDArray[Any]]:
    """Lend memory for so many events, of which few come at a time: keys and winners."""
    both = lend("events", 16 * room, is_sparse=True).view(np.int64)
    return both[:room], both[room:].view(np.int32)


def _event_room(network: Network, workload: Workload, sailings: int) -> int:
    """Most events that can be pending.

    One a unit, ship, station and terminal, one edge; a sailing has a deadline and a slot, and each ship may be given
    another slot whenever a closure ends.
    """
    things = (network.stations.name, network.terminals.service, network.ships.kind)
    slots = len(network.ships.kind) * len(workload.closures.end_tick)
    return len(workload.arrival_tick) + sum(len(names) for names in things) + 2 * sailings + slots + 1


def _crossings(network: Network, workload: Workload, sailings: int) -> Ints:
    """Draw crossing times for half of so many sailings at each terminal: ships go to and fro."""
    room = sailings // 2 + 2 * len(network.ships.kind)
    return np.ascontiguousarray(workload.crossings(network, 0, room))


def _with_room(network: Network, workload: Workload, room: int, world: World) -> World:
    """Make the arrays larger that may be too small."""
    land, sea, marks = world
    keys, winners = _events(_event_room(network, workload, room))
    leaves = land.memory[f.LEAVES]
    keys[:leaves], winners[: 2 * leaves] = land.keys[:leaves], land.winners[: 2 * leaves]
    sailings = _sailings(room)
    sailings[: len(sea.sailings)] = sea.sailings
    notes = np.concatenate([marks.notes, np.empty_like(marks.notes)])
    land.memory[f.IS_SHORT] = 0
    return (
        land._replace(keys=keys, winners=winners),
        sea._replace(sailings=sailings, crossings=_crossings(network, workload, room)),
        marks._replace(notes=notes),
    )
