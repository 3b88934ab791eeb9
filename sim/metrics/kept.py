"""What a study keeps of each replication: sums and distributions at the levels that are reported, and their figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.network.tables import Floats
from sim.units import TICKS_PER_MINUTE

from .catalogue import ALL, INTERCEPTION_SUM, METRICS, Metric
from .histogram import Histogram, merged
from .spreads import Spreads
from .summary import MAY_BE_EMPTY, QUANTILES, maximum_of, ratio_rows, ratio_sums
from .tally import Key, LevelKey, Reduction

BY_NAME = {metric.name: metric for metric in METRICS}
KEPT_NAMES = (*BY_NAME, INTERCEPTION_SUM)
"""What may be kept."""


class KeptRow(NamedTuple):
    """One figure of one replication."""

    key: Key
    level: str
    """Concealment level of an `interception_sum`, else `all`."""
    numerator: float
    denominator: float
    maximum: float
    """Minutes, or the metric's own unit; NaN where it has none."""
    histogram: Histogram | None


@dataclass(frozen=True, eq=False)
class Kept:
    """One metric of R replications at M keys."""

    metric: Metric
    keys: Sequence[Key]
    numerators: Floats
    """(R, M)"""
    denominators: Floats
    """(R, M)"""
    maxima: Floats
    """(R, M), NaN where there is none"""
    spreads: Spreads
    """The distributions of R replications at M keys."""


def levels_kept(metric: Metric, by: Sequence[str]) -> Metric:
    """Leave a metric the levels that tell apart by no more than the columns given."""
    return metric._replace(levels=tuple(level for level in metric.levels if set(level) <= set(by)))


def kept_rows(reduction: Reduction, metrics: Sequence[str], by: Sequence[str]) -> Iterator[KeptRow]:
    """Yield the figures of one replication that a study keeps.

    Parameters
    ----------
    reduction : Reduction
        Of the replication.
    metrics : sequence of str
        Names in `KEPT_NAMES`.
    by : sequence of str
        Columns that figures are told apart by: direction, port, line, station, class.

    Yields
    ------
    KeptRow
        In the order of `metrics`, then of keys.
    """
    for name in metrics:
        if name == INTERCEPTION_SUM:
            for key7, (above, below) in sorted(reduction.history.items()):
                yield KeptRow(_as_key(key7), key7[6], above, below, np.nan, None)
            continue
        metric = levels_kept(BY_NAME[name], by)
        keys, (numerators, denominators), groups = ratio_sums(metric, [reduction], 24 * reduction.days)
        has_spread = not {"max", *QUANTILES}.isdisjoint(metric.statistics)
        rows = zip(keys, numerators[0].tolist(), denominators[0].tolist(), strict=True)
        for key, above, below in sorted(rows):
            maximum, histogram = _spread(metric, groups[key], reduction) if has_spread else (np.nan, None)
            yield KeptRow(key, ALL, above, below, maximum, histogram)


def _as_key(parts: LevelKey) -> Key:
    metric, direction, port, line, station, vehicle_class, _ = parts
    return metric, direction, port, line, station, vehicle_class


def _spread(metric: Metric, parts: Sequence[Key], reduction: Reduction) -> tuple[float, Histogram | None]:
    """Find the maximum and the distribution of a key, where the metric reports them."""
    has_quantiles = bool(QUANTILES.keys() & set(metric.statistics))
    found = [reduction.histograms[key] for key in parts if key in reduction.histograms] if has_quantiles else []
    histogram = merged(found) if found else None
    if "max" not in metric.statistics:
        return np.nan, histogram
    if histogram is not None and histogram.maximum >= 0:
        return histogram.maximum / TICKS_PER_MINUTE, histogram
    return float(maximum_of(parts, [reduction])), histogram


def kept_figures(kept: Kept, confidence: float) -> Iterator[tuple[Any, ...]]:
    """Yield the figures of R replications, the same as `summarise` gives.

    Parameters
    ----------
    kept : Kept
    confidence : float
        Level of the intervals, in (0, 1).

    Yields
    ------
    tuple
        metric, unit, direction, port, line, station, class, statistic, value, low, high, n.
    """
    metric, n = kept.metric, len(kept.numerators)
    for statistic in metric.statistics:
        for key, row in zip(kept.keys, statistic_rows(kept, statistic, confidence), strict=True):
            if not np.isnan(row[0]) or metric.name in MAY_BE_EMPTY:
                yield (metric.name, metric.unit, *key[1:], statistic, *row, n)


def statistic_rows(kept: Kept, statistic: str, confidence: float) -> list[tuple[float, float, float]]:
    """Value and bounds of one statistic for each of the M keys."""
    if statistic in ("mean", "ratio"):
        return ratio_rows(kept.metric, (kept.numerators, kept.denominators), confidence)
    columns = range(len(kept.keys))
    if statistic == "max":
        highest = [kept.maxima[:, m][~np.isnan(kept.maxima[:, m])].max(initial=-np.inf) for m in columns]
        return [(float(top) if np.isfinite(top) else np.nan, np.nan, np.nan) for top in highest]
    return [_quantile_row(kept.spreads, m, QUANTILES[statistic], confidence) for m in columns]


def _quantile_row(spreads: Spreads, m: int, probability: float, confidence: float) -> tuple[float, float, float]:
    value, low, high = (ticks / TICKS_PER_MINUTE for ticks in spreads.interval(m, probability, confidence))
    return value, float(np.maximum(0.0, low)), high
