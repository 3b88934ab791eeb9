"""Where a curve passes a threshold, and where it bends most."""

import math
from typing import NamedTuple

import numpy as np

from sim.network.tables import Floats


class Passage(NamedTuple):
    """Where a curve passes a threshold, upwards."""

    at: float
    """NaN where it never does, or lies above it from the start."""
    low: float
    """Earliest place that the intervals allow: there the upper bounds pass; minus infinity before the first point."""
    high: float
    """Latest place that the intervals allow: there the lower bounds pass; infinity beyond the last point."""


def passage(x: Floats, bounds: tuple[Floats, Floats, Floats], threshold: float) -> Passage:
    """Find where a curve passes a threshold, by straight lines between its points.

    Parameters
    ----------
    x : ndarray of float64, shape (P,)
        Rising.
    bounds : tuple of three ndarrays of float64, shape (P,)
        Value, low and high at each x; an unknown high bound (NaN) counts as above the threshold.
    threshold : float
        In the curve's unit.

    Returns
    -------
    Passage
        Its ends invert the intervals of the points: every place between them has the threshold in its interval
        (Fieller's idea, by interpolation).
    """
    value, low, high = bounds
    above = np.where(np.isnan(high), np.inf, high)
    at = _first_passage(x, value, threshold)
    earliest, latest = _first_passage(x, above, threshold), _first_passage(x, low, threshold)
    return Passage(
        at,
        -math.inf if above[0] > threshold else earliest if not math.isnan(earliest) else math.inf,
        -math.inf if low[0] > threshold else latest if not math.isnan(latest) else math.inf,
    )


def _first_passage(x: Floats, value: Floats, threshold: float) -> float:
    passed = np.flatnonzero((value[:-1] <= threshold) & (value[1:] > threshold))
    if not len(passed):
        return math.nan
    i = int(passed[0])
    if math.isinf(value[i + 1]):
        return float(x[i])
    return float(x[i] + (threshold - value[i]) / (value[i + 1] - value[i]) * (x[i + 1] - x[i]))


def knee(price: Floats, gain: Floats) -> int:
    """Find the point of a trade-off curve beyond which more gain costs much more.

    Parameters
    ----------
    price, gain : ndarray of float64, shape (P,)
        In the order of the curve.

    Returns
    -------
    int
        Position of the point that lies furthest to the good side of the chord between the curve's ends, both axes
        scaled to [0, 1] (Satopaa et al. 2011, Finding a "Kneedle" in a Haystack); -1 where none does.
    """
    if len(price) < 3 or np.ptp(price) == 0 or np.ptp(gain) == 0:
        return -1
    across, up = (price - price[0]) / (price[-1] - price[0] or np.ptp(price)), (gain - gain[0]) / np.ptp(gain)
    ahead = up / (up[-1] or 1.0) - across
    best = int(np.argmax(ahead))
    return best if ahead[best] > 0.05 else -1
