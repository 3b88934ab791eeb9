"""Prediction interval of a count: Poisson, mixed over replications."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.metrics.forecast import forecast_count


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 55.0])
def test_equal_replications_give_poisson(mean):
    forecast = forecast_count(np.full(5, mean), 1.0, 1.0, 0.9)
    assert forecast.mean == pytest.approx(mean)
    assert (forecast.low, forecast.high) == tuple(stats.poisson.ppf([0.05, 0.95], mean))
    assert forecast.nothing == pytest.approx(np.exp(-mean))


def test_varying_replications_give_negative_binomial():
    sums = np.array([1.0, 2.0, 3.0, 6.0])
    forecast = forecast_count(sums, 1.0, 30.0, 0.95)
    mean, spread = 90.0, 30 * sums.var(ddof=1) * (1 + 30 / 4)
    few = (stats.t.ppf(0.975, 3) / stats.norm.ppf(0.975)) ** 2
    wider = np.sqrt((mean + few * spread) / (mean + spread))
    shape = mean**2 / spread
    known = stats.nbinom(shape, shape / (shape + mean))
    assert known.var() == pytest.approx(mean + spread)
    low, high = mean + wider * (known.ppf([0.025, 0.975]) - mean)
    assert (forecast.low, forecast.high) == (max(0, np.floor(low)), np.ceil(high))
    assert forecast.high - forecast.low > np.subtract(*stats.poisson.ppf([0.975, 0.025], mean))


def test_month_from_its_days_covers_drawn_months():
    rng = np.random.default_rng(3)
    daily = rng.gamma(4.0, 0.5, size=60)
    forecast = forecast_count(daily, 1.0, 30.0, 0.9)
    months = rng.poisson(rng.gamma(4.0, 0.5, size=(4000, 30)).sum(axis=1))
    share = ((months >= forecast.low) & (months <= forecast.high)).mean()
    assert 0.85 < share < 0.96


@pytest.mark.parametrize("replications", [3, 5, 20])
def test_few_replications_still_cover(replications):
    """95 % intervals of a month from so many days, 10 finds a day that vary by 30 %; coverage over 300 studies."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(300):
        forecast = forecast_count(rng.gamma(11.0, 10 / 11.0, size=replications), 1.0, 30.0, 0.95)
        held += forecast.low <= rng.poisson(rng.gamma(11.0, 10 / 11.0, size=30).sum()) <= forecast.high
    assert 0.92 < held / 300 < 0.99


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.floats(0, 40), min_size=1, max_size=8), st.floats(0.1, 40), st.floats(0.5, 0.99))
def test_bounds_hold_the_mean_and_widen(sums, period, confidence):
    narrow, wide = (forecast_count(np.array(sums), 1.0, period, c) for c in (confidence, 0.5 + confidence / 2))
    assert wide.low <= narrow.low <= narrow.mean + 1
    assert narrow.high <= wide.high
    assert narrow.high >= np.floor(narrow.mean) * (confidence > 0.9)
    assert 0 <= narrow.nothing <= 1
