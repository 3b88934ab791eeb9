"""Arrivals that vary over the day: M(t)/M/5 by Kolmogorov's equations, M(t)/D/inf by Palm (1943)."""

import math

import numpy as np
import pytest
from scipy import stats

from .experiment import (
    FALSE_ALARM,
    Disagreement,
    Settings,
    Values,
    constant,
    demand_agreement,
    exponential,
    number_at,
    number_between,
    replicate,
    scenario,
)
from .theory import transient_queue

# The rate of each hour: the mean of 40 (1 + sin(2 pi t / 24) / 2) over it.
HOURLY = [40 + 240 / math.pi * (math.cos(math.pi * h / 12) - math.cos(math.pi * (h + 1) / 12)) for h in range(24)]


def at_rates(rates: list[float], time: Settings, servers: int, **more: object) -> Settings:
    return {
        "stations": {"desk": {"servers": servers}},
        "routes": {"main": [{"do": "serve", "station": "desk", "time": time}]},
        "arrivals": {"main": {"route": "main", "hourly_per_h": rates}},
        **more,
    }


def check_queue(network: Settings, replications: int = 60) -> None:
    """Hold a day from an empty start against the transient M(t)/M/5."""

    def measure(compiled, workload, record):
        join, start, end = (record.serves[f"{name}_tick"][0] for name in ("join", "start", "end"))
        return {
            "queue at 6": number_at(6, join, start),
            "queue at 12": number_at(12, join, start),
            "inside at 12": number_at(12, join, end),
            "inside at 18": number_at(18, join, end),
            "queue hours": 24 * number_between(compiled, join, start),
        }

    queue, number, total = transient_queue(HOURLY, 10, 5)
    known = {
        "queue at 6": queue[6],
        "queue at 12": queue[12],
        "inside at 12": number[12],
        "inside at 18": number[18],
        "queue hours": total,
    }
    demand_agreement(replicate(scenario(network, 24), measure, replications), known)


def test_mtm5():
    check_queue(at_rates(HOURLY, exponential(6.0), 5))


@pytest.mark.slow
def test_mtm5_long():
    check_queue(at_rates(HOURLY, exponential(6.0), 5), replications=2000)


@pytest.mark.parametrize(
    ("shift", "minutes", "servers"), [(0, 6.0, 6), (0, 6.6, 5), (2, 6.0, 5), (12, 6.0, 5)],
    ids=["server more", "service +10 %", "peak 2 h early", "peak 12 h late"],
)  # fmt: skip
def test_mtm5_notices_a_wrong_network(shift, minutes, servers):
    with pytest.raises(Disagreement):
        check_queue(at_rates(HOURLY[shift:] + HOURLY[:shift], exponential(minutes), servers))


def demand_poisson(counts: Values) -> None:
    """Demand that counts vary as much as Poisson ones (chi-square of the index of dispersion)."""
    dispersion = counts.var(ddof=1) / counts.mean() * (len(counts) - 1)
    low, high = (stats.chi2.ppf(q, len(counts) - 1) for q in (FALSE_ALARM / 2, 1 - FALSE_ALARM / 2))
    if not low <= dispersion <= high:
        raise Disagreement(f"dispersion {dispersion:.1f} outside {low:.1f} .. {high:.1f}")


def check_unlimited(network: Settings) -> None:
    """Hold the number inside at 12 h, servers without limit, services of 1.5 h, against Palm's Poisson law."""

    def measure(compiled, workload, record):
        return {"inside": number_at(12, record.serves["join_tick"][0], record.serves["end_tick"][0])}

    measured = replicate(scenario(network, 12.5), measure, 150)
    demand_agreement(measured, {"inside": HOURLY[10] / 2 + HOURLY[11]})
    demand_poisson(measured["inside"])


def test_mtd_unlimited():
    check_unlimited(at_rates(HOURLY, constant(90.0), 100_000))


@pytest.mark.parametrize(
    ("time", "more"),
    [(constant(99.0), {}), (exponential(90.0), {}), (constant(90.0), {"day_cv": 0.3})],
    ids=["service +10 %", "another law", "days that differ"],
)
def test_mtd_unlimited_notices_a_wrong_network(time, more):
    with pytest.raises(Disagreement):
        check_unlimited(at_rates(HOURLY, time, 100_000, **more))


def test_hourly_rates_are_means_of_the_sine():
    fine = np.arange(0, 24, 1e-3) + 5e-4
    rate = 40 * (1 + 0.5 * np.sin(2 * np.pi * fine / 24))
    assert np.allclose(rate.reshape(24, -1).mean(axis=1), HOURLY, atol=1e-5)
