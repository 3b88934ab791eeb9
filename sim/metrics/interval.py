"""Intervals with the replication as the unit: ratio estimator, Woodruff test inversion, paired ratios.

Formulas: Cochran 1977, Sampling Techniques, ch. 6 (ratio); Woodruff 1952, J. Am. Stat. Assoc. 47 (test inversion), here
over replications and on the scale of log odds (Newcombe 2001, Am. Stat. 55).
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.network.tables import Floats, Ints

from .histogram import bin_edges, quantile


class Estimate(NamedTuple):
    """A value and its bounds, NaN where there are none."""

    value: float
    low: float
    high: float


def student_t(n: int, confidence: float) -> float:
    """Two-sided quantile of Student's t for n replications."""
    return float(special.stdtrit(n - 1, (1 + confidence) / 2))


def total(values: Floats) -> Floats:
    """Sum over replications, (R, M) to (M,): from the smallest up, so that their order changes no bit."""
    return np.asarray(np.sort(values, axis=0).sum(axis=0), np.float64)


def ratio_residuals(numerators: Floats, denominators: Floats) -> tuple[Floats, Floats]:
    """Ratios of sums over replications, and their linearised residuals.

    Parameters
    ----------
    numerators, denominators : ndarray of float64, shape (R, M)

    Returns
    -------
    ratio : ndarray of float64, shape (M,)
        NaN where the denominators are 0.
    residuals : ndarray of float64, shape (R, M)
        (Y_i - ratio X_i) / mean X.
    """
    below = total(denominators)
    some = np.where(below != 0, below, np.nan)
    ratio = total(numerators) / some
    return ratio, (numerators - ratio * denominators) / (some / len(denominators))


def half_width(residuals: Floats, confidence: float) -> Floats:
    """Half-width from residuals of sum 0, shape (R, M) to (M,); NaN for one replication."""
    n = len(residuals)
    if n < 2:
        return np.full(residuals.shape[1:], np.nan)
    squares = total(residuals**2) / (n - 1)
    return np.asarray(student_t(n, confidence) * np.sqrt(squares / n), np.float64)


def quantile_interval(bins: Ints, counts: Ints, probability: float, confidence: float, maximum: float) -> Estimate:
    """Pooled quantile of binned spans with its interval over replications.

    Parameters
    ----------
    bins : ndarray of int64, shape (B,)
    counts : ndarray of int64, shape (R, B)
    probability, confidence : float
        In (0, 1).
    maximum : float
        Longest span, ticks.

    Returns
    -------
    Estimate
        In ticks. Bounds are NaN where fewer than two replications have a span; the upper one also where it lies beyond
        the longest span seen.
    """
    if not counts.any():
        return Estimate(math.nan, math.nan, math.nan)
    value = quantile(bins, counts.sum(axis=0), probability, maximum)
    return Estimate(value, *band_interval(bins, share_band(counts, confidence), probability))


class Band(NamedTuple):
    """Bounds of the log odds that a span lies in a bin or below, (B,) each."""

    low: Floats
    """-inf where no span does."""
    high: Floats
    """inf where every span does."""


def share_band(counts: Ints, confidence: float) -> Band | None:
    """Bound the share of spans up to each bin, (R, B) to (B,); None where fewer than two replications have a span.

    NOTE shares are compared on the scale of log odds: a share near 1 has a skew distribution, and an interval around it
    would miss above with few replications (tests/metrics/test_coverage.py).
    """
    if np.count_nonzero(counts.any(axis=1)) < 2:
        return None
    below = np.cumsum(counts, axis=1, dtype=np.float64)
    share, residuals = ratio_residuals(below, below[:, -1:])
    some, every = share > 0, share >= 1
    inner = np.where(some & ~every, share, 0.5)
    odds, half = special.logit(inner), half_width(residuals, confidence) / (inner * (1 - inner))
    # At the last bin every span is below, whatever the data: it says nothing about the upper bound of a quantile.
    return Band(
        np.where(some & ~every, odds - half, -np.inf), np.where(every, np.inf, np.where(some, odds + half, -np.inf))
    )


def band_interval(bins: Ints, band: Band | None, probability: float) -> tuple[float, float]:
    """All thresholds at which the share of spans below is compatible with the probability: the first and the last."""
    if band is None:
        return math.nan, math.nan
    lower, upper = bin_edges(bins)
    wanted = special.logit(probability)
    is_low, is_high = band.high >= wanted, band.low >= wanted
    low = lower[np.argmax(is_low)]
    return float(low), float(upper[np.argmax(is_high)]) if is_high.any() else math.nan


def binomial_bounds(found: Floats, drawn: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Exact bounds of a share of counted items.

    Parameters
    ----------
    found, drawn : ndarray of float64, shape (M,)
        Counts over all replications, found at most drawn.
    confidence : float
        Level, in (0, 1).

    Returns
    -------
    low, high : ndarray of float64, shape (M,)
        Dimensionless in [0, 1]; NaN where nothing was drawn.

    Notes
    -----
    Clopper and Pearson 1934, Biometrika 26: as wide as it must be also where all or nothing was found. Items are
    taken as independent, which drawn carriers are but for the days they share.
    """
    tail = (1 - confidence) / 2
    low = np.where(found > 0, special.betaincinv(np.maximum(found, 1), drawn - found + 1, tail), 0.0)
    high = np.where(found < drawn, special.betaincinv(found + 1, np.maximum(drawn - found, 1), 1 - tail), 1.0)
    return np.where(drawn > 0, low, np.nan), np.where(drawn > 0, high, np.nan)


class Paired(NamedTuple):
    """Differences of ratios under common random numbers, (M,) each."""

    a: Floats
    b: Floats
    half_width: Floats
    correlation: Floats
    """of the two linearised replications; NaN where one does not vary"""
    variance_ratio: Floats
    """variance of the difference if both were independent, over that of the pairs; NaN where pairs do not vary"""


def paired_ratios(a: tuple[Floats, Floats], b: tuple[Floats, Floats], confidence: float) -> Paired:
    """Compare ratio estimators of the same replications; `a` and `b` are (numerators, denominators), (R, M) each."""
    ratio_a, residuals_a = ratio_residuals(*a)
    ratio_b, residuals_b = ratio_residuals(*b)
    spread = np.sqrt(total(residuals_a**2) * total(residuals_b**2))
    correlation = total(residuals_a * residuals_b) / np.where(spread > 0, spread, np.nan)
    apart, together = total(residuals_a**2) + total(residuals_b**2), total((residuals_b - residuals_a) ** 2)
    gain = apart / np.where(together > 0, together, np.nan)
    return Paired(ratio_a, ratio_b, half_width(residuals_b - residuals_a, confidence), correlation, gain)
