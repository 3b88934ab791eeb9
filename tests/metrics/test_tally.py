import numpy as np
import pytest

from sim.metrics.tally import highest, integral

from .builders import built, desk, ran


def stepwise(begin, end, window):
    """Add up the number inside times the span, event by event, in Python's integers."""
    events = sorted([(t, 1) for t in begin.tolist()] + [(t, -1) for t in end.tolist()])
    area, inside, now = 0, 0, window[0]
    for tick, change in events:
        here = min(max(tick, window[0]), window[1])
        area += inside * (here - now)
        inside, now = inside + change, here
    return area + inside * (window[1] - now)


@pytest.mark.parametrize("seed", range(5))
def test_integral_is_the_sum_of_clipped_sojourns(seed):
    rng = np.random.default_rng(seed)
    begin = rng.integers(0, 1000, 200)
    end = begin + rng.integers(0, 400, 200)
    window = (300, 700)
    clipped = np.clip(end, *window) - np.clip(begin, *window)
    assert int(integral(begin, end, np.array(window)).sum()) == clipped.sum() == stepwise(begin, end, window)


def test_integral_by_hour_adds_up():
    begin, end = np.array([0, 5, 9]), np.array([12, 5, 30])
    assert integral(begin, end, np.array([0, 10, 20, 25])).tolist() == [10 + 1, 2 + 10, 5]


def test_little_is_exact_on_a_simulated_day():
    network = desk([])
    network["arrivals"]["main"] = {"route": "main", "rate_per_h": 55.0}
    compiled, _, record = ran(built(network, hours=24, lead_in_h=3))
    arrival, leave = record.units["arrival_tick"], record.units["exit_tick"]
    leave = np.where(leave >= 0, leave, compiled.horizon_tick)
    window = (compiled.window_tick, compiled.window_end_tick)
    clipped = np.clip(leave, *window) - np.clip(arrival, *window)
    assert int(integral(arrival, leave, np.array(window)).sum()) == clipped.sum() == stepwise(arrival, leave, window)


def test_highest_counts_what_is_open_at_one_time():
    begin, end = np.array([0, 2, 3, 8]), np.array([5, 4, 3, 9])
    assert highest(begin, end, (0, 10)) == 2
    assert highest(begin, end, (4, 8)) == 1
    assert highest(begin, end, (4, 10), np.array([7, 1, 1, 9])) == 9


def test_highest_at_one_tick_leaves_before_it_comes():
    assert highest(np.array([0, 5]), np.array([5, 9]), (0, 10)) == 1
