"""Displacement: the reference table, the gradient, backfire, limits, and laws that hold for every choice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.displacement import Choice, displace, leak_half_width, limit_leak, nested_shares, regret_of_ignoring
from sim.metrics.interval import student_t

SHARE = [0.40, 0.25, 0.15, 0.05, 0.05]
BEFORE = [0.10, 0.20, 0.25, 0.30, 0.05]
AFTER = [0.20, 0.30, 0.25, 0.30, 0.05]
TABLE = {
    0: (0.10, 0.40, 0.25, 0.15, 0.05, 0.69),
    3: (0.120260, 0.356363, 0.222727, 0.180390, 0.060130, 0.675506),
    10: (0.169744, 0.249782, 0.156114, 0.254616, 0.084872, 0.640106),
    30: (0.261533, 0.052084, 0.032552, 0.392299, 0.130766, 0.574442),
}
"""Outside, cars, trucks, containers, parcels = boats, leak: eta by eta."""


def choice() -> Choice:
    return Choice(0.10, np.array(SHARE), np.array(BEFORE))


@pytest.mark.parametrize("eta", TABLE)
def test_reference_table(eta: int) -> None:
    found = displace(choice(), AFTER, eta)
    got = (found.outside[0], *found.share[0, :4], found.leak[0])
    assert got == pytest.approx(TABLE[eta], abs=5e-7)
    assert found.share[0, 4] == pytest.approx(found.share[0, 3])
    assert found.attempts[0] == pytest.approx(1 - TABLE[eta][0], abs=5e-7)


def test_etas_together_equal_etas_one_by_one() -> None:
    together = displace(choice(), AFTER, list(TABLE))
    for row, eta in enumerate(TABLE):
        for all_of, one in zip(together, displace(choice(), AFTER, eta), strict=True):
            assert np.array_equal(all_of[row], one[0])


def test_reference_leak() -> None:
    assert displace(choice(), BEFORE, [0, 10, 1e6]).leak == pytest.approx(0.755)


@pytest.mark.parametrize("eta", [0, 3, 10, 30])
def test_benefit_is_the_gradient(eta: float) -> None:
    step = 1e-5
    for k in range(5):
        up, down = np.array(AFTER), np.array(AFTER)
        up[k] += step
        down[k] -= step
        slope = (displace(choice(), down, eta).leak - displace(choice(), up, eta).leak) / (2 * step)
        assert displace(choice(), AFTER, eta).benefit[0, k] == pytest.approx(slope[0], abs=1e-6)


def test_backfire_is_where_more_interception_raises_the_leak() -> None:
    # Mean at rest: 0.1 + 0.5 * 0.9 + 0.4 * 0.1 = 0.59, so the strong channel is 0.31 above it: 1 / eta at 3.226.
    strong = Choice(0.1, np.array([0.5, 0.4]), np.array([0.9, 0.1]))
    for eta, backfires in ((3.2, False), (3.3, True)):
        rates = np.array([0.9, 0.1])
        found = displace(strong, rates, eta)
        more = displace(strong, rates + np.array([0.001, 0]), eta)
        assert bool(found.backfires[0, 0]) is backfires
        assert bool(more.leak[0] > found.leak[0]) is backfires
        assert not found.backfires[0, 1]


def test_limits() -> None:
    far = displace(choice(), AFTER, 1e9)
    assert far.leak[0] == pytest.approx(limit_leak(choice(), AFTER))
    assert limit_leak(choice(), AFTER) == pytest.approx((0.15 * 0.75 + 0.05 * 0.70 + 0.05 * 0.95) / 0.35)
    closed = Choice(0.0, np.array([0.5, 0.3, 0.2]), np.full(3, 0.2))
    assert limit_leak(closed, [0.4, 0.3, 0.7]) == pytest.approx(1 - 0.3)
    assert displace(closed, [0.4, 0.3, 0.7], 1e6).leak[0] == pytest.approx(1 - 0.3)
    uneven = Choice(0.0, np.array([0.5, 0.5]), np.array([0.1, 0.6]))
    assert limit_leak(uneven, [0.3, 0.6]) == pytest.approx(0.4)  # to the smaller rise, not to the lower rate


def test_edges() -> None:
    found = displace(Choice(0.0, np.array([1.0, 0.0]), np.zeros(2)), [1.0, 0.0], [0.0, 1e300])
    assert found.share.tolist() == [[1, 0], [1, 0]]  # a channel nobody used stays empty
    assert found.leak.tolist() == [0, 0]
    assert np.isfinite(found.benefit).all()


def test_nested_logit() -> None:
    nested = nested_shares(choice(), AFTER, 10, nest=[0, 1, 2], mu=0.5)
    assert nested[2] == pytest.approx(0.432217, abs=5e-7)
    plain = nested_shares(choice(), AFTER, 10, nest=[0, 1, 2], mu=1)
    assert plain == pytest.approx(displace(choice(), AFTER, 10).share[0])
    assert plain[2] == pytest.approx(0.254616, abs=5e-7)


def test_regret_of_ignoring_reaction() -> None:
    # Plan 0 is all on the busy channel, plan 1 on both: by hand at eta 0 leaks 0.5 * 0.2 + 0.5 = 0.6 and 0.65.
    even = Choice(0.0, np.array([0.5, 0.5]), np.zeros(2))
    found = regret_of_ignoring(even, [[0.8, 0.0], [0.35, 0.35]], [0.0, 10.0])
    assert found.leak[0] == pytest.approx([0.6, 0.65])
    assert found.ignoring == 0
    assert found.best.tolist() == [0, 1]
    moved = 1 / (1 + np.exp(-8.0))
    assert found.regret == pytest.approx([0, moved + (1 - moved) * 0.2 - 0.65])


def test_interval_is_that_of_replications_whose_leaks_are_taken_one_by_one() -> None:
    noise = np.random.default_rng(7).normal(size=(12, 5)) * 1e-5
    noise[:, 1] += noise[:, 0]  # a covariance that must count
    noise -= noise.mean(axis=0)
    found = displace(choice(), AFTER, [0, 10])
    each = np.array([displace(choice(), AFTER + row, [0, 10]).leak for row in noise])
    expected = student_t(12, 0.95) * each.std(axis=0, ddof=1) / np.sqrt(12)
    assert leak_half_width(found, noise, 0.95) == pytest.approx(expected, rel=1e-3)
    both = np.array([displace(Choice(0.1, SHARE, BEFORE + row), AFTER + 2 * row, [0, 10]).leak for row in noise])
    expected = student_t(12, 0.95) * both.std(axis=0, ddof=1) / np.sqrt(12)
    assert leak_half_width(found, 2 * noise, 0.95, moved=noise) == pytest.approx(expected, rel=1e-3)
    assert np.isnan(leak_half_width(found, noise[:1], 0.95)).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Choice(0.2, SHARE, BEFORE), "must add up to 1; got 1.1"),
        (lambda: Choice(-0.1, [1.1], [0.0]), r"outside_share must lie in \[0, 1\]; got -0.1"),
        (lambda: Choice(0.1, SHARE, [0.5]), "one length"),
        (lambda: displace(choice(), [1.3, 0, 0, 0, 0], 1), r"theta must lie in \[0, 1\]; got 1.3"),
        (lambda: displace(choice(), [np.nan, 0, 0, 0, 0], 1), r"theta must lie in \[0, 1\]; got nan"),
        (lambda: displace(choice(), [0.5], 1), "one rate a channel"),
        (lambda: displace(choice(), AFTER, [0, -3]), "eta must be finite and at least 0; got -3"),
        (lambda: displace(choice(), AFTER, np.inf), "eta must be finite"),
        (lambda: nested_shares(choice(), AFTER, 1, [0], 0), r"mu must lie in \(0, 1\]; got 0"),
        (lambda: nested_shares(choice(), AFTER, 1, [], 0.5), "nest must hold"),
        (lambda: regret_of_ignoring(choice(), [], 1), "at least one plan"),
    ],
)
def test_bad_input_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@st.composite
def choices(draw: st.DrawFn) -> tuple[Choice, list[float], float]:
    k = draw(st.integers(1, 5))
    rates = st.lists(st.floats(0, 1), min_size=k, max_size=k)
    weights = np.array(draw(st.lists(st.floats(0.01, 1), min_size=k + 1, max_size=k + 1)))
    weights /= weights.sum()
    eta = draw(st.one_of(st.floats(0, 50), st.sampled_from([1e4, 1e12])))
    return Choice(float(weights[0]), weights[1:], np.array(draw(rates))), draw(rates), eta


@given(choices())
def test_shares_are_a_distribution_and_the_leak_a_share(case: tuple[Choice, list[float], float]) -> None:
    made, rates, eta = case
    found = displace(made, rates, eta)
    assert found.outside[0] + found.share.sum() == pytest.approx(1)
    assert (found.share >= 0).all()
    assert -1e-12 <= found.leak[0] <= found.attempts[0] + 1e-12


@given(choices(), st.integers(0, 4), st.floats(0.01, 1))
def test_a_share_falls_with_its_own_interception(case, channel: int, rise: float) -> None:
    made, rates, eta = case
    k = channel % len(rates)
    before = displace(made, rates, eta).share[0, k]
    raised = [min(1.0, rate + rise) if j == k else rate for j, rate in enumerate(rates)]
    after = displace(made, raised, eta).share[0, k]
    assert after <= before + 1e-12
    if 0.1 <= eta <= 10 and raised[k] > rates[k] + 0.005:
        assert after < before
