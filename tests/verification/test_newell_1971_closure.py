"""A closure with steady arrivals: the triangle of deterministic queueing (Newell 1971)."""

import numpy as np
import pytest

from sim.units import TICKS_PER_HOUR

from .experiment import Disagreement, Settings, number_at, scenario, simulate_case

ARRIVALS_PER_H, CAPACITY_PER_H, CLOSED_H = 500.0, 758.0, 4.0


def closed(until: str = "04:00", per_h: float = CAPACITY_PER_H, arrivals_per_h: float = ARRIVALS_PER_H) -> Settings:
    """One server that opens late; arrivals and services are regular."""
    times = (np.arange(1, 14 * arrivals_per_h) * 3600 / arrivals_per_h).tolist()
    return {
        "stations": {"exit": {"servers": [{"start": "00:00", "servers": 0}, {"start": until, "servers": 1}]}},
        "routes": {
            "main": [
                {"do": "serve", "station": "exit", "time": {"any": {"family": "constant", "mean_s": 3600 / per_h}}}
            ]
        },
        "arrivals": {"main": {"route": "main", "times_s": times}},
    }


def check(network: Settings) -> None:
    """Hold peak, time to clear and mean delay against the triangle, to within one vehicle and one part in 1,000."""
    _, _, record = simulate_case(scenario(network, 13), 0)
    join, start = record.serves["join_tick"][0], record.serves["start_tick"][0]
    peak = ARRIVALS_PER_H * CLOSED_H
    clears = CLOSED_H + peak / (CAPACITY_PER_H - ARRIVALS_PER_H)
    delayed = ARRIVALS_PER_H * clears
    delay = (start - join)[: int(delayed)].mean() / TICKS_PER_HOUR
    # The first vehicle that need not wait, after the opening.
    free = int(np.flatnonzero((start == join) & (join > CLOSED_H * TICKS_PER_HOUR))[0])
    found = {
        "peak": (number_at(CLOSED_H - 1e-6, join, start), peak, 1.5),
        "clears": (join[free] / TICKS_PER_HOUR, clears, clears / 1000),
        "delay": (delay, peak * clears / 2 / delayed, peak * clears / 2 / delayed / 1000),
    }
    faults = [f"{k}: {got} not {known}" for k, (got, known, slack) in found.items() if abs(got - known) > slack]
    if faults:
        raise Disagreement("; ".join(faults))


def test_triangle():
    check(closed())


@pytest.mark.parametrize(
    "change", [{"until": "03:59"}, {"per_h": 770.0}, {"arrivals_per_h": 495.0}],
    ids=["opens a minute early", "capacity +1.6 %", "arrivals -1 %"],
)  # fmt: skip
def test_triangle_notices_a_wrong_network(change):
    with pytest.raises(Disagreement):
        check(closed(**change))
