"""Batches: a queue with one server where each arrival brings b units (Gaver 1959, Operations Research 7, 49-58).

With load rho = b lambda E[S] and exponential service the mean number inside is rho (1 + b) / (2 (1 - rho)); so a unit waits
E[S] ((1 + b) / (2 (1 - rho)) - 1) on average.
"""

import numpy as np
import pytest

from .experiment import Disagreement, Settings, demand_agreement, exponential, in_window, replicate, scenario, waits_min

MEAN_MIN = 1.0


def batches(per_h: float, batch: int, **arrivals: float) -> Settings:
    """One server, calls at a rate, each with a batch of units."""
    return {
        "stations": {"crane": {"servers": 1}},
        "routes": {"main": [{"do": "serve", "station": "crane", "time": exponential(MEAN_MIN)}]},
        "arrivals": {"main": {"route": "main", "rate_per_h": per_h, "batch": batch, **arrivals}},
    }


def check(settings: Settings, load: float, batch: int, hours: float = 100) -> None:
    """Hold units per hour and their mean wait against theory (lead-in 10 h)."""

    def measure(network, workload, record):
        mine = in_window(network, record)
        _, counts = np.unique(record.units["arrival_tick"], return_counts=True)
        assert (counts % batch == 0).all()
        return {"units": mine.sum() / hours, "wait": waits_min(network, record).mean()}

    known = {"units": 60 * load / MEAN_MIN, "wait": MEAN_MIN * ((1 + batch) / (2 * (1 - load)) - 1)}
    demand_agreement(replicate(scenario(settings, hours, 10, 8), measure, 20), known)


@pytest.mark.parametrize(("load", "batch"), [(0.6, 5), (0.5, 20), (0.7, 1)])
def test_wait_in_batches(load, batch):
    check(batches(60 * load / batch, batch), load, batch)


@pytest.mark.parametrize(("per_h", "batch"), [(7.2, 4), (7.2, 6), (8.6, 5)])
def test_wrong_batches_are_noticed(per_h, batch):
    with pytest.raises(Disagreement):
        check(batches(per_h, batch), 0.6, batch)
