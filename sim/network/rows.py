"""Rows of the record that steps share which no unit can come to both."""

from collections.abc import Iterable, Sequence

import numpy as np

from .tables import Ints


def shared_rows(names: Sequence[str], routes: Iterable[Iterable[str]]) -> Ints:
    """Give each name the first row that no earlier name has with which it lies on one route.

    A unit has one route, so a row and a unit still mean one step.

    Parameters
    ----------
    names : sequence of str, length R
    routes : iterable of iterable of str
        The names on each route.

    Returns
    -------
    ndarray of int64, shape (R,)
        Rows from 0 without gaps.
    """
    beside: dict[str, set[str]] = {name: set() for name in names}
    for route in routes:
        together = set(route)
        for name in together:
            beside[name] |= together
    rows: dict[str, int] = {}
    for name in names:
        taken = {rows[other] for other in beside[name] if other in rows}
        rows[name] = next(row for row in range(len(names)) if row not in taken)
    return np.array([rows[name] for name in names], np.int64)
