"""Crossing times: a function of the terminal that a ship leaves and of the number of its sailing there."""

import sys
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_SECOND

from .laws import ticks_from_seconds, triangular
from .streams import Keys, identities, name_key, stream_keys, uniforms_of_rows


class _Plan(NamedTuple):
    """Streams and laws of the terminals of a network, T of them; a pure function of it."""

    names: tuple[str, ...]
    """Of the series of sailings."""
    streams: tuple[bytes, ...]
    name_key: Keys
    """(T,) hashes of the names"""
    law: Floats
    """(3, T) lowest, likeliest, highest; seconds"""


_plans: WeakKeyDictionary[Network, _Plan] = WeakKeyDictionary()


def draw_crossings(network: Network, seed: int, replication: int, first: int, count: int) -> Ints:
    """Draw the crossing times of `count` sailings in a row of every terminal.

    Compiled code draws where numba is loaded, else numpy: the same bits.

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
    plan = _plans.get(network)
    if plan is None:
        plan = _plans[network] = _plan(network)
    keys = stream_keys(seed, replication, plan.streams)
    if sys.modules.get("numba") is None:
        numbers = np.arange(first, first + count)
        who = np.array([identities(name, numbers) for name in plan.names], np.uint64).reshape(-1, count)
        u, (low, mode, high) = uniforms_of_rows(keys, who), plan.law[:, :, None]
        return ticks_from_seconds(triangular(u, low, mode, high))
    from .crossing import cross  # noqa: PLC0415 - numba takes longer to load than a small run

    ticks = np.empty((len(plan.names), count), np.int64)
    cross(keys, plan.name_key, plan.law, first, ticks)
    return ticks


def _plan(network: Network) -> _Plan:
    terminals = network.terminals
    names = tuple(
        f"{service}/{network.ports.name[port]}"
        for service, port in zip(terminals.service, terminals.port.tolist(), strict=True)
    )
    return _Plan(
        names,
        tuple(f"crossing/{name}".encode() for name in names),
        np.array([name_key(name) for name in names], np.uint64),
        np.ascontiguousarray(terminals.crossing_ticks.reshape(-1, 3).T / TICKS_PER_SECOND, np.float64),
    )
