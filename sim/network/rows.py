"""Rows of columns that steps share which no unit can come to both."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from .tables import Ints, Rows


def shared_rows(names: Sequence[str], routes: Iterable[Collection[str]]) -> Rows:
    """Give each name the first row that no earlier name has with which it lies on one route.

    A unit has one route, so a row and a unit still mean one step.

    Parameters
    ----------
    names : sequence of str, length R
    routes : iterable of collections of str
        The names on each route; others than `names` do not matter.

    Returns
    -------
    Rows
        From 0 without gaps.
    """
    beside: dict[str, set[str]] = {name: set() for name in names}
    for route in routes:
        together = beside.keys() & set(route)
        for name in together:
            beside[name] |= together
    rows: dict[str, int] = {}
    for name in names:
        taken = {rows[other] for other in beside[name] if other in rows}
        rows[name] = next(row for row in range(len(names)) if row not in taken)
    row: Ints = np.array([rows[name] for name in names], np.int64)
    return Rows(tuple(names), row)
