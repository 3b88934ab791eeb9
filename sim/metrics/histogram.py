"""Sparse histograms of spans: a zero bin and geometric bins that grow by 0.5 %, and quantiles of pooled ones."""

import math
from dataclasses import dataclass

import numpy as np

from sim.network.tables import Floats, Ints

GROWTH = 1.005
_LOG_GROWTH = math.log(GROWTH)


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of spans in the bins that occur; bin 0 holds spans of 0, bin b spans in [1.005^(b-1), 1.005^b) ticks."""

    bins: Ints
    """(B,) rising"""
    counts: Ints
    """(B,)"""
    maximum: int
    """Longest span in ticks, -1 when there is none."""


def bin_spans(ticks: Ints) -> Ints:
    """Bin of each span, (n,) ticks of at least 0 to (n,)."""
    bins = np.zeros(len(ticks), np.int64)
    positive = ticks > 0
    bins[positive] = 1 + (np.log(ticks[positive]) / _LOG_GROWTH).astype(np.int64)
    return bins


def histogram_of(ticks: Ints) -> Histogram:
    """Count spans; (n,) ticks of at least 0."""
    counts = np.bincount(bin_spans(ticks))
    bins = np.flatnonzero(counts)
    return Histogram(bins.astype(np.int16), counts[bins], int(ticks.max(initial=-1)))


def bin_edges(bins: Ints) -> tuple[Floats, Floats]:
    """Lower and upper edge of bins in ticks."""
    upper = np.where(bins > 0, GROWTH ** bins.astype(np.float64), 0.0)
    return np.where(bins > 0, GROWTH ** (bins.astype(np.float64) - 1), 0.0), upper


def stack_histograms(parts: list[list[Histogram]]) -> tuple[Ints, Ints, int]:
    """Add up the histograms of each replication on the bins that occur in any.

    Parameters
    ----------
    parts : list of list of Histogram
        For each of R replications the histograms to add up.

    Returns
    -------
    bins : ndarray of int64, shape (B,)
    counts : ndarray of int64, shape (R, B)
    maximum : int
        Longest span in ticks, -1 when there is none.
    """
    everything = [h for row in parts for h in row]
    size = 1 + max((int(h.bins[-1]) for h in everything if len(h.bins)), default=0)
    counts = np.zeros((len(parts), size), np.int64)
    for r, row in enumerate(parts):
        for h in row:
            counts[r, h.bins] += h.counts
    bins = np.flatnonzero(counts.any(axis=0))
    return bins, counts[:, bins], max((h.maximum for h in everything), default=-1)


def quantile(bins: Ints, counts: Ints, probability: float, maximum: float = math.inf) -> float:
    """Quantile of binned spans, by rank within its bin.

    Parameters
    ----------
    bins : ndarray of int64, shape (B,)
    counts : ndarray of int64, shape (B,)
        With at least one count.
    probability : float
        In (0, 1).
    maximum : float
        Longest span in ticks; no quantile lies above it.

    Returns
    -------
    float
        Ticks, within 0.5 % of the smallest span that at least this share does not exceed.
    """
    total = np.cumsum(counts)
    rank = probability * total[-1]
    place = int(np.searchsorted(total, rank))
    lower, upper = bin_edges(bins[place : place + 1])
    inside = (rank - (total[place] - counts[place])) / counts[place]
    return min(float(lower[0] + inside * (upper[0] - lower[0])), maximum)
