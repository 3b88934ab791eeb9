"""Arrivals, landings, completions, units inside, spans of time: which counts are which figure's."""

from collections.abc import Iterator

import numpy as np

from sim.network import Network
from sim.network.tables import Floats
from sim.units import TICKS_PER_HOUR

from .bookings import Amounts
from .counts import Sums
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


def write_hours(sums: Sums, hourly: Floats) -> None:
    """Write moments, and unit-hours inside and in queues and yards, by hour: (keys, H)."""
    moments = len(sums.moments)
    hourly[:moments] = sums.moments
    np.divide(sums.hours, TICKS_PER_HOUR, out=hourly[moments:])


def write_flows(plan: Plan, sums: Sums, by_day: Floats, into: Amounts) -> None:
    """Write the amounts of the flows; spans have their sum in minutes and their number.

    `by_day` are the figures by hour, added up.
    """
    above, below, there = into
    first, spans = len(plan.moments) + plan.levels.start, len(above) - len(sums.spans)
    above[:first] = by_day[:first]
    above[first:spans].reshape(-1, 3)[:] = sums.units[:, :3]
    np.divide(sums.spans[:, 1], 60_000, out=above[spans:])
    below[spans:] = sums.spans[:, 0]
    np.logical_or(sums.spans[:, 0], plan.always, out=there[spans:])
