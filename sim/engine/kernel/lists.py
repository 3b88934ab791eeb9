"""First in, first out: lists of units and of ships, linked through their own fields.

A list is two numbers of the memory, the first and the last; both are -1 when it is empty.
"""

from typing import Any

from numpy.typing import NDArray

from sim.network.tables import Ints

from .fields import ADDRESS, ITEM, LINK, SHIP_LINK
from .jit import compiled


@compiled
def append_unit(memory: Ints, items: NDArray[Any], line: int, unit: int) -> None:
    """Add a unit at the end."""
    items[ITEM * unit + LINK] = -1
    last = memory[line + 1]
    if last < 0:
        memory[line] = unit
    else:
        items[ITEM * (last & ADDRESS) + LINK] = unit
    memory[line + 1] = unit


@compiled
def pop_unit(memory: Ints, items: NDArray[Any], line: int) -> int:
    """Take the first unit; there must be one."""
    unit: int = memory[line] & ADDRESS
    after = int(items[ITEM * unit + LINK])
    memory[line] = after
    if after < 0:
        memory[line + 1] = -1
    return unit


@compiled
def append_ship(memory: Ints, line: int, ship: int) -> None:
    """Add a ship at the end."""
    memory[ship + SHIP_LINK] = -1
    last = memory[line + 1]
    if last < 0:
        memory[line] = ship
    else:
        memory[last + SHIP_LINK] = ship
    memory[line + 1] = ship


@compiled
def pop_ship(memory: Ints, line: int) -> int:
    """Take the first ship; there must be one."""
    ship: int = memory[line]
    memory[line] = memory[ship + SHIP_LINK]
    if memory[line] < 0:
        memory[line + 1] = -1
    return ship


@compiled
def remove_ship(memory: Ints, line: int, ship: int) -> None:
    """Take a ship out, wherever it stands; it must be there."""
    before, here = -1, memory[line]
    while here != ship:
        before, here = here, memory[here + SHIP_LINK]
    after = memory[ship + SHIP_LINK]
    if before < 0:
        memory[line] = after
    else:
        memory[before + SHIP_LINK] = after
    if after < 0:
        memory[line + 1] = before
