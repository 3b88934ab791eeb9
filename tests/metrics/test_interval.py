import math

import numpy as np
import pytest
from scipy import stats

from sim.metrics.histogram import histogram_of, quantile, stack_histograms
from sim.metrics.interval import (
    binomial_bounds,
    half_width,
    paired_ratios,
    quantile_interval,
    ratio_residuals,
    student_t,
)


@pytest.mark.parametrize("n", [2, 3, 10, 30])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_student_t_is_that_of_scipy(n, confidence):
    assert student_t(n, confidence) == pytest.approx(stats.t.ppf((1 + confidence) / 2, n - 1), rel=1e-10)


def test_ratio_by_hand():
    # Sums 3, 5, 10 over 1, 2, 3 units: ratio 3, residuals (0, -1, 1) / 2, s = 0.5, t = 4.302653.
    above, below = np.array([[3.0], [5.0], [10.0]]), np.array([[1.0], [2.0], [3.0]])
    ratio, residuals = ratio_residuals(above, below)
    assert ratio[0] == 3
    assert residuals[:, 0].tolist() == [0.0, -0.5, 0.5]
    assert half_width(residuals, 0.95)[0] == pytest.approx(4.302652729911275 * 0.5 / math.sqrt(3))


def test_one_replication_has_no_interval():
    _, residuals = ratio_residuals(np.array([[3.0]]), np.array([[1.0]]))
    assert math.isnan(half_width(residuals, 0.95)[0])


def test_nothing_over_nothing_is_empty():
    ratio, _ = ratio_residuals(np.zeros((3, 1)), np.zeros((3, 1)))
    assert math.isnan(ratio[0])


def test_order_of_replications_changes_no_bit():
    rng = np.random.default_rng(1)
    above, below = rng.lognormal(size=(30, 40)), rng.lognormal(size=(30, 40))
    order = rng.permutation(30)
    one, other = ratio_residuals(above, below), ratio_residuals(above[order], below[order])
    assert (one[0] == other[0]).all()
    assert (half_width(one[1], 0.95) == half_width(other[1], 0.95)).all()


def days(rng, replications, vehicles=300, noise=0.3):
    """Waits in ticks: exponential, with an effect of the day shared by all its vehicles."""
    effect = rng.lognormal(-(noise**2) / 2, noise, replications)
    return [np.rint(60_000 * e * rng.exponential(size=vehicles)).astype(np.int64) for e in effect]


def test_quantile_is_within_half_a_percent():
    waits = np.concatenate(days(np.random.default_rng(2), 20))
    bins, counts, longest = stack_histograms([[histogram_of(waits)]])
    assert longest == waits.max()
    for probability in (0.05, 0.5, 0.95, 0.99):
        exact = np.quantile(waits, probability, method="inverted_cdf")
        assert quantile(bins, counts[0], probability, longest) == pytest.approx(exact, rel=0.005)


def test_quantile_of_zeros_is_zero():
    bins, counts, _ = stack_histograms([[histogram_of(np.zeros(10, np.int64))]])
    assert quantile(bins, counts[0], 0.95) == 0


def test_no_quantile_lies_above_the_longest():
    bins, counts, longest = stack_histograms([[histogram_of(np.full(7, 60_000))]])
    assert quantile(bins, counts[0], 0.999, longest) <= 60_000


def truth_p95(noise=0.3):
    effect = np.random.default_rng(0).lognormal(-(noise**2) / 2, noise, 40_000)[:, np.newaxis]
    grid = np.linspace(2, 5, 1201)
    share = np.array([(1 - np.exp(-x / effect)).mean() for x in grid])
    return 60_000 * grid[np.searchsorted(share, 0.95)]


@pytest.mark.parametrize("replications", [10, 30])
def test_coverage_of_p95(replications):
    """Measured .94 at n = 10 and .945 at n = 30 on data like these (test_coverage); 200 trials, below 5 sigma."""
    rng, truth, hits, trials = np.random.default_rng(3), truth_p95(), 0, 200
    for _ in range(trials):
        bins, counts, longest = stack_histograms([[histogram_of(w)] for w in days(rng, replications)])
        estimate = quantile_interval(bins, counts, 0.95, 0.95, longest)
        assert estimate.low <= estimate.value
        hits += estimate.low <= truth and not estimate.high < truth
    assert 0.86 < hits / trials < 0.995


def test_coverage_of_the_ratio():
    """Unequal numbers of vehicles a day: measured .94 for n = 10 to 20; 2000 trials."""
    rng, hits, trials = np.random.default_rng(4), 0, 2000
    effect = rng.lognormal(-0.045, 0.3, (trials, 15))
    vehicles = rng.poisson(300, (trials, 15))
    above = rng.gamma(vehicles, effect)
    ratio, residuals = ratio_residuals(above.T, vehicles.T.astype(float))
    half = half_width(residuals, 0.95)
    hits = (np.abs(ratio - 1) <= half).mean()
    assert 0.91 < hits < 0.965


def test_vehicles_taken_as_independent_would_not_cover():
    """The same data, wrong unit: the check above can fail."""
    rng, trials = np.random.default_rng(4), 200
    hits = 0
    for _ in range(trials):
        waits = np.concatenate(days(rng, 15)) / 60_000
        hits += abs(waits.mean() - 1) <= 1.96 * waits.std() / math.sqrt(len(waits))
    assert hits / trials < 0.5


def test_pairing_by_hand():
    a = (np.array([[1.0], [2.0], [3.0]]), np.ones((3, 1)))
    b = (np.array([[2.0], [3.0], [4.5]]), np.ones((3, 1)))
    paired = paired_ratios(a, b, 0.95)
    differences = np.array([1.0, 1.0, 1.5])
    expected = stats.t.ppf(0.975, 2) * differences.std(ddof=1) / math.sqrt(3)
    assert paired.b[0] - paired.a[0] == pytest.approx(differences.mean())
    assert paired.half_width[0] == pytest.approx(expected)
    assert paired.correlation[0] == pytest.approx(np.corrcoef([1, 2, 3], [2, 3, 4.5])[0, 1])


def test_correlation_is_empty_where_nothing_varies():
    flat = (np.ones((3, 1)), np.ones((3, 1)))
    assert math.isnan(paired_ratios(flat, flat, 0.95).correlation[0])


@pytest.mark.parametrize(("found", "drawn"), [(0, 7), (7, 7), (3, 11), (1, 1), (0, 1), (40, 400)])
def test_binomial_bounds_are_those_of_scipy(found, drawn):
    low, high = binomial_bounds(np.array([float(found)]), np.array([float(drawn)]), 0.9)
    known = stats.binomtest(found, drawn).proportion_ci(0.9, "exact")
    assert (low[0], high[0]) == pytest.approx((known.low, known.high), abs=1e-9)
    assert high[0] > low[0]


def test_nothing_drawn_has_no_bounds():
    assert np.isnan(binomial_bounds(np.zeros(1), np.zeros(1), 0.95)).all()
