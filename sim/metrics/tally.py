"""What one replication leaves behind: sums, histograms and hourly sums by key, small and picklable."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.network import Network
from sim.network.tables import Floats, Ints

from .catalogue import ALL, INTERCEPTION_SUM
from .histogram import Histogram, Packed, packed
from .pairs import Heights, Hours, Keys, Names, Pair, Pairs, pairs_of

Key = tuple[str, str, str, str, str, str]
"""metric, direction, port, line, station, class"""

KEY_COLUMNS = ("metric", "direction", "port", "line", "station", "class")

LevelKey = tuple[str, str, str, str, str, str, str]
"""A key and a concealment level."""

_SUM_COLUMNS = (*KEY_COLUMNS, "level", "numerator", "denominator")


@dataclass(frozen=True, eq=False)
class Spans:
    """Distributions of spans, one for each key that has any."""

    names: Names[Key]
    packed: Packed

    def by_key(self) -> dict[Key, Histogram]:
        """Name the distributions."""
        return {key: h for key, h in zip(self.names.keys, self.packed.histograms(), strict=True) if h is not None}


@dataclass(frozen=True, eq=False)
class Reduction:
    """Sums of one replication at the finest level; coarser levels are added up in `summarise`."""

    days: float
    """length of the window"""
    figures: Pairs[Key]
    spans: Spans
    heights: Heights[Key]
    hours: Hours[Key]
    levels: Pairs[LevelKey]
    past: Pairs[LevelKey]

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: self.__dict__[field.name] for field in fields(self)}

    @cached_property
    def sums(self) -> dict[Key, Pair]:
        """Numerator and denominator by key."""
        return self.figures.by_key()

    @cached_property
    def histograms(self) -> dict[Key, Histogram]:
        """Distributions of spans by key, where there are any."""
        return self.spans.by_key()

    @cached_property
    def maxima(self) -> dict[Key, float]:
        """Highest levels by key."""
        return self.heights.by_key()

    @cached_property
    def hourly(self) -> dict[Key, tuple[Floats, Floats]]:
        """Numerators and denominators by hour of the window, (H,) each, by key."""
        return self.hours.by_key()

    @cached_property
    def by_level(self) -> dict[LevelKey, Pair]:
        """Interception by concealment level, port of origin, place (`all`: whole way) and class.

        `expected_interception` and `marginal_interception` (sum, innocent units), `realised_interception` (removed,
        carriers). Units are not weighted by prevalence.
        """
        return self.levels.by_key()

    @cached_property
    def history(self) -> dict[LevelKey, Pair]:
        """Metric `interception_sum`: sums from which interception follows for any detection.

        Beside each the innocent units whose route has the lines; the station column holds the lines, joined by `+`.
        """
        return self.past.by_key()

    def keys_of(self, metric: str) -> Keys[Key]:
        """Keys of a metric among the sums, sorted."""
        return self.figures.keys_of(metric)

    def to_frame(self) -> pd.DataFrame:
        """Lay the sums out as rows: key columns, level, numerator, denominator; and the length of the window."""
        rows = [(*key, ALL, *pair) for key, pair in self.sums.items()]
        rows += [(*key, *pair) for table in (self.by_level, self.history) for key, pair in table.items()]
        return pd.DataFrame(sorted(rows), columns=list(_SUM_COLUMNS)).assign(days=self.days)


def reduction_from_frame(frame: pd.DataFrame) -> Reduction:
    """Read the sums of one replication back from `Reduction.to_frame`; a frame without levels is read as one level."""
    rows = frame.assign(level=frame.get("level", ALL))[list(_SUM_COLUMNS)].itertuples(index=False, name=None)
    sums: dict[Key, tuple[float, float]] = {}
    by_level: dict[LevelKey, tuple[float, float]] = {}
    history: dict[LevelKey, tuple[float, float]] = {}
    for metric, direction, port, line, station, vehicle, level, above, below in rows:
        key: Key = (str(metric), str(direction), str(port), str(line), str(station), str(vehicle))
        pair = (float(above), float(below))
        if level == ALL:
            sums[key] = pair
        else:
            (history if metric == INTERCEPTION_SUM else by_level)[*key, str(level)] = pair
    days = float(frame["days"].iloc[0]) if len(frame) else 0.0
    nothing: Names[Key] = Names(())
    return Reduction(
        days,
        pairs_of(sums),
        Spans(nothing, packed([])),
        Heights(nothing, None, np.zeros(0)),
        Hours(nothing, None, np.zeros((0, 0)), np.zeros((0, 0))),
        pairs_of(by_level),
        pairs_of(history),
    )


def class_weight(network: Network) -> Floats:
    """Weight of each class in a rate over classes, (K,): its prevalence; next to nothing for one that never carries.

    So the rate of such a class alone is known, and moves no total. Where no class carries, they count alike.
    """
    prevalence = network.prevalence
    most = prevalence.max(initial=0.0)
    return np.where(prevalence > 0, prevalence, 1e-12 * most if most > 0 else 1.0)


def integral(begin: Ints, end: Ints, edges: Ints) -> Ints:
    """Integrate over time how many intervals are open, between edges; exact on ticks.

    Parameters
    ----------
    begin, end : ndarray of int64, shape (n,)
        Intervals [begin, end) in ticks.
    edges : ndarray of int64, shape (E + 1,)
        Rising.

    Returns
    -------
    ndarray of int64, shape (E,)
        Ticks, added up over intervals, within each pair of edges.
    """
    return np.diff(_area_before(begin, edges) - _area_before(end, edges))


def _area_before(ticks: Ints, edges: Ints) -> Ints:
    """Sum of max(0, edge - tick) for each edge."""
    ticks = np.sort(ticks)
    place = np.searchsorted(ticks, edges)
    moment = np.concatenate([[0], np.cumsum(ticks)])[place]
    return np.asarray(edges * place - moment, np.int64)


def highest(begin: Ints, end: Ints, window: tuple[int, int], weight: Ints | None = None) -> int:
    """Largest weight of intervals open at one time within a window (ticks); intervals are [begin, end)."""
    weights = np.ones(len(begin), np.int64) if weight is None else weight
    ticks = np.concatenate([begin, end])
    change = np.concatenate([weights, -weights])
    order = np.lexsort((change, ticks))
    ticks, level = ticks[order], np.cumsum(change[order])
    first, last = np.searchsorted(ticks, window[0], side="right"), np.searchsorted(ticks, window[1])
    before = int(level[first - 1]) if first > 0 else 0
    return max(before, int(level[first:last].max(initial=0)))
