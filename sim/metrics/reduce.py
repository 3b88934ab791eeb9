"""One replication to sums: every metric of the catalogue at its finest level."""

import sys
from itertools import repeat
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.record import Record
from sim.scenario.run import Cost
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR
from sim.workload import Workload

from .bookings import Bookings, bookings
from .costs import take_costs
from .counts import Counts
from .finds import take_finds
from .plain import count_plainly
from .plan import Plan, flow_key, plan_of, source_key
from .queue_sums import take_queues
from .sailing_sums import take_sailings
from .stop_sums import take_stops
from .tally import Key, Reduction, Tally

__all__ = ["reduce_replication"]


def reduce_replication(network: Network, workload: Workload, record: Record, cost: Cost | None = None) -> Reduction:
    """Reduce one replication to the sums that all metrics are made of.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Of that workload.
    cost : Cost, optional
        Unit prices; without them there are no cost metrics.

    Returns
    -------
    Reduction
        Of times, inspection and interception over the units that arrived in the window; of flows, queues and
        utilisation over the window itself.

    Notes
    -----
    What depends on the number of units is counted in whole numbers first (`counts`), by compiled code or by numpy, so
    the sums are the same to the last bit whichever it is.
    """
    plan = plan_of(network)
    counts = _count(network, workload, record, plan)
    tally = Tally(len(plan.edges) - 1)
    _take_flows(network, plan, counts, tally)
    _take_spans(plan, counts, tally)
    take_stops(network, plan, counts, tally)
    take_finds(network, plan, counts, tally)
    take_queues(network, plan, counts, tally)
    take_sailings(network, workload, record, plan.edges, tally)
    if cost is not None:
        take_costs(plan, cost, tally)
    return Reduction(
        days=(network.window_end_tick - network.window_tick) / TICKS_PER_DAY,
        sums=tally.sums,
        histograms={key: h for key, h in zip(plan.spans, counts.histograms, strict=True) if h is not None},
        maxima=tally.maxima,
        hourly=tally.hourly,
        by_level=tally.by_level,
        history=tally.history,
    )


def _count(network: Network, workload: Workload, record: Record, plan: Plan) -> Counts:
    """Count with compiled code where numba is loaded, as it is once the compiled engine has run; else with numpy."""
    if sys.modules.get("numba") is None:
        return count_plainly(network, workload, record, plan)
    from .walk import count_compiled  # noqa: PLC0415 - numba takes longer to load than a small run

    return count_compiled(network, workload, record, plan)


_flows: WeakKeyDictionary[Network, Bookings[Key]] = WeakKeyDictionary()
"""Backlog, unfinished and carriers of one source after the other."""


def _take_flows(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book arrivals, landings, completions and the units inside, by hour and in all."""
    moments = counts.sums.moments.astype(np.float64)
    inside = counts.sums.hours[: plan.levels.start] / TICKS_PER_HOUR
    for keys, hours in ((plan.moments, moments), (plan.hours[: len(inside)], inside)):
        tally.sums.update(zip(keys, zip(hours.sum(axis=1).tolist(), repeat(0.0)), strict=True))
        tally.hourly.update(zip(keys, zip(hours, repeat(tally.nothing)), strict=True))
    if network not in _flows:
        _flows[network] = bookings(key for i in range(len(network.sources.name)) for key in _ends(network, i))
    units = counts.sums.units[:, :3].ravel()
    tally.sums.update(_flows[network].pairs(units, np.zeros(len(units))))


def _ends(network: Network, source: int) -> tuple[Key, ...]:
    origin = network.sources.origin[source]
    return (
        flow_key(network, "backlog", source, origin),
        flow_key(network, "unfinished", source, origin),
        source_key(network, "carriers", source, origin),
    )


def _take_spans(plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book spans of time: number and sum in minutes."""
    spans = counts.sums.spans[:, :2].tolist()
    tally.sums.update(
        (key, (total / 60_000, float(number)))
        for row, (key, (number, total)) in enumerate(zip(plan.spans, spans, strict=True))
        if number or row not in plan.optional
    )
