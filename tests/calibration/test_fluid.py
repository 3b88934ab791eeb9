"""The fluid port against closed forms and conservation."""

import numpy as np
import pytest

from sim.calibration import Parameters, follow, make_case
from sim.calibration.levels import fit_levels

from .small_port import NOTHING, START, WEIGHT, settings, small_case


def parameters(case, level, **changes) -> Parameters:
    given = {
        "level": np.array([level], float), "capacity": np.array([758.0]), "night": np.array([1.0]),
        "per_sailing": np.array([150.0]), "stay_h": np.array([0.0]), "factor": np.empty((1, 0)),
        "closed_from": np.array([[24.0]]), "closed_to": np.array([[33.0]]),
    }  # fmt: skip
    return Parameters(**(given | changes))


def test_triangle_of_newell_1971():
    """500 an hour against 758, closed for 9 h: peak 4,500, clear 17.44 h after the reopening, mean delay 4.5 h."""
    case = small_case(NOTHING)
    curves = follow(case, parameters(case, [12000.0] * 4))
    assert curves.peak(0, 96)[0] == pytest.approx(4500, rel=1e-9)
    clears = 33 + 4500 / (758 - 500)
    assert curves.queue(clears + 0.5)[0] == pytest.approx(0, abs=1e-6)
    assert curves.queue(clears - 0.5)[0] == pytest.approx(0.5 * 258, abs=1e-6)
    queue = curves.arrived[0] - curves.left[0]
    assert queue.sum() * 0.5 / (500 * (9 + 4500 / 258)) == pytest.approx(4.5, rel=2e-3)
    assert curves.wait(33.0)[0] == pytest.approx(9.0)


def test_the_stay_delays_departures_and_keeps_vehicles_inside():
    case = small_case(NOTHING)
    curves = follow(case, parameters(case, [12000.0] * 4, stay_h=np.array([1.3])))
    assert curves.queue(20.0)[0] == pytest.approx(1.3 * 500)


def test_a_restriction_takes_its_share_and_closures_all():
    changed = small_case(NOTHING, restriction={
        "half": {"start": "2018-02-15T00:00", "end": "2018-02-15T12:00", "factor": {"low": 0.0, "high": 1.0}}
    })  # fmt: skip
    curves = follow(changed, parameters(changed, [48000.0] * 4, factor=np.array([[0.5]])))
    assert curves.departures(0, 12)[0] == pytest.approx(12 * 379)
    assert curves.departures(12, 24)[0] == pytest.approx(12 * 758)
    assert curves.departures(24, 33)[0] == 0


@pytest.mark.parametrize("seed", range(3))
def test_curves_never_fall_nor_cross(seed):
    case = small_case(NOTHING)
    rng = np.random.Generator(np.random.Philox(key=seed))
    z = rng.standard_normal((50, len(case.names)))
    curves = follow(case, case.parameters(z, np.full(4, 6000.0)), rng)
    assert (np.diff(curves.arrived, axis=1) >= 0).all()
    assert (np.diff(curves.left, axis=1) >= -1e-9).all()
    assert (curves.left <= curves.arrived + 1e-6).all()


def test_uncertain_stretches_keep_their_core_and_add_up():
    case = small_case(NOTHING, pieces_h=9.5)
    z = np.random.Generator(np.random.Philox(key=1)).standard_normal((20, len(case.names)))
    drawn = case.parameters(z, np.full(4, 6000.0))
    assert np.allclose((drawn.closed_to - drawn.closed_from)[:, 1], 9.5)
    assert (drawn.closed_from[:, 1] <= 50).all()
    free = small_case(NOTHING).parameters(z, np.full(4, 6000.0))
    assert (free.closed_to[:, 1] == 56).all()
    assert free.closed_from[:, 1].std() > 0.1


def test_least_squares_finds_levels_that_made_the_counts():
    """One count a day, and no queue at midnight: exact but for the pull to the usual day."""
    days = {("departures", 24 * day, 24 * day + 24): 3000.0 + 500 * day for day in range(4)}
    nights = {("queue", None, 24 * day): 1e-3 for day in range(5)}
    case = make_case(settings(days | nights, error=1e-4, closed=[], piece={}, fitted=(*days, *nights)), START, WEIGHT)
    assert fit_levels(case) == pytest.approx([3000, 3500, 4000, 4500], rel=2e-3)
