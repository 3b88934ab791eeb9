"""Departures in the window: vehicles aboard, load and left behind of each terminal, and how long it was closed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

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


FIGURES = ("sailings", "empty_sailings", "vehicles_per_sailing", "load_factor", "left_behind", "closed_ratio")
HOURLY = tuple(name for name in FIGURES if name != "empty_sailings")
_PLACES = [FIGURES.index(name) for name in HOURLY]


class Sailings(NamedTuple):
    """Departures in the window, by terminal."""

    amounts: Amounts
    """(6 T,) figures of each terminal"""
    above: Floats
    """(5 T, H) those by hour"""
    below: Floats
    there: Flags
    """(T,) whether a terminal has figures"""


def sailing_keys(network: Network, names: Sequence[str] = FIGURES) -> Iterator[Key]:
    """Yield the keys of each terminal, one after the other."""
    table = network.terminals
    for t, service in enumerate(table.service):
        for name in names:
            yield (name, table.direction[t], network.ports.name[table.port[t]], ALL, service, ALL)


def sailing_sums(network: Network, closures: ClosureTable, seen: Columns, edges: Ints) -> Sailings:
    """Add up the departures in the window; `seen` has the sailings of a record."""
    table = network.terminals
    terminals, hours = len(table.service), len(edges) - 1
    ticks, terminal = seen["departure_tick"], seen["terminal"]
    here = np.flatnonzero((ticks >= edges[0]) & (ticks < edges[-1]))
    departures = np.bincount(terminal[here], minlength=terminals)
    here = here[seen["units"][here] > 0]
    place = terminal[here] * hours + (ticks[here] - edges[0]) // TICKS_PER_HOUR

    def by_hour(amounts: NDArray[np.int64] | None) -> NDArray[Any]:
        return np.bincount(place, weights=amounts, minlength=terminals * hours).reshape(terminals, hours)

    above, below = np.zeros((2, terminals, len(HOURLY), hours))
    above[:, 0] = by_hour(None)
    for number, name in enumerate(("units", "load_cm", "left_behind"), 1):
        above[:, number] = by_hour(seen[name][here])
    above[:, 4] = _closed_hours(network, closures, edges)
    below[:, 1] = below[:, 3] = above[:, 0]
    below[:, 2] = by_hour(network.ships.deck_cm[seen["ship"][here]])
    below[:, 4] = np.diff(edges) / TICKS_PER_HOUR
    totals = np.zeros((2, terminals, len(FIGURES)))
    totals[0][:, _PLACES], totals[1][:, _PLACES] = above.sum(axis=2), below.sum(axis=2)
    totals[0][:, 1] = departures - totals[0][:, 0]
    there = (np.asarray(table.rule) != DepartureRule.AT_ONCE) | (departures > 0)
    amounts = Amounts(totals[0].ravel(), totals[1].ravel(), np.repeat(there, len(FIGURES)))
    return Sailings(amounts, above.reshape(-1, hours), below.reshape(-1, hours), there)


def _closed_hours(network: Network, closures: ClosureTable, edges: Ints) -> Floats:
    """Hours within each hour that each terminal was closed: (T, H)."""
    is_listed = closures is network.closures
    if is_listed and network in _listed:
        return _listed[network].copy()
    terminals = len(network.terminals.service)
    spans = [closed_spans(network, closures, t) for t in range(terminals)]
    closed = np.array([integral(begin, end, edges) for begin, end in spans]).reshape(terminals, len(edges) - 1)
    hours = closed / TICKS_PER_HOUR
    if is_listed:
        _listed[network] = hours.copy()
    return hours
