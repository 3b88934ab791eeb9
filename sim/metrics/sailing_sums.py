"""Departures in the window: vehicles aboard, load and left behind of each terminal, and how long it was closed."""

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import DepartureRule, Network
from sim.network.tables import ClosureTable, Floats, Ints
from sim.record import Record
from sim.units import TICKS_PER_HOUR
from sim.workload import Workload

from .catalogue import ALL
from .closed import closed_spans
from .tally import Tally, integral

_listed: WeakKeyDictionary[Network, Floats] = WeakKeyDictionary()
"""(T, H) hours closed by the listed closures of a network."""


def take_sailings(network: Network, workload: Workload, record: Record, edges: Ints, tally: Tally) -> None:
    """Book the departures in the window, terminal by terminal."""
    seen, table = record.sailings, network.terminals
    terminals, hours = len(table.service), len(edges) - 1
    here = np.flatnonzero((seen["departure_tick"] >= edges[0]) & (seen["departure_tick"] < edges[-1]))
    units, terminal = seen["units"][here], seen["terminal"][here]
    place = terminal * hours + (seen["departure_tick"][here] - edges[0]) // TICKS_PER_HOUR
    loaded = units > 0
    place, here = place[loaded], here[loaded]

    def by_hour(amounts: NDArray[np.int64] | None) -> Floats:
        sums = np.bincount(place, weights=amounts, minlength=terminals * hours)
        return sums.astype(np.float64).reshape(terminals, hours)

    ones = by_hour(None)
    decks = by_hour(network.ships.deck_cm[seen["ship"][here]])
    figures = {
        "vehicles_per_sailing": (by_hour(seen["units"][here]), ones),
        "load_factor": (by_hour(seen["load_cm"][here]), decks),
        "left_behind": (by_hour(seen["left_behind"][here]), ones),
    }
    departures = np.bincount(terminal, minlength=terminals)
    length, closed = np.diff(edges) / TICKS_PER_HOUR, _closed_hours(network, workload.closures, edges)
    for t in range(terminals):
        if table.rule[t] != DepartureRule.AT_ONCE or departures[t]:
            at = (table.direction[t], network.ports.name[table.port[t]], ALL, table.service[t], ALL)
            sailings = ones[t].sum()
            tally.add(("sailings", *at), sailings)
            tally.add(("empty_sailings", *at), departures[t] - sailings)
            tally.add_hours(("sailings", *at), ones[t])
            for metric, (above, below) in figures.items():
                tally.add((metric, *at), above[t].sum(), below[t].sum())
                tally.add_hours((metric, *at), above[t], below[t])
            tally.add(("closed_ratio", *at), closed[t].sum(), length.sum())
            tally.add_hours(("closed_ratio", *at), closed[t], length)


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
