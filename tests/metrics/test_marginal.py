"""What a change buys: numbers worked by hand, and how often the interval holds the truth."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.metrics.kept import BY_NAME, Kept
from sim.metrics.marginal import Change, change_of, marginal
from sim.metrics.spreads import spreads_of

KEY = ("expected_finds", "all", "all", "all", "all", "all")


def change(base: float, value: float, residuals: list[float]) -> Change:
    return Change(base, value, np.array(residuals))


def test_ratio_with_a_price_that_does_not_vary_is_the_t_interval() -> None:
    gain, price = change(1.0, 4.0, [-1.0, 0.0, 1.0]), change(10.0, 12.0, [0.0, 0.0, 0.0])
    found = marginal(gain, price, 0.95)
    half = stats.t.ppf(0.975, 2) * 1.0 / math.sqrt(3) / 2
    assert found.case == "known"
    assert (found.value, found.low, found.high) == pytest.approx((1.5, 1.5 - half, 1.5 + half))


def test_fiellers_interval_holds_exactly_the_ratios_that_a_t_test_allows() -> None:
    a, b = [1.0, -2.0, 0.5, 0.5], [0.1, 0.2, -0.4, 0.1]
    found = marginal(change(0.0, 3.0, a), change(5.0, 7.0, b), 0.9)
    assert found.value == pytest.approx(1.5)
    for bound in (found.low, found.high):
        rest = np.array(a) - bound * np.array(b)
        t = (3.0 - bound * 2.0) / (rest.std(ddof=1) / 2)
        assert abs(t) == pytest.approx(stats.t.ppf(0.95, 3))


@pytest.mark.parametrize(
    ("risen", "residuals", "case"),
    [(0.0, [0.0, 0.0, 0.0], "free"), (0.0, [-0.1, 0.0, 0.1], "unsure"), (0.1, [-0.5, 0.0, 0.5], "unsure"), (3.0, [-0.5, 0.0, 0.5], "known")],
)  # fmt: skip
def test_a_price_that_may_not_change_gives_no_ratio(risen: float, residuals: list[float], case: str) -> None:
    found = marginal(change(1.0, 2.0, [-0.1, 0.0, 0.1]), change(1.0, 1.0 + risen, residuals), 0.95)
    assert found.case == case
    assert math.isnan(found.value) == (case != "known")


def test_rounding_is_no_change() -> None:
    found = marginal(change(1.0, 2.0, [-0.1, 0.1]), change(864.0, 864.0 + 1e-13, [1e-14, -1e-14]), 0.95)
    assert found.case == "free"


def test_one_replication_gives_no_interval() -> None:
    assert marginal(change(1.0, 2.0, [0.0]), change(1.0, 2.0, [0.0]), 0.95).case == "unsure"


def test_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(2000):
        common = generator.standard_normal(12)
        a, b = 3 + common + generator.standard_normal(12), 2 + 0.8 * common + 0.3 * generator.standard_normal(12)
        gain, price = Change(0.0, a.mean(), a - a.mean()), Change(0.0, b.mean(), b - b.mean())
        found = marginal(gain, price, 0.95)
        held += found.low <= 1.5 <= found.high
    assert 0.94 < held / 2000 < 0.965


def kept(values: list[float], hours: float = 24.0) -> Kept:
    column = np.array(values)[:, np.newaxis]
    return Kept(
        BY_NAME[KEY[0]],
        [KEY],
        column,
        np.full_like(column, hours),
        np.full_like(column, np.nan),
        spreads_of([[None]], 1),
    )


def test_change_of_a_mean() -> None:
    found = change_of(kept([24.0, 48.0]), kept([72.0, 48.0]), KEY, "mean")
    assert found is not None
    assert (found.base, found.value) == (1.5, 2.5)
    assert found.residuals.tolist() == [1.0, -1.0]
    assert change_of(kept([1.0]), kept([1.0]), ("other", *KEY[1:]), "mean") is None
