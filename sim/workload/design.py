"""What the compiled drawing needs to know of a network: its sources and streams as numbers."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_SECOND

from .arrivals import Days, pieces_of
from .bundles import Marks, Rates, Sources
from .curves import PITCH, SIDE, Law, curve_of, split
from .marks import groups_of, is_narrow
from .streams import name_key


class Design(NamedTuple):
    """What is drawn for a network; a pure function of it."""

    sources: Sources
    rates: Rates
    is_drawn: NDArray[np.bool_]
    """(I,) whether arrivals are drawn, not listed"""
    listed: Ints
    """(I,) how many are listed"""
    latest: int
    """No arrival is at a later tick."""
    marks: Marks
    """With keys of no replication."""
    names: tuple[bytes, ...]
    """Of the streams."""
    laws: tuple[Law, ...]
    """Of durations."""
    law: Ints
    """(runs,) which of these each has, -1 where the uniform is the mark"""
    rows: Ints
    """(runs,) of uniforms or of durations"""
    durations: int
    """rows"""
    uniforms: int
    duration_type: type[np.integer[Any]]
    most_doubts: Ints
    """(I,) durations of a unit of each source"""


_designs: WeakKeyDictionary[Network, Design] = WeakKeyDictionary()


def design_of(network: Network, days: Days) -> Design:
    """Tell what is drawn for a network; kept by network."""
    if network not in _designs:
        _designs[network] = _design(network, days)
    return _designs[network]


def _design(network: Network, days: Days) -> Design:
    names: dict[str, int] = {f"arrivals/{name}": i for i, name in enumerate(network.sources.name)}
    carries = len(names)
    names["threat/carries"] = carries
    names["threat/concealment"] = carries + 1
    runs: list[tuple[bool, int, int, int, Law | None]] = []
    for group in groups_of(network):
        for stream in group.streams:
            number = names.setdefault(stream.name, len(names))
            what = (stream.law is not None, stream.row)
            runs += [(*what, i, number, stream.law) for i in np.flatnonzero(group.sources).tolist()]
    runs.sort(key=lambda run: run[:4])
    durations, uniforms = network.durations.count, network.uniforms.count
    laws = tuple(dict.fromkeys(run[4] for run in runs if run[4] is not None))
    law = np.array([-1 if run[4] is None else laws.index(run[4]) for run in runs], np.int64)
    is_duration, row, source, key = np.array([run[:4] for run in runs], np.int64).reshape(-1, 4).T.copy()
    first = np.searchsorted(row + uniforms * is_duration, np.arange(uniforms + durations + 1))
    marks = Marks(np.zeros((0, 2), np.uint64), carries, first, source, key, *_curves(laws, law))
    rates, listed = _rates(network, days), network.sources.listed_ticks
    return Design(
        sources=_sources(network),
        rates=rates,
        is_drawn=np.diff(rates.edge_first) > 0,
        listed=np.array([len(ticks) for ticks in listed], np.int64),
        latest=max([network.horizon_tick, *(int(ticks.max(initial=0)) for ticks in listed)]),
        marks=marks,
        names=tuple(name.encode() for name in names),
        laws=laws,
        law=law,
        rows=row,
        durations=durations,
        uniforms=uniforms,
        duration_type=np.int32 if is_narrow(network) else np.int64,
        most_doubts=np.bincount(source[is_duration > 0], minlength=len(listed)),
    )


def _curves(laws: tuple[Law, ...], law: Ints) -> tuple[Ints, Floats, Floats]:
    """Curve and scale of each run, 0 where the uniform is the mark; and the curves."""
    shapes = [split(*parts) for parts in laws]
    curves = list(dict.fromkeys(shape for shape, _ in shapes))
    curve = np.array([*(curves.index(shape) for shape, _ in shapes), 0], np.int64)
    scale = np.array([*(mean * TICKS_PER_SECOND for _, mean in shapes), 0.0])
    segments = np.array([curve_of(*shape) for shape in curves]).reshape(-1, 2 * SIDE, PITCH)
    return curve[law], scale[law], segments


def _sources(network: Network) -> Sources:
    classes = np.asarray(network.sources.vehicle_class, np.int64)
    shares: Floats = network.level_share[classes]
    levels = np.arange(shares.shape[1])
    return Sources(
        np.array([name_key(name) for name in network.sources.name], np.uint64),
        network.prevalence[classes],
        np.cumsum(shares, axis=1),
        np.where(shares != 0, levels, 0).max(axis=1, initial=0),
    )


def _rates(network: Network, days: Days) -> Rates:
    pieces = pieces_of(network, days)
    before = np.zeros(1, np.int64)
    edges = [edge for edge, _, _ in pieces]
    expected = [np.concatenate([before, of_source]) if len(edge) else of_source for edge, of_source, _ in pieces]
    day = [np.concatenate([before, of_source]) if len(edge) else of_source for edge, _, of_source in pieces]
    return Rates(
        np.where([len(edge) > 0 for edge in edges], np.asarray(network.sources.batch, np.int64), 1),
        np.cumsum([0, *map(len, edges)]),
        np.concatenate([*edges, before[:0]]).astype(np.float64),
        np.concatenate([*expected, before[:0]]).astype(np.float64),
        np.concatenate([*day, before[:0]]).astype(np.int64),
    )
