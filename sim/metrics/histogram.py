"""Sparse histograms of spans: a zero bin and geometric bins that grow by 0.5 %, and quantiles of pooled ones."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.network.tables import Floats, Ints

GROWTH = 1.005


class Histogram(NamedTuple):
    """Counts of spans in the bins that occur; bin 0 holds spans of 0, bin b spans in [1.005^(b-1), 1.005^b) ticks."""

    bins: NDArray[np.int16]
    """(B,) rising"""
    counts: Ints
    """(B,)"""
    maximum: int
    """Longest span in ticks, -1 when there is none."""


class Packed(NamedTuple):
    """Many histograms in a row, R of them, with as many bins as they have together."""

    bins: NDArray[np.int16]
    counts: NDArray[np.int32]
    ends: Ints
    """(R,) where the bins of each end"""
    maxima: Ints
    """(R,) longest span in ticks, -1 when there is none"""

    def histograms(self) -> list[Histogram | None]:
        """Take them apart; None where there are no spans."""
        found: list[Histogram | None] = []
        start, counts = 0, self.counts.astype(np.int64)
        for end, maximum in zip(self.ends.tolist(), self.maxima.tolist(), strict=True):
            found.append(Histogram(self.bins[start:end], counts[start:end], maximum) if end > start else None)
            start = end
        return found


def packed(parts: Sequence[Histogram | None]) -> Packed:
    """Put histograms in a row."""
    there = [part for part in parts if part is not None]
    return Packed(
        np.concatenate([np.zeros(0, np.int16), *(part.bins for part in there)]),
        np.concatenate([np.zeros(0, np.int64), *(part.counts for part in there)]).astype(np.int32),
        np.cumsum([0 if part is None else len(part.bins) for part in parts], dtype=np.int64),
        np.array([-1 if part is None else part.maximum for part in parts], np.int64),
    )


FIRST_TICKS: Ints = np.ceil(GROWTH ** np.arange(-1.0, 5600)).astype(np.int64)
"""(B,) shortest span of each bin, whole ticks; of 0 for bin 0."""
FIRST_TICKS[0] = 0
SHIFT = 44
"""Bits of a float64 below the first 8 of its fraction: what remains tells a span to 0.4 %, less than a bin."""
ONE = 1023 << (52 - SHIFT)
"""Those bits of 1.0."""
_UPPER = np.concatenate([[0.0], GROWTH ** np.arange(1.0, len(FIRST_TICKS))])
"""(B,) upper edge of each bin in ticks."""
_LOWER = np.concatenate([[0.0], GROWTH ** np.arange(0.0, len(FIRST_TICKS) - 1)])
"""(B,) lower edge of each bin in ticks."""
LEAST_BIN: NDArray[np.int16] = (
    np.searchsorted(FIRST_TICKS, np.ceil(((np.arange(41 << 8) + ONE) << SHIFT).view(np.float64)), "right") - 1
).astype(np.int16)
"""By those bits: the bin of the shortest such span; the longest lies in that bin or in the next that is not empty."""


def bin_spans(ticks: Ints) -> Ints:
    """Bin of each span, (n,) ticks of at least 0 to (n,); exact on ticks."""
    place = (ticks.astype(np.float64).view(np.int64) >> SHIFT) - ONE
    bins = LEAST_BIN[np.maximum(place, 0)].astype(np.int64)
    bins += ticks >= FIRST_TICKS[bins + 1]
    return np.asarray(bins * (ticks > 0), np.int64)


def histogram_of(ticks: Ints) -> Histogram:
    """Count spans; (n,) ticks of at least 0."""
    counts = np.bincount(bin_spans(ticks))
    bins = np.flatnonzero(counts)
    return Histogram(bins.astype(np.int16), counts[bins], int(ticks.max(initial=-1)))


def bin_edges(bins: Ints) -> tuple[Floats, Floats]:
    """Lower and upper edge of bins in ticks."""
    return _LOWER[bins], _UPPER[bins]


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


def merged(parts: Sequence[Histogram]) -> Histogram:
    """Add up histograms, at least one."""
    if len(parts) == 1:
        return parts[0]
    bins = np.concatenate([part.bins for part in parts])
    counts = np.bincount(bins, np.concatenate([part.counts for part in parts]))
    there = np.flatnonzero(counts)
    return Histogram(there.astype(np.int16), counts[there].astype(np.int64), max(part.maximum for part in parts))


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


def row_quantiles(bins: Ints, counts: Ints, probability: float) -> Floats:
    """Quantile of each of R rows of counts, (B,) and (R, B) to (R,), as `quantile`; NaN in rows without a span."""
    found = np.full(len(counts), np.nan)
    if not len(bins):
        return found
    total = np.cumsum(counts, axis=1)
    some = np.flatnonzero(total[:, -1])
    rank = probability * total[some, -1]
    place = (total[some] < rank[:, np.newaxis]).sum(axis=1)
    lower, upper = bin_edges(bins[place])
    within = counts[some, place]
    found[some] = lower + (rank - (total[some, place] - within)) / within * (upper - lower)
    return found
