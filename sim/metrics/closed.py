"""When a terminal is closed: spans in which no ship of its service may leave."""

import numpy as np

from sim.network import Network
from sim.network.tables import ClosureTable, Ints


def closed_spans(network: Network, closures: ClosureTable, terminal: int) -> tuple[Ints, Ints]:
    """Find the spans in which closures stop every ship of a terminal's service.

    Parameters
    ----------
    network : Network
    closures : ClosureTable
        Of a workload.
    terminal : int
        Row of `network.terminals`.

    Returns
    -------
    begin, end : ndarray of int64, shape (n,)
        Ticks of spans [begin, end) that do not overlap; touching ones are not joined.
    """
    ships = network.ships.terminal // 2 == terminal // 2
    edges = np.unique(np.concatenate([closures.start_tick, closures.end_tick]))
    active = (closures.start_tick <= edges[:, None]) & (edges[:, None] < closures.end_tick)
    stops = closures.stops[:, terminal, ships].astype(np.int64)
    counts: Ints = active.astype(np.int64) @ stops
    is_closed = counts.min(axis=1, initial=1) > 0
    begin, end = edges[:-1], edges[1:]
    return begin[is_closed[:-1]], end[is_closed[:-1]]
