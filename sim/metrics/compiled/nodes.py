"""Ways of units as nodes of a tree, found in a hash table."""

from typing import Any

from numpy.typing import NDArray

from sim.jit import compiled
from sim.metrics.bundles import Books
from sim.network.tables import Floats, Ints

from .jit import kept

_PRIME = 0x9E3779B1


@compiled
def _place(node: int, code: int, ratio: float) -> int:
    """Where the search for a node begins in the hash table, but for its length."""
    return (node * _PRIME + code) * _PRIME + int(ratio * 1_000_000)


@kept
def plant(nodes: Ints, ratios: Floats, table: NDArray[Any], span: tuple[int, int]) -> None:
    """Put nodes into an empty hash table."""
    mask = len(table) - 1
    for number in range(span[0], span[1]):
        place = _place(nodes[number, 0], nodes[number, 1], ratios[number]) & mask
        while table[place] >= 0:
            place = (place + 1) & mask
        table[place] = number


@compiled
def decide(books: Books, node: int, code: int, ratio: float) -> int:
    """Return the node behind a decision, a new one if nobody has been there."""
    mask = len(books.table) - 1
    place = _place(node, code, ratio) & mask
    found = books.table[place]
    while found >= 0:
        if books.nodes[found, 0] == node and books.nodes[found, 1] == code and books.ratios[found] == ratio:
            return int(found)
        place = (place + 1) & mask
        found = books.table[place]
    used = books.used[0]
    books.table[place] = used
    books.nodes[used, 0] = node
    books.nodes[used, 1] = code
    books.ratios[used] = ratio
    books.used[0] = used + 1
    return int(used)
