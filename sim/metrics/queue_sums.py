"""Queues and yards, use and staff of every station, tailbacks."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats
from sim.units import TICKS_PER_HOUR

from .bookings import Bookings, bookings
from .catalogue import ALL
from .counts import Counts
from .plan import Plan, post_key
from .tally import Key, Tally


class Posts(NamedTuple):
    """Stations of a network, S of them, and what is booked for each."""

    use: tuple[Key, ...]
    staff: tuple[Key, ...]
    open_hours: Floats
    """(S,) hours of open lanes in the window"""
    officer_hours: Floats
    """(S,)"""
    tailbacks: Bookings[Key]
    """Of each station and class of `Plan.tailbacks`."""
    length_m: Floats
    """(tailbacks,) of a unit of the class"""


_kept: WeakKeyDictionary[Network, Posts] = WeakKeyDictionary()


def take_queues(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book queues and yards, the use and staff of every station, and tailbacks."""
    _take_levels(plan, counts, tally)
    if network not in _kept:
        _kept[network] = _posts(network, plan)
    posts = _kept[network]
    busy = (counts.sums.busy / TICKS_PER_HOUR).tolist()
    rows = zip(posts.use, posts.staff, busy, posts.open_hours.tolist(), posts.officer_hours.tolist(), strict=True)
    for use, staff, used, is_open, officers in rows:
        tally.add(use, used, is_open)
        tally.add(staff, officers)
    metres = counts.sums.outside * posts.length_m / TICKS_PER_HOUR
    tally.sums.update(posts.tailbacks.pairs(metres, np.zeros(len(metres))))
    for s, key in {s: posts.tailbacks.keys[row] for (s, _), row in _rows(plan, posts)}.items():
        tally.maxima[key] = max(0, int(counts.tailback_cm[s])) / 100


def _rows(plan: Plan, posts: Posts) -> "zip[tuple[tuple[int, int], int]]":
    return zip(plan.tailbacks, posts.tailbacks.rows.tolist(), strict=True)


def _take_levels(plan: Plan, counts: Counts, tally: Tally) -> None:
    hours = counts.sums.hours[plan.levels.start :] / TICKS_PER_HOUR
    highest = counts.highest[plan.levels.start :].tolist()
    for row, most, by_hour, total in zip(plan.levels, highest, hours, hours.sum(axis=1).tolist(), strict=True):
        if most < 0 and row in plan.yards:
            continue  # nobody has been in that yard
        key = plan.hours[row]
        tally.add(key, total)
        tally.add_hours(key, by_hour)
        tally.maxima[key] = max(0, most)


def _posts(network: Network, plan: Plan) -> Posts:
    table, window = network.stations, (plan.edges[0], plan.edges[-1])
    stations = range(len(table.name))
    open_hours = np.zeros(len(stations))
    for s in stations:
        shifts = slice(table.shift_pointer[s], table.shift_pointer[s + 1])
        ticks = np.append(table.shift_tick[shifts], network.horizon_tick)
        open_hours[s] = np.diff(np.clip(ticks, *window)) @ table.shift_servers[shifts] / TICKS_PER_HOUR
    return Posts(
        tuple(post_key(network, "utilisation", s, ALL, ALL) for s in stations),
        tuple(post_key(network, "officer_hours", s, ALL, ALL) for s in stations),
        open_hours,
        open_hours * table.officers_per_server,
        bookings(post_key(network, "tailback", s, ALL, ALL) for s, _ in plan.tailbacks),
        np.array([network.queue_m[k] for _, k in plan.tailbacks], np.float64),
    )
