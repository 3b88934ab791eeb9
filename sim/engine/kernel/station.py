"""Stations: servers, queues by priority, blocking, shifts, relief.

What the reference engine does by recursion (a freed server lets a blocked unit in, which frees a server upstream) is
here a loop over a stack of stations.
"""

from sim.engine.rules import Rank

from .events import push
from .fields import (
    ABOVE,
    ADDRESS,
    AT,
    BELOW,
    BLOCKED,
    BUSY,
    HELD,
    IS_RELIEVED,
    ITEM,
    JOIN,
    LIMIT,
    LIST,
    MARK,
    NEXT_WATCHER,
    NOW,
    PRIORITY,
    QUEUES,
    RELEASE,
    SERVERS,
    SHIFT,
    SHIFT_SERVERS,
    SHIFT_SIZE,
    SHIFT_TICK,
    SHIFTS_END,
    STACK,
    START,
    STATION_SIZE,
    STATIONS,
    TARGET,
    WAITING,
    WATCHER,
)
from .jit import compiled
from .lists import append_unit, pop_unit
from .world import Land, cell, note_visit

_SERVICE_END = int(Rank.SERVICE_END)
_SHIFT = int(Rank.SHIFT)


@compiled
def is_full(land: Land, station: int) -> bool:
    """Tell whether a further unit would have to wait outside."""
    memory = land.memory
    limit = memory[station + LIMIT]
    return bool(memory[station + BUSY] >= memory[station + SERVERS] and 0 <= limit <= memory[station + WAITING])


@compiled
def refill(land: Land, station: int) -> None:
    """Give free servers to the queue, and room in the queue to blocked units; -1 is no station."""
    memory = land.memory
    stack = memory[STACK]
    top = stack
    while station >= 0:
        station &= ADDRESS
        if memory[station + WAITING] > 0 and memory[station + BUSY] < memory[station + SERVERS]:
            queue = station + QUEUES
            while memory[queue] < 0:
                queue = (queue + LIST) & ADDRESS
            unit = pop_unit(memory, land.items, queue)
            _count(land, station, -1)
            _start(land, station, unit)
        elif memory[station + BLOCKED] >= 0 and not is_full(land, station):
            upstream = enter(land, pop_unit(memory, land.items, station + BLOCKED))
            if upstream >= 0:
                memory[top] = station
                top += 1
                station = upstream
        elif top > stack:
            top -= 1
            station = memory[top]
        else:
            station = -1


@compiled
def enter(land: Land, unit: int) -> int:
    """Let a unit start, queue or be blocked; return the station whose server it gave up, or -1."""
    memory, items = land.memory, land.items
    step = int(items[ITEM * unit + AT]) & ADDRESS
    station = memory[step + TARGET] & ADDRESS
    waiting, limit = memory[station + WAITING], memory[station + LIMIT]
    if waiting == 0 and memory[station + BUSY] < memory[station + SERVERS]:
        _start(land, station, unit)
    elif waiting < limit or limit < 0:
        queue = station + QUEUES + memory[(step + PRIORITY + int(land.vehicle_class[unit])) & ADDRESS]
        append_unit(memory, items, queue, unit)
        _count(land, station, 1)
    else:
        append_unit(memory, items, station + BLOCKED, unit)
        return -1
    note_visit(land, step, unit, JOIN, memory[NOW])
    return release(land, unit)


@compiled
def release(land: Land, unit: int) -> int:
    """Take back the server that a unit holds; return its station, or -1."""
    memory, items = land.memory, land.items
    held = int(items[ITEM * unit + HELD])
    if held < 0:
        return -1
    held &= ADDRESS
    items[ITEM * unit + HELD] = -1
    note_visit(land, held, unit, RELEASE, memory[NOW])
    station: int = memory[held + TARGET] & ADDRESS
    memory[station + BUSY] -= 1
    return station


@compiled
def _start(land: Land, station: int, unit: int) -> None:
    memory = land.memory
    memory[station + BUSY] += 1
    step = int(land.items[ITEM * unit + AT]) & ADDRESS
    now = memory[NOW]
    note_visit(land, step, unit, START, now)
    push(land, now + land.durations[cell(memory[step + MARK], unit)], _SERVICE_END, unit)


@compiled
def _count(land: Land, station: int, change: int) -> None:
    """Change the length of the queue; reliefs that watch it take note."""
    memory = land.memory
    waiting = memory[station + WAITING] + change
    memory[station + WAITING] = waiting
    rule = memory[station + WATCHER]
    while rule >= 0:
        if waiting >= memory[rule + ABOVE]:
            memory[rule + IS_RELIEVED] = 1
        elif waiting <= memory[rule + BELOW]:
            memory[rule + IS_RELIEVED] = 0
        rule = memory[rule + NEXT_WATCHER]


@compiled
def await_shift(land: Land, number: int) -> None:
    """Wait for the next shift of a station, if there is one."""
    memory = land.memory
    station = memory[STATIONS] + number * memory[STATION_SIZE]
    shift = memory[station + SHIFT]
    if shift < memory[station + SHIFTS_END]:
        push(land, memory[shift + SHIFT_TICK], _SHIFT, number)


@compiled
def change_shift(land: Land, number: int) -> int:
    """Open or close servers; closing ones finish their unit first. Return the station to be refilled."""
    memory = land.memory
    station: int = memory[STATIONS] + number * memory[STATION_SIZE]
    shift = memory[station + SHIFT]
    memory[station + SERVERS] = memory[shift + SHIFT_SERVERS]
    memory[station + SHIFT] = shift + SHIFT_SIZE
    await_shift(land, number)
    return station
