"""What one replication leaves behind: sums, histograms and hourly sums by key, small and picklable."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from sim.network import Network
from sim.network.tables import Floats, Ints

from .catalogue import ALL, INTERCEPTION_SUM
from .histogram import Histogram

Key = tuple[str, str, str, str, str, str]
"""metric, direction, port, line, station, class"""

KEY_COLUMNS = ("metric", "direction", "port", "line", "station", "class")

LevelKey = tuple[str, str, str, str, str, str, str]
"""A key and a concealment level."""

_NOTHING = (0.0, 0.0)
_SUM_COLUMNS = (*KEY_COLUMNS, "level", "numerator", "denominator")


@dataclass(eq=False)
class Reduction:
    """Sums of one replication at the finest level; coarser levels are added up in `summarise`."""

    days: float
    """length of the window"""
    sums: dict[Key, tuple[float, float]]
    """numerator and denominator"""
    histograms: dict[Key, Histogram]
    maxima: dict[Key, float]
    hourly: dict[Key, tuple[Floats, Floats]]
    """numerators and denominators by hour of the window, (H,) each"""
    by_level: dict[LevelKey, tuple[float, float]] = field(default_factory=dict)
    """Interception by concealment level, port of origin, place (`all`: whole way) and class: `expected_interception`
    and `marginal_interception` (sum, innocent units), `realised_interception` (removed, carriers). Units are not
    weighted by prevalence."""
    history: dict[LevelKey, tuple[float, float]] = field(default_factory=dict)
    """Metric `interception_sum`: sums from which interception follows for any detection, and the innocent units whose
    route has the lines; the station column holds the lines, joined by `+`."""

    def keys_of(self, metric: str) -> tuple[Key, ...]:
        """Keys of a metric among the sums, sorted."""
        return self._keys.get(metric, ())

    @cached_property
    def _keys(self) -> dict[str, tuple[Key, ...]]:
        return _by_metric(tuple(self.sums))

    def to_frame(self) -> pd.DataFrame:
        """Lay the sums out as rows: key columns, level, numerator, denominator; and the length of the window."""
        rows = [(*key, ALL, *pair) for key, pair in self.sums.items()]
        rows += [(*key, *pair) for table in (self.by_level, self.history) for key, pair in table.items()]
        return pd.DataFrame(sorted(rows), columns=list(_SUM_COLUMNS)).assign(days=self.days)


@lru_cache(maxsize=64)
def _by_metric(keys: tuple[Key, ...]) -> dict[str, tuple[Key, ...]]:
    """Sort keys by metric; kept, for replications mostly have the same."""
    found: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(keys):
        found[key[0]].append(key)
    return {metric: tuple(of_metric) for metric, of_metric in found.items()}


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
    return Reduction(days, sums, {}, {}, {}, by_level, history)


def class_weight(network: Network) -> Floats:
    """Weight of each class in a rate over classes, (K,): its prevalence; next to nothing for one that never carries.

    So the rate of such a class alone is known, and moves no total. Where no class carries, they count alike.
    """
    prevalence = network.prevalence
    most = prevalence.max(initial=0.0)
    return np.where(prevalence > 0, prevalence, 1e-12 * most if most > 0 else 1.0)


class Tally:
    """Collects the sums of one replication."""

    def __init__(self, hours: int) -> None:
        self.sums: dict[Key, tuple[float, float]] = {}
        self.maxima: dict[Key, float] = {}
        self.hourly: dict[Key, tuple[Floats, Floats]] = {}
        self.nothing: Floats = np.zeros(hours)
        self.nothing.flags.writeable = False
        self.by_level: dict[LevelKey, tuple[float, float]] = {}
        self.history: dict[LevelKey, tuple[float, float]] = {}

    def add(self, key: Key, numerator: float, denominator: float = 0.0) -> None:
        """Add to a ratio of sums."""
        above, below = self.sums.get(key, _NOTHING)
        self.sums[key] = (above + float(numerator), below + float(denominator))

    def add_level(self, key: LevelKey, numerator: float, denominator: float) -> None:
        """Add to a ratio of sums at one concealment level."""
        above, below = self.by_level.get(key, _NOTHING)
        self.by_level[key] = (above + numerator, below + denominator)

    def add_history(self, key: LevelKey, numerator: float, denominator: float) -> None:
        """Add to a sum that interception follows from, and to its units."""
        above, below = self.history.get(key, _NOTHING)
        self.history[key] = (above + numerator, below + denominator)

    def add_hours(self, key: Key, numerator: Floats, denominator: Floats | None = None) -> None:
        """Add hourly sums, (H,), which are kept as they are: nobody may write into them later."""
        below = self.nothing if denominator is None else denominator
        pair = self.hourly.get(key)
        self.hourly[key] = (numerator, below) if pair is None else (pair[0] + numerator, pair[1] + below)


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
