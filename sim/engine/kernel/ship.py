"""Ships: opening, leaving, crossing, berthing. Same names as in `sim.engine.reference.harbour`."""

from sim.engine.rules import Rank
from sim.network import DepartureRule
from sim.network.tables import Ints

from .arrival import is_out
from .closure import headway, is_stopped
from .events import push
from .fields import (
    ABOARD,
    ABOARD_COUNT,
    ADDRESS,
    ARRIVE,
    AT,
    BE_READY,
    BEFORE,
    BERTH_TICK,
    CAST_OFF,
    CLEAR_RAMPS,
    CLOSING_TICKS,
    COMING_CM,
    DECK_CM,
    DEPARTURE_RULE,
    DEPARTURE_TICK,
    DEPARTURES,
    FIRST_LANE,
    FIRST_TERMINAL,
    FREE_BERTHS,
    FREE_TICK,
    HAS_BERTH,
    HEADWAY,
    HORIZON,
    IS_DECK_SHORT,
    IS_DUE,
    IS_LOADING,
    IS_SHORT,
    ITEM,
    LANDING,
    LANE,
    LEFT_BEHIND,
    LINK,
    LOAD_CM,
    LOADING,
    LOADING_COUNT,
    LONGEST_WAIT,
    MAY_MOVE,
    NEXT_EVENT,
    NEXT_SLOT,
    NEXT_TERMINAL,
    NEXT_TICK,
    NO_PORT,
    NOW,
    OF_SHIP,
    OF_TERMINAL,
    OPEN_TICK,
    ORDINAL,
    OTHER_END,
    READY,
    READY_TICK,
    READY_TO_LEAVE,
    ROOM_CM,
    SAILING,
    SAILING_SIZE,
    SAILINGS,
    SECURED_TICK,
    SHIP_COUNT,
    SHIP_NUMBER,
    SHIP_TERMINAL,
    SHORT_ENDS,
    SLOT,
    TERMINAL_NUMBER,
    TERMINAL_PORT,
    UNITS,
    UNLOAD_TICKS,
    WAITING_CM,
    WAITING_UNITS,
)
from .jit import compiled, compiled_apart
from .lists import append_ship, remove_ship
from .world import Land, Marks, Sea, note_tick, noted_tick

_SHIP, _DEADLINE, _LANDING = int(Rank.SHIP), int(Rank.DEADLINE), int(Rank.LANDING)
_ROLLING = int(DepartureRule.ROLLING)


@compiled
def open_sailing(land: Land, sea: Sea, ship: int) -> None:
    """Start a sailing: ramp down at a berth, or (called over, or a shuttle) straight off."""
    memory = land.memory
    terminal, row = memory[ship + SHIP_TERMINAL], memory[SAILINGS]
    memory[SAILINGS] = row + 1
    # In one event each ship opens at most one sailing.
    if row + 1 + memory[SHIP_COUNT] > len(sea.sailings):
        memory[IS_SHORT] = 1
    memory[ship + SAILING] = row
    for column in range(SAILING_SIZE):
        sea.sailings[row, column] = -1
    sea.sailings[row, OF_TERMINAL] = memory[terminal + TERMINAL_NUMBER]
    sea.sailings[row, OF_SHIP] = memory[ship + SHIP_NUMBER]
    sea.sailings[row, OPEN_TICK] = memory[NOW]
    if not memory[ship + HAS_BERTH]:
        secure(land, sea, ship)
    elif memory[terminal + DEPARTURE_RULE] == _ROLLING:
        push(land, memory[NOW] + memory[terminal + LONGEST_WAIT], _DEADLINE, row)


@compiled
def close(land: Land, sea: Sea, terminal: int, ship: int) -> None:
    """End a ship's loading: nobody boards any more, it leaves after the closing time."""
    memory = land.memory
    remove_ship(memory, terminal + LOADING, ship)
    memory[terminal + LOADING_COUNT] -= 1
    memory[terminal + CLEAR_RAMPS] -= 1
    memory[ship + IS_LOADING] = 0
    if memory[terminal + CLOSING_TICKS] != 0:
        wake(land, ship, memory[NOW] + memory[terminal + CLOSING_TICKS], CAST_OFF)
    else:
        secure(land, sea, ship)


@compiled
def wake(land: Land, ship: int, tick: int, what: int) -> None:
    """Let a ship's next event be `what`."""
    land.memory[ship + NEXT_EVENT], land.memory[ship + NEXT_TICK] = what, tick
    push(land, tick, _SHIP, land.memory[ship + SHIP_NUMBER])


@compiled_apart
def secure(land: Land, sea: Sea, ship: int) -> None:
    """Loading and closing are over: leave as soon as no closure keeps the ship."""
    memory = land.memory
    sea.sailings[memory[ship + SAILING], SECURED_TICK] = memory[NOW]
    leave(land, sea, ship)


@compiled_apart
def leave(land: Land, sea: Sea, ship: int) -> None:
    """Leave the port, or be held: until a closure ends, or for a slot of one-way working."""
    memory = land.memory
    terminal, now = memory[ship + SHIP_TERMINAL], memory[NOW]
    port = memory[terminal + TERMINAL_PORT]
    memory[ship + SLOT] = -1
    if is_stopped(land, terminal, ship):
        append_ship(memory, port + READY_TO_LEAVE, ship)
        return
    memory[ship + HEADWAY] = headway(land, sea, terminal, ship)
    if memory[ship + HEADWAY] != 0:
        slot = max(now, memory[port + NEXT_SLOT])
        memory[port + NEXT_SLOT] = slot + memory[ship + HEADWAY]
        if slot > now:
            memory[ship + SLOT] = slot
            append_ship(memory, port + READY_TO_LEAVE, ship)
            push(land, slot, _SHIP, memory[ship + SHIP_NUMBER])
            return
    _depart(land, sea, ship)


@compiled_apart
def take_slot(land: Land, sea: Sea, ship: int) -> int:
    """A ship's slot has come: it leaves, unless a closure that stops it has begun; return the port to be settled."""
    memory = land.memory
    terminal = memory[ship + SHIP_TERMINAL]
    port: int = memory[terminal + TERMINAL_PORT]
    memory[ship + SLOT] = -1
    if is_stopped(land, terminal, ship):
        return NO_PORT
    remove_ship(memory, port + READY_TO_LEAVE, ship)
    _depart(land, sea, ship)
    return port


@compiled_apart
def _depart(land: Land, sea: Sea, ship: int) -> None:
    """Leave the berth and be bound for the other port."""
    memory = land.memory
    terminal = memory[ship + SHIP_TERMINAL]
    port = memory[terminal + TERMINAL_PORT]
    if memory[ship + HEADWAY] != 0:
        memory[port + FREE_TICK] = memory[NOW] + memory[ship + HEADWAY]
    ordinal = memory[terminal + DEPARTURES]
    row = sea.sailings[memory[ship + SAILING]]
    row[ORDINAL] = ordinal
    row[DEPARTURE_TICK] = memory[NOW]
    row[UNITS] = memory[ship + ABOARD_COUNT]
    row[LOAD_CM] = memory[ship + DECK_CM] - memory[ship + ROOM_CM]
    row[LEFT_BEHIND] = memory[terminal + WAITING_UNITS]
    if memory[ship + HAS_BERTH]:
        give_berth_up(memory, port, ship)
    other = memory[terminal + OTHER_END]
    memory[terminal + COMING_CM] -= memory[ship + ROOM_CM]
    memory[other + COMING_CM] += memory[ship + DECK_CM]
    weigh(memory, terminal)
    weigh(memory, other)
    memory[ship + IS_DUE] = 0
    memory[ship + SHIP_TERMINAL] = other
    memory[terminal + DEPARTURES] = ordinal + 1
    # In one event each ship leaves at most twice: held before, and called over.
    if ordinal + 1 + 2 * memory[SHIP_COUNT] > sea.crossings.shape[1]:
        memory[IS_SHORT] = 1
    wake(land, ship, memory[NOW] + sea.crossings[memory[terminal + TERMINAL_NUMBER], ordinal], ARRIVE)


@compiled
def weigh(memory: Ints, terminal: int) -> None:
    """Note whether less deck comes than units wait for, and tell the ports at both ends."""
    is_short = 1 if memory[terminal + WAITING_CM] > memory[terminal + COMING_CM] else 0
    change = is_short - memory[terminal + IS_DECK_SHORT]
    if change != 0:
        memory[terminal + IS_DECK_SHORT] = is_short
        memory[memory[terminal + TERMINAL_PORT] + SHORT_ENDS] += change
        memory[memory[memory[terminal + OTHER_END] + TERMINAL_PORT] + SHORT_ENDS] += change


@compiled_apart
def unload(land: Land, sea: Sea, marks: Marks, ship: int) -> None:
    """Berth, and let the units ashore one after the other, in the order they boarded, up to the horizon."""
    memory, items = land.memory, land.items
    terminal = memory[ship + SHIP_TERMINAL]
    memory[ship + HAS_BERTH] = 1
    memory[memory[terminal + TERMINAL_PORT] + FREE_BERTHS] -= 1
    tick = memory[NOW]
    sea.sailings[memory[ship + SAILING], BERTH_TICK] = tick
    unit = memory[ship + ABOARD]
    memory[ship + ABOARD] = -1
    memory[ship + ABOARD + 1] = -1
    while unit >= 0:
        unit &= ADDRESS
        after = int(items[ITEM * unit + LINK])
        tick += memory[(terminal + FIRST_LANE + int(land.vehicle_class[unit]) * LANE + UNLOAD_TICKS) & ADDRESS]
        if tick < memory[HORIZON]:
            note_tick(land, memory[LANDING], unit, tick)
            if not is_out(land, marks, unit, int(items[ITEM * unit + AT]) & ADDRESS, tick):
                _line_up(land, ship + ABOARD, unit, tick)
        unit = after
    await_landing(land, memory[ship + ABOARD])
    memory[ship + ABOARD] = -1
    memory[ship + ABOARD + 1] = -1
    memory[ship + ABOARD_COUNT] = 0
    memory[ship + ROOM_CM] = memory[ship + DECK_CM]
    if tick > memory[NOW]:
        wake(land, ship, tick, BE_READY)
    else:
        lay_by(land, sea, ship)


@compiled
def await_landing(land: Land, unit: int) -> None:
    """Wait for a unit to be ashore, which lets the next in its line follow; -1 is nobody."""
    if unit >= 0:
        push(land, noted_tick(land, land.memory[LANDING], unit), _LANDING, unit)


@compiled
def _line_up(land: Land, line: int, unit: int, tick: int) -> None:
    """Put a unit into the line for the ramp, in order of events: landing tick, then number."""
    # NOTE units that land at one tick have boarded nearly in order of number: few steps back.
    items, landing = land.items, land.memory[LANDING]
    before, after = land.memory[line + 1], -1
    while before > unit and noted_tick(land, landing, before & ADDRESS) == tick:
        after = before
        before = int(items[ITEM * (before & ADDRESS) + BEFORE])
    items[ITEM * unit + LINK] = after
    items[ITEM * unit + BEFORE] = before
    if before >= 0:
        items[ITEM * (before & ADDRESS) + LINK] = unit
    else:
        land.memory[line] = unit
    if after >= 0:
        items[ITEM * (after & ADDRESS) + BEFORE] = unit
    else:
        land.memory[line + 1] = unit


@compiled
def lay_by(land: Land, sea: Sea, ship: int) -> None:
    """Give the berth up and wait for demand."""
    memory = land.memory
    terminal = memory[ship + SHIP_TERMINAL]
    sea.sailings[memory[ship + SAILING], READY_TICK] = memory[NOW]
    give_berth_up(memory, memory[terminal + TERMINAL_PORT], ship)
    append_ship(memory, terminal + READY, ship)


@compiled_apart
def give_berth_up(memory: Ints, port: int, ship: int) -> None:
    """Free the berth of a ship, which other ships of its port may want."""
    memory[ship + HAS_BERTH] = 0
    memory[port + FREE_BERTHS] += 1
    terminal = memory[port + FIRST_TERMINAL]
    while terminal >= 0:
        memory[terminal + MAY_MOVE] = 1
        terminal = memory[terminal + NEXT_TERMINAL]
