"""What is counted in a record before it is called anything: whole numbers only, so no order of adding up matters."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .histogram import Packed
from .plan import MOMENTS, Plan

Decision = tuple[int, int, float]
"""What a unit met on its way: a stop, 1 selected + 2 queue full (of a board 0), and the ratio in force."""

Way = tuple[Decision, ...]
"""All decisions that a unit met, in order: what its chance of being found depends on."""


class Sums(NamedTuple):
    """Sums over the units of a record; shape letters and rows as in `plan`. Views of one array."""

    moments: Ints
    """(moments, H) units by hour"""
    hours: Ints
    """(hours, H) ticks that units spent inside, or in a queue, within each hour"""
    spans: Ints
    """(spans, 3) number, sum in ticks, longest in ticks (-1: none)"""
    busy: Ints
    """(S,) ticks of service within the window"""
    outside: Ints
    """(tailbacks, 1) ticks that units spent before the first service, within the window"""
    choices: Ints
    """(E, 3) units of the window at a select: eligible, selected, of these waived"""
    answers: Ints
    """(E, 4) units of the window at an alarm: all, alarmed, innocent, innocent and alarmed"""
    units: Ints
    """(I, 5) backlog at the end of the window; of the units of the window: unfinished, carriers, all, innocent units
    that finished"""
    guilty: Ints
    """(I, L) carriers of the window that finished"""
    removed: Ints
    """(I, L) those removed"""
    caught: Ints
    """(E, L) those removed by the search at a stop"""

    @property
    def whole(self) -> Ints:
        """All sums, one after the other, and a 0 at the end."""
        whole = self.moments.base
        assert whole is not None, "sums are views"
        return whole


_kept: WeakKeyDictionary[Network, tuple[Sums, tuple[tuple[slice, tuple[int, ...]], ...]]] = WeakKeyDictionary()


def places_of(network: Network, plan: Plan) -> Sums:
    """Tell where each sum stands in `Sums.whole`; a pure function of the network, kept as long as it is."""
    return _laid_out(network, plan)[0]


def blank_sums(network: Network, plan: Plan) -> Sums:
    """Make sums of nothing."""
    places, parts = _laid_out(network, plan)
    whole = np.zeros(len(places.whole), np.int64)
    sums = Sums(*(whole[part].reshape(shape) for part, shape in parts))
    sums.spans[:, 2] = -1
    return sums


def _laid_out(network: Network, plan: Plan) -> tuple[Sums, tuple[tuple[slice, tuple[int, ...]], ...]]:
    """Lay out the sums: their places, and the part of the whole and the shape of each."""
    if network not in _kept:
        shapes = _shapes(network, plan)
        ends = np.cumsum([prod(shape) for shape in shapes]).tolist()
        parts = tuple((slice(end - prod(shape), end), shape) for end, shape in zip(ends, shapes, strict=True))
        whole = np.arange(ends[-1] + 1)
        _kept[network] = Sums(*(whole[part].reshape(shape) for part, shape in parts)), parts
    return _kept[network]


def _shapes(network: Network, plan: Plan) -> tuple[tuple[int, ...], ...]:
    sources, stops, levels = len(network.sources.name), len(plan.stops.step), len(network.level_name)
    hours = len(plan.edges) - 1
    return (
        (len(plan.moments), hours), (len(plan.hours), hours), (len(plan.spans), 3), (len(network.stations.name),),
        (len(plan.tailbacks),), (stops, 3), (stops, 4), (sources, 5), (sources, levels), (sources, levels),
        (stops, levels),
    )  # fmt: skip


@dataclass(eq=False)
class KnownWays:
    """Ways, each of one source; W of them, in any order, none twice."""

    ways: Sequence[tuple[int, Way]]
    """Source and decisions."""
    order: Ints
    """(W,) their rows in order of source and decisions"""
    columns: tuple[object, Ints] | None = None
    """Whatever table last asked for them, and the column of each in it: (W,), or of the first of them."""

    def more(self, ways: Sequence[tuple[int, Way]]) -> "KnownWays":
        """Return these ways and others."""
        known = [*self.ways, *ways]
        rows = self.order.tolist()
        for row in range(len(self.ways), len(known)):
            insort(rows, row, key=known.__getitem__)
        return KnownWays(known, np.array(rows, np.int64), self.columns)


class Ways(NamedTuple):
    """Ways that were taken, in order of source and decisions; n of them."""

    known: KnownWays
    rows: Ints
    """(n,) of `known`"""
    counts: Ints
    """(n,) units, at least 1"""

    def by_source(self, sources: int) -> tuple[dict[Way, int], ...]:
        """Tell for each of so many sources how many units took each way."""
        found: tuple[dict[Way, int], ...] = tuple({} for _ in range(sources))
        for row, units in zip(self.rows.tolist(), self.counts.tolist(), strict=True):
            source, way = self.known.ways[row]
            found[source][way] = units
        return found


def known_ways(ways: Sequence[tuple[int, Way]]) -> KnownWays:
    """Put ways in order."""
    return KnownWays(ways, np.array(sorted(range(len(ways)), key=ways.__getitem__), np.int64))


@dataclass(frozen=True, eq=False)
class Counts:
    """All that is counted in one record."""

    sums: Sums
    histograms: Packed
    """By row of spans."""
    highest: Ints
    """(hours,) most units in a queue or yard at one time in the window; -1 of yards that nobody was in, and of
    what is neither"""
    tailback_cm: Ints
    """(S,) longest tailback before each station in the window"""
    ways: Ways
    """Ways of the innocent units of the window that finished."""


__all__ = ["MOMENTS", "Counts", "Decision", "KnownWays", "Sums", "Way", "Ways", "blank_sums", "known_ways", "places_of"]
