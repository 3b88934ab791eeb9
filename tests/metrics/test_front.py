"""The Pareto front against a search through all pairs, and what intervals leave in doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.front import pareto_front, surely_dominated

whole = st.integers(0, 6).map(float)


@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=12))
def test_the_front_is_what_no_other_point_beats(pairs: list[tuple[float, float]]) -> None:
    gain, price = np.array(pairs).T
    unbeaten = {
        i
        for i, (g, p) in enumerate(pairs)
        if not any(h >= g and q <= p and (h > g or q < p) for h, q in pairs)
    }  # fmt: skip
    found = pareto_front(gain, price)
    assert set(found.tolist()) == unbeaten
    assert (np.diff(price[found]) >= 0).all()


def test_a_point_without_a_figure_is_not_on_the_front() -> None:
    assert pareto_front(np.array([1.0, np.nan, 9.0]), np.array([1.0, 0.0, np.nan])).tolist() == [0]


@pytest.mark.parametrize(
    ("other", "is_sure"),
    [
        ((5.0, 4.6, 5.4, 1.0, 0.8, 1.2), True),  # better in both, intervals apart
        ((5.0, 4.4, 5.6, 1.0, 0.8, 1.2), False),  # gains overlap
        ((5.0, 4.6, 5.4, 1.9, 1.6, 2.2), False),  # prices overlap
        ((5.0, 4.6, 5.4, 1.0, 0.8, np.nan), False),  # upper bound unknown
        ((4.0, 3.5, 4.5, 1.0, 0.8, 1.2), False),  # the same gain, in doubt
    ],
)
def test_dominated_for_sure(other: tuple[float, ...], is_sure: bool) -> None:
    both = np.array([(4.0, 3.5, 4.5, 2.0, 1.8, 2.2), other])
    assert surely_dominated(both[:, :3], both[:, 3:]).tolist() == [is_sure, False]


@given(st.lists(st.tuples(*[st.sampled_from([*map(float, range(5)), np.nan])] * 4), min_size=1, max_size=9))
def test_dominated_for_sure_is_what_a_search_through_all_pairs_finds(parts: list[tuple[float, ...]]) -> None:
    gain = np.array([(0.0, a, a + b) for a, b, _, _ in parts])
    price = np.array([(0.0, c, c + d) for _, _, c, d in parts])
    found = [
        any(
            (gl > gain[i, 2] and pm <= price[i, 1]) or (gl >= gain[i, 2] and pm < price[i, 1])
            for gl, pm in zip(gain[:, 1], price[:, 2], strict=True)
        )
        for i in range(len(parts))
    ]
    assert surely_dominated(gain, price).tolist() == found


def test_figures_without_noise_are_compared_as_they_are() -> None:
    gain = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    price = np.array([[2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    assert surely_dominated(gain, price).tolist() == [True, False, False]
