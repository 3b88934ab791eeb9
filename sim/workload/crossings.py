"""Crossing times: a function of the terminal that a ship leaves and of the number of its sailing there."""

from functools import lru_cache

import numpy as np

from sim.network import Network
from sim.network.tables import Ints
from sim.units import TICKS_PER_SECOND

from .laws import ticks_from_seconds, triangular
from .streams import Keys, identities, stream_key, uniforms_of_rows


def draw_crossings(network: Network, seed: int, replication: int, first: int, count: int) -> Ints:
    """Draw the crossing times of `count` sailings in a row of every terminal.

    Parameters
    ----------
    network : Network
    seed, replication : int
        Key of the random streams.
    first, count : int
        Sailings from the `first` (from 0) on.

    Returns
    -------
    ndarray of int64, shape (T, count)
        Ticks, at least 1.
    """
    terminals = network.terminals
    names = tuple(
        f"{service}/{network.ports.name[port]}"
        for service, port in zip(terminals.service, terminals.port.tolist(), strict=True)
    )
    keys = np.array([stream_key(seed, replication, f"crossing/{name}") for name in names], np.uint64).reshape(-1, 2)
    low, mode, high = terminals.crossing_ticks.reshape(-1, 3, 1).transpose(1, 0, 2) / TICKS_PER_SECOND
    return ticks_from_seconds(triangular(uniforms_of_rows(keys, _who(names, first, count)), low, mode, high))


@lru_cache(maxsize=16)
def _who(names: tuple[str, ...], first: int, count: int) -> Keys:
    """Identities of sailings, (T, count)."""
    numbers = np.arange(first, first + count)
    return np.array([identities(name, numbers) for name in names], np.uint64).reshape(len(names), count)
