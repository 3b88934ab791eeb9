"""Ports and terminals: yard, berths, ramps. Who boards next, which ship opens, which is called over.

Same names and same order as `sim.engine.reference.harbour`.
"""

from sim.network import DepartureRule
from sim.network.tables import Ints

from .closure import is_stopped, may_leave
from .fields import (
    ABOARD,
    ABOARD_COUNT,
    ADDRESS,
    AT,
    BOARDED,
    BOARDING,
    CLEAR_RAMP,
    CLEAR_RAMPS,
    COMING_CM,
    DECK_CM,
    DEPARTURE_RULE,
    FIRST_LANE,
    FIRST_TERMINAL,
    FREE_BERTHS,
    HAS_BERTH,
    HAS_LIMIT,
    IS_DECK_SHORT,
    IS_DUE,
    IS_LOADING,
    IS_RAMP_BUSY,
    ITEM,
    LANE,
    LANE_COUNT,
    LENGTH_CM,
    LOAD_TICKS,
    LOADING,
    LOADING_BERTHS,
    LOADING_COUNT,
    MAY_MOVE,
    NEXT_TERMINAL,
    NO_PORT,
    NO_TURN,
    NOW,
    OPEN_NEXT_CM,
    OTHER_END,
    RANK,
    READY,
    ROADSTEAD,
    ROOM_CM,
    SAILING,
    SHIP_LINK,
    SHIP_TERMINAL,
    SHORT_ENDS,
    SHORTEST_CM,
    SHUT_OUT,
    TARGET,
    TERMINAL_PORT,
    TERMINALS_HERE,
    TURN_BITS,
    TURN_OF_HEAD,
    WAITING_CM,
    WAITING_UNITS,
    YARD,
    YARD_CM,
)
from .jit import compiled, compiled_apart
from .lists import append_ship, append_unit, pop_ship, pop_unit, remove_ship
from .ship import close, open_sailing, unload, wake, weigh
from .station import refill, release
from .world import Land, Marks, Sea, cell, note_tick, noted_tick

_ROLLING, _AT_ONCE = int(DepartureRule.ROLLING), int(DepartureRule.AT_ONCE)


@compiled
def board(land: Land, unit: int) -> tuple[bool, int]:
    """Let a unit into the yard, or through it aboard, or block it where it is.

    Returns
    -------
    bool
        Whether it gives up the server that it holds.
    int
        The port to be settled; none where nothing can move but what has.
    """
    memory = land.memory
    terminal = memory[(int(land.items[ITEM * unit + AT]) & ADDRESS) + TARGET] & ADDRESS
    port: int = memory[terminal + TERMINAL_PORT] & ADDRESS
    lane = (terminal + FIRST_LANE + int(land.vehicle_class[unit]) * LANE) & ADDRESS
    if memory[port + HAS_LIMIT] and (memory[port + SHUT_OUT] >= 0 or memory[port + YARD_CM] < memory[lane + LENGTH_CM]):
        append_unit(memory, land.items, port + SHUT_OUT, unit)
        return False, NO_PORT
    if memory[terminal + WAITING_UNITS] == 0:
        ship = memory[terminal + LOADING]
        while ship >= 0 and memory[(ship & ADDRESS) + IS_RAMP_BUSY]:
            ship = memory[(ship & ADDRESS) + SHIP_LINK]
        is_open = ship >= 0
        ship &= ADDRESS
        if is_open and not memory[ship + IS_DUE] and 0 < memory[lane + LENGTH_CM] <= memory[ship + ROOM_CM]:
            note_tick(land, memory[YARD], unit, memory[NOW])
            _cross_ramp(land, unit, terminal, lane, ship)
            weigh(memory, terminal)
            moves = not memory[ship + IS_RAMP_BUSY] and _is_to_leave(land, terminal, ship)
            memory[terminal + MAY_MOVE] = moves
            return True, port if moves else _to_settle(memory, port)
    _enter_yard(land, unit, terminal, lane)
    moves = memory[terminal + CLEAR_RAMPS] != 0 or _may_open(land, terminal)
    memory[terminal + MAY_MOVE] = moves
    return True, port if moves else _to_settle(memory, port)


@compiled
def clear_ramp(land: Land, ship: int) -> int:
    """Let the next unit onto a ramp that is clear; return the port to be settled, if more than that can move."""
    memory = land.memory
    terminal = memory[ship + SHIP_TERMINAL] & ADDRESS
    port: int = memory[terminal + TERMINAL_PORT] & ADDRESS
    memory[ship + IS_RAMP_BUSY] = 0
    memory[terminal + CLEAR_RAMPS] += 1
    if memory[terminal + CLEAR_RAMPS] == 1 and memory[port + SHUT_OUT] < 0 and not memory[ship + IS_DUE]:
        lane = -1
        if memory[terminal + WAITING_CM] != 0:
            lane = _next_lane(land, terminal, memory[ship + ROOM_CM])
        if lane >= 0 and memory[(lane & ADDRESS) + LOAD_TICKS] != 0:
            _take_aboard(land, terminal, lane & ADDRESS, ship)
            return _to_settle(memory, port)
        if lane < 0 and not _is_to_leave(land, terminal, ship):
            return _to_settle(memory, port)
    memory[terminal + MAY_MOVE] = 1
    return port


@compiled
def _to_settle(memory: Ints, port: int) -> int:
    """Return the port if ships may have to be called for, though nothing moves."""
    return port if memory[port + SHORT_ENDS] != 0 else NO_PORT


@compiled
def settle(land: Land, sea: Sea, marks: Marks, port: int) -> None:
    """Serve berths, ramps and yard until nothing moves; then call for ships where deck is short."""
    memory = land.memory
    port &= ADDRESS
    moved = True
    while moved:
        moved = _berth(land, sea, marks, port)
        terminal = memory[port + FIRST_TERMINAL]
        while terminal >= 0:
            terminal &= ADDRESS
            if memory[terminal + MAY_MOVE]:
                memory[terminal + MAY_MOVE] = 0
                if _load(land, sea, terminal):
                    memory[terminal + MAY_MOVE] = 1
                    moved = True
            terminal = memory[terminal + NEXT_TERMINAL]
        if memory[port + ROADSTEAD] < 0 and memory[port + TERMINALS_HERE] == 1:
            moved = False  # a lone terminal has loaded until nothing moved
        if memory[port + SHUT_OUT] >= 0 and _admit(land, port):
            moved = True
    terminal = memory[port + FIRST_TERMINAL] if memory[port + SHORT_ENDS] != 0 else -1
    while terminal >= 0:
        terminal &= ADDRESS
        for end in (terminal, memory[terminal + OTHER_END] & ADDRESS):
            if memory[end + IS_DECK_SHORT]:
                _call(land, sea, end)
        terminal = memory[terminal + NEXT_TERMINAL]


@compiled
def _enter_yard(land: Land, unit: int, terminal: int, lane: int) -> None:
    """Put a unit into its class lane; the caller releases the server that it holds."""
    memory = land.memory
    length = memory[lane + LENGTH_CM]
    memory[(memory[terminal + TERMINAL_PORT] & ADDRESS) + YARD_CM] -= length
    memory[terminal + WAITING_CM] += length
    memory[terminal + WAITING_UNITS] += 1
    weigh(memory, terminal)
    if memory[lane] < 0:
        memory[lane + TURN_OF_HEAD] = (memory[lane + RANK] << TURN_BITS) | memory[NOW]
    append_unit(memory, land.items, lane, unit)
    note_tick(land, memory[YARD], unit, memory[NOW])


@compiled
def _berth(land: Land, sea: Sea, marks: Marks, port: int) -> bool:
    """Give free berths to the ships in the roadstead."""
    memory = land.memory
    moved = False
    while memory[port + ROADSTEAD] >= 0 and memory[port + FREE_BERTHS] != 0:
        unload(land, sea, marks, pop_ship(memory, port + ROADSTEAD))
        moved = True
    return moved


@compiled_apart
def _admit(land: Land, port: int) -> bool:
    """Let blocked units into the yard, first blocked first."""
    memory = land.memory
    moved = False
    while memory[port + SHUT_OUT] >= 0:
        unit = memory[port + SHUT_OUT]
        terminal = memory[int(land.items[ITEM * unit + AT]) + TARGET]
        lane = terminal + FIRST_LANE + land.vehicle_class[unit] * LANE
        if memory[port + YARD_CM] < memory[lane + LENGTH_CM]:
            break
        pop_unit(memory, land.items, port + SHUT_OUT)
        _enter_yard(land, unit, terminal, lane)
        memory[terminal + MAY_MOVE] = 1
        refill(land, release(land, unit))
        moved = True
    return moved


@compiled
def _load(land: Land, sea: Sea, terminal: int) -> bool:
    """Board units, send ships off, open further ships until nothing moves; tell whether anything did."""
    memory = land.memory
    moved = False
    while True:
        ship = memory[terminal + LOADING]
        while ship >= 0:
            ship &= ADDRESS
            after = memory[ship + SHIP_LINK]
            while memory[terminal + WAITING_CM] != 0 and not (memory[ship + IS_RAMP_BUSY] or memory[ship + IS_DUE]):
                lane = _next_lane(land, terminal, memory[ship + ROOM_CM])
                if lane < 0:
                    break
                _take_aboard(land, terminal, lane & ADDRESS, ship)
                moved = True
            if not memory[ship + IS_RAMP_BUSY] and _is_to_leave(land, terminal, ship):
                close(land, sea, terminal, ship)
                moved = True
            ship = after
        if memory[terminal + READY] < 0 or not _open_next(land, sea, terminal):
            return moved
        moved = True


@compiled
def _next_lane(land: Land, terminal: int, room_cm: int) -> int:
    """Choose who boards next: best rank, then longest in the yard, among the lane heads that fit; -1 for nobody."""
    memory = land.memory
    best, least = -1, NO_TURN
    lane = (terminal + FIRST_LANE) & ADDRESS
    for _ in range(memory[terminal + LANE_COUNT]):
        turn = memory[lane + TURN_OF_HEAD] if memory[lane + LENGTH_CM] <= room_cm else NO_TURN
        if turn == least and turn != NO_TURN and memory[lane] < memory[best & ADDRESS]:
            best = lane
        best = lane if turn < least else best
        least = min(turn, least)
        lane = (lane + LANE) & ADDRESS
    return best


@compiled
def _take_aboard(land: Land, terminal: int, lane: int, ship: int) -> None:
    """Let the head of a lane onto the ramp; its place in the yard is free from now on."""
    memory = land.memory
    length = memory[lane + LENGTH_CM]
    memory[terminal + WAITING_CM] -= length
    memory[terminal + WAITING_UNITS] -= 1
    memory[(memory[terminal + TERMINAL_PORT] & ADDRESS) + YARD_CM] += length
    unit = pop_unit(memory, land.items, lane)
    head = memory[lane]
    turn = NO_TURN
    if head >= 0:
        turn = (memory[lane + RANK] << TURN_BITS) | noted_tick(land, memory[YARD], head & ADDRESS)
    memory[lane + TURN_OF_HEAD] = turn
    _cross_ramp(land, unit, terminal, lane, ship)


@compiled
def _cross_ramp(land: Land, unit: int, terminal: int, lane: int, ship: int) -> None:
    """Put a unit aboard; the ramp is busy for a while."""
    memory = land.memory
    length = memory[lane + LENGTH_CM]
    memory[terminal + COMING_CM] -= length
    memory[ship + ROOM_CM] -= length
    append_unit(memory, land.items, ship + ABOARD, unit)
    memory[ship + ABOARD_COUNT] += 1
    now = memory[NOW]
    note_tick(land, memory[BOARDING], unit, now)
    land.ticks[cell(memory[BOARDED], unit)] = memory[ship + SAILING]
    ramp = memory[lane + LOAD_TICKS]
    if ramp != 0:
        memory[ship + IS_RAMP_BUSY] = 1
        memory[terminal + CLEAR_RAMPS] -= 1
        wake(land, ship, now + ramp, CLEAR_RAMP)


@compiled
def _is_to_leave(land: Land, terminal: int, ship: int) -> bool:
    """Tell whether a loading ship with a clear ramp is full or due."""
    memory = land.memory
    if memory[ship + IS_DUE] or memory[terminal + DEPARTURE_RULE] != _ROLLING:
        return bool(memory[ship + IS_DUE])
    return bool(memory[ship + ROOM_CM] < memory[terminal + SHORTEST_CM] or memory[terminal + WAITING_CM] > 0)


@compiled
def _open_next(land: Land, sea: Sea, terminal: int) -> bool:
    """Let a ready ship begin to load where there is demand, a berth and a free loading place."""
    memory = land.memory
    if memory[terminal + DEPARTURE_RULE] == _AT_ONCE:
        open_sailing(land, sea, pop_ship(memory, terminal + READY))
        return True
    if not _may_open(land, terminal):
        return False
    port = memory[terminal + TERMINAL_PORT]
    ship = memory[terminal + READY]
    while ship >= 0 and is_stopped(land, terminal, ship):
        ship = memory[ship + SHIP_LINK]
    if ship < 0:
        return False
    remove_ship(memory, terminal + READY, ship)
    memory[port + FREE_BERTHS] -= 1
    memory[ship + HAS_BERTH] = 1
    memory[ship + IS_LOADING] = 1
    memory[terminal + LOADING_COUNT] += 1
    memory[terminal + CLEAR_RAMPS] += 1
    append_ship(memory, terminal + LOADING, ship)
    open_sailing(land, sea, ship)
    return True


@compiled
def _may_open(land: Land, terminal: int) -> bool:
    """Tell whether a ready ship, if it is not stopped, may begin to load."""
    memory = land.memory
    if memory[terminal + READY] < 0 or memory[terminal + LOADING_COUNT] >= memory[terminal + LOADING_BERTHS]:
        return False
    if memory[(memory[terminal + TERMINAL_PORT] & ADDRESS) + FREE_BERTHS] == 0:
        return False
    return bool(memory[terminal + DEPARTURE_RULE] != _ROLLING or _is_wanted(land, terminal))


@compiled
def _is_wanted(land: Land, terminal: int) -> bool:
    """Tell whether the waiting units call for one more loading ship."""
    memory = land.memory
    waiting = memory[terminal + WAITING_CM]
    is_asked = memory[terminal + LOADING_COUNT] == 0 or waiting >= memory[terminal + OPEN_NEXT_CM]
    return bool(waiting > 0 and is_asked)


@compiled_apart
def _call(land: Land, sea: Sea, terminal: int) -> None:
    """Call a ready ship over empty when the deck here and on the way is too little for the waiting units."""
    memory = land.memory
    other = memory[terminal + OTHER_END]
    while memory[terminal + WAITING_CM] > memory[terminal + COMING_CM] and memory[other + READY] >= 0:
        ship = memory[other + READY]
        while ship >= 0 and not may_leave(land, sea, other, ship):
            ship = memory[ship + SHIP_LINK]
        if ship < 0 or memory[other + COMING_CM] - memory[ship + DECK_CM] < memory[other + WAITING_CM]:
            return
        remove_ship(memory, other + READY, ship)
        open_sailing(land, sea, ship)
