"""The event set: a tournament of the events to come.

Each event has a leaf of a tree, and each node of the tree the leaf below it whose event is earliest (a winner tree:
Knuth, The Art of Computer Programming, volume 3, section 5.4.1). When the event of a leaf changes, the nodes above it
are played anew. Which nodes these are does not depend on what stands in them: the processor reads them all at once and
has no branch to foresee, which makes it twice as fast as a heap.

An event is one number, its key: tick since `BASE`, rank, number of the unit (ship, ...), from high bits to low ones. A
leaf without an event has `_FREE` plus the next free leaf instead.
"""

from sim.engine.rules import Rank
from sim.network.tables import Ints

from .fields import ADDRESS, BASE, FAR, FREE_LEAF, HOLE, HORIZON, IS_FAR, IS_SHORT, LEAVES, NUMBER_BITS
from .jit import compiled, compiled_apart
from .world import Land

FIRST_RANK = int(min(Rank))
RANK_BITS = int(max(Rank) - min(Rank)).bit_length()
KEY_BITS = 62
FIRST_LEAVES = 16
NEVER = 1 << KEY_BITS
"""Later than all events."""
_FREE = NEVER + 1
"""The same with the next free leaf, or -1, added."""


@compiled
def key_of(memory: Ints, tick: int, rank: int, number: int) -> int:
    """Pack an event into a number; events are in order when these are."""
    key: int = ((((tick - memory[BASE]) << RANK_BITS) | (rank - FIRST_RANK)) << memory[NUMBER_BITS]) | number
    return key


@compiled
def push(land: Land, tick: int, rank: int, number: int) -> None:
    """Let an event happen at a tick."""
    memory, keys = land.memory, land.keys
    if tick >= memory[FAR]:
        if tick < memory[HORIZON]:
            memory[IS_FAR] = memory[IS_SHORT] = 1
        return
    key = key_of(memory, tick, rank, number)
    if memory[HOLE] >= 0:
        keys[memory[HOLE] & ADDRESS] = key
        memory[HOLE] = -1
        return
    if memory[FREE_LEAF] < 0:
        make_leaves(land)
    leaf = memory[FREE_LEAF] & ADDRESS
    memory[FREE_LEAF] = keys[leaf] - _FREE
    keys[leaf] = key
    play(land, leaf, key)


@compiled
def play(land: Land, leaf: int, key: int) -> tuple[int, int]:
    """Play all matches above a leaf that has a new key; return the winner of the last one and its key."""
    keys, winners = land.keys, land.winners
    best = leaf
    node = (leaf + land.memory[LEAVES]) & ADDRESS
    while node > 1:
        rival = winners[node ^ 1] & ADDRESS
        other = keys[rival]
        best = rival if other < key else best
        key = min(other, key)
        node >>= 1
        winners[node] = best
    return best, key


@compiled
def replay(land: Land, leaf: int) -> tuple[int, int]:
    """Play the matches of the event that was handled, or of the new event in its place."""
    memory = land.memory
    if memory[HOLE] >= 0:
        memory[HOLE] = -1
        land.keys[leaf] = _FREE + memory[FREE_LEAF]
        memory[FREE_LEAF] = leaf
    return play(land, leaf, land.keys[leaf])


@compiled_apart
def make_leaves(land: Land) -> None:
    """Make twice as many leaves, of which the new ones are free."""
    memory, keys, winners = land.memory, land.keys, land.winners
    before, leaves = memory[LEAVES], min(max(2 * memory[LEAVES], FIRST_LEAVES), len(keys))
    memory[LEAVES] = leaves
    for leaf in range(leaves - 1, before - 1, -1):
        keys[leaf] = _FREE + memory[FREE_LEAF]
        memory[FREE_LEAF] = leaf
    for leaf in range(leaves):
        winners[leaves + leaf] = leaf
    for node in range(leaves - 1, 0, -1):
        left, right = winners[2 * node], winners[2 * node + 1]
        winners[node] = right if keys[right] < keys[left] else left
