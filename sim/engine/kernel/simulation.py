"""One replication: arrays in, the loop, a record out."""

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Ints
from sim.record import Record
from sim.workload import Workload

from . import fields as f
from .arrival import BLANK_UNITS
from .columns import Columns, as_record, blank_columns, blank_rest
from .keys import move_base, number_bits, refuse_far, set_base
from .known import refuse_unknown
from .layout import Layout, lay_out, with_closures
from .loop import run
from .world import Land, Marks, Sea

_FIRST_ROOM = 64
_SLACK = 8
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
    columns = blank_columns(network, len(workload.arrival_tick))
    room = _rooms.get(network) or _least_room(network)
    land, sea, marks = _world(network, workload, columns, room)
    is_at_limit = run(land, sea, marks, True)
    while not is_at_limit or land.memory[f.STOP] < network.horizon_tick:
        refuse_far(land.memory)
        if not is_at_limit:
            room *= 2
            land, sea, marks = _with_room(network, workload, room, (land, sea, marks))
        base = land.memory[f.STOP] if is_at_limit else land.memory[f.NOW]
        bits = number_bits(network, workload, room)
        move_base(land.memory, land.keys[: land.memory[f.LEAVES]], int(base), bits)
        is_at_limit = run(land, sea, marks, False)
    sailings = int(land.memory[f.SAILINGS])
    _rooms[network] = sailings + sailings // _SLACK + _least_room(network)
    blank_rest(columns, -(-int(land.memory[f.NEXT_UNIT]) // BLANK_UNITS) * BLANK_UNITS)
    return as_record(workload, columns, sea.sailings[:sailings])


def _least_room(network: Network) -> int:
    return 2 * len(network.ships.kind) + _FIRST_ROOM


def _world(network: Network, workload: Workload, columns: Columns, room: int) -> tuple[Land, Sea, Marks]:
    """Put all that the kernel needs into arrays, with room for so many sailings."""
    layout = _layout(network, workload)
    memory = with_closures(layout.memory, workload.closures)
    most = network.rules.count - 1
    memory[layout.starts] = np.minimum((workload.start * network.rules.count).astype(np.int64), most)
    memory[f.COLUMN] = columns.ticks.shape[1]
    memory[layout.marks] *= len(workload.arrival_tick)
    memory[layout.rows] *= memory[f.COLUMN]
    set_base(memory, 0, number_bits(network, workload, room))
    land = Land(
        memory,
        lend("units", 4 * f.ITEM * len(workload.arrival_tick)).view(np.int32),
        *_events(_event_room(network, workload, room)),
        columns.ticks.ravel(),
        workload.duration_ticks.ravel(),
        workload.vehicle_class,
    )
    sea = Sea(
        _crossings(network, workload, np.zeros((int(memory[f.TERMINAL_COUNT]), 0), np.int64), room),
        np.full((room, f.SAILING_SIZE), -1, np.int64),
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
        columns.flags.ravel(),
        columns.ratios.ravel(),
        layout.chances,
        np.empty((2 * len(network.steps.kind) + 2, f.NOTE), np.int32),
    )
    return land, sea, marks


def _layout(network: Network, workload: Workload) -> Layout:
    layout = _layouts.get(network)
    if layout is None:
        refuse_unknown(network, workload)
        layout = _layouts[network] = lay_out(network)
    return layout


def _events(room: int) -> tuple[Ints, NDArray[Any]]:
    """Lend memory for so many events: keys and winners."""
    keys, winners = lend("keys", 8 * room).view(np.int64), lend("winners", 8 * room).view(np.int32)
    return keys, winners


def _event_room(network: Network, workload: Workload, sailings: int) -> int:
    """Most events that can be pending.

    One a unit, ship, station and terminal, one edge; a sailing has a deadline and a slot, and each ship may be given
    another slot whenever a closure ends.
    """
    things = (network.stations.name, network.terminals.service, network.ships.kind)
    slots = len(network.ships.kind) * len(workload.closures.end_tick)
    return len(workload.arrival_tick) + sum(len(names) for names in things) + 2 * sailings + slots + 1


def _crossings(network: Network, workload: Workload, drawn: Ints, room: int) -> Ints:
    """Draw crossing times on, up to `room` of each terminal."""
    terminals, ready = drawn.shape
    more = [workload.crossings(network, terminal, ready, room - ready) for terminal in range(terminals)]
    return np.concatenate([drawn, np.array(more, np.int64).reshape(terminals, room - ready)], axis=1)


def _with_room(
    network: Network, workload: Workload, room: int, world: tuple[Land, Sea, Marks]
) -> tuple[Land, Sea, Marks]:
    """Make the arrays larger that may be too small."""
    land, sea, marks = world
    keys, winners = _events(_event_room(network, workload, room))
    leaves = land.memory[f.LEAVES]
    keys[:leaves], winners[: 2 * leaves] = land.keys[:leaves], land.winners[: 2 * leaves]
    sailings = np.full((room, f.SAILING_SIZE), -1, np.int64)
    sailings[: len(sea.sailings)] = sea.sailings
    notes = np.concatenate([marks.notes, np.empty_like(marks.notes)])
    land.memory[f.IS_SHORT] = 0
    return (
        land._replace(keys=keys, winners=winners),
        sea._replace(sailings=sailings, crossings=_crossings(network, workload, sea.crossings, room)),
        marks._replace(notes=notes),
    )
