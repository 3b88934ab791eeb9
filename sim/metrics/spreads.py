"""The distributions of one metric over replications and keys: histograms one behind the other, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.network.tables import Floats, Ints

from .histogram import Histogram, quantile, row_quantiles
from .interval import Band, Estimate, band_interval, share_band


class Stacked(NamedTuple):
    """The histograms of one key on the bins that occur in any."""

    bins: Ints
    """(B,)"""
    counts: Ints
    """(R, B)"""
    longest: int
    """Ticks, -1 when there is no span."""


@dataclass(frozen=True, eq=False)
class Spreads:
    """Histograms of R replications at M keys, H of them, in the order of keys."""

    shape: tuple[int, int]
    """R, M"""
    key: Ints
    """(H,) rising"""
    replication: Ints
    """(H,)"""
    longest: Ints
    """(H,) longest span in ticks"""
    pointer: Ints
    """(H + 1,) where the bins of each histogram begin"""
    bins: Ints
    """Bins that occur, see `Histogram`."""
    counts: Ints
    """How often each does."""
    _stacked: dict[int, Stacked] = field(default_factory=dict)
    _bands: dict[tuple[int, float], Band | None] = field(default_factory=dict)
    _sections: dict[tuple[int, float], tuple[float, Floats]] = field(default_factory=dict)

    def histogram(self, replication: int, key: int) -> Histogram | None:
        """Give the histogram of one replication (number from 0) at one key (row), or None."""
        for h in self._rows(key):
            if self.replication[h] == replication:
                here = slice(self.pointer[h], self.pointer[h + 1])
                return Histogram(self.bins[here].astype(np.int16), self.counts[here], int(self.longest[h]))
        return None

    def stacked(self, key: int) -> Stacked:
        """Put the histograms of all replications at one key (row) onto common bins."""
        if key not in self._stacked:
            rows = self._rows(key)
            here = slice(self.pointer[rows.start], self.pointer[rows.stop])
            sizes = np.diff(self.pointer[rows.start : rows.stop + 1])
            occurs = np.zeros(1 + int(self.bins[here].max(initial=-1)), np.bool_)
            occurs[self.bins[here]] = True
            bins = np.flatnonzero(occurs)
            counts = np.zeros((self.shape[0], len(bins)), np.int64)
            at = np.repeat(self.replication[rows.start : rows.stop], sizes), (np.cumsum(occurs) - 1)[self.bins[here]]
            counts[at] = self.counts[here]
            longest = self.longest[rows.start : rows.stop].max(initial=-1)
            self._stacked[key] = Stacked(bins, counts, int(longest))
        return self._stacked[key]

    def interval(self, key: int, probability: float, confidence: float) -> Estimate:
        """Give the pooled quantile at one key (row) with its interval, in ticks, as `quantile_interval` does."""
        own = self.stacked(key)
        if not len(own.bins):
            return Estimate(np.nan, np.nan, np.nan)
        if (key, confidence) not in self._bands:
            self._bands[key, confidence] = share_band(own.counts, confidence)
        value = self.sections(key, probability)[0]
        return Estimate(value, *band_interval(own.bins, self._bands[key, confidence], probability))

    def sections(self, key: int, probability: float) -> tuple[float, Floats]:
        """Give the pooled quantile at one key (row), and the replications' own, (R,), in ticks; NaN without a span."""
        if (key, probability) not in self._sections:
            bins, counts, longest = self.stacked(key)
            pooled = quantile(bins, counts.sum(axis=0), probability, longest) if len(bins) else np.nan
            self._sections[key, probability] = pooled, row_quantiles(bins, counts, probability)
        return self._sections[key, probability]

    def _rows(self, key: int) -> range:
        return range(int(np.searchsorted(self.key, key)), int(np.searchsorted(self.key, key, side="right")))


def spreads_of(histograms: Sequence[Sequence[Histogram | None]], keys: int) -> Spreads:
    """Lay histograms one behind the other.

    Parameters
    ----------
    histograms : sequence of sequence of Histogram or None
        A row of M for each of R replications.
    keys : int
        M.

    Returns
    -------
    Spreads
    """
    found = [(m, r, h) for m in range(keys) for r, row in enumerate(histograms) if (h := row[m]) is not None]
    return Spreads(
        (len(histograms), keys),
        np.array([m for m, _, _ in found], np.int64),
        np.array([r for _, r, _ in found], np.int64),
        np.array([h.maximum for _, _, h in found], np.int64),
        np.cumsum([0, *(len(h.bins) for _, _, h in found)]),
        np.concatenate([np.zeros(0, np.int64), *(h.bins for _, _, h in found)]),
        np.concatenate([np.zeros(0, np.int64), *(h.counts for _, _, h in found)]),
    )
