"""The loop: the next event in order of (tick, key), and what it sets off."""

from sim.engine.rules import Rank
from sim.network import StepKind
from sim.network.tables import Ints

from .arrival import arrive, go_out, is_out
from .choice import close_inspections, is_alarmed, is_chosen
from .closure import await_edges, switch
from .events import FIRST_RANK, NEVER, RANK_BITS, key_of, make_leaves, push, replay
from .fields import (
    ADDRESS,
    ALL_PORTS,
    ARRIVE,
    AT,
    BASE,
    CAST_OFF,
    CLEAR_RAMP,
    DUE,
    DUE_END,
    END,
    FOLLOWING,
    FREE_TICK,
    HELD,
    HOLE,
    IS_DUE,
    IS_LOADING,
    IS_SHORT,
    ITEM,
    KIND,
    LINK,
    LOADING,
    MARK,
    MAY_MOVE,
    NEXT_EVENT,
    NEXT_SLOT,
    NEXT_TICK,
    NEXT_UNIT,
    NO_PORT,
    NODE,
    NOW,
    NUMBER_BITS,
    OF_SHIP,
    OTHERWISE,
    PORT,
    PORTS,
    PORTS_END,
    READY_TO_LEAVE,
    ROADSTEAD,
    SAILING,
    SEA_ARRIVAL_TICK,
    SHIP,
    SHIP_LINK,
    SHIP_TERMINAL,
    SHIPS,
    SLOT,
    SOURCE_STEPS,
    STATION_COUNT,
    STOP,
    TERMINAL_COUNT,
    TERMINAL_PORT,
    TERMINAL_SIZE,
    TERMINALS,
)
from .harbour import board, clear_ramp, settle
from .jit import compiled, compiled_and_kept, compiled_apart
from .lists import append_ship
from .ship import await_landing, lay_by, leave, secure, take_slot
from .station import await_shift, change_shift, enter, refill, release
from .world import Land, Marks, Sea, cell, note_visit

_CLOSURE_RANK, _SHIFT_RANK, _SHIP_RANK = int(Rank.CLOSURE), int(Rank.SHIFT), int(Rank.SHIP)
_SERVICE_RANK, _TIMETABLE_RANK, _DEADLINE_RANK = int(Rank.SERVICE_END), int(Rank.TIMETABLE), int(Rank.DEADLINE)
_LANDING_RANK, _ARRIVAL_RANK = int(Rank.LANDING), int(Rank.ARRIVAL)
_SERVE, _SELECT, _ALARM = int(StepKind.SERVE), int(StepKind.SELECT), int(StepKind.ALARM)
_BOARD, _TRAVEL = int(StepKind.BOARD), int(StepKind.TRAVEL)


@compiled_and_kept
def run(land: Land, sea: Sea, marks: Marks, is_new: bool) -> bool:
    """Simulate until the horizon, or until an array must grow.

    Parameters
    ----------
    land, sea, marks
        The whole state; read and written.
    is_new : bool
        Whether this is the start, not a continuation.

    Returns
    -------
    bool
        Whether the horizon was reached. If not, make the arrays larger, clear `IS_SHORT` and call again.
    """
    memory, keys, winners = land.memory, land.keys, land.winners
    number_bits = memory[NUMBER_BITS]
    limit = key_of(memory, memory[STOP], FIRST_RANK, 0)
    coming = _next_arrival(land, marks)
    port = _begin(land, sea) if is_new else NO_PORT
    leaf = -1
    while True:
        if port != NO_PORT:
            first, end = (port, port + PORT) if port != ALL_PORTS else (memory[PORTS], memory[PORTS_END])
            for one in range(first, end, PORT):
                settle(land, sea, marks, one)
        if leaf >= 0:
            leaf, first = replay(land, leaf)
        else:
            leaf = winners[1] & ADDRESS
            first = keys[leaf]
        if memory[IS_SHORT]:
            return False
        key = min(first, coming)
        if key >= limit:
            return True
        memory[NOW] = memory[BASE] + (key >> (number_bits + RANK_BITS))
        unit = key & ((1 << number_bits) - 1)
        if key == coming:
            leaf = -1
            step = memory[(memory[SOURCE_STEPS] + marks.sources[unit]) & ADDRESS]
            arrive(land, marks, unit)
            coming = _next_arrival(land, marks)
        else:
            step = -1
            memory[HOLE] = leaf
            rank = ((key >> number_bits) & ((1 << RANK_BITS) - 1)) + FIRST_RANK
            if rank == _SERVICE_RANK or rank >= _LANDING_RANK:
                step = _wake_unit(land, rank, unit)
            else:
                port = _happen(land, sea, rank, unit)
        if step >= 0:
            port = _move(land, marks, unit, step)


@compiled
def _next_arrival(land: Land, marks: Marks) -> int:
    """Event of the next unit that comes."""
    unit = land.memory[NEXT_UNIT] & ADDRESS
    if unit >= len(marks.arrivals):
        return NEVER
    return key_of(land.memory, min(marks.arrivals[unit], land.memory[STOP]), _ARRIVAL_RANK, unit)


@compiled_apart
def _begin(land: Land, sea: Sea) -> int:
    """Let the first events be awaited; all ports are to be settled."""
    memory = land.memory
    make_leaves(land)
    for number in range(memory[STATION_COUNT]):
        await_shift(land, number)
    for number in range(memory[TERMINAL_COUNT]):
        _await_departure(land, number)
    await_edges(land, sea)
    return ALL_PORTS


@compiled
def _wake_unit(land: Land, rank: int, unit: int) -> int:
    """End a unit's service, crossing or way; return its next step."""
    memory, items = land.memory, land.items
    step = int(items[ITEM * unit + AT]) & ADDRESS
    if rank == _SERVICE_RANK:
        note_visit(land, step, unit, END, memory[NOW])
        items[ITEM * unit + HELD] = step
    elif rank == _LANDING_RANK:
        items[ITEM * unit + HELD] = -1
        await_landing(land, int(items[ITEM * unit + LINK]))
    following: int = memory[step + FOLLOWING] & ADDRESS
    return following


@compiled
def _happen(land: Land, sea: Sea, rank: int, number: int) -> int:
    """Handle an event that is no unit's; return the port to be settled."""
    memory = land.memory
    if rank == _SHIP_RANK:
        return _turn_ship(land, sea, (memory[SHIPS] + number * SHIP) & ADDRESS)
    if rank == _DEADLINE_RANK:
        return _strike_deadline(land, sea, number)
    if rank == _TIMETABLE_RANK:
        return _strike_departure(land, number)
    if rank == _CLOSURE_RANK:
        return _turn_weather(land, sea)
    refill(land, change_shift(land, number))
    return NO_PORT


@compiled
def _move(land: Land, marks: Marks, unit: int, step: int) -> int:
    """Take a unit through its instantaneous steps until one holds it; return the port to be settled."""
    memory, items = land.memory, land.items
    step &= ADDRESS
    kind = memory[step + KIND]
    while True:
        if items[ITEM * unit + NODE] >= 0:
            close_inspections(land, marks, unit, step)
        if kind == _SELECT:
            is_yes = is_chosen(land, marks, unit, step)
        elif kind == _ALARM:
            is_yes = is_alarmed(land, marks, unit, step)
        else:
            break
        step = (memory[step + FOLLOWING] if is_yes else memory[step + OTHERWISE]) & ADDRESS
        kind = memory[step + KIND]
    items[ITEM * unit + AT] = step
    port = NO_PORT
    if kind == _SERVE:
        freed = enter(land, unit)
    elif kind == _BOARD:
        is_in, port = board(land, unit)
        freed = release(land, unit) if is_in else -1
    else:
        freed = release(land, unit)
        if kind == _TRAVEL:
            tick = memory[NOW] + land.durations[cell(memory[step + MARK], unit)]
            if not is_out(land, marks, unit, step, tick):
                push(land, tick, _ARRIVAL_RANK, unit)
        else:
            go_out(land, marks, unit, step, memory[NOW])
    refill(land, freed)
    return port


@compiled
def _turn_ship(land: Land, sea: Sea, ship: int) -> int:
    """A ship's ramp is clear, its slot comes, it is closed, arrives or is unloaded; return the port to be settled."""
    memory = land.memory
    now, what = memory[NOW], memory[ship + NEXT_EVENT]
    if memory[ship + SLOT] == now:
        return take_slot(land, sea, ship)
    if memory[ship + NEXT_TICK] != now:
        return NO_PORT  # a slot that was given up
    memory[ship + NEXT_TICK] = -1
    terminal = memory[ship + SHIP_TERMINAL] & ADDRESS
    port: int = memory[terminal + TERMINAL_PORT]
    if what == CLEAR_RAMP:
        return clear_ramp(land, ship)
    if what == CAST_OFF:
        secure(land, sea, ship)
    elif what == ARRIVE:
        sea.sailings[memory[ship + SAILING], SEA_ARRIVAL_TICK] = now
        append_ship(memory, port + ROADSTEAD, ship)
    else:
        lay_by(land, sea, ship)
    return port


@compiled
def _strike_deadline(land: Land, sea: Sea, sailing: int) -> int:
    """The longest wait of a sailing is over; nothing happens when the ship has closed before."""
    memory = land.memory
    ship = memory[SHIPS] + sea.sailings[sailing, OF_SHIP] * SHIP
    if memory[ship + SAILING] != sailing or not memory[ship + IS_LOADING]:
        return NO_PORT
    return _be_due(memory, memory[ship + SHIP_TERMINAL], ship)


@compiled
def _be_due(memory: Ints, terminal: int, ship: int) -> int:
    """Let a loading ship leave as soon as its ramp is clear; return the port to be settled."""
    memory[ship + IS_DUE] = 1
    memory[terminal + MAY_MOVE] = 1
    port: int = memory[terminal + TERMINAL_PORT]
    return port


@compiled
def _await_departure(land: Land, number: int) -> None:
    memory = land.memory
    terminal = memory[TERMINALS] + number * memory[TERMINAL_SIZE]
    due = memory[terminal + DUE]
    if due < memory[terminal + DUE_END]:
        memory[terminal + DUE] = due + 1
        push(land, memory[due], _TIMETABLE_RANK, number)


@compiled
def _strike_departure(land: Land, number: int) -> int:
    """A listed departure is due: of the longest-loading ship; without one it does not take place."""
    memory = land.memory
    _await_departure(land, number)
    terminal = memory[TERMINALS] + number * memory[TERMINAL_SIZE]
    ship = memory[terminal + LOADING]
    while ship >= 0 and memory[ship + IS_DUE]:
        ship = memory[ship + SHIP_LINK]
    if ship < 0:
        return NO_PORT
    return _be_due(memory, terminal, ship)


@compiled_apart
def _turn_weather(land: Land, sea: Sea) -> int:
    """Closures begin or end; return the ports to be settled."""
    memory = land.memory
    has_end = switch(land, sea)
    await_edges(land, sea)
    if not has_end:
        return NO_PORT
    for number in range(memory[TERMINAL_COUNT]):
        memory[memory[TERMINALS] + number * memory[TERMINAL_SIZE] + MAY_MOVE] = 1
    for port in range(memory[PORTS], memory[PORTS_END], PORT):
        _resume(land, sea, port)
    return ALL_PORTS


@compiled
def _resume(land: Land, sea: Sea, port: int) -> None:
    """Let the ships of a port that are held take their turns anew, slots included."""
    memory = land.memory
    memory[port + NEXT_SLOT] = memory[port + FREE_TICK]
    ship = memory[port + READY_TO_LEAVE]
    memory[port + READY_TO_LEAVE] = -1
    memory[port + READY_TO_LEAVE + 1] = -1
    while ship >= 0:
        after = memory[ship + SHIP_LINK]
        leave(land, sea, ship)
        ship = after
