"""Metamodel and Sobol indices on functions whose indices are known, and on noise."""

import numpy as np
import pytest
from scipy.stats import qmc

from sim.metrics.sensitivity import Dimension, sensitivities
from sim.metrics.surrogate import candidates, fit_surrogate, predictivity

EVEN = Dimension(lambda u: 2 * u - 1)


def points(count: int, factors: int) -> np.ndarray:
    return 2 * qmc.Sobol(factors, rng=np.random.default_rng(3)).random(count) - 1


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990; a = 7, b = 0.1."""
    z = np.pi * x
    return np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


A = np.array([0.0, 1.0, 4.5, 9.0])


def g_function(x: np.ndarray) -> np.ndarray:
    """Saltelli and Sobol 1995: not smooth in the middle of any factor."""
    return np.asarray(np.prod((np.abs(2 * x) + A) / (1 + A), axis=1))


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    own = 1 / (3 * (1 + A) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, np.array([v * np.prod(1 + np.delete(own, i)) for i, v in enumerate(own)]) / whole


ISHIGAMI = (np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437]))


@pytest.mark.parametrize(
    ("function", "factors", "truth"), [(ishigami, 3, ISHIGAMI), (g_function, 4, g_indices())], ids=["ishigami", "g"]
)
def test_known_indices_are_found(function, factors, truth) -> None:
    x = points(256, factors)
    found = sensitivities(x, function(x), [EVEN] * factors, 0.95, 0.7)
    assert found.q2 > 0.95
    assert [index.value for index in found.first] == pytest.approx(truth[0], abs=0.02)
    assert [index.value for index in found.total] == pytest.approx(truth[1], abs=0.02)
    assert all(index.low <= index.value + 1e-3 and index.value - 1e-3 <= index.high for index in found.total)


def test_intervals_widen_with_the_noise_of_replications() -> None:
    x = points(256, 3)
    noise = np.random.default_rng(4).standard_normal(256)
    widths, q2 = [], []
    for size in (0.0, 1.5):
        found = sensitivities(x, ishigami(x) + size * noise, [EVEN] * 3, 0.95, 0.5)
        widths.append([index.high - index.low for index in found.total])
        q2.append(found.q2)
    assert (np.array(widths[1]) > 1.5 * np.array(widths[0])).all()
    assert q2[1] < 0.9 < q2[0]


def test_intervals_of_few_points_stay_near_the_truth() -> None:
    slopes = np.array([1.0, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0, 0, 0])
    x = points(64, 12)
    y = x @ slopes + 0.1 * np.random.default_rng(5).standard_normal(64)
    found = sensitivities(x, y, [EVEN] * 12, 0.95, 0.7)
    for index, truth in zip(found.total, slopes**2 / (slopes**2).sum(), strict=True):
        assert index.low - 0.01 <= truth <= index.high + 0.01
        assert index.high - index.low < 0.1


@pytest.mark.parametrize(("count", "factors"), [(64, 3), (128, 6), (64, 12)])
def test_noise_alone_gives_no_indices(count: int, factors: int) -> None:
    y = np.random.default_rng(8).standard_normal(count)
    found = sensitivities(points(count, factors), y, [EVEN] * factors, 0.95, 0.3)
    assert (found.first, found.total) == ((), ())
    assert found.q2 < 0.1


def test_too_few_points_give_no_indices() -> None:
    x = points(8, 3)
    found = sensitivities(x, x[:, 0], [EVEN] * 3, 0.95, 0.5)
    assert found.first == ()
    assert np.isnan(found.q2)


def test_a_figure_that_does_not_vary_gives_no_indices() -> None:
    assert sensitivities(points(32, 2), np.full(32, 5.0), [EVEN] * 2, 0.95, 0.5).first == ()


def test_a_factor_of_two_values_gets_no_curve() -> None:
    switch = Dimension(lambda u: np.where(u < 0.5, -0.5, 0.5), 1)
    x = points(64, 2)
    x[:, 0] = switch.place((x[:, 0] + 1) / 2)
    found = sensitivities(x, 2 * x[:, 0] + x[:, 1], [switch, EVEN], 0.95, 0.7)
    # variances 4 * 0.25 and 1 / 3
    assert [index.value for index in found.first] == pytest.approx([0.75, 0.25], abs=0.01)
    assert fit_surrogate(x, x[:, 0], [1, 8]).terms[:, 0].max() == 1


def test_a_polynomial_is_found_again() -> None:
    x = points(64, 3)
    fit = fit_surrogate(x, 3 + 2 * x[:, 0] - x[:, 1] * x[:, 2], [8, 8, 8])
    assert sorted(map(tuple, fit.terms.tolist())) == [(0, 0, 0), (0, 1, 1), (1, 0, 0)]
    assert fit(np.array([[0.5, 1.0, -1.0]])) == pytest.approx([5.0])
    assert predictivity(x, fit(x), [8, 8, 8]) == pytest.approx(1.0)


def test_candidates_are_few_of_many_factors_together() -> None:
    rows = candidates((8, 1), 2).tolist()
    assert rows == [[0, 0], [1, 0], [2, 0], [0, 1]]
    assert [1, 1] in candidates((8, 1), 3).tolist()
