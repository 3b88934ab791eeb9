"""Arrivals, landings, completions, units inside, spans of time: which counts are which figure's."""

from collections.abc import Iterator

import numpy as np

from sim.network import Network
from sim.network.tables import Flags, Floats
from sim.units import TICKS_PER_HOUR

from .bookings import Amounts
from .counts import Counts
from .plan import Plan, flow_key, source_key
from .tally import Key


def flow_keys(network: Network, plan: Plan) -> Iterator[Key]:
    """Yield the keys of moments, of units inside, of what is left at the end source by source, and of spans."""
    yield from plan.moments
    yield from plan.hours[: plan.levels.start]
    for source, origin in enumerate(network.sources.origin):
        yield flow_key(network, "backlog", source, origin)
        yield flow_key(network, "unfinished", source, origin)
        yield source_key(network, "carriers", source, origin)
    yield from plan.spans


def hourly_flows(plan: Plan, counts: Counts) -> Floats:
    """Moments and unit-hours inside by hour, (keys, H)."""
    sums, moments = counts.sums, len(plan.moments)
    hourly = np.empty((moments + plan.levels.start, sums.hours.shape[1]))
    hourly[:moments] = sums.moments
    np.divide(sums.hours[: plan.levels.start], TICKS_PER_HOUR, out=hourly[moments:])
    return hourly


def flow_amounts(plan: Plan, counts: Counts, hourly: Floats) -> Amounts:
    """Amounts of the flows; spans have their sum in minutes and their number."""
    units, spans = counts.sums.units[:, :3].ravel(), counts.sums.spans
    above = np.concatenate([hourly.sum(axis=1), units, spans[:, 1] / 60_000])
    below, first = np.zeros(len(above)), len(above) - len(spans)
    below[first:] = spans[:, 0]
    there: Flags = np.ones(len(above), np.bool_)
    np.logical_or(spans[:, 0], plan.always, out=there[first:])
    return Amounts(above, below, there)
