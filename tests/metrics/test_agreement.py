"""Statistics of agreement with published figures against hand-worked values."""

import numpy as np
import pytest
from scipy import stats

from sim.metrics.agreement import Band, absolute_percentage_error, geh, is_inside, prediction_band


def test_few_replications_give_the_interval_of_one_more():
    values = np.array([[1.0], [2.0], [3.0], [6.0]])
    band = prediction_band(values, 0.9)
    half = stats.t.ppf(0.95, 3) * values.std(ddof=1) * np.sqrt(1.25)
    assert band.middle[0] == 3.0
    assert band.high[0] - 3.0 == pytest.approx(half)
    assert 3.0 - band.low[0] == pytest.approx(half)


def test_many_replications_give_quantiles():
    values = np.arange(101.0)[:, np.newaxis]
    assert [float(part[0]) for part in prediction_band(values, 0.9)] == pytest.approx([50.0, 5.0, 95.0])


@pytest.mark.parametrize("n", [8, 60])
def test_the_band_holds_the_next_replication_as_often_as_it_says(n):
    rng = np.random.Generator(np.random.Philox(key=n))
    band = prediction_band(rng.standard_normal((n, 4000)), 0.9)
    inside = is_inside(rng.standard_normal(4000), band, np.zeros(4000, bool)).mean()
    assert inside == pytest.approx(0.9 if n < 30 else 0.88, abs=0.02)


def test_inside_knows_lower_bounds():
    band = Band(np.full(4, 5.0), np.full(4, 4.0), np.full(4, 6.0))
    observed = np.array([3.0, 5.0, 3.0, 7.0])
    assert is_inside(observed, band, np.array([False, False, True, True])).tolist() == [False, True, True, False]


def test_errors():
    assert absolute_percentage_error(np.array([100.0, 200.0, 0.0]), np.array([110.0, 180.0, 7.0])) == pytest.approx(0.1)
    assert np.isnan(absolute_percentage_error(np.zeros(2), np.ones(2)))


def test_geh_of_the_manual():
    assert geh(np.array([100.0, 0.0, 1000.0]), np.array([120.0, 0.0, 1000.0])) == pytest.approx(
        [1.9069, 0, 0], abs=1e-4
    )
