"""How well simulated bands agree with published figures: inside or not, coverage, errors, GEH.

GEH: UK Department for Transport, Design Manual for Roads and Bridges, vol. 12. The band is that of single replications
(a prediction band), not of their mean.
"""

from typing import NamedTuple

import numpy as np

from sim.network.tables import Flags, Floats

from .interval import student_t

FEWEST_FOR_QUANTILES = 30


class Band(NamedTuple):
    """Middle and bounds, (M,) each."""

    middle: Floats
    low: Floats
    high: Floats


def prediction_band(values: Floats, level: float = 0.9) -> Band:
    """Find where one more replication would lie.

    Parameters
    ----------
    values : ndarray of float64, shape (R, M)
        One row a replication, at least two.
    level : float
        In (0, 1).

    Returns
    -------
    Band
        Median and quantiles from 30 replications on; below, the mean and t s sqrt(1 + 1/R) about it.
    """
    n = len(values)
    if n >= FEWEST_FOR_QUANTILES:
        low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return Band(middle, low, high)
    middle = values.mean(axis=0)
    half = student_t(n, level) * values.std(axis=0, ddof=1) * np.sqrt(1 + 1 / n)
    return Band(middle, middle - half, middle + half)


def is_inside(observed: Floats, band: Band, is_least: Flags) -> Flags:
    """Tell which figures a band holds, (M,); of a figure that is a lower bound, whether the band reaches above it."""
    return np.where(is_least, band.high >= observed, (band.low <= observed) & (observed <= band.high))


def absolute_percentage_error(observed: Floats, simulated: Floats) -> float:
    """Mean absolute percentage error, as a share; figures of 0 are left out, NaN without any other."""
    some = observed != 0
    if not some.any():
        return float("nan")
    return float(np.mean(abs(simulated[some] - observed[some]) / abs(observed[some])))


def geh(observed: Floats, simulated: Floats) -> Floats:
    """GEH of hourly flows, sqrt(2 (m - c)^2 / (m + c)), (M,); 0 where both are 0. Below 5 is a good match."""
    total = observed + simulated
    square = 2 * (simulated - observed) ** 2 / np.where(total > 0, total, 1.0)
    return np.sqrt(square)
