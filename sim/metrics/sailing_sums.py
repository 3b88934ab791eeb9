"""Departures in the window: vehicles aboard, load and left behind of each terminal, and how long it was closed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import DepartureRule, Network
from sim.network.tables import ClosureTable, Flags, Floats, Ints
from sim.record import Columns
from sim.units import TICKS_PER_HOUR

from .bookings import Amounts
from .catalogue import ALL
from .closed import closed_spans
from .tally import Key, integral

_listed: WeakKeyDictionary[Network, Floats] = WeakKeyDictionary()
"""(T, H) hours closed by the listed closures of a network."""
_waiting: WeakKeyDictionary[Network, Flags] = WeakKeyDictionary()

FIGURES = ("sailings", "empty_sailings", "vehicles_per_sailing", "load_factor", "left_behind", "closed_ratio")
HOURLY = (FIGURES[0], *FIGURES[2:])


class Sailings(NamedTuple):
    """Departures in the window, by terminal."""

    below: Floats
    """(5 T, H) denominators by hour"""
    there: Flags
    """(T,) whether a terminal has figures"""


def sailing_keys(network: Network, names: Sequence[str] = FIGURES) -> Iterator[Key]:
    """Yield the keys of each terminal, one after the other."""
    table = network.terminals
    for t, service in enumerate(table.service):
        for name in names:
            yield (name, table.direction[t], network.ports.name[table.port[t]], ALL, service, ALL)


def sailing_sums(
    network: Network, closures: ClosureTable, seen: Columns, edges: Ints, hourly: Floats, into: Amounts
) -> Sailings:
    """Add up the departures in the window; `seen` has the sailings of a record.

    Numerators by hour, (5 T, H), and the amounts of `sailing_keys` are written.
    """
    terminals, hours = len(network.terminals.service), len(edges) - 1
    ticks, units = seen["departure_tick"], seen["units"]
    here = ((ticks >= edges[0]) & (ticks < edges[-1])).nonzero()[0]
    departures = np.bincount(seen["terminal"][here], minlength=terminals)
    here = here[units[here] > 0]
    place = seen["terminal"][here] * (hours * len(HOURLY)) + (ticks[here] - edges[0]) // TICKS_PER_HOUR
    columns = np.ones((len(HOURLY), len(here)))
    columns[1], columns[2], columns[3] = units[here], seen["load_cm"][here], seen["left_behind"][here]
    columns[4] = network.ships.deck_cm[seen["ship"][here]]
    cells = place + np.arange(0, hours * len(HOURLY), hours)[:, None]
    hourly.ravel()[:] = np.bincount(cells.ravel(), columns.ravel(), hourly.size)
    above, below = hourly.reshape(terminals, len(HOURLY), hours), np.zeros((terminals, len(HOURLY), hours))
    below[:, 1], below[:, 2], below[:, 3] = above[:, 0], above[:, 4], above[:, 0]
    above[:, 4] = _closed_hours(network, closures, edges)
    below[:, 4] = (edges[1:] - edges[:-1]) / TICKS_PER_HOUR
    there = _waits(network) | (departures > 0)
    for by_hour, column in zip((above, below), into, strict=False):
        by_day, figures = by_hour.sum(axis=2), column.reshape(terminals, len(FIGURES))
        figures[:, 0], figures[:, 2:] = by_day[:, 0], by_day[:, 1:]
    sailed = into.above.reshape(terminals, len(FIGURES))
    np.subtract(departures, sailed[:, 0], out=sailed[:, 1])
    into.there.reshape(terminals, len(FIGURES))[:] = there[:, None]
    return Sailings(below.reshape(-1, hours), there)


def _waits(network: Network) -> Flags:
    """Tell at which terminals ships wait for a departure, (T,)."""
    if network not in _waiting:
        _waiting[network] = np.asarray(network.terminals.rule) != DepartureRule.AT_ONCE
    return _waiting[network]


def _closed_hours(network: Network, closures: ClosureTable, edges: Ints) -> Floats:
    """Hours within each hour that each terminal was closed: (T, H)."""
    is_listed = closures is network.closures
    if is_listed and network in _listed:
        return _listed[network]
    terminals = len(network.terminals.service)
    spans = [closed_spans(network, closures, t) for t in range(terminals)]
    closed = np.array([integral(begin, end, edges) for begin, end in spans]).reshape(terminals, len(edges) - 1)
    hours = closed / TICKS_PER_HOUR
    if is_listed:
        _listed[network] = hours
    return hours
