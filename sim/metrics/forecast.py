"""How many interceptions a month may bring: a prediction interval beside the interval of the mean.

Given the paths, the number found is a sum of independent rare events, hence nearly Poisson with the mean of the
replication (Le Cam 1960, Pacific J. Math. 10); that mean varies from month to month. The mixture is taken as negative
binomial with the mean and variance of both together.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.network.tables import Floats

from .interval import student_t


class CountForecast(NamedTuple):
    """Number of events in a period."""

    mean: float
    low: float
    high: float
    nothing: float
    """probability that there is none"""


def forecast_count(sums: Floats, days: float, period: float, confidence: float) -> CountForecast:
    """Predict a count from the expected counts of replications.

    Parameters
    ----------
    sums : ndarray of float64, shape (R,)
        Expected number of events in each replication, R at least 1.
    days : float
        Length of a replication's window, days.
    period : float
        Length of the period to predict, days; made up of independent windows.
    confidence : float
        Level of the prediction interval, in (0, 1).

    Returns
    -------
    CountForecast
        Whole numbers low and high, both included.

    Notes
    -----
    The variance of the mean is that of the period, and that of the estimate from R replications. What they add to
    the variance of the count widens the distance of the bounds from the mean as Student's quantile does that of the
    normal (prediction interval of a normal number, Hahn and Meeker 1991, Statistical Intervals, 4.7). One replication
    tells no variance.
    """
    scale, n = period / days, len(sums)
    mean = float(np.mean(sums)) * scale
    spread = float(np.var(sums, ddof=1)) * scale if n > 1 else 0.0
    tail = (1 - confidence) / 2
    unsure, wider = spread * (1 + scale / n), 1.0
    if unsure > 0:
        few = student_t(n, confidence) / float(special.ndtri(1 - tail))
        wider = math.sqrt((mean + unsure * few**2) / (mean + unsure))
    low, high = (round(mean + wider * (_quantile(mean, unsure, p) - mean), 9) for p in (tail, 1 - tail))
    return CountForecast(mean, max(0.0, math.floor(low)), float(math.ceil(high)), _share_up_to(0, mean, spread))


def _share_up_to(count: int, mean: float, spread: float) -> float:
    """P(N <= count) of a Poisson number whose mean has the given mean and variance."""
    if mean <= 0:
        return 1.0
    # Below this the gamma mixture is a Poisson number to every printed digit.
    if spread < 1e-9 * mean:
        return float(special.pdtr(count, mean))
    shape = mean**2 / spread
    return float(special.betainc(shape, count + 1, shape / (shape + mean)))


def _quantile(mean: float, spread: float, probability: float) -> float:
    """Smallest count with P(N <= count) >= probability."""
    low, high = -1, 1
    while _share_up_to(high, mean, spread) < probability:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        is_enough = _share_up_to(middle, mean, spread) >= probability
        low, high = (low, middle) if is_enough else (middle, high)
    return float(high) if math.isfinite(mean) else math.nan
