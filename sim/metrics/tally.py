"""What one replication leaves behind: sums, histograms and hourly sums by key, small and picklable."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.network.tables import Floats, Ints

from .histogram import Histogram

Key = tuple[str, str, str, str, str, str]
"""metric, direction, port, line, station, class"""

KEY_COLUMNS = ("metric", "direction", "port", "line", "station", "class")


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
    history: dict[Key, float] = field(default_factory=dict)
    """Sums over units from which interception follows for any detection (METHODS: A-sums); the station column holds
    the lines, joined by `+`."""

    def to_frame(self) -> pd.DataFrame:
        """Lay the sums out as rows: the key columns, numerator, denominator; and the length of the window."""
        rows = [(*key, *pair) for key, pair in sorted(self.sums.items())]
        frame = pd.DataFrame(rows, columns=[*KEY_COLUMNS, "numerator", "denominator"])
        return frame.assign(days=self.days)


def reduction_from_frame(frame: pd.DataFrame) -> Reduction:
    """Read the sums of one replication back from `Reduction.to_frame`."""
    rows = frame[[*KEY_COLUMNS, "numerator", "denominator"]].itertuples(index=False, name=None)
    sums: dict[Key, tuple[float, float]] = {
        (str(m), str(d), str(p), str(li), str(s), str(c)): (float(x), float(y)) for m, d, p, li, s, c, x, y in rows
    }
    return Reduction(float(frame["days"].iloc[0]) if len(frame) else 0.0, sums, {}, {}, {})


class Tally:
    """Collects the sums of one replication."""

    def __init__(self, hours: int) -> None:
        self.sums: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.spans: dict[Key, list[Ints]] = defaultdict(list)
        self.maxima: dict[Key, float] = {}
        self.hourly: dict[Key, list[Floats]] = defaultdict(lambda: [np.zeros(hours), np.zeros(hours)])
        self.history: dict[Key, float] = defaultdict(float)

    def add(self, key: Key, numerator: float, denominator: float = 0.0) -> None:
        """Add to a ratio of sums."""
        pair = self.sums[key]
        pair[0] += float(numerator)
        pair[1] += float(denominator)

    def add_spans(self, key: Key, ticks: Ints) -> None:
        """Add spans (n,) in ticks to a mean in minutes and to its distribution."""
        self.add(key, int(ticks.sum()) / 60_000, len(ticks))
        if len(ticks):
            self.spans[key].append(ticks)

    def add_hours(self, key: Key, numerator: Floats, denominator: Floats | None = None) -> None:
        """Add hourly sums, (H,)."""
        pair = self.hourly[key]
        pair[0] += numerator
        if denominator is not None:
            pair[1] += denominator


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
