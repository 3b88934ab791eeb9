"""Arrays for the compiled drawing: a network's sources and streams as numbers, room for units, the calls in order."""

import math
from hashlib import blake2b
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Floats, Ints

from .arrivals import Days, pieces_of
from .bundles import Block, Columns, Marks, Sources
from .compiled import (
    DIGITS,
    arrive,
    cumulate,
    draw_block,
    draw_gaps,
    put_durations,
    scale_normals,
    sort_by_digits,
    spread,
)
from .laws import QUANTILES
from .marks import groups_of, is_narrow
from .normal import normals
from .streams import Keys, name_key
from .types import row_type

_MOST_LENT = 1 << 26
"""Bytes of a column that are used again."""
_BLOCK = 1 << 13
"""Units drawn at a time: what is in between stays in the cache."""


class Design(NamedTuple):
    """What is drawn for a network; a pure function of it."""

    sources: Sources
    marks: Marks
    """With keys of no replication."""
    names: tuple[str, ...]
    """Of the streams."""
    laws: tuple[tuple[int, int, str, tuple[float, ...]], ...]
    """Laws of durations that are not lognormal: first run, run after the last, family, parameters."""
    durations: int
    """rows"""
    uniforms: int
    duration_type: type[np.integer[Any]]


_designs: WeakKeyDictionary[Network, Design] = WeakKeyDictionary()


def draw_compiled(network: Network, key: tuple[int, int], days: Days) -> tuple[Ints, Columns]:
    """Draw arrivals and marks with compiled code.

    Parameters
    ----------
    network : Network
    key : tuple of int
        Seed and replication.
    days : Days
        As drawn with the same key.

    Returns
    -------
    arrival_tick : ndarray of int64, shape (N,)
    units : Columns
    """
    if network not in _designs:
        _designs[network] = _design(network, days)
    design = _designs[network]
    marks = design.marks._replace(keys=_keys(key, design.names))
    first, ticks, counts = _arrivals(design.sources, marks.keys, days)
    listed = network.sources.listed_ticks
    is_drawn = np.diff(design.sources.edge_first) > 0
    sizes = np.where(is_drawn, counts * design.sources.batch, [len(of_source) for of_source in listed])
    units = _room(network, design, np.concatenate([[0], np.cumsum(sizes)]))
    spread(design.sources, first, ticks, units.start, units)
    for i in np.flatnonzero(~is_drawn).tolist():
        units.tick[units.start[i] : units.start[i + 1]] = listed[i]
    arrival_tick, order = _sort(units, network.horizon_tick)
    units = units._replace(order=order)
    _draw_marks(design, marks, units)
    return arrival_tick, units


def _keys(key: tuple[int, int], names: tuple[str, ...]) -> Keys:
    """Keys of streams, (S, 2); as `streams.stream_key`."""
    before = blake2b(f"{key[0]}/{key[1]}/".encode(), digest_size=16)
    digests = []
    for name in names:
        digest = before.copy()
        digest.update(name.encode())
        digests.append(digest.digest())
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64).reshape(-1, 2)


def _arrivals(sources: Sources, keys: Keys, days: Days) -> tuple[Ints, Ints, Ints]:
    """Draw the arrivals of each source (batches): where they begin, their ticks, and how many there are."""
    cumulative, sizes = np.empty(len(sources.edge)), np.zeros(len(sources.batch), np.int64)
    cumulate(sources, days.factor, cumulative, sizes)
    while True:
        first = np.concatenate([[0], np.cumsum(sizes)])
        buffers = _memory("gaps", 24 * int(first[-1])).view(np.float64).reshape(3, -1)
        draw_gaps(sources, keys, first, buffers[0])
        np.log1p(buffers[0], out=buffers[1])
        ticks, counts = buffers[2].view(np.int64), np.zeros_like(sizes)
        if arrive(sources, cumulative, first, buffers[1], ticks, counts):
            return first, ticks, counts
        sizes *= 2


def _memory(name: str, size: int) -> NDArray[np.uint8]:
    """Memory that is used again, unless so much that it should not lie about while a year of units is simulated."""
    return lend(name, size) if size <= _MOST_LENT else np.empty(size, np.uint8)


def _room(network: Network, design: Design, start: Ints) -> Columns:
    units = int(start[-1])
    few = row_type(len(start) - 1)
    numbers = np.int32 if units < 1 << 31 else np.int64
    durations = _memory("durations", design.durations * units * np.dtype(design.duration_type).itemsize)
    uniforms = _memory("uniforms", design.uniforms * units * 8)
    durations.fill(0)
    uniforms.fill(0)
    return Columns(
        start,
        np.empty(units, np.int64),
        np.empty(units, few),
        np.empty(units, numbers),
        np.empty(units, few),
        np.empty(units, row_type(len(network.class_name))),
        np.empty(units, np.bool_),
        np.zeros(units, np.int8),
        durations.view(design.duration_type).reshape(design.durations, units),
        uniforms.view(np.float64).reshape(design.uniforms, units),
    )


def _sort(units: Columns, horizon: int) -> tuple[Ints, NDArray[Any]]:
    """Sort ticks, stable; return them and which unit each was."""
    ticks, order = (units.tick, np.empty_like(units.tick)), (units.order, np.empty_like(units.order))
    places = np.empty(1 << DIGITS, np.int64)
    for shift in range(0, max(1, int(horizon).bit_length()), DIGITS):
        sort_by_digits(shift, places, ticks, order)
        ticks, order = ticks[::-1], order[::-1]
    return ticks[0], order[0]


def _draw_marks(design: Design, marks: Marks, units: Columns) -> None:
    """Draw all marks, block by block."""
    total, runs = len(units.order), len(marks.source)
    blocks = -(-total // _BLOCK)
    most = -(-total // blocks) if blocks else 0
    in_all = most * int(np.bincount(marks.source[marks.first_law :], minlength=1).max(initial=0))
    block = Block(
        np.empty(len(units.start), np.int64),
        np.empty(len(units.start), np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.uint64),
        np.empty(most),
        np.zeros(runs + 1, np.int64),
        *_memory("laws", 16 * in_all).view(np.float64).reshape(2, in_all),
    )
    for number in range(blocks):
        span = (number * total // blocks, (number + 1) * total // blocks)
        draw_block(design.sources, marks, units, block, span)
        begin, middle = block.begin[marks.first_law], block.begin[marks.first_other]
        normals(block.law[begin:middle], block.seconds[begin:middle])
        scale_normals(marks, block)
        np.exp(block.law[begin:middle], out=block.seconds[begin:middle])
        for first, last, family, law in design.laws:
            here = slice(block.begin[first], block.begin[last])
            block.seconds[here] = QUANTILES[family](block.law[here], law)
        put_durations(marks, units, block)


def _design(network: Network, days: Days) -> Design:
    names: dict[str, int] = {f"arrivals/{name}": i for i, name in enumerate(network.sources.name)}
    carries = len(names)
    names["threat/carries"] = carries
    names["threat/concealment"] = carries + 1
    runs = []
    for group in groups_of(network):
        for stream in group.streams:
            number = names.setdefault(stream.name, len(names))
            what = 0 if stream.law is None else 1 if stream.law[0] == "lognormal" else 2
            for i in np.flatnonzero(group.sources).tolist():
                runs.append((what, stream.law or ("", ()), i, stream.row, number))
    runs.sort()
    kinds = np.array([run[0] for run in runs], np.int64)
    first_law, first_other = (int(np.searchsorted(kinds, kind)) for kind in (1, 2))
    source, row, key = np.array([run[2:] for run in runs], np.int64).reshape(-1, 3).T.copy()
    mean, slope, shift = np.array([_lognormal(run[0], run[1][1]) for run in runs]).reshape(-1, 3).T.copy()
    marks = Marks(np.zeros((0, 2), np.uint64), carries, first_law, first_other, source, row, key, mean, slope, shift)
    laws, begin = [], first_other
    for end in range(first_other, len(runs)):
        if end + 1 == len(runs) or runs[end + 1][1] != runs[end][1]:
            laws.append((begin, end + 1, *runs[end][1]))
            begin = end + 1
    narrow: type[np.integer[Any]] = np.int32 if is_narrow(network) else np.int64
    rows = network.durations.count, network.uniforms.count
    return Design(_sources(network, days), marks, tuple(names), tuple(laws), *rows, narrow)


def _lognormal(kind: int, law: tuple[float, ...]) -> tuple[float, float, float]:
    """Mean, slope and shift, as in `laws`."""
    if kind != 1:
        return 1.0, 0.0, 0.0
    mean, cv = law
    sigma2 = math.log1p(cv * cv)
    return mean, math.sqrt(sigma2), sigma2 / 2


def _sources(network: Network, days: Days) -> Sources:
    sources = network.sources
    pieces = pieces_of(network, days)
    classes = np.asarray(sources.vehicle_class, np.int64)
    before = np.zeros(1, np.int64)
    edges = [edge for edge, _, _ in pieces]
    expected = [np.concatenate([before, of_source]) if len(edge) else of_source for edge, of_source, _ in pieces]
    day = [np.concatenate([before, of_source]) if len(edge) else of_source for edge, _, of_source in pieces]
    shares: Floats = network.level_share[classes]
    levels = np.arange(shares.shape[1])
    return Sources(
        np.array([name_key(name) for name in sources.name], np.uint64),
        np.asarray(sources.batch, np.int64),
        classes,
        network.prevalence[classes],
        np.cumsum(shares, axis=1),
        np.where(shares != 0, levels, 0).max(axis=1, initial=0),
        np.cumsum([0, *map(len, edges)]),
        np.concatenate([*edges, before[:0]]).astype(np.float64),
        np.concatenate([*expected, before[:0]]).astype(np.float64),
        np.concatenate([*day, before[:0]]).astype(np.int64),
    )
