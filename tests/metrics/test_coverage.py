"""How often intervals hold the truth, on a model whose truth is known: nominal 0.95, wanted 0.92 to 0.97.

A day has N vehicles (Poisson) and a level of its own (lognormal); waits are exponential about that level, so vehicles of
a day depend on each other, as they do in a queue. The truths are closed forms or solved to 1e-10.
"""

import math

import numpy as np
import pytest
from scipy import integrate, optimize, special

from sim.metrics.comparison import bonferroni, differences
from sim.metrics.histogram import histogram_of
from sim.metrics.interval import half_width, quantile_interval, ratio_residuals
from sim.metrics.kept import BY_NAME, Kept
from sim.metrics.sequential import is_met
from sim.metrics.spreads import spreads_of

pytestmark = pytest.mark.slow

SIGMA, MEAN_S, VEHICLES = 0.3, 300.0, 300
LOW, HIGH = 0.92, 0.97
TICKS = 1000
KEY = ("wait", "all", "all", "line2", "all", "all")


def days(generator, n):
    """Draw waits in seconds of n days."""
    levels = MEAN_S * np.exp(SIGMA * generator.standard_normal(n))
    return [generator.exponential(level, generator.poisson(VEHICLES)) for level in levels]


def true_mean():
    return MEAN_S * math.exp(SIGMA**2 / 2)


def true_quantile(probability):
    """Quantile over all vehicles: a lognormal mixture of exponentials."""

    def excess(wait):
        def survival(z):
            level = MEAN_S * np.exp(SIGMA * z)
            return np.exp(-wait / level) * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        return integrate.quad(survival, -8, 8, epsabs=1e-12)[0] - (1 - probability)

    return optimize.brentq(excess, 1.0, 100_000.0, xtol=1e-8)


def share(inside):
    return sum(inside) / len(inside)


@pytest.mark.parametrize("n", [10, 20, 50])
def test_ratio_estimator(n):
    generator, truth = np.random.default_rng(n), true_mean()
    inside = []
    for _ in range(4000):
        waits = days(generator, n)
        sums = np.array([[day.sum()] for day in waits]), np.array([[float(len(day))] for day in waits])
        value, residuals = ratio_residuals(*sums)
        inside.append(abs(value[0] - truth) <= half_width(residuals, 0.95)[0])
    print("ratio", n, share(inside))
    assert LOW <= share(inside) <= HIGH


def binned(waits):
    """Bins and counts of each day, as a study keeps them."""
    found = [histogram_of((day * TICKS).astype(np.int64)) for day in waits]
    bins = np.unique(np.concatenate([h.bins for h in found])).astype(np.int64)
    counts = np.zeros((len(found), len(bins)), np.int64)
    for row, h in zip(counts, found, strict=True):
        row[np.searchsorted(bins, h.bins)] = h.counts
    return bins, counts, max(h.maximum for h in found)


RHO, CUSTOMERS = 0.8, 1000


def queue_days(generator, n):
    """Draw delays in a stationary M/M/1 queue of mean service 60 s: many are 0, neighbours are much alike (Lindley)."""
    wait = np.where(generator.random(n) < RHO, generator.standard_exponential(n) / (1 - RHO), 0.0)
    change = generator.standard_exponential((CUSTOMERS, n)) - generator.standard_exponential((CUSTOMERS, n)) / RHO
    waits = np.empty((CUSTOMERS, n))
    for customer, step in enumerate(change):
        waits[customer] = wait
        wait = np.maximum(wait + step, 0.0)
    return list(60 * waits.T)


def queue_quantile(probability):
    """P(delay > t) = rho exp(-(1 - rho) t / service)."""
    return 60 * math.log(RHO / (1 - probability)) / (1 - RHO)


@pytest.mark.parametrize("n", [10, 19, 30, 50])
@pytest.mark.parametrize(
    ("draw", "truth"), [(days, true_quantile), (queue_days, queue_quantile)], ids=["days", "queue"]
)
def test_p95(draw, truth, n):
    generator, ticks = np.random.default_rng(100 + n), truth(0.95) * TICKS
    inside = []
    for _ in range(2000):
        bins, counts, longest = binned(draw(generator, n))
        found = quantile_interval(bins, counts, 0.95, 0.95, longest)
        inside.append(found.low <= ticks and not found.high < ticks)
    print("p95", draw.__name__, n, share(inside))
    assert LOW <= share(inside) <= HIGH


def kept_of(waits):
    own = [[histogram_of((day * TICKS).astype(np.int64))] for day in waits]
    sums = np.array([[day.sum() / 60] for day in waits])
    counts = np.array([[float(len(day))] for day in waits])
    return Kept(BY_NAME["wait"], [KEY], sums, counts, np.full(sums.shape, np.nan), spreads_of(own, 1))


@pytest.mark.parametrize(("statistic", "n"), [("mean", 20), ("p95", 30)])
def test_paired_difference(statistic, n):
    """Both points see the same days: the second has waits a tenth longer, and noise of its own."""
    generator = np.random.default_rng(7)
    truth = {"mean": 0.1 * true_mean() / 60, "p95": (noisy_quantile(0.95) - true_quantile(0.95)) / 60}[statistic]
    inside, gains = [], []
    for _ in range(1500):
        base, other = [], []
        for level in MEAN_S * np.exp(SIGMA * generator.standard_normal(n)):
            uniforms = generator.random(generator.poisson(VEHICLES))
            base.append(-level * np.log1p(-uniforms))
            noise = generator.standard_gamma(20.0, len(uniforms)) / 20.0
            other.append(1.1 * level * -np.log1p(-uniforms) * noise)
        found = {d.statistic: d for d in differences(kept_of(base), kept_of(other), 0.95)}[statistic]
        gains.append(found.variance_ratio)
        inside.append(abs(found.difference - truth) <= found.half_width)
    print("paired", statistic, n, share(inside), "variance ratio", np.median(gains))
    assert LOW <= share(inside) <= HIGH
    assert np.median(gains) > 2


def noisy_quantile(probability):
    """Quantile of 1.1 level x exponential x gamma(20)/20, by quadrature over level and noise."""
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    points, gamma_weight = special.roots_genlaguerre(40, 19.0)
    weights = np.outer(weight / weight.sum(), gamma_weight / gamma_weight.sum())
    scale = np.outer(1.1 * MEAN_S * np.exp(SIGMA * z), points / 20)
    return optimize.brentq(
        lambda wait: (weights * np.exp(-wait / scale)).sum() - (1 - probability), 1.0, 100_000.0, xtol=1e-8
    )


def test_bonferroni_holds_for_all_together():
    """Six points against a base under common random numbers, n = 20: all six intervals hold at once."""
    generator = np.random.default_rng(11)
    level = bonferroni(0.95, 6)
    truth = true_mean() / 60
    inside = []
    for _ in range(1500):
        levels = MEAN_S * np.exp(SIGMA * generator.standard_normal(20))
        waits = [level_s * generator.exponential(1.0, (7, VEHICLES)) for level_s in levels]
        kept = [kept_of([day[p] * (1 + 0.05 * p) for day in waits]) for p in range(7)]
        found = [next(iter(differences(kept[0], other, level))) for other in kept[1:]]
        errors = [abs(d.difference - 0.05 * p * truth) <= d.half_width for p, d in enumerate(found, start=1)]
        inside.append(all(errors))
    print("simultaneous", share(inside))
    assert 0.92 <= share(inside) <= 0.985  # Bonferroni may be cautious: the six depend on each other


def test_sequential_precision():
    """Stop at a relative error of 5 %, from 20 days on, a look every 5."""
    generator, truth = np.random.default_rng(5), true_mean()
    inside, counts = [], []
    for _ in range(1500):
        waits = days(generator, 20)
        while True:
            sums = np.array([[day.sum()] for day in waits]), np.array([[float(len(day))] for day in waits])
            value, residuals = ratio_residuals(*sums)
            half = half_width(residuals, 0.95)
            if is_met(value[0], half[0], None, 0.05) or len(waits) >= 1000:
                break
            waits += days(generator, 5)
        counts.append(len(waits))
        inside.append(abs(value[0] - truth) <= half[0])
    print("sequential", share(inside), "days", np.mean(counts))
    assert LOW <= share(inside) <= HIGH
    assert np.mean([abs(c - 20) > 0 for c in counts]) > 0.9
