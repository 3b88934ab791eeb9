"""Where curves pass a threshold, and where they bend."""

import math

import numpy as np
import pytest

from sim.metrics.crossing import knee, passage

X = np.array([0.0, 0.2, 0.4, 1.0])


def found(value, low, high, threshold=30.0):
    return passage(X, (np.array(value), np.array(low), np.array(high)), threshold)


def test_passage_by_straight_lines() -> None:
    at, low, high = found([0.0, 20.0, 40.0, 50.0], [0.0, 10.0, 25.0, 40.0], [0.0, 40.0, 60.0, 60.0])
    assert at == pytest.approx(0.3)
    assert low == pytest.approx(0.15)
    assert high == pytest.approx(0.6)


def test_bounds_that_never_or_always_lie_above() -> None:
    assert found([0.0, 20.0, 40.0, 50.0], [0.0, 0.0, 0.0, 0.0], [35.0, 40.0, 60.0, 60.0])[1:] == (-math.inf, math.inf)
    nowhere = found([0.0, 1.0, 2.0, 3.0], [0.0] * 4, [5.0] * 4)
    assert math.isnan(nowhere.at)
    assert nowhere[1:] == (math.inf, math.inf)
    above = found([40.0, 41.0, 42.0, 43.0], [35.0] * 4, [50.0] * 4)
    assert math.isnan(above.at)
    assert above[1:] == (-math.inf, -math.inf)


def test_an_unknown_upper_bound_is_above() -> None:
    assert found([0.0, 20.0, 40.0, 50.0], [0.0, 10.0, 25.0, 40.0], [5.0, math.nan, math.nan, 60.0]).low == 0.0


def test_only_the_first_passage_upwards_counts() -> None:
    assert found([40.0, 20.0, 40.0, 50.0], [0.0] * 4, [99.0] * 4).at == pytest.approx(0.3)


def test_knee() -> None:
    assert knee(np.array([0.0, 1.0, 2.0, 10.0]), np.array([0.0, 5.0, 9.0, 10.0])) == 2
    assert knee(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])) == -1
    assert knee(np.array([0.0, 8.0, 9.0]), np.array([0.0, 1.0, 9.0])) == -1
    assert knee(np.array([1.0, 1.0, 1.0]), np.array([0.0, 1.0, 9.0])) == -1
    assert knee(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == -1
