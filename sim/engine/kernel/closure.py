"""Closures: which are in force, and what they ask of a ship.

Replications of one network differ in them; they lie behind all else in the memory.
"""

from sim.engine.rules import Rank

from .events import push
from .fields import (
    ACTIVE,
    CLOSURE_COUNT,
    EDGE,
    EDGE_CLOSURE,
    EDGE_IS_END,
    EDGE_SIZE,
    EDGE_TICK,
    EDGES_END,
    NEXT_SLOT,
    NOW,
    SHIP_COUNT,
    SHIP_NUMBER,
    STOPPED,
    TERMINAL_COUNT,
    TERMINAL_NUMBER,
    TERMINAL_PORT,
    TERMINAL_SIZE,
    TERMINALS,
)
from .jit import compiled, compiled_apart
from .world import Land, Sea

_CLOSURE = int(Rank.CLOSURE)


@compiled
def is_stopped(land: Land, terminal: int, ship: int) -> bool:
    """Tell whether a closure keeps a ship from leaving."""
    memory = land.memory
    return bool(memory[memory[terminal + STOPPED] + memory[ship + SHIP_NUMBER]] > 0)


@compiled_apart
def headway(land: Land, sea: Sea, terminal: int, ship: int) -> int:
    """Return the longest headway that closures ask of a ship, 0 without one-way working."""
    memory = land.memory
    number, longest = memory[terminal + TERMINAL_NUMBER], 0
    for closure in range(memory[CLOSURE_COUNT]):
        if memory[memory[ACTIVE] + closure] and sea.spaces[closure, number, memory[ship + SHIP_NUMBER]]:
            longest = max(longest, sea.headways[closure])
    return longest


@compiled
def may_leave(land: Land, sea: Sea, terminal: int, ship: int) -> bool:
    """Tell whether a ship could leave at once."""
    memory = land.memory
    if is_stopped(land, terminal, ship):
        return False
    return bool(
        memory[NOW] >= memory[memory[terminal + TERMINAL_PORT] + NEXT_SLOT] or headway(land, sea, terminal, ship) == 0
    )


@compiled
def await_edges(land: Land, sea: Sea) -> None:
    """Wait for the next edges of the closures; those up to the start are in force from the start."""
    memory = land.memory
    while memory[EDGE] < memory[EDGES_END] and memory[memory[EDGE] + EDGE_TICK] <= 0:
        switch(land, sea)
    if memory[EDGE] < memory[EDGES_END]:
        push(land, memory[memory[EDGE] + EDGE_TICK], _CLOSURE, 0)


@compiled_apart
def switch(land: Land, sea: Sea) -> bool:
    """Let all closures begin or end whose edges are at the tick of the next one; tell whether any ended."""
    memory = land.memory
    tick, has_end = memory[memory[EDGE] + EDGE_TICK], False
    while memory[EDGE] < memory[EDGES_END] and memory[memory[EDGE] + EDGE_TICK] == tick:
        edge = memory[EDGE]
        _switch_one(land, sea, memory[edge + EDGE_CLOSURE], 1 - memory[edge + EDGE_IS_END])
        has_end = has_end or memory[edge + EDGE_IS_END] != 0
        memory[EDGE] = edge + EDGE_SIZE
    return has_end


@compiled
def _switch_one(land: Land, sea: Sea, closure: int, lasts: int) -> None:
    """Begin or end a closure: count for each terminal and ship what stops it."""
    memory = land.memory
    change = lasts - memory[memory[ACTIVE] + closure]
    memory[memory[ACTIVE] + closure] = lasts
    for number in range(memory[TERMINAL_COUNT]):
        stopped = memory[memory[TERMINALS] + number * memory[TERMINAL_SIZE] + STOPPED]
        for ship in range(memory[SHIP_COUNT]):
            if sea.stops[closure, number, ship]:
                memory[stopped + ship] += change
