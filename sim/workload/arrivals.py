"""Arrival times: unit-rate gaps mapped through the inverse of the cumulative rate.

The k-th unit of a stream stays itself when demand is scaled: its gap and all its marks belong to (stream, k).
"""

import math
from itertools import repeat
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from scipy import special

from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_DAY

from .streams import Keys, identities, stream_key, uniforms


def unit_rate_times(seed: int, replication: int, name: str, total: float) -> Floats:
    """Draw the arrival times of a Poisson process of rate 1 up to `total`; a longer one has the same beginning."""
    key = stream_key(seed, replication, f"arrivals/{name}")
    size = int(total + 6 * math.sqrt(total) + 16)
    times = np.empty(0)
    while not len(times) or times[-1] < total:
        gaps: Floats = -np.log1p(-uniforms(key, identities(name, np.arange(size))))
        times = np.cumsum(gaps)
        size *= 2
    return times[times < total]


DAYS = "demand/day"
"""Stream of the factors of days."""


class Days(NamedTuple):
    """The days of a simulation, D of them."""

    midnights: Ints
    """(D + 1,) ticks"""
    factor: Floats
    """(D,) of each day's traffic"""


_dates: WeakKeyDictionary[Network, tuple[Ints, Keys]] = WeakKeyDictionary()
"""Midnights of a network, and identities of its days: a pure function of it."""


def dates_of(network: Network) -> tuple[Ints, Keys]:
    """Tell the midnights of a simulation and the identities of its days; kept by network."""
    if network not in _dates:
        first = -(-network.window_tick // TICKS_PER_DAY)
        days = first + -(-(network.horizon_tick - network.window_tick) // TICKS_PER_DAY)
        numbers = np.arange(-first, days - first + 1, dtype=np.int64)
        _dates[network] = numbers * TICKS_PER_DAY + network.window_tick, identities("day", numbers[:-1])
    return _dates[network]


def draw_days(network: Network, seed: int, replication: int) -> Days:
    """Draw the factor of each day's traffic; day 0 is the first of the window."""
    midnights, who = dates_of(network)
    return Days(midnights, day_factors(network, uniforms(stream_key(seed, replication, DAYS), who)))


def day_factors(network: Network, u: Floats) -> Floats:
    """Turn the uniforms of days into factors: gamma, mean 1."""
    if network.day_cv == 0:
        return np.ones(len(u))
    shape = network.day_cv**-2
    return np.asarray(special.gammaincinv(shape, u) / shape, np.float64)


_pieces: WeakKeyDictionary[Network, tuple[tuple[Ints, Floats, Ints], ...]] = WeakKeyDictionary()
"""By source: edges and expected units of its pieces, and their days; a pure function of the network."""


def _cut_at_midnights(edges: Ints, expected: Floats, midnights: Ints) -> tuple[Ints, Floats, Ints]:
    """Split pieces so that none spans two days; and tell the day of each."""
    if not len(edges):
        return edges, expected, edges
    inside = midnights[(midnights > edges[0]) & (midnights < edges[-1])]
    finer = np.union1d(edges, inside)
    cumulative = np.interp(finer, edges, np.concatenate([[0.0], np.cumsum(expected)]))
    return finer, np.diff(cumulative), (finer[:-1] - midnights[0]) // TICKS_PER_DAY


def pieces_of(network: Network) -> tuple[tuple[Ints, Floats, Ints], ...]:
    """Tell by source the edges of its pieces, the units expected in each, and the day of each; kept by network."""
    if network not in _pieces:
        sources = network.sources
        _pieces[network] = tuple(
            map(_cut_at_midnights, sources.edge_ticks, sources.expected, repeat(dates_of(network)[0]))
        )
    return _pieces[network]


def arrival_ticks(network: Network, seed: int, replication: int, source: int, days: Days) -> Ints:
    """Draw the arrivals of one source.

    Parameters
    ----------
    network : Network
    seed, replication : int
        Key of the random streams.
    source : int
        Row of `network.sources`.
    days : Days
        As drawn with the same key.

    Returns
    -------
    ndarray of int64, shape (n,)
        Ticks in [0, horizon), not falling; one a unit, so the units of a batch share theirs.
    """
    sources = network.sources
    if not len(sources.edge_ticks[source]):
        return sources.listed_ticks[source]
    edges, expected, day = pieces_of(network)[source]
    expected = expected * days.factor[day]
    batch = int(sources.batch[source])
    cumulative = np.concatenate([[0.0], np.cumsum(expected)]) / batch
    times = unit_rate_times(seed, replication, sources.name[source], float(cumulative[-1]))
    return np.repeat(np.floor(_read_off(times, cumulative, edges)).astype(np.int64), batch)


def _read_off(times: Floats, cumulative: Floats, edges: Ints) -> Floats:
    """Interpolate ticks at times below the last of `cumulative`: as `numpy.interp`, but rounded alike on all machines.

    NOTE numpy may have been built to fuse the product with the sum; the compiled drawing never does.
    """
    piece = np.searchsorted(cumulative, times, side="right") - 1
    start, before = edges[piece].astype(np.float64), cumulative[piece]
    slope = (edges[piece + 1] - start) / (cumulative[piece + 1] - before)
    return np.asarray(np.where(times == before, start, slope * (times - before) + start), np.float64)
