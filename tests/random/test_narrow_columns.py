"""Columns of a workload take few bytes where their values fit, and hold the same values where they do not."""

import numpy as np
import pytest

from sim.workload.laws import QUANTILES, is_short, quantile_ticks
from sim.workload.types import row_type

from .worlds import LAWS, draw, small_world

LARGEST = np.array([1 - 2.0**-53])


def with_gate(mean_s: float, family: str = "constant"):
    """The small world with another time at its gate."""
    settings = small_world()
    settings["network"]["routes"]["main"][0]["time"] = {"any": {"family": family, "mean_s": mean_s}}
    return settings


def test_ordinary_columns_are_narrow():
    _, workload = draw(small_world())
    assert workload.duration_ticks.dtype == np.int32
    assert {workload.source.dtype, workload.vehicle_class.dtype} == {np.dtype(np.int16)}


@pytest.mark.parametrize(("mean_s", "kind"), [(1_000_000.0, np.int32), (3_000_000.0, np.int64)])
def test_long_times_are_kept(mean_s, kind):
    _, workload = draw(with_gate(mean_s))
    assert workload.duration_ticks.dtype == kind
    assert (workload.duration_ticks[0] == 1000 * mean_s).all()


def test_the_longest_time_decides_and_not_the_mean():
    mean_s = 40_000.0
    assert 1000 * mean_s < 2**26 < 2**30 < quantile_ticks(LARGEST, "exponential", (mean_s,))[0]
    assert draw(with_gate(mean_s, "exponential"))[1].duration_ticks.dtype == np.int64
    assert draw(with_gate(mean_s / 2, "exponential"))[1].duration_ticks.dtype == np.int32


@pytest.mark.parametrize("family", sorted(QUANTILES))
def test_every_law_has_a_longest_time(family):
    law = LAWS[family]
    longest = quantile_ticks(LARGEST, family, law)[0]
    assert is_short(family, law)
    assert (quantile_ticks(np.linspace(0, 1, 1001)[:-1], family, law) <= longest).all()


@pytest.mark.parametrize("family", sorted(QUANTILES))
def test_every_law_can_be_too_long(family):
    mean_s, *shape = LAWS[family]
    long_times = family in ("uniform", "triangular", "empirical")
    law = tuple(1e6 * x for x in LAWS[family]) if long_times else (1e6 * mean_s, *shape)
    assert not is_short(family, law)


@pytest.mark.parametrize(("rows", "kind"), [(1, np.int16), (2**15, np.int16), (2**15 + 1, np.int64)])
def test_all_rows_fit(rows, kind):
    assert np.arange(rows)[-1] == np.arange(rows).astype(row_type(rows))[-1]
    assert row_type(rows) == kind
