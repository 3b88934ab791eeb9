"""Sums by key in one go: which row of a table each of many amounts is added to."""

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sim.network.tables import Ints

K = TypeVar("K", bound=Hashable)


class Bookings(NamedTuple, Generic[K]):
    """Where B amounts are booked."""

    keys: tuple[K, ...]
    """Without repetition, in the order in which they first occur."""
    rows: Ints
    """(B,) row of `keys`"""

    def add_up(self, amounts: ArrayLike) -> list[float]:
        """Add up (B,) amounts by key, one after the other."""
        return list(np.bincount(self.rows, weights=amounts, minlength=len(self.keys)).tolist())

    def pairs(self, above: ArrayLike, below: ArrayLike) -> "zip[tuple[K, tuple[float, float]]]":
        """Add up numerators and denominators (B,) by key."""
        return zip(self.keys, zip(self.add_up(above), self.add_up(below), strict=True), strict=True)


def bookings(keys: Iterable[K]) -> Bookings[K]:
    """Number the keys of amounts, one each, in order."""
    rows: dict[K, int] = {}
    numbers = [rows.setdefault(key, len(rows)) for key in keys]
    return Bookings(tuple(rows), np.array(numbers, np.int64))
