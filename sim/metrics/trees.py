"""Ways of units as trees that one replication hands to the next, which then only counts them."""

from collections import deque
from os import cpu_count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import Network
from sim.network.tables import Floats, Ints

from .bundles import Books
from .compiled import plant
from .counts import KnownWays, Way, Ways, known_ways

_MOST_FULL = 2
_MOST_KEPT = cpu_count() or 1
"""Trees that are kept for a network: one for each thread that may be at work."""
_MOST_NODES = 1 << 15
"""Nodes that are kept for a network; with more it starts anew."""


class Tree(NamedTuple):
    """Ways that units of a network took, as nodes of a tree, M of them; see `bundles.Books`."""

    ways: KnownWays
    """To each node."""
    nodes: Ints
    """(room, 3), nobody counted"""
    ratios: Floats
    """(room,)"""
    table: NDArray[Any]


_trees: WeakKeyDictionary[Network, deque[Tree]] = WeakKeyDictionary()
"""Nodes that a replication before came to: they keep their numbers. What is counted does not depend on them."""


def take_tree(network: Network, room: int) -> Tree:
    """Take the tree of a replication before, or one of the sources alone, with that much room for decisions."""
    trees, sources = _trees.setdefault(network, deque(maxlen=_MOST_KEPT)), len(network.sources.name)
    try:
        tree = trees.popleft()
        if len(tree.ways.ways) <= _MOST_NODES:
            return tree
    except IndexError:
        pass
    ways = known_ways([(i, ()) for i in range(sources)])
    return _planted(Tree(ways, np.zeros((0, 3), np.int64), np.zeros(0), np.zeros(0, np.int32)), sources + room)


def _planted(tree: Tree, room: int) -> Tree:
    """Return a tree with room for so many nodes."""
    known, sources = len(tree.nodes), sum(not way for _, way in tree.ways.ways)
    nodes, ratios = np.zeros((room, 3), np.int64), np.zeros(room)
    nodes[:known], ratios[:known] = tree.nodes, tree.ratios
    table = np.full(1 << (_MOST_FULL * room).bit_length(), -1, np.int32)
    plant(nodes, ratios, table, (sources, known))
    return Tree(tree.ways, nodes, ratios, table)


def with_nodes(books: Books, tree: Tree, room: int) -> Books:
    """Make room for so many nodes more."""
    used = int(books.used[0])
    grown = _planted(tree._replace(nodes=books.nodes[:used], ratios=books.ratios[:used]), used + room)
    return books._replace(table=grown.table, nodes=grown.nodes, ratios=grown.ratios)


def close_tree(network: Network, known: KnownWays, books: Books) -> Ways:
    """Tell the way to each node, by the decisions that lead there, and how many units ended at each; keep the tree.

    Nodes that are known already stay as they are; nobody is counted at any afterwards.
    """
    used, first = int(books.used[0]), len(known.ways)
    if used > first:
        ways: list[tuple[int, Way]] = list(known.ways)
        new = zip(books.nodes[first:used, :2].tolist(), books.ratios[first:used].tolist(), strict=True)
        for (before, code), ratio in new:
            source, way = ways[before]
            ways.append((source, (*way, (code >> 2, code & 3, ratio))))
        known = known.more(ways[first:])
    units = books.nodes[known.order, 2]
    books.nodes[:used, 2] = 0
    taken = units.nonzero()[0]
    _trees[network].append(Tree(known, books.nodes, books.ratios, books.table))
    return Ways(known, known.order[taken], units[taken])
