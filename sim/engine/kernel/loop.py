"""The loop: the next event in order of (tick, key), and what it sets off."""

from sim.engine.rules import Rank, event_key
from sim.network import StepKind

from .choice import close_inspections, is_alarmed, is_chosen
from .events import drop_root, push
from .fields import (
    ACTIVE,
    ADDRESS,
    ALL_PORTS,
    ALL_UNITS,
    ARRIVE,
    AT,
    CAST_OFF,
    CLEAR_RAMP,
    DUE,
    DUE_END,
    EDGE,
    EDGE_CLOSURE,
    EDGE_IS_END,
    EDGE_NUMBER,
    EDGE_SIZE,
    EDGE_TICK,
    EDGES_END,
    EXIT_ROW,
    FOLLOWING,
    HELD,
    HORIZON,
    IS_DUE,
    IS_LOADING,
    IS_RAMP_BUSY,
    IS_ROOT_FREE,
    IS_SHORT,
    ITEM,
    KIND,
    LINK,
    LOADING,
    MARK,
    NEXT_EVENT,
    NEXT_UNIT,
    NO_PORT,
    NODE,
    NOW,
    OF_SHIP,
    OTHERWISE,
    OUTCOME_ROW,
    PENDING,
    PORT,
    PORTS,
    PORTS_END,
    ROADSTEAD,
    ROW_C,
    SAILING,
    SEA_ARRIVAL_TICK,
    SHIP,
    SHIP_COUNT,
    SHIP_LINK,
    SHIP_TERMINAL,
    SHIPS,
    SOURCE_STEPS,
    STATION_COUNT,
    STOPPED,
    SUSPENDED,
    TARGET,
    TERMINAL_COUNT,
    TERMINAL_PORT,
    TERMINAL_SIZE,
    TERMINALS,
)
from .harbour import board, settle
from .jit import compiled, compiled_and_kept, compiled_apart
from .lists import append_ship
from .ship import await_landing, lay_by, leave
from .station import await_shift, change_shift, enter, refill, release
from .world import Land, Marks, Sea

_ID_BITS = event_key(Rank.CLOSURE, 0).bit_length() - int(Rank.CLOSURE).bit_length()
_NUMBER = (1 << _ID_BITS) - 1
_CLOSURE, _TIMETABLE, _ARRIVAL = (event_key(rank, 0) for rank in (Rank.CLOSURE, Rank.TIMETABLE, Rank.ARRIVAL))
_CLOSURE_RANK, _SHIFT_RANK, _SHIP_RANK = int(Rank.CLOSURE), int(Rank.SHIFT), int(Rank.SHIP)
_SERVICE_RANK, _TIMETABLE_RANK, _DEADLINE_RANK = int(Rank.SERVICE_END), int(Rank.TIMETABLE), int(Rank.DEADLINE)
_LANDING_RANK = int(Rank.LANDING)
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
    memory, heap = land.memory, land.heap
    horizon, units = memory[HORIZON], len(marks.arrivals)
    port = _begin(land, sea) if is_new else NO_PORT
    while True:
        if port != NO_PORT:
            first, end = (port, port + PORT) if port != ALL_PORTS else (memory[PORTS], memory[PORTS_END])
            for one in range(first, end, PORT):
                settle(land, sea, one)
        drop_root(land)
        if memory[IS_SHORT]:
            return False
        unit = memory[NEXT_UNIT] & ADDRESS
        tick = marks.arrivals[unit] if unit < units else horizon
        key = _ARRIVAL | unit
        if memory[PENDING] > 0 and (heap[0] < tick or (heap[0] == tick and heap[1] < key)):
            tick, key = heap[0], heap[1]
            step = -1
        else:
            step = memory[memory[SOURCE_STEPS] + marks.sources[unit]] if unit < units else -1
        if tick >= horizon:
            return True
        memory[NOW] = tick
        if step >= 0:
            memory[NEXT_UNIT] = unit + 1
            land.items[ITEM * unit + HELD] = -1
            land.items[ITEM * unit + NODE] = -1
        else:
            memory[IS_ROOT_FREE] = 1
            rank, unit = key >> _ID_BITS, key & _NUMBER
            if rank == _SERVICE_RANK or rank >= _LANDING_RANK:
                step = _wake_unit(land, rank, unit)
            else:
                port = _happen(land, sea, rank, unit)
        if step >= 0:
            port = _move(land, marks, unit, step)


@compiled_apart
def _begin(land: Land, sea: Sea) -> int:
    """Put the first events into the heap; all ports are to be settled."""
    memory = land.memory
    for number in range(memory[STATION_COUNT]):
        await_shift(land, number)
    for number in range(memory[TERMINAL_COUNT]):
        _await_departure(land, number)
    _await_edge(land, sea)
    return ALL_PORTS


@compiled
def _wake_unit(land: Land, rank: int, unit: int) -> int:
    """End a unit's service, crossing or way; return its next step."""
    memory, items = land.memory, land.items
    step = int(items[ITEM * unit + AT]) & ADDRESS
    if rank == _SERVICE_RANK:
        land.ticks[memory[step + ROW_C] + unit] = memory[NOW]
        items[ITEM * unit + HELD] = step
    elif rank == _LANDING_RANK:
        await_landing(land, int(items[ITEM * unit + LINK]))
    following: int = memory[step + FOLLOWING] & ADDRESS
    return following


@compiled_apart
def _happen(land: Land, sea: Sea, rank: int, number: int) -> int:
    """Handle an event that is no unit's; return the port to be settled."""
    memory = land.memory
    if rank == _SHIP_RANK:
        return _turn_ship(land, sea, memory[SHIPS] + number * SHIP)
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
        port = board(land, unit)
        freed = release(land, unit) if port != NO_PORT else -1
    else:
        freed = release(land, unit)
        if kind == _TRAVEL:
            push(land, memory[NOW] + land.durations[memory[step + MARK] + unit], _ARRIVAL | unit)
        else:
            land.ticks[EXIT_ROW * memory[ALL_UNITS] + unit] = memory[NOW]
            marks.flags[OUTCOME_ROW * memory[ALL_UNITS] + unit] = memory[step + TARGET]
    refill(land, freed)
    return port


@compiled
def _turn_ship(land: Land, sea: Sea, ship: int) -> int:
    """A ship's ramp is clear, its closing time is over, it arrives, it is unloaded; return the port to be settled."""
    memory = land.memory
    what = memory[ship + NEXT_EVENT]
    port: int = memory[memory[ship + SHIP_TERMINAL] + TERMINAL_PORT]
    if what == CLEAR_RAMP:
        memory[ship + IS_RAMP_BUSY] = 0
    elif what == CAST_OFF:
        leave(land, sea, ship)
    elif what == ARRIVE:
        sea.sailings[memory[ship + SAILING], SEA_ARRIVAL_TICK] = memory[NOW]
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
    memory[ship + IS_DUE] = 1
    port: int = memory[memory[ship + SHIP_TERMINAL] + TERMINAL_PORT]
    return port


@compiled
def _await_departure(land: Land, number: int) -> None:
    memory = land.memory
    terminal = memory[TERMINALS] + number * memory[TERMINAL_SIZE]
    due = memory[terminal + DUE]
    if due < memory[terminal + DUE_END]:
        memory[terminal + DUE] = due + 1
        push(land, memory[due], _TIMETABLE | number)


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
    memory[ship + IS_DUE] = 1
    port: int = memory[terminal + TERMINAL_PORT]
    return port


@compiled
def _await_edge(land: Land, sea: Sea) -> None:
    """Wait for the next edge of the closures; edges up to the start are in force from the start."""
    memory = land.memory
    while memory[EDGE] < memory[EDGES_END]:
        edge = memory[EDGE]
        if memory[edge + EDGE_TICK] > 0:
            push(land, memory[edge + EDGE_TICK], _CLOSURE | memory[edge + EDGE_NUMBER])
            return
        _switch(land, sea, edge)
        memory[EDGE] = edge + EDGE_SIZE


@compiled
def _switch(land: Land, sea: Sea, edge: int) -> None:
    """Begin or end a closure: count for each terminal and ship what stops it."""
    memory = land.memory
    closure = memory[edge + EDGE_CLOSURE]
    lasts = 1 - memory[edge + EDGE_IS_END]
    change = lasts - memory[memory[ACTIVE] + closure]
    memory[memory[ACTIVE] + closure] = lasts
    for number in range(memory[TERMINAL_COUNT]):
        stopped = memory[memory[TERMINALS] + number * memory[TERMINAL_SIZE] + STOPPED]
        for ship in range(memory[SHIP_COUNT]):
            if sea.stops[closure, number, ship]:
                memory[stopped + ship] += change


@compiled
def _turn_weather(land: Land, sea: Sea) -> int:
    """A closure begins or ends; ships that no closure stops any more leave, and every port is served."""
    memory = land.memory
    edge = memory[EDGE]
    _switch(land, sea, edge)
    memory[EDGE] = edge + EDGE_SIZE
    _await_edge(land, sea)
    if not memory[edge + EDGE_IS_END]:
        return NO_PORT
    for number in range(memory[TERMINAL_COUNT]):
        _resume(land, sea, memory[TERMINALS] + number * memory[TERMINAL_SIZE])
    return ALL_PORTS


@compiled
def _resume(land: Land, sea: Sea, terminal: int) -> None:
    """Let the suspended ships of a terminal leave; those that are still stopped queue up again."""
    memory = land.memory
    ship = memory[terminal + SUSPENDED]
    memory[terminal + SUSPENDED] = -1
    memory[terminal + SUSPENDED + 1] = -1
    while ship >= 0:
        after = memory[ship + SHIP_LINK]
        leave(land, sea, ship)
        ship = after
