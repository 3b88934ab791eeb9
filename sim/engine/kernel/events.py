"""The event set: a heap of (tick, key) with four children a node.

The event that is being handled stays at the root until the first new event takes its place: one way down the tree
instead of a way down and a way up.
"""

from sim.network.tables import Ints

from .fields import IS_ROOT_FREE, PENDING
from .jit import compiled
from .world import Land


@compiled
def push(land: Land, tick: int, key: int) -> None:
    """Let an event happen at a tick."""
    memory, heap = land.memory, land.heap
    if memory[IS_ROOT_FREE]:
        memory[IS_ROOT_FREE] = 0
        _sink(heap, memory[PENDING], tick, key)
        return
    place = memory[PENDING]
    memory[PENDING] = place + 1
    while place > 0:
        parent = (place - 1) >> 2
        if heap[parent, 0] < tick or (heap[parent, 0] == tick and heap[parent, 1] < key):
            break
        heap[place, 0] = heap[parent, 0]
        heap[place, 1] = heap[parent, 1]
        place = parent
    heap[place, 0] = tick
    heap[place, 1] = key


@compiled
def drop_root(land: Land) -> None:
    """Remove the event that was handled, if nothing has taken its place."""
    memory, heap = land.memory, land.heap
    if memory[IS_ROOT_FREE]:
        memory[IS_ROOT_FREE] = 0
        last = memory[PENDING] - 1
        memory[PENDING] = last
        if last > 0:
            _sink(heap, last, heap[last, 0], heap[last, 1])


@compiled
def _sink(heap: Ints, size: int, tick: int, key: int) -> None:
    """Put an event at the root and let it sink to its place among `size` events."""
    place = 0
    while True:
        first = 4 * place + 1
        if first >= size:
            break
        least = first
        for child in range(first + 1, min(first + 4, size)):
            if heap[child, 0] < heap[least, 0] or (
                heap[child, 0] == heap[least, 0] and heap[child, 1] < heap[least, 1]
            ):
                least = child
        if tick < heap[least, 0] or (tick == heap[least, 0] and key < heap[least, 1]):
            break
        heap[place, 0] = heap[least, 0]
        heap[place, 1] = heap[least, 1]
        place = least
    heap[place, 0] = tick
    heap[place, 1] = key
