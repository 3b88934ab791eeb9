"""Histograms one behind the other say what each of them says, and what their stack does."""

import numpy as np
import pytest

from sim.metrics.histogram import Histogram, histogram_of, quantile, stack_histograms
from sim.metrics.interval import quantile_interval
from sim.metrics.spreads import spreads_of

PROBABILITIES = (0.5, 0.95, 0.99)


@pytest.fixture(scope="module")
def histograms() -> list[list[Histogram | None]]:
    """Six replications at three keys: one full, one with gaps, one that nobody came to."""
    rng = np.random.default_rng(11)
    drawn = [[histogram_of(rng.exponential(60_000, size=n).astype(np.int64)) for n in (200, 9)] for _ in range(6)]
    return [[full, few if r % 2 else None, None] for r, (full, few) in enumerate(drawn)]


def test_each_is_there(histograms: list[list[Histogram | None]]) -> None:
    spreads = spreads_of(histograms, 3)
    for r, row in enumerate(histograms):
        for m, own in enumerate(row):
            found = spreads.histogram(r, m)
            if own is None or found is None:
                assert found is own
                continue
            assert found.bins.tolist() == own.bins.tolist()
            assert found.counts.tolist() == own.counts.tolist()
            assert found.maximum == own.maximum


def test_intervals_and_sections_are_those_of_the_stack(histograms: list[list[Histogram | None]]) -> None:
    spreads = spreads_of(histograms, 3)
    for m in range(3):
        bins, counts, longest = stack_histograms([[h] if (h := row[m]) is not None else [] for row in histograms])
        for probability in PROBABILITIES:
            np.testing.assert_array_equal(
                spreads.interval(m, probability, 0.95), quantile_interval(bins, counts, probability, 0.95, longest)
            )
            pooled, own = spreads.sections(m, probability)
            single = [quantile(bins, row, probability) if row.any() else np.nan for row in counts]
            np.testing.assert_array_equal(own, single)
            if counts.any():
                assert pooled == quantile(bins, counts.sum(axis=0), probability, longest)
            else:
                assert np.isnan(pooled)
