"""One replication to sums: every metric of the catalogue at its finest level."""

from collections.abc import Iterable

import numpy as np

from sim.network import Network
from sim.record import Columns, Record
from sim.scenario.run import Cost
from sim.units import TICKS_PER_DAY
from sim.workload import Workload

from .counts import Counts
from .finds import find_sums
from .flow_sums import write_flows, write_hours
from .ledger import ledger_of
from .plain import count_plainly
from .plan import Plan, plan_of
from .queue_sums import heights, write_queues
from .sailing_sums import HOURLY, sailing_sums
from .stop_sums import write_stops
from .tally import Reduction, Spans

__all__ = ["reduce_pieces", "reduce_replication"]


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
    return reduce_pieces(network, workload, [record], cost)


def reduce_pieces(
    network: Network, workload: Workload, pieces: Iterable[Record], cost: Cost | None = None
) -> Reduction:
    """Reduce one replication whose record comes in pieces; the same whatever the pieces.

    Parameters
    ----------
    network : Network
    workload : Workload
    pieces : iterable of Record
        Of that workload, at least one: units in order, none twice, and all of them; every unit of a piece has left but
        for those of the last, which has all sailings. Nothing of a piece is kept when the next is asked for.
    cost : Cost, optional
        Unit prices; without them there are no cost metrics.

    Returns
    -------
    Reduction

    Raises
    ------
    ValueError
        If numba is not loaded and there is more than one piece.
    """
    plan, ledger = plan_of(network), ledger_of(network, plan_of(network))
    counts, sailings = _count(network, workload, pieces, plan)
    sums, there = counts.sums, ledger.hours.bookings.all_there()
    hourly, ends = np.empty((len(there), len(plan.edges) - 1)), (len(plan.moments), len(plan.moments) + len(plan.hours))
    write_hours(sums, hourly[: ends[1]])
    by_day = hourly[: ends[1]].sum(axis=1)
    amounts, (flows, stops, places, queues, terminals) = ledger.blank()
    write_flows(plan, sums, by_day, flows)
    write_stops(network, plan, sums, stops)
    finds = find_sums(network, plan, counts, places)
    write_queues(network, plan, counts, by_day, queues)
    ships = sailing_sums(network, workload.closures, sailings, plan.edges, hourly[ends[1] :], terminals)
    there[ends[0] + plan.levels.start : ends[1]] = queues.there[: len(plan.levels)]
    there[ends[1] :].reshape(-1, len(HOURLY))[:] = ships.there[:, None]
    return Reduction(
        days=(network.window_end_tick - network.window_tick) / TICKS_PER_DAY,
        figures=ledger.pairs(amounts, cost),
        spans=Spans(ledger.spans, counts.histograms),
        heights=ledger.highest(heights(network, plan, counts)),
        hours=ledger.by_hour(hourly, ships.below, there),
        levels=finds.levels,
        past=finds.past,
    )


def _count(network: Network, workload: Workload, pieces: Iterable[Record], plan: Plan) -> tuple[Counts, Columns]:
    """Count with compiled code what the compiled engine wrote, with numpy the whole record of the reference engine.

    Returns the sailings, too.
    """
    following = iter(pieces)
    record = next(following)
    if record.narrow is None:
        return count_plainly(network, workload, record, plan), record.sailings
    from .walk import Count  # noqa: PLC0415 - numba takes longer to load than a small run

    count = Count(network, workload, plan)
    count.take(record)
    for record in following:
        count.take(record)
    return count.close(), record.sailings
