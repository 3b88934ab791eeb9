"""Many design points held against one under common random numbers, so that all statements hold together."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.network.tables import Floats
from sim.units import TICKS_PER_MINUTE

from .interval import half_width, paired_ratios
from .kept import Kept
from .spreads import Spreads
from .summary import QUANTILES
from .tally import Key


class Difference(NamedTuple):
    """One figure of a point less that of the baseline."""

    key: Key
    statistic: str
    base: float
    value: float
    difference: float
    half_width: float
    p_value: float
    """Two-sided, of this comparison alone; NaN for one replication, 1 where nothing differs in any replication."""
    variance_ratio: float
    """Variance of the difference if both were independent, over that of the pairs; NaN where pairs do not vary."""


def bonferroni(confidence: float, comparisons: int) -> float:
    """Level of each of several intervals that hold together at a level (Bonferroni's inequality)."""
    return 1 - (1 - confidence) / max(comparisons, 1)


def holm(p_values: Floats) -> Floats:
    """Adjust p-values for several tests by Holm's step-down method.

    Parameters
    ----------
    p_values : ndarray of float64, shape (m,)
        In [0, 1]; NaN counts as no test.

    Returns
    -------
    ndarray of float64, shape (m,)
        Reject those that are at most alpha: then a true null hypothesis is rejected with at most that probability,
        however the tests depend on each other (Holm 1979, Scand. J. Stat. 6).
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1.0)
    return adjusted


def differences(base: Kept, other: Kept, confidence: float) -> Iterator[Difference]:
    """Compare a metric of two design points, replication by replication.

    Parameters
    ----------
    base, other : Kept
        Of the same metric and the same R replications of the same random numbers.
    confidence : float
        Level of each interval, in (0, 1); see `bonferroni` for several.

    Yields
    ------
    Difference
        Of the mean or ratio, and of p95 where the metric has one, at the keys that both have.

    Raises
    ------
    ValueError
        If the numbers of replications differ.
    """
    if len(base.numerators) != len(other.numerators):
        raise ValueError(f"both must have as many replications; got {len(base.numerators)}, {len(other.numerators)}")
    places = [{key: m for m, key in enumerate(kept.keys)} for kept in (base, other)]
    keys = sorted(places[0].keys() & places[1].keys())
    at = [np.array([place[key] for key in keys], np.int64) for place in places]
    sides = [(kept.numerators[:, m], kept.denominators[:, m]) for kept, m in zip((base, other), at, strict=True)]
    if not keys:
        return
    statistic = "ratio" if "ratio" in base.metric.statistics else "mean"
    paired = paired_ratios(sides[0], sides[1], confidence)
    n = len(base.numerators)
    for m, key in enumerate(keys):
        difference, half = float(paired.b[m] - paired.a[m]), float(paired.half_width[m])
        if not math.isnan(difference):
            p_value = _p_value(difference, half, n, confidence)
            gain = float(paired.variance_ratio[m])
            yield Difference(key, statistic, float(paired.a[m]), float(paired.b[m]), difference, half, p_value, gain)
    if "p95" in base.metric.statistics:
        for m, key in enumerate(keys):
            ours, theirs = (base.spreads, int(at[0][m])), (other.spreads, int(at[1][m]))
            found = _quantile_difference(ours, theirs, QUANTILES["p95"], confidence)
            if found is not None:
                low, high, half, gain = found
                p_value = _p_value(high - low, half, n, confidence)
                yield Difference(key, "p95", low, high, high - low, half, p_value, gain)


def _p_value(difference: float, half: float, n: int, confidence: float) -> float:
    """Two-sided p-value of no difference, read off the half-width of a t interval."""
    if math.isnan(half):
        return math.nan
    if half == 0:
        return 1.0 if difference == 0 else 0.0
    error = half / float(special.stdtrit(n - 1, (1 + confidence) / 2))
    return float(2 * special.stdtr(n - 1, -abs(difference) / error))


def _quantile_difference(
    a: tuple[Spreads, int], b: tuple[Spreads, int], probability: float, confidence: float
) -> tuple[float, float, float, float] | None:
    """Pooled quantiles in minutes, half-width of their difference by sectioning, and the variance ratio of pairs.

    The spread of the replications' own differences is taken around the difference of the pooled quantiles.
    """
    pooled, own = [], []
    for spreads, m in (a, b):
        whole, each = spreads.sections(m, probability)
        if math.isnan(whole):
            return None
        pooled.append(whole / TICKS_PER_MINUTE)
        own.append(each / TICKS_PER_MINUTE)
    spreads = np.array(own) - np.array(pooled)[:, np.newaxis]
    kept = spreads[:, ~np.isnan(spreads).any(axis=0)]
    if kept.shape[1] < 2:
        return pooled[0], pooled[1], math.nan, math.nan
    pairs = kept[1] - kept[0]
    half = float(half_width(pairs[:, np.newaxis], confidence)[0])
    squares = float((pairs**2).sum())
    return pooled[0], pooled[1], half, float((kept**2).sum()) / squares if squares > 0 else math.nan
