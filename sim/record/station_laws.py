"""The laws of one station: servers, queue, blocking. All look at what holds once a tick is over."""

from collections.abc import Iterator

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .finding import OPEN, Finding, level_at
from .journey import Table


def station_findings(network: Network, station: int, visits: Table) -> Iterator[Finding]:
    """Yield every broken law of a station.

    Parameters
    ----------
    network : Network
    station : int
        Row of the station table.
    visits : Table
        Its rows of `Journeys.visits`.
    """
    yield from _levels(network, station, visits)
    for level in np.unique(visits.priority):
        here = visits.where(visits.priority == level)
        yield from _fifo(network.stations.name[station], here)
        yield from _overtaken(network.stations.name[station], here, visits.where(visits.priority < level))
    yield from _admission(network.stations.name[station], visits)


def _shifts(network: Network, station: int) -> tuple[Ints, Ints]:
    table = network.stations
    rows = slice(table.shift_pointer[station], table.shift_pointer[station + 1])
    return table.shift_tick[rows], table.shift_servers[rows]


def _levels(network: Network, station: int, visits: Table) -> Iterator[Finding]:
    """Compare servers, busy servers, queue and blocked units at the end of every tick."""
    name, limit = network.stations.name[station], int(network.stations.queue_limit[station])
    shift_tick, shift_servers = _shifts(network, station)
    ticks = np.unique(np.concatenate([visits.ready, visits.join, visits.start, visits.release, shift_tick]))
    ticks = ticks[ticks < OPEN]
    servers = shift_servers[np.searchsorted(shift_tick, ticks, "right") - 1]
    # An event of the closures comes before a shift of the same tick, so a start may have seen the servers of before.
    before = shift_servers[np.maximum(0, np.searchsorted(shift_tick, ticks, "left") - 1)]
    busy = level_at(ticks, visits.start, visits.release)
    waiting = level_at(ticks, visits.join, visits.start)
    blocked = level_at(ticks, visits.ready, visits.join)
    has_start = np.isin(ticks, visits.start)
    full = (busy >= servers) & (limit >= 0) & (waiting >= limit)
    laws = {
        "no server overlap": has_start & (busy > np.maximum(servers, before)),
        "work conservation": (busy < servers) & (waiting + blocked > 0),
        "queue limit": (limit >= 0) & (waiting > max(limit, 0)),
        "blocking": (blocked > 0) & ~full,
    }
    for law, broken in laws.items():
        for t in np.flatnonzero(broken)[:3]:
            text = f"{busy[t]} of {servers[t]} servers busy, {waiting[t]} waiting (limit {limit}), {blocked[t]} blocked"
            yield Finding(law, name, f"tick {ticks[t]}", text)


def _fifo(name: str, visits: Table) -> Iterator[Finding]:
    """Within a priority nobody starts before someone who joined at an earlier tick."""
    order = np.lexsort((visits.start, visits.join))
    visits = visits.where(order)
    latest = np.maximum.accumulate(visits.start)
    first = np.searchsorted(visits.join, visits.join, "left")
    broken = (first > 0) & (latest[first - 1] > visits.start) & (visits.join < OPEN)
    for v in np.flatnonzero(broken)[:3]:
        text = f"joined at {visits.join[v]} and started at {visits.start[v]}, before one who had joined earlier"
        yield Finding("first in first out", name, f"unit {visits.unit[v]}", text)


def _overtaken(name: str, visits: Table, better: Table) -> Iterator[Finding]:
    """Nobody starts while a unit of better priority has been waiting since an earlier tick."""
    starts = visits.start[visits.start < OPEN]
    at_once = better.join == better.start
    waiting = np.searchsorted(np.sort(better.join[~at_once]), starts, "left") - np.searchsorted(
        np.sort(better.start[~at_once]), starts, "right"
    )
    for tick in starts[waiting > 0][:3]:
        yield Finding("priority", name, f"tick {tick}", "started while a unit of better priority went on waiting")


def _admission(name: str, visits: Table) -> Iterator[Finding]:
    """Units get in in the order in which they wanted in: first blocked, first in."""
    visits = visits.where(np.lexsort((visits.join, visits.ready)))
    latest = np.maximum.accumulate(visits.join)
    first = np.searchsorted(visits.ready, visits.ready, "left")
    for v in np.flatnonzero((first > 0) & (latest[first - 1] > visits.join))[:3]:
        text = f"wanted in at {visits.ready[v]} and got in at {visits.join[v]}, before one who had wanted in earlier"
        yield Finding("first blocked first in", name, f"unit {visits.unit[v]}", text)
