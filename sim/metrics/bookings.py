"""Sums by key in one go: which row of a table each of many amounts is added to."""

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sim.network.tables import Flags, Floats, Ints

K = TypeVar("K", bound=Hashable)


class Bookings(NamedTuple, Generic[K]):
    """Where B amounts are booked."""

    keys: tuple[K, ...]
    """Without repetition, in the order in which they first occur."""
    rows: Ints
    """(B,) row of `keys`"""

    def blank(self) -> "Amounts":
        """Make room for (B,) amounts that are 0 and there."""
        above, below = np.zeros((2, len(self.rows)))
        return Amounts(above, below, self.all_there())

    def all_there(self) -> Flags:
        """Make flags of (B,) amounts that are all there."""
        there = np.empty(len(self.rows), np.bool_)
        there.fill(True)
        return there

    def add_up(self, amounts: ArrayLike, more: int = 0) -> Floats:
        """Add up (B,) amounts by key, one after the other: (keys + more,), with so many zeros at the end."""
        return np.asarray(np.bincount(self.rows, weights=amounts, minlength=len(self.keys) + more), np.float64)


class Amounts(NamedTuple):
    """Numerators and denominators of B amounts, in the order in which they are booked."""

    above: Floats
    below: Floats
    there: Flags
    """(B,) whether the replication has them"""

    def part(self, which: slice) -> "Amounts":
        """Tell some of them; writing to it writes to these."""
        return Amounts(self.above[which], self.below[which], self.there[which])


def bookings(keys: Iterable[K]) -> Bookings[K]:
    """Number the keys of amounts, one each, in order."""
    rows: dict[K, int] = {}
    numbers = [rows.setdefault(key, len(rows)) for key in keys]
    return Bookings(tuple(rows), np.array(numbers, np.int64))
