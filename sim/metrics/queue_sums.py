"""Queues and yards, use and staff of every station, tailbacks."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Flags, Floats, Ints
from sim.units import TICKS_PER_HOUR

from .bookings import Amounts
from .catalogue import ALL
from .counts import Counts
from .plan import Plan, post_key
from .tally import Key


class Posts(NamedTuple):
    """Stations of a network, S of them, and what is booked for each."""

    open_hours: Floats
    """(S,) hours of open lanes in the window"""
    officer_hours: Floats
    """(S,)"""
    length_m: Floats
    """(tailbacks,) of a unit of the class"""
    is_yard: Flags
    """(levels,)"""
    queueing: Ints
    """stations that have a tailback"""


_kept: WeakKeyDictionary[Network, Posts] = WeakKeyDictionary()


def queue_keys(network: Network, plan: Plan) -> Iterator[Key]:
    """Yield the keys of queues and yards, of the use and staff of every station, of tailbacks."""
    yield from plan.hours[plan.levels.start :]
    for s in range(len(network.stations.name)):
        yield post_key(network, "utilisation", s, ALL, ALL)
        yield post_key(network, "officer_hours", s, ALL, ALL)
    for s, _ in plan.tailbacks:
        yield post_key(network, "tailback", s, ALL, ALL)


def height_keys(network: Network, plan: Plan) -> Iterator[Key]:
    """Yield the keys that have a highest level: queues and yards, tailbacks."""
    yield from plan.hours[plan.levels.start :]
    for s in _of(network, plan).queueing.tolist():
        yield post_key(network, "tailback", s, ALL, ALL)


def is_met(network: Network, plan: Plan, counts: Counts) -> Flags:
    """Tell which queues and yards there are, (levels,): not the yards that nobody has been in."""
    return np.asarray(~(_of(network, plan).is_yard & (counts.highest[plan.levels.start :] < 0)))


def write_queues(network: Network, plan: Plan, counts: Counts, by_day: Floats, into: Amounts) -> None:
    """Write the amounts of queues and yards, of the use and staff of every station, of tailbacks.

    `by_day` are the figures by hour, added up.
    """
    posts, (above, below, there) = _of(network, plan), into
    stations, levels, first = len(posts.open_hours), len(plan.levels), len(plan.moments) + plan.levels.start
    metres = levels + 2 * stations
    above[:levels] = by_day[first : first + levels]
    above[levels:metres:2], above[levels + 1 : metres : 2] = counts.sums.busy / TICKS_PER_HOUR, posts.officer_hours
    above[metres:] = counts.sums.outside * posts.length_m / TICKS_PER_HOUR
    below[levels:metres:2] = posts.open_hours
    there[:levels] = is_met(network, plan, counts)


def heights(network: Network, plan: Plan, counts: Counts) -> Amounts:
    """Highest levels, as numerators: units in queues and yards, metres of tailbacks."""
    queueing = _of(network, plan).queueing
    most = np.concatenate([counts.highest[plan.levels.start :], counts.tailback_cm[queueing]])
    above = np.maximum(0, most).astype(np.float64)
    above[len(most) - len(queueing) :] /= 100
    there: Flags = np.ones(len(above), np.bool_)
    there[: len(plan.levels)] = is_met(network, plan, counts)
    return Amounts(above, np.zeros(len(above)), there)


def _of(network: Network, plan: Plan) -> Posts:
    if network not in _kept:
        _kept[network] = _posts(network, plan)
    return _kept[network]


def _posts(network: Network, plan: Plan) -> Posts:
    table, window = network.stations, (plan.edges[0], plan.edges[-1])
    stations = range(len(table.name))
    open_hours = np.zeros(len(stations))
    for s in stations:
        shifts = slice(table.shift_pointer[s], table.shift_pointer[s + 1])
        ticks = np.append(table.shift_tick[shifts], network.horizon_tick)
        open_hours[s] = np.diff(np.clip(ticks, *window)) @ table.shift_servers[shifts] / TICKS_PER_HOUR
    return Posts(
        open_hours,
        open_hours * table.officers_per_server,
        np.array([network.queue_m[k] for _, k in plan.tailbacks], np.float64),
        np.array([row in plan.yards for row in plan.levels], np.bool_),
        np.array(list(dict.fromkeys(s for s, _ in plan.tailbacks)), np.int64),
    )
