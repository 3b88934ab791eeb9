"""Arrival streams as piecewise-constant rates or listed ticks."""

from collections.abc import Iterator, Mapping

import numpy as np

from sim.errors import Fault
from sim.scenario.custom import Arrivals, CustomNetwork
from sim.units import TICKS_PER_HOUR, ticks_from_hours, ticks_from_seconds

from .tables import Floats, Ints, SourceTable

MOST_UNITS = 20_000_000
"""About 300 bytes a unit: some six gigabytes. A busy day of the strait has 20,000 to 60,000."""


def source_table(wiring: CustomNetwork, first_step: Mapping[str, int], horizon: int) -> SourceTable:
    """Freeze the arrival streams of a network up to its horizon (ticks)."""
    arrivals = wiring.arrivals.values()
    classes = list(wiring.classes)
    pieces = [_pieces(a, horizon) for a in arrivals]
    return SourceTable(
        name=tuple(wiring.arrivals),
        vehicle_class=np.array([classes.index(a.vehicle_class) for a in arrivals], np.int64),
        first_step=np.array([first_step[a.route] for a in arrivals], np.int64),
        direction=tuple(a.direction for a in arrivals),
        origin=tuple(a.origin for a in arrivals),
        destination=tuple(a.destination for a in arrivals),
        edge_ticks=tuple(edges for edges, _ in pieces),
        expected=tuple(expected for _, expected in pieces),
        listed_ticks=tuple(_listed(a, horizon) for a in arrivals),
        batch=np.array([a.batch for a in arrivals], np.int64),
    )


def crowd_faults(sources: SourceTable) -> Iterator[Fault]:
    """Yield a fault where a replication has more units than any machine holds."""
    expected = sum(float(part.sum()) for part in sources.expected) + sum(map(len, sources.listed_ticks))
    if expected > MOST_UNITS:
        yield Fault("run.days", f"must be so short that at most {MOST_UNITS:,} units come", round(expected))


def _listed(arrivals: Arrivals, horizon: int) -> Ints:
    ticks = np.array([ticks_from_seconds(s) for s in arrivals.times_s or ()], np.int64)
    return np.repeat(ticks[ticks < horizon], arrivals.batch)


def _pieces(arrivals: Arrivals, horizon: int) -> tuple[Ints, Floats]:
    """Edges (E + 1,) in ticks and expected units (E,) of each piece."""
    if arrivals.times_s is not None:
        return np.empty(0, np.int64), np.empty(0)
    first = ticks_from_hours(arrivals.from_h)
    last = min(horizon, ticks_from_hours(arrivals.to_h)) if arrivals.to_h is not None else horizon
    hours = np.arange(0, horizon + TICKS_PER_HOUR, TICKS_PER_HOUR, dtype=np.int64)
    edges = np.unique(np.clip(np.append(hours, [first, last]), first, max(first, last)))
    if arrivals.rate_per_h is not None:
        rates = np.full(len(edges) - 1, arrivals.rate_per_h)
    else:
        listed = np.array(arrivals.hourly_per_h)
        rates = listed[(edges[:-1] // TICKS_PER_HOUR) % len(listed)]
    return edges, arrivals.batch * rates * np.diff(edges) / TICKS_PER_HOUR
