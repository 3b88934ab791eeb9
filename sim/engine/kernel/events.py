"""The event set: a heap of (tick, key).

The event that is being handled stays at the root until the first new event takes its place: one way down the tree
instead of a way down and a way up.
"""

from sim.network.tables import Ints

from .fields import ADDRESS, IS_ROOT_FREE, PENDING
from .jit import compiled
from .world import Land

_NEVER = 2**63 - 1


@compiled
def push(land: Land, tick: int, key: int) -> None:
    """Let an event happen at a tick."""
    memory, heap = land.memory, land.heap
    if memory[IS_ROOT_FREE]:
        memory[IS_ROOT_FREE] = 0
        _sink(heap, memory[PENDING], tick, key)
        return
    place = memory[PENDING] & ADDRESS
    memory[PENDING] = place + 1
    while place > 0:
        parent = ((place - 1) >> 1) & ADDRESS
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
        last = (memory[PENDING] - 1) & ADDRESS
        memory[PENDING] = last
        if last > 0:
            _sink(heap, last, heap[2 * last], heap[2 * last + 1])


@compiled
def _sink(heap: Ints, size: int, tick: int, key: int) -> None:
    """Put an event at the root and let it sink to its place among `size` events."""
    heap[2 * size] = _NEVER  # so that every event with a left child has a right one
    place = 0
    while True:
        child = (2 * place + 1) & ADDRESS
        if child >= size:
            break
        left, right = heap[2 * child], heap[2 * child + 2]
        if left == right and heap[2 * child + 3] < heap[2 * child + 1]:
            child += 1
        else:
            child += int(right < left)  # NOTE a sum, not a branch that cannot be foreseen
        if tick < heap[2 * child] or (tick == heap[2 * child] and key < heap[2 * child + 1]):
            break
        heap[2 * place] = heap[2 * child]
        heap[2 * place + 1] = heap[2 * child + 1]
        place = child
    heap[2 * place] = tick
    heap[2 * place + 1] = key
