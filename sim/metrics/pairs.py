"""Sums by key as columns: all replications of a network share the keys, and each has arrays of its own."""

import pickle
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from sim.network.tables import Flags, Floats, Ints

K = TypeVar("K", bound=Hashable)

_MOST_KEPT = 256
Pair = tuple[float, float]
"""Numerator and denominator."""


class Keys(tuple[K, ...]):
    """Keys that know their hash: what is kept by them is found as fast as by a number."""

    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            self._hash = tuple.__hash__(self)
            return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or tuple.__eq__(self, other)

    def __reduce__(self) -> tuple[Any, ...]:
        return Keys, (tuple(self),)


class Names(Generic[K]):
    """Keys in a fixed order, none twice, the same object for all replications of a network."""

    def __init__(self, keys: Iterable[K]) -> None:
        self.keys: tuple[K, ...] = tuple(keys)
        self._parts: dict[tuple[str, bytes], tuple[Keys[K], Ints]] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self.keys, pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self._packed,)

    @cached_property
    def _rows(self) -> Mapping[str, Ints]:
        """Rows of each metric, in order of the keys."""
        found: dict[str, list[int]] = {}
        for row in sorted(range(len(self.keys)), key=self.keys.__getitem__):  # type: ignore[arg-type]
            found.setdefault(self.keys[row][0], []).append(row)  # type: ignore[index]
        return {metric: np.array(rows, np.int64) for metric, rows in found.items()}

    def of_metric(self, metric: str, there: Flags | None) -> tuple[Keys[K], Ints]:
        """Find the keys of a metric that are there, sorted, and their rows; the same object for the same keys."""
        rows = self._rows.get(metric, np.zeros(0, np.int64))
        flags = b"" if there is None or there[rows].all() else there[rows].tobytes()
        part = self._parts.get((metric, flags))
        if part is None:
            if len(self._parts) >= _MOST_KEPT:
                self._parts.clear()
            rows = rows[there[rows]] if flags and there is not None else rows
            part = self._parts[metric, flags] = (Keys(self.keys[row] for row in rows.tolist()), rows)
        return part


_known: WeakValueDictionary[bytes, Names[Any]] = WeakValueDictionary()


def _unpacked(packed: bytes) -> Names[Any]:
    """Unpack names that came from another process, once."""
    names = _known.get(packed)
    if names is None:
        names = _known[packed] = Names(pickle.loads(packed))
        names.__dict__["_packed"] = packed
    return names


@dataclass(frozen=True, eq=False)
class Column(Generic[K]):
    """Something of each key, n of them."""

    names: Names[K]
    there: Flags | None
    """(n,) whether the replication has the key; None: it has all"""

    def among(self, values: Iterable[Any]) -> dict[K, Any]:
        """Name (n,) values."""
        named = zip(self.names.keys, values, strict=True)
        if self.there is None:
            return dict(named)
        return {key: value for (key, value), is_there in zip(named, self.there.tolist(), strict=True) if is_there}


@dataclass(frozen=True, eq=False)
class Pairs(Column[K]):
    """A ratio of sums for each key."""

    above: Floats
    """(n,) numerators"""
    below: Floats
    """(n,) denominators"""

    def by_key(self) -> dict[K, Pair]:
        """Name the ratios."""
        return self.among(zip(self.above.tolist(), self.below.tolist(), strict=True))

    def keys_of(self, metric: str) -> Keys[K]:
        """Keys of a metric, sorted."""
        return self.names.of_metric(metric, self.there)[0]

    def of(self, metric: str, keys: Keys[K]) -> tuple[Floats, Floats]:
        """Numerators and denominators of the keys of a metric; 0 of those that are not there."""
        mine, rows = self.names.of_metric(metric, self.there)
        if mine is keys:
            return self.above[rows], self.below[rows]
        place = dict(zip(mine, rows.tolist(), strict=True))
        found = np.array([place.get(key, -1) for key in keys], np.int64)
        return np.where(found >= 0, self.above[found], 0.0), np.where(found >= 0, self.below[found], 0.0)


@dataclass(frozen=True, eq=False)
class Heights(Column[K]):
    """A highest level for each key."""

    most: Floats
    """(n,)"""

    def by_key(self) -> dict[K, float]:
        """Name the levels."""
        return self.among(self.most.tolist())


@dataclass(frozen=True, eq=False)
class Hours(Column[K]):
    """A ratio of sums for each key and hour."""

    above: Floats
    """(n, H) numerators"""
    below: Floats
    """(m, H) denominators of the last m keys; those of the others are 0"""

    def by_key(self) -> dict[K, tuple[Floats, Floats]]:
        """Name the hours."""
        nothing = np.zeros(self.above.shape[1])
        nothing.flags.writeable = False
        below = [nothing] * (len(self.above) - len(self.below)) + list(self.below)
        return self.among(zip(self.above, below, strict=True))


def pairs_of(named: Mapping[K, Pair]) -> Pairs[K]:
    """Lay named ratios out as columns."""
    above, below = np.array(list(named.values()), np.float64).reshape(-1, 2).T
    return Pairs(Names(named), None, above, below)
