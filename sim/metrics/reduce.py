"""One replication to sums: every metric of the catalogue at its finest level."""

import sys

import numpy as np

from sim.network import DepartureRule, Network
from sim.network.tables import Flags, Floats, Ints
from sim.record import Record
from sim.scenario import value_for
from sim.scenario.run import Cost
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR
from sim.workload import Workload

from .catalogue import ALL, NONE
from .closed import closed_spans
from .counts import Counts
from .finds import take_finds
from .plain import count_plainly
from .plan import ALARM, SELECT, Plan, flow_key, plan_of, post_key, source_key
from .tally import Reduction, Tally, integral

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
    _take_stops(network, plan, counts, tally)
    take_finds(network, plan, counts, tally)
    _take_queues(network, plan, counts, tally)
    _take_sailings(network, workload, record, plan.edges, tally)
    if cost is not None:
        _take_costs(plan, cost, tally)
    return Reduction(
        days=(network.window_end_tick - network.window_tick) / TICKS_PER_DAY,
        sums=tally.sums,
        histograms={key: h for key, h in zip(plan.spans, counts.histograms, strict=True) if h is not None},
        maxima=tally.maxima,
        hourly={key: (pair[0], pair[1]) for key, pair in tally.hourly.items()},
        by_level=tally.by_level,
        history=tally.history,
    )


def _count(network: Network, workload: Workload, record: Record, plan: Plan) -> Counts:
    """Count with compiled code where numba is loaded, as it is once the compiled engine has run; else with numpy."""
    if sys.modules.get("numba") is None:
        return count_plainly(network, workload, record, plan)
    from .walk import count_compiled  # noqa: PLC0415 - numba takes longer to load than a small run

    return count_compiled(network, workload, record, plan)


def _take_flows(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book arrivals, landings, completions and the units inside, by hour and in all."""
    for key, units in zip(plan.moments, counts.sums.moments.astype(np.float64), strict=True):
        tally.add(key, units.sum())
        tally.add_hours(key, units)
    inside = counts.sums.hours[: plan.levels.start] / TICKS_PER_HOUR
    for key, hours in zip(plan.hours, inside, strict=False):
        tally.add(key, hours.sum())
        tally.add_hours(key, hours)
    for i, origin in enumerate(network.sources.origin):
        backlog, unfinished, carriers, *_ = counts.sums.units[i].tolist()
        tally.add(flow_key(network, "backlog", i, origin), backlog)
        tally.add(flow_key(network, "unfinished", i, origin), unfinished)
        tally.add(source_key(network, "carriers", i, origin), carriers)


def _take_spans(plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book spans of time: number and sum in minutes."""
    for row, (key, (number, total, _)) in enumerate(zip(plan.spans, counts.sums.spans.tolist(), strict=True)):
        if number or row not in plan.optional:
            tally.add(key, total / 60_000, number)


def _take_stops(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book selections and alarms."""
    steps, stops = network.steps, plan.stops
    for e in np.flatnonzero(stops.is_reached).tolist():
        step, i = int(stops.step[e]), int(stops.source[e])
        _, direction, _, _, _, vehicle = source_key(network, "", i, "")
        place = (direction, steps.port[step] or NONE, steps.place[step])
        if steps.kind[step] == SELECT and steps.place[step]:
            eligible, selected, waived = counts.sums.choices[e].tolist()
            tally.add(("selected_ratio", *place, ALL, vehicle), selected, eligible)
            tally.add(("inspected_ratio", *place, ALL, vehicle), selected - waived, eligible)
            tally.add(("waived_ratio", *place, ALL, vehicle), waived, selected)
        elif steps.kind[step] == ALARM and steps.post[step]:
            here = (*place, steps.post[step], vehicle)
            counted, alarmed, clean, wrong = counts.sums.answers[e].tolist()
            if steps.is_flag[step]:
                tally.add(("flagged_ratio", *here), alarmed, counted)
            elif stops.is_search[e]:
                tally.add(("searches", *place, ALL, vehicle), counted)
                tally.add(("hit_rate", *place, ALL, vehicle), alarmed, counted)
            else:
                tally.add(("alarm_ratio", *here), alarmed, counted)
                tally.add(("false_alarm_ratio", *here), wrong, clean)


def _take_queues(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book queues and yards, the use and staff of every station, and tailbacks."""
    for row in plan.levels:
        if row in plan.yards and counts.highest[row] < 0:
            continue  # nobody has been in that yard
        key, hours = plan.hours[row], counts.sums.hours[row] / TICKS_PER_HOUR
        tally.add(key, hours.sum())
        tally.add_hours(key, hours)
        tally.maxima[key] = max(0, int(counts.highest[row]))
    table = network.stations
    for s, busy in enumerate(counts.sums.busy.tolist()):
        shifts = slice(table.shift_pointer[s], table.shift_pointer[s + 1])
        ticks = np.append(table.shift_tick[shifts], network.horizon_tick)
        window = (plan.edges[0], plan.edges[-1])
        open_hours = np.diff(np.clip(ticks, *window)) @ table.shift_servers[shifts] / TICKS_PER_HOUR
        tally.add(post_key(network, "utilisation", s, ALL, ALL), busy / TICKS_PER_HOUR, open_hours)
        tally.add(post_key(network, "officer_hours", s, ALL, ALL), open_hours * table.officers_per_server[s])
    for (s, k), ticks in zip(plan.tailbacks, counts.sums.outside.tolist(), strict=True):
        key = post_key(network, "tailback", s, ALL, ALL)
        tally.add(key, ticks * network.queue_m[k] / TICKS_PER_HOUR)
        tally.maxima[key] = max(0, int(counts.tailback_cm[s])) / 100


def _take_sailings(network: Network, workload: Workload, record: Record, edges: Ints, tally: Tally) -> None:
    """Book the departures in the window, terminal by terminal."""
    sailings, table = record.sailings, network.terminals
    seen = (sailings["departure_tick"] >= edges[0]) & (sailings["departure_tick"] < edges[-1])
    for t in range(len(table.service)):
        here = seen & (sailings["terminal"] == t)
        if table.rule[t] != DepartureRule.AT_ONCE or here.any():
            place = (table.direction[t], network.ports.name[table.port[t]], ALL, table.service[t], ALL)
            _take_terminal(network, record, place, here, (edges, tally))
            begin, end = closed_spans(network, workload.closures, t)
            hours, closed = np.diff(edges) / TICKS_PER_HOUR, integral(begin, end, edges) / TICKS_PER_HOUR
            tally.add(("closed_ratio", *place), closed.sum(), hours.sum())
            tally.add_hours(("closed_ratio", *place), closed, hours)


def _take_terminal(
    network: Network, record: Record, place: tuple[str, str, str, str, str], here: Flags, book: tuple[Ints, Tally]
) -> None:
    edges, tally = book
    sailings = record.sailings
    loaded = here & (sailings["units"] > 0)
    hour = (sailings["departure_tick"][loaded] - edges[0]) // TICKS_PER_HOUR
    hours = len(edges) - 1
    ones = np.ones(len(hour), np.int64)
    figures = {
        "vehicles_per_sailing": (sailings["units"][loaded], ones),
        "load_factor": (sailings["load_cm"][loaded], network.ships.deck_cm[sailings["ship"][loaded]]),
        "left_behind": (sailings["left_behind"][loaded], ones),
    }
    tally.add(("sailings", *place), len(hour))
    tally.add(("empty_sailings", *place), here.sum() - len(hour))
    tally.add_hours(("sailings", *place), np.bincount(hour, minlength=hours).astype(np.float64))
    for metric, (above, below) in figures.items():
        tally.add((metric, *place), above.sum(), below.sum())
        tally.add_hours((metric, *place), *(_by_hour(hour, w, hours) for w in (above, below)))


def _by_hour(hour: Ints, weights: Ints, hours: int) -> Floats:
    return np.asarray(np.bincount(hour, weights=weights, minlength=hours), np.float64)


def _take_costs(plan: Plan, cost: Cost, tally: Tally) -> None:
    """Price the officer-hours and the inspection delay of the lines."""
    finds = sum(pair[0] for key, pair in tally.sums.items() if key[0] == "expected_finds" and key[3] == ALL)
    bill: dict[str, float] = dict.fromkeys(plan.lines, 0.0)
    for key, (total, _) in list(tally.sums.items()):
        if key[3] not in bill:
            continue
        if key[0] == "officer_hours":
            bill[key[3]] += total * cost.officer_hour_cny
        elif key[0] == "inspection_delay":
            bill[key[3]] += total / 60 * (value_for(cost.delay_vehicle_hour_cny, key[5]) or 0.0)
    for line, amount in bill.items():
        tally.add(("cost", ALL, ALL, line, ALL, ALL), amount)
    if bill:
        tally.add(("cost_per_find", ALL, ALL, ALL, ALL, ALL), sum(bill.values()), finds)
