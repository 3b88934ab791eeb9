"""GI/M/1 through listed arrival times: regular and Erlang-3 gaps (Lindley 1952; Kleinrock 1975, ch. 6)."""

import math

import numpy as np
import pytest

from .experiment import Disagreement, Settings, demand_agreement, exponential, replicate, scenario, waits_min
from .theory import renewal_arrivals

RATE = 0.8
HOURS = 120
LEAD_IN_H = 12

TRANSFORMS = {
    1: lambda s: RATE / (RATE + s),
    3: lambda s: (3 * RATE / (3 * RATE + s)) ** 3,
    0: lambda s: math.exp(-s / RATE),
}


def listed(shape: int, replication: int, hours: float, rate: float = RATE) -> list[float]:
    """List arrival times in seconds with Erlang gaps of that shape; 0 means regular."""
    count = round(1.1 * rate * 60 * hours)
    mean_s = 60 / rate
    generator = np.random.default_rng([7, shape, replication])
    gaps = generator.gamma(shape, mean_s / shape, count) if shape else np.full(count, mean_s)
    return np.cumsum(gaps).tolist()


def check(shape: int, built: int, mean: float = 1.0, hours: float = HOURS) -> None:
    """Hold a queue with gaps of shape `built` against the formula for `shape` (lead-in 12 h)."""

    def case(replication: int) -> Settings:
        network = {
            "stations": {"desk": {"servers": 1}},
            "routes": {"main": [{"do": "serve", "station": "desk", "time": exponential(mean)}]},
            "arrivals": {"main": {"route": "main", "times_s": listed(built, replication, hours + LEAD_IN_H)}},
        }
        return scenario(network, hours, LEAD_IN_H, 6)

    def measure(compiled, workload, record):
        waits = waits_min(compiled, record)
        return {"waiting": (waits > 0).mean(), "wait": waits.mean()}

    waiting, wait = renewal_arrivals(TRANSFORMS[shape], 1.0)
    demand_agreement(replicate(case, measure, 20), {"waiting": waiting, "wait": wait})


@pytest.mark.parametrize("shape", [0, 3])
def test_gim1(shape):
    check(shape, shape)


@pytest.mark.parametrize(("built", "mean"), [(0, 1.0), (1, 1.0), (3, 1.1)], ids=["regular", "Poisson", "service +10 %"])
def test_gim1_notices_a_wrong_network(built, mean):
    with pytest.raises(Disagreement):
        check(3, built, mean)
