"""The marks of units: which named streams each source needs, and the columns drawn from them, block by block."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network, StepKind, stream_of
from sim.network.tables import Flags, Floats, Wholes

from .laws import is_short, quantile_ticks
from .streams import Keys, stream_key, uniforms

_BLOCK = 1 << 16
"""Units drawn at a time: what is in between stays in the cache, and never takes the length of a year."""


class _Stream(NamedTuple):
    """One stream on the units of some sources."""

    name: str
    row: int
    law: tuple[str, tuple[float, ...]] | None
    """Of a duration; None: the uniform itself is the mark."""


class _Group(NamedTuple):
    """Streams that the same sources need."""

    sources: Flags
    """(I,)"""
    streams: tuple[_Stream, ...]


_groups: WeakKeyDictionary[Network, tuple[_Group, ...]] = WeakKeyDictionary()
"""Groups of networks that were drawn for before: a pure function of the network."""


def draw_marks(network: Network, key: tuple[int, int], source: Wholes, who: Keys) -> tuple[Wholes, Floats]:
    """Draw all durations and uniforms, each stream for the units whose route needs it.

    Parameters
    ----------
    network : Network
    key : tuple of int
        Seed and replication.
    source : ndarray of int, shape (N,)
    who : ndarray of uint64, shape (N,)
        Identities of the units.

    Returns
    -------
    duration_ticks : ndarray of int32, shape (D, N)
        int64 if a law is too long for it.
    uniform : ndarray of float64, shape (U, N)
        0 in both where the route of the unit has no step that reads the mark.
    """
    units = len(source)
    durations: Wholes = np.zeros((network.durations.count, units), np.int32 if is_narrow(network) else np.int64)
    marks = np.zeros((network.uniforms.count, units))
    groups = [
        (group.sources, [(stream, stream_key(*key, stream.name)) for stream in group.streams])
        for group in groups_of(network)
    ]
    blocks = -(-units // _BLOCK)
    for number in range(blocks):
        block = slice(number * units // blocks, (number + 1) * units // blocks)
        for sources, streams in groups:
            here = np.flatnonzero(sources[source[block]])
            them = who[block][here]
            for stream, words in streams:
                u = uniforms(words, them)
                if stream.law is None:
                    marks[stream.row, block][here] = u
                else:
                    durations[stream.row, block][here] = quantile_ticks(u, *stream.law)
    return durations, marks


def is_narrow(network: Network) -> bool:
    """Tell whether every duration fits into an int32."""
    return all(is_short(*law) for law in network.laws)


def groups_of(network: Network) -> tuple[_Group, ...]:
    """Tell which streams are drawn for which sources; kept by network."""
    if network not in _groups:
        _groups[network] = _find_groups(network)
    return _groups[network]


def _find_groups(network: Network) -> tuple[_Group, ...]:
    streams: dict[_Stream, Flags] = {}
    steps, sources = network.steps, network.sources
    asks = np.isin(steps.kind, [StepKind.SELECT, StepKind.ALARM])
    for source, first in enumerate(sources.first_step.tolist()):
        k, step = sources.vehicle_class[source], first
        while step < len(steps.kind) and steps.route[step] == steps.route[first]:
            row, law = int(steps.mark[step]), int(steps.law[step, k])
            name = stream_of(steps.kind[step], steps.name[step]) if row >= 0 else ""
            stream = None
            if asks[step]:
                stream = _Stream(name, row, None)
            elif law >= 0:
                stream = _Stream(name, row, network.laws[law])
            if stream is not None:
                streams.setdefault(stream, np.zeros(len(sources.name), np.bool_))[source] = True
            step += 1
    groups: dict[bytes, tuple[Flags, list[_Stream]]] = {}
    for stream, needed in streams.items():
        groups.setdefault(needed.tobytes(), (needed, []))[1].append(stream)
    return tuple(_Group(needed, tuple(members)) for needed, members in groups.values())
