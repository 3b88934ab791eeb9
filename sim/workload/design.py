"""What the compiled drawing needs to know of a network: its sources and streams as numbers."""

import os
from collections import deque
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import Network
from sim.network.tables import Floats
from sim.units import TICKS_PER_SECOND

from .arrivals import DAYS, dates_of, pieces_of
from .bundles import Marks, Rates, Sources, Starts
from .curves import PITCH, SIDE, Law, curve_of, split
from .grouping import Grouping, grouping_of
from .marks import is_narrow
from .starts import starts_of
from .streams import Keys, name_key
from .types import row_type


class Most(NamedTuple):
    """What bounds the number of arrivals, or of their units, that are drawn."""

    sum: float
    """expected"""
    roots: float
    """roots of what is expected of each source, added up"""
    sources: float
    """how many"""
    listed: int


class Design(NamedTuple):
    """What is drawn for a network; a pure function of it."""

    names: tuple[bytes, ...]
    """Of the streams."""
    day_stream: int
    day_who: Keys
    """(D,) identities of days"""
    starts: Starts
    """Nothing drawn."""
    starts_shape: tuple[int, int]
    sources: Sources
    rates: Rates
    most_gaps: Most
    most_units: Most
    latest: int
    """No arrival is at a later tick."""
    marks: Marks
    """With keys of no replication."""
    groups: int
    shapes: tuple[Law, ...]
    """Laws of the curves: of mean 1 where they are split."""
    durations: int
    """rows"""
    uniforms: int
    duration_type: np.dtype[Any]
    source_type: np.dtype[Any]
    desks: deque[Any]
    """Memory for the next replications"""


_designs: WeakKeyDictionary[Network, Design] = WeakKeyDictionary()


def design_of(network: Network) -> Design:
    """Tell what is drawn for a network; kept by network."""
    design = _designs.get(network)
    if design is None:
        design = _designs[network] = _design(network)
    return design


def _design(network: Network) -> Design:
    names: dict[str, int] = {f"arrivals/{name}": i for i, name in enumerate(network.sources.name)}
    carries = len(names)
    names["threat/carries"] = carries
    names["threat/concealment"] = carries + 1
    grouping, starts = grouping_of(network), starts_of(network)
    for name in (DAYS, *starts.names, *(run.stream for run in grouping.runs)):
        names.setdefault(name, len(names))
    start_streams = np.array([names[name] for name in starts.names], np.int64)[starts.stream]
    rates, listed = _rates(network), network.sources.listed_ticks
    marks, shapes = _marks(network, grouping, names, carries)
    return Design(
        names=tuple(name.encode() for name in names),
        day_stream=names[DAYS],
        day_who=dates_of(network)[1],
        starts=Starts(np.repeat(start_streams, starts.who.shape[1]), starts.who.ravel(), np.empty(0)),
        starts_shape=(starts.who.shape[0], starts.who.shape[1]),
        sources=_sources(network, grouping),
        rates=rates,
        most_gaps=_most(network, rates, np.ones(len(listed))),
        most_units=_most(network, rates, rates.batch),
        latest=max([network.horizon_tick, *(int(ticks.max(initial=0)) for ticks in listed)]),
        marks=marks,
        groups=1 + int(grouping.group.max(initial=-1)),
        shapes=shapes,
        durations=network.durations.count,
        uniforms=network.uniforms.count,
        duration_type=np.dtype(np.int32 if is_narrow(network) else np.int64),
        source_type=np.dtype(row_type(len(listed))),
        desks=deque(maxlen=os.cpu_count()),
    )


def _most(network: Network, rates: Rates, weight: NDArray[Any]) -> Most:
    batches = np.array([expected.sum() for expected in network.sources.expected]) / rates.batch
    expected, roots, sources = (float(part @ weight) for part in (batches, np.sqrt(batches), np.ones(len(batches))))
    return Most(expected, roots, sources, sum(map(len, network.sources.listed_ticks)))


def _marks(network: Network, grouping: Grouping, names: dict[str, int], carries: int) -> tuple[Marks, tuple[Law, ...]]:
    """Runs as columns, with curve and mean 0 where the uniform is the mark; and the laws of the curves."""
    runs = grouping.runs
    parts = [None if run.law is None else split(*run.law) for run in runs]
    shapes = tuple(dict.fromkeys(part[0] for part in parts if part is not None))
    mean = np.array([0.0 if part is None else part[1] for part in parts], np.float64)
    columns = np.array([run.column for run in runs], np.int64)
    marks = Marks(
        np.zeros((0, 2), np.uint64),
        carries,
        np.searchsorted(columns, np.arange(network.uniforms.count + network.durations.count + 1)),
        np.array([run.begin for run in runs], np.int64),
        np.array([run.end for run in runs], np.int64),
        np.array([names[run.stream] for run in runs], np.int64),
        np.array([0 if part is None else shapes.index(part[0]) for part in parts], np.int64),
        mean * TICKS_PER_SECOND,
        mean,
        np.array([curve_of(*shape) for shape in shapes]).reshape(-1, 2 * SIDE, PITCH),
    )
    return marks, shapes


def _sources(network: Network, grouping: Grouping) -> Sources:
    classes = np.asarray(network.sources.vehicle_class, np.int64)
    shares: Floats = network.level_share[classes]
    levels = np.arange(shares.shape[1])
    return Sources(
        np.array([name_key(name) for name in network.sources.name], np.uint64),
        network.sources.vehicle_class.astype(row_type(len(network.class_name))),
        grouping.group,
        np.argsort(grouping.group, kind="stable"),
        network.prevalence[classes],
        np.cumsum(shares, axis=1),
        np.where(shares != 0, levels, 0).max(axis=1, initial=0),
    )


def _rates(network: Network) -> Rates:
    pieces, listed = pieces_of(network), network.sources.listed_ticks
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
        np.cumsum([0, *map(len, listed)]),
        np.concatenate([*listed, before[:0]]).astype(np.int64),
    )
