"""Points that no other beats: the Pareto front of a gain and a price, by estimates and by intervals."""

from typing import Any

import numpy as np

from sim.network.tables import Floats, Ints


def pareto_front(gain: Floats, price: Floats) -> Ints:
    """Find the points that no other point beats: none has at least the gain for at most the price, and one better.

    Parameters
    ----------
    gain, price : ndarray of float64, shape (P,)
        NaN where a point has no figure; such a point is never on the front.

    Returns
    -------
    ndarray of int64
        Positions, from the lowest price up; points that are equal in both figures are all kept.
    """
    known = np.flatnonzero(~(np.isnan(gain) | np.isnan(price)))
    order = known[np.lexsort((known, -gain[known], price[known]))]
    kept: list[int] = []
    best = -np.inf
    for place in order.tolist():
        is_equal = bool(kept) and gain[place] == gain[kept[-1]] and price[place] == price[kept[-1]]
        if gain[place] > best or is_equal:
            kept.append(place)
            best = float(gain[place])
    return np.array(kept, np.int64)


def surely_dominated(gain: Floats, price: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which points another point beats whatever the truth within the intervals.

    Parameters
    ----------
    gain, price : ndarray of float64, shape (P, 3)
        Value, low, high; an unknown bound (NaN) leaves a point in doubt.

    Returns
    -------
    ndarray of bool, shape (P,)
        True where the intervals of one other point lie on the better side in both figures. Common random numbers make
        this careful: pairs differ less than their intervals say.
    """
    order = np.flatnonzero(~(np.isnan(gain[:, 1]) | np.isnan(price[:, 2])))
    order = order[np.argsort(price[order, 2], kind="stable")]
    most = price[order, 2]
    best = np.maximum.accumulate(np.append(-np.inf, gain[order, 1]))  # lowest gain of the k cheapest for sure
    least, high = price[:, 1], gain[:, 2]
    no_dearer = best[np.searchsorted(most, least, side="right")]
    cheaper = best[np.searchsorted(most, least, side="left")]
    return np.asarray(~np.isnan(least) & ((no_dearer > high) | (cheaper >= high)), np.bool_)
