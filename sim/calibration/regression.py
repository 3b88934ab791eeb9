"""Approximate Bayesian computation with regression adjustment, in rounds.

Beaumont, Zhang and Balding 2002, Genetics 162: draws are moved along the regression of the parameters on what they
produce. Emerick and Reynolds 2013, Computers and Geosciences 55: done in n rounds with errors n times as large in
variance, so that each step is small enough for a straight line.
"""

import numpy as np

from sim.network.tables import Floats

_RIDGE = 1e-9
"""Relative to the mean square of a summary: keeps the regression solvable where two summaries say the same."""


def adjust(z: Floats, reported: Floats, observed: Floats) -> Floats:
    """Move draws to what was observed.

    Parameters
    ----------
    z : ndarray of float64, shape (N, P)
        Draws.
    reported : ndarray of float64, shape (N, S)
        What each draw produced, error of reporting included.
    observed : ndarray of float64, shape (S,)

    Returns
    -------
    ndarray of float64, shape (N, P)
        z + (observed - reported) B, where B is the linear regression of z on `reported`.
    """
    scale = reported.std(axis=0)
    gap = (reported - observed) / np.where(scale > 0, scale, 1.0)
    x = gap - gap.mean(axis=0)
    square = x.T @ x
    square += _RIDGE * np.trace(square) / len(square) * np.eye(len(square))
    slope: Floats = np.linalg.solve(square, x.T @ (z - z.mean(axis=0)))
    moved: Floats = z - gap @ slope
    return moved
