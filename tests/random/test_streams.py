"""The generator itself: known answers, uniformity, independence. Seeds are fixed; levels are one in a million."""

import numpy as np
import pytest
from scipy import stats

from sim.workload.arrivals import unit_rate_times
from sim.workload.streams import identities, name_key, stream_key, uniforms

LEVEL = 1e-6
WORD = (1 << 64) - 1


def column(stream: str, n: int, replication: int = 0, seed: int = 1, series: str = "car") -> np.ndarray:
    return uniforms(stream_key(seed, replication, stream), identities(series, np.arange(n)))


def whole(values: np.ndarray) -> np.ndarray:
    """Read uniforms as the 53-bit integers they are."""
    return (values * 2.0**53).astype(np.uint64)


KNOWN = {
    ("arrivals/car", 0, 1): [1461227446220916, 4084079082193806, 1453053106541, 8758296310132304],
    ("line2/select", 3, 20180301): [4217163962205150, 2508875071085550, 8088123970295302, 7690715195021002],
}
"""53-bit integers of the first uniforms of series `car`; a change here changes every result of the model."""


@pytest.mark.parametrize("key", KNOWN)
def test_known_answers(key):
    stream, replication, seed = key
    assert whole(column(stream, len(KNOWN[key]), replication, seed)).tolist() == KNOWN[key]


def mix(word: int) -> int:
    """Stafford's variant 13 in plain integers."""
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & WORD
    return word ^ (word >> 31)


def test_agrees_with_plain_integers():
    key = stream_key(9, 2, "line1/nii/service")
    low, high, series = int(key.low), int(key.high), int(name_key("truck"))
    numbers = [*range(500), 10**9, 2**40 + 7]
    expected = [mix(mix((mix((n * 0x9E3779B97F4A7C15 + series) & WORD) + low) & WORD) ^ high) >> 11 for n in numbers]
    assert whole(uniforms(key, identities("truck", numbers))).tolist() == expected


def test_each_word_of_a_key_matters():
    names = [(1, 0, "a"), (1, 0, "b"), (1, 1, "a"), (2, 0, "a"), (11, 0, "a"), (1, 10, "a")]
    keys = [stream_key(*name) for name in names]
    assert len({key.low for key in keys}) == len({key.high for key in keys}) == len(names)


def test_uniforms_lie_in_the_half_open_interval():
    values = column("range", 100_000)
    assert values.min() >= 0
    assert values.max() < 1
    assert values.dtype == np.float64


@pytest.mark.parametrize("series", ["car", "truck"])
def test_uniform_in_cells_and_by_kolmogorov(series):
    values = column("uniformity", 200_000, series=series)
    counts = np.bincount((values * 1024).astype(int), minlength=1024)
    assert stats.chisquare(counts).pvalue > LEVEL
    assert stats.kstest(values, "uniform").pvalue > LEVEL


def test_successive_units_fill_the_cube():
    triples = (column("cube", 300_000).reshape(-1, 3) * 12).astype(int)
    counts = np.bincount(triples @ [144, 12, 1], minlength=1728)
    assert stats.chisquare(counts).pvalue > LEVEL


def test_same_unit_in_three_streams_fills_the_cube():
    triples = (np.array([column(f"stream{n}", 100_000) for n in range(3)]).T * 12).astype(int)
    counts = np.bincount(triples @ [144, 12, 1], minlength=1728)
    assert stats.chisquare(counts).pvalue > LEVEL


def test_every_bit_is_fair():
    words = whole(column("bits", 200_000))
    ones = np.array([((words >> np.uint64(bit)) & np.uint64(1)).sum() for bit in range(53)])
    limit = stats.norm.isf(LEVEL / (2 * 53)) * np.sqrt(200_000) / 2
    assert np.abs(ones.astype(float) - 100_000).max() < limit


def test_one_changed_bit_changes_half_of_the_bits():
    key = stream_key(1, 0, "avalanche")
    who = identities("car", np.arange(4000))
    base = whole(uniforms(key, who))
    for bit in range(64):
        changed = base ^ whole(uniforms(key, who ^ np.uint64(1 << bit)))
        mean = np.bitwise_count(changed).mean()
        # 53 fair bits: standard error sqrt(53 / 4 / 4000).
        assert abs(mean - 26.5) < stats.norm.isf(LEVEL / 128) * np.sqrt(53 / 16_000)


def largest_correlation(rows: np.ndarray) -> float:
    """Largest off-diagonal correlation in standard errors."""
    correlation = np.corrcoef(rows) * np.sqrt(rows.shape[1])
    return float(np.abs(correlation[np.triu_indices(len(rows), 1)]).max())


FAMILIES = {
    "streams": lambda n: column(f"line{n}/select", 4000),
    "replications": lambda n: column("line1/select", 4000, replication=n),
    "seeds": lambda n: column("line1/select", 4000, seed=n),
    "series": lambda n: column("line1/select", 4000, series=f"class{n}"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_two_hundred_columns_are_uncorrelated(family):
    rows = np.array([FAMILIES[family](n) for n in range(200)])
    limit = stats.norm.isf(LEVEL / (2 * 19_900))
    assert largest_correlation(rows) < limit
    # Also squared deviations, which a symmetric dependence would show.
    assert largest_correlation((rows - 0.5) ** 2) < limit
    means = (rows.mean(axis=1) - 0.5) * np.sqrt(12 * 4000)
    assert np.abs(means).max() < stats.norm.isf(LEVEL / 400)
    assert stats.kstest(means, "norm").pvalue > LEVEL


def test_the_check_of_correlation_can_fail():
    rows = np.array([column(f"line{n}/select", 4000) for n in range(20)])
    rows[7] = 0.9 * rows[7] + 0.1 * rows[3]
    assert largest_correlation(rows) > stats.norm.isf(LEVEL / (2 * 190))


def test_successive_units_are_uncorrelated():
    centred = column("serial", 200_000) - 0.5
    lags = [1, 2, 3, 4, 5, 7, 8, 16, 31, 32, 64, 100, 256, 1000, 1024]
    scaled = [12 * (centred[lag:] * centred[:-lag]).sum() / np.sqrt(len(centred) - lag) for lag in lags]
    assert np.abs(scaled).max() < stats.norm.isf(LEVEL / (2 * len(lags)))


def test_no_uniform_comes_twice():
    values = np.concatenate([column(f"line{n}/select", 5000) for n in range(200)])
    # A million of 2**53 values: 0.00006 coincidences expected.
    assert len(np.unique(values)) == len(values)


def test_arrival_gaps_are_exponential_and_independent():
    times = unit_rate_times(4, 0, "car", 100_000.0)
    gaps = np.diff(times)
    assert stats.kstest(gaps, "expon").pvalue > LEVEL
    assert abs(len(times) - 100_000) < stats.norm.isf(LEVEL / 2) * np.sqrt(100_000)
    centred = gaps - gaps.mean()
    serial = (centred[1:] * centred[:-1]).sum() / (centred**2).sum() * np.sqrt(len(gaps))
    assert abs(serial) < stats.norm.isf(LEVEL / 2)
