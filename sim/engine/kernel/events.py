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
        if heap[2 * parent] < tick or (heap[2 * parent] == tick and heap[2 * parent + 1] < key):
            break
        heap[2 * place] = heap[2 * parent]
        heap[2 * place + 1] = heap[2 * parent + 1]
        place = parent
    heap[2 * place] = tick
    heap[2 * place + 1] = key


@compiled
def drop_root(land: Land) -> None:
    """Remove the event that was handled, if nothing has taken its place."""
    memory, heap = land.memory, land.heap
    if memory[IS_ROOT_FREE]:
        memory[IS_ROOT_FREE] = 0
        last = memory[PENDING] - 1
        memory[PENDING] = last
        if last > 0:
            _sink(heap, last, heap[2 * last], heap[2 * last + 1])


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
            if heap[2 * child] < heap[2 * least] or (
                heap[2 * child] == heap[2 * least] and heap[2 * child + 1] < heap[2 * least + 1]
            ):
                least = child
        if tick < heap[2 * least] or (tick == heap[2 * least] and key < heap[2 * least + 1]):
            break
        heap[2 * place] = heap[2 * least]
        heap[2 * place + 1] = heap[2 * least + 1]
        place = least
    heap[2 * place] = tick
    heap[2 * place + 1] = key
