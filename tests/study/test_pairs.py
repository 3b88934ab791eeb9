"""Common random numbers on a day of March 2018: what they gain for differences between neighbouring ratios."""

import pytest

from tests.benchmarks.pairs import factors, nested_selections

pytestmark = pytest.mark.slow

WITHOUT_WAIVERS = 0.20
"""Up to this ratio the queues of line 2 are hardly ever full, and vehicles differ in their selection alone."""


def test_differences_of_neighbouring_ratios_need_far_fewer_days():
    """Measured, 40 days, ratios 0.05 apart: interception 8 to 33, wait 8 to 50, inspected share 2.3 to 6.4."""
    found = factors(40, 0.05)
    assert len(found) == 20
    for factor in found:
        metric, _, vehicle_class = factor.figure
        if metric == "wait":
            assert factor.gain >= 2, factor
        elif metric == "expected_interception" and vehicle_class == "all":
            assert factor.gain >= 5, factor
        elif metric == "inspected_ratio" and factor.high <= WITHOUT_WAIVERS:
            # Two variances of 40 days each: their ratio is known to about a third.
            assert 0.5 < factor.gain / nested_selections(factor.low, factor.high) < 2, factor
        else:
            assert factor.gain > 1, factor
    assert all(factor.difference > 0 for factor in found)


def test_pairs_gain_more_the_nearer_they_are():
    """Measured, 40 days, 0.02 apart around the base: interception 39 to 192, wait 25 to 96, inspected share 9 to 11."""
    for factor in factors(40, 0.02):
        assert factor.gain >= (2 if factor.figure[0] == "wait" else 5), factor


def test_factor_of_nested_selections():
    """From 0.2 to 0.3: independent 0.16 + 0.21, pairs 0.1 x 0.9; the base itself, where nothing varies, gains nothing."""
    assert nested_selections(0.2, 0.3) == pytest.approx(0.37 / 0.09)
    assert nested_selections(0.3, 0.2) == nested_selections(0.2, 0.3)
    assert nested_selections(0.0, 0.1) == pytest.approx(1.0)
    assert nested_selections(0.20, 0.25) > nested_selections(0.20, 0.30) > nested_selections(0.20, 0.40)
