"""Offered load: how busy each station would be if nobody ever waited."""

import numpy as np

from sim.network import Network, StepKind
from sim.network.tables import Floats
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR

_HOUR_S = 3600.0


def arrivals_per_day(network: Network) -> Floats:
    """Expected arrivals of each source per day of the window, (I,)."""
    first, last = network.window_tick, network.window_end_tick
    counts = []
    for edges, expected, listed in zip(
        network.sources.edge_ticks, network.sources.expected, network.sources.listed_ticks, strict=True
    ):
        if len(edges):
            inside = np.clip(edges[1:], first, last) - np.clip(edges[:-1], first, last)
            counts.append(float((expected * inside / np.diff(edges)).sum()))
        else:
            counts.append(float(((listed >= first) & (listed < last)).sum()))
    return np.array(counts) * TICKS_PER_DAY / (last - first)


def offered_load(network: Network) -> Floats:
    """Expected servers in use at each station by class, averaged over the window.

    Parameters
    ----------
    network : Network

    Returns
    -------
    ndarray of float64, shape (S, K)
        Arrival rate times mean service time (Little), without relief, waivers and carriers, in servers. A sampling
        ratio by the hour counts with its mean over the hours, a policy with its ratio (skip-lot at its fraction).
    """
    load = np.zeros((len(network.stations.name), len(network.class_name)))
    daily = arrivals_per_day(network)
    for source, first in enumerate(network.sources.first_step):
        k = int(network.sources.vehicle_class[source])
        reach = _reach(network, int(first), k)
        for step, probability in reach.items():
            law = network.steps.law[step, k]
            if network.steps.kind[step] == StepKind.SERVE and law >= 0:
                hours = mean_seconds(*network.laws[law]) / _HOUR_S
                load[network.steps.target[step], k] += daily[source] / 24 * probability * hours
    return load


def _reach(network: Network, first: int, k: int) -> dict[int, float]:
    """Probability that a unit of class k comes to each step of its route."""
    steps, reach = network.steps, {first: 1.0}
    for step in range(first, len(steps.kind)):
        probability = reach.get(step, 0.0)
        if steps.kind[step] == StepKind.EXIT or probability == 0.0:
            continue
        yes = _yes(network, step, k)
        for target, share in ((int(steps.following[step]), yes), (int(steps.otherwise[step]), 1 - yes)):
            reach[target] = reach.get(target, 0.0) + probability * share
    return {step: p for step, p in reach.items() if p > 0 and steps.route[step] == steps.route[first]}


def _yes(network: Network, step: int, k: int) -> float:
    """Probability that a step leads to the one that follows it."""
    kind, target = network.steps.kind[step], network.steps.target[step]
    if kind == StepKind.SELECT:
        return float(network.rules.ratio[target, k].mean())
    if kind == StepKind.ALARM:
        return float(network.techniques.false_alarms[target, k])
    return 1.0


def mean_seconds(family: str, law: tuple[float, ...]) -> float:
    """Mean of a law of durations, s."""
    if family in {"uniform", "triangular", "empirical"}:
        return sum(law) / len(law)
    return law[0]


def servers_open(network: Network, station: int) -> list[tuple[float, int]]:
    """List (hour of the day, servers) of a station's staff as it changes within the first 24 hours."""
    table = network.stations
    rows = slice(table.shift_pointer[station], table.shift_pointer[station + 1])
    changes = zip(table.shift_tick[rows].tolist(), table.shift_servers[rows].tolist(), strict=True)
    return [
        ((network.clock_ticks + tick) % TICKS_PER_DAY / TICKS_PER_HOUR, servers)
        for tick, servers in changes
        if tick < TICKS_PER_DAY
    ]
