"""From the sums of all replications to tidy tables with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_MINUTE

from .catalogue import ALL, METRICS, PROFILES, Level, Metric
from .histogram import Histogram, stack_histograms
from .interval import binomial_bounds, half_width, paired_ratios, quantile_interval, ratio_residuals, total
from .pairs import Keys
from .tally import Key, Reduction

COLUMNS = ("metric", "unit", "direction", "port", "line", "station", "class", "statistic", "value", "low", "high", "n")
PROFILE_COLUMNS = (
    "metric",
    "unit",
    "direction",
    "port",
    "line",
    "station",
    "class",
    "hour",
    "value",
    "low",
    "high",
    "n",
)
MOST_PROFILE_DAYS = 62
"""Longer windows are shown by week only."""
KEY_FIELDS = ("direction", "port", "line", "station", "class")
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
MAY_BE_EMPTY = ("realised_interception",)
"""Metrics that keep a row without a value: nobody carried a violation."""
_COUNTED = ("realised_interception", "hit_rate")
"""Shares of few counted items: exact binomial bounds, which all or nothing found does not make vanish."""
_COUNTED_WHERE_NONE = ("waived_ratio", "alarm_ratio", "false_alarm_ratio")
"""Shares of counted items that have those bounds where there is none of them, or all."""


@dataclass(frozen=True, eq=False)
class Summary:
    """Tables of all replications."""

    metrics: pd.DataFrame
    """Tidy: metric, unit, direction, port, line, station, class, statistic, value, low, high, n."""
    profile: pd.DataFrame
    """Tidy, by hour from the start of the window: hour in place of statistic; empty beyond `MOST_PROFILE_DAYS`."""


def summarise(network: Network, reductions: Sequence[Reduction], confidence: float) -> Summary:
    """Summarise replications; the replication is the unit of every interval.

    Parameters
    ----------
    network : Network
        That all replications share.
    reductions : sequence of Reduction
        R of them, at least one.
    confidence : float
        Level of the intervals, in (0, 1).

    Returns
    -------
    Summary
        Sorted; the order of the replications changes no bit of it.
    """
    hours = (network.window_end_tick - network.window_tick) / 3_600_000
    rows = [row for metric in METRICS for row in _metric_rows(metric, reductions, confidence, hours)]
    shown = range(len(PROFILES)) if hours <= 24 * MOST_PROFILE_DAYS else ()
    profile = [row for number in shown for row in _profile_rows(number, reductions, confidence, hours)]
    return Summary(_frame(rows, COLUMNS), _frame(profile, PROFILE_COLUMNS))


def _frame(rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.sort_values(list(columns[:8]), kind="stable", ignore_index=True)


@lru_cache(maxsize=256)
def groups_of(keys: tuple[Key, ...], levels: tuple[Level, ...]) -> Mapping[Key, Sequence[Key]]:
    """Tell which finest keys add up to each key that is reported; kept, for replications mostly have the same keys.

    Where a metric has rows for the whole (line `all`) beside rows for each line, only those make up the whole.
    """
    groups: dict[Key, list[Key]] = {}
    wholes = [key for key in keys if key[3] == ALL]
    for level in levels:
        members = keys if "line" in level or not wholes else wholes
        found: dict[Key, list[Key]] = {}
        for key in members:
            kept = tuple(v if f in level else ALL for f, v in zip(KEY_FIELDS, key[1:], strict=True))
            found.setdefault((key[0], kept[0], kept[1], kept[2], kept[3], kept[4]), []).append(key)
        for key, parts in found.items():
            groups.setdefault(key, parts)
    return groups


@lru_cache(maxsize=256)
def members_of(keys: tuple[Key, ...], levels: tuple[Level, ...]) -> tuple[Ints, Ints]:
    """Lay out `groups_of`: number of a group, and of a finest key in it, one after the other."""
    place = {key: number for number, key in enumerate(keys)}
    pairs = [(row, place[key]) for row, parts in enumerate(groups_of(keys, levels).values()) for key in parts]
    rows, members = np.array(pairs, np.int64).reshape(-1, 2).T
    return rows, members


def _keys(of_metric: Sequence[Keys[Key]]) -> Keys[Key]:
    """Put the keys of one metric together that any of some replications has, sorted."""
    first, *others = dict.fromkeys(of_metric)
    return Keys(sorted(set(first).union(*others))) if others else first


def _fixed_denominator(per: str, hours: float) -> float:
    return {"days": hours / 24, "hours": hours, "runs": 1.0}[per]


def ratio_sums(
    metric: Metric, reductions: Sequence[Reduction], hours: float
) -> tuple[list[Key], tuple[Floats, Floats], Mapping[Key, Sequence[Key]]]:
    """Numerators and denominators of a metric: keys (M), two arrays (R, M), and the finest keys behind each key."""
    keys = _keys([r.keys_of(metric.name) for r in reductions])
    groups, (rows, members) = groups_of(keys, metric.levels), members_of(keys, metric.levels)
    shape = (len(reductions), len(groups))
    above, below = np.zeros(shape), np.zeros(shape)
    for r, reduction in enumerate(reductions):
        numerators, denominators = reduction.figures.of(metric.name, keys)
        above[r] = np.bincount(rows, numerators[members], minlength=len(groups))
        below[r] = np.bincount(rows, denominators[members], minlength=len(groups))
    if metric.per != "items":
        below = np.full(shape, _fixed_denominator(metric.per, hours))
    return list(groups), (above, below), groups


def _metric_rows(
    metric: Metric, reductions: Sequence[Reduction], confidence: float, hours: float
) -> Iterator[tuple[Any, ...]]:
    keys, sums, groups = ratio_sums(metric, reductions, hours)
    if not keys:
        return
    n = len(reductions)
    for statistic in metric.statistics:
        if statistic in ("mean", "ratio"):
            values = ratio_rows(metric, sums, confidence)
        elif statistic == "max":
            values = [(maximum_of(groups[key], reductions), np.nan, np.nan) for key in keys]
        else:
            values = [_quantile_row(groups[key], reductions, QUANTILES[statistic], confidence) for key in keys]
        for key, value in zip(keys, values, strict=True):
            if not np.isnan(value[0]) or metric.name in MAY_BE_EMPTY:
                yield (metric.name, metric.unit, *key[1:], statistic, *value, n)


def ratio_rows(metric: Metric, sums: tuple[Floats, Floats], confidence: float) -> list[tuple[float, float, float]]:
    """Ratio and bounds for each key, from numerators and denominators (R, M)."""
    value, residuals = ratio_residuals(*sums)
    half = half_width(residuals, confidence)
    low, high = np.maximum(value - half, 0), value + half  # no metric is negative
    if metric.name in _COUNTED and len(sums[0]) > 1:
        low, high = binomial_bounds(total(sums[0]), total(sums[1]), confidence)
    elif metric.is_share:
        # Weights of flags beside adaptive ratios can lift the estimate of a short run above 1.
        value, low, high = np.clip(value, 0, 1), np.clip(low, 0, 1), np.clip(high, 0, 1)
    if metric.name in _COUNTED_WHERE_NONE and len(sums[0]) > 1:
        exact = binomial_bounds(total(sums[0]), total(sums[1]), confidence)
        is_flat = (value == 0) | (value == 1)
        low, high = (np.where(is_flat, *bounds) for bounds in zip(exact, (low, high), strict=True))
    return [(float(v), float(a), float(b)) for v, a, b in zip(value, low, high, strict=True)]


def histograms_of(parts: Sequence[Key], reductions: Sequence[Reduction]) -> list[list[Histogram]]:
    """Distributions of the finest keys behind a key, by replication."""
    return [[r.histograms[key] for key in parts if key in r.histograms] for r in reductions]


def _quantile_row(
    parts: Sequence[Key], reductions: Sequence[Reduction], probability: float, confidence: float
) -> tuple[float, float, float]:
    bins, counts, longest = stack_histograms(histograms_of(parts, reductions))
    estimate = quantile_interval(bins, counts, probability, confidence, longest)
    value, low, high = (ticks / TICKS_PER_MINUTE for ticks in estimate)
    return value, float(np.maximum(0.0, low)), high


def maximum_of(parts: Sequence[Key], reductions: Sequence[Reduction]) -> float:
    """Longest span in minutes, or highest level (levels of different stations have no common maximum)."""
    longest = max((h.maximum for row in histograms_of(parts, reductions) for h in row), default=-1)
    if longest >= 0:
        return longest / TICKS_PER_MINUTE
    if len(parts) > 1:
        return float("nan")
    return max((r.maxima[parts[0]] for r in reductions if parts[0] in r.maxima), default=float("nan"))


def _profile_rows(
    number: int, reductions: Sequence[Reduction], confidence: float, hours: float
) -> Iterator[tuple[Any, ...]]:
    metric, n = PROFILES[number], len(reductions)
    groups = groups_of(
        _keys([Keys(sorted(key for key in r.hourly if key[0] == metric.name)) for r in reductions]), metric.levels
    )
    bins = int(np.ceil(hours))
    nothing = np.zeros(bins)
    for key, parts in groups.items():
        above, below = (
            np.array([sum((r.hourly[k][side] for k in parts if k in r.hourly), nothing) for r in reductions])
            for side in (0, 1)
        )
        if metric.per != "items":
            below = np.broadcast_to(np.minimum(1.0, hours - np.arange(bins)), above.shape)
        value, residuals = ratio_residuals(above, below)
        half = half_width(residuals, confidence)
        for hour in np.flatnonzero(~np.isnan(value)):
            bounds = (max(0.0, value[hour] - half[hour]), value[hour] + half[hour]) if n > 1 else (np.nan, np.nan)
            if metric.is_share:
                bounds = (bounds[0], min(1.0, bounds[1]))
            yield (metric.name, metric.unit, *key[1:], int(hour), float(value[hour]), *map(float, bounds), n)


def paired_difference(a: Sequence[Reduction], b: Sequence[Reduction], confidence: float) -> pd.DataFrame:
    """Compare two design points on the same replications (common random numbers).

    Parameters
    ----------
    a, b : sequence of Reduction
        R each, of the same keys of random numbers, in the same order.
    confidence : float
        Level of each interval, in (0, 1).

    Returns
    -------
    DataFrame
        metric, unit, the key columns, a, b, difference (b - a), low, high, correlation, n.

    Raises
    ------
    ValueError
        If their numbers of replications differ.
    """
    if len(a) != len(b):
        raise ValueError(f"both must have as many replications; got {len(a)} and {len(b)}")
    rows: list[tuple[Any, ...]] = []
    for metric in METRICS:
        rows.extend(_paired_rows(metric, a, b, confidence))
    columns = ["metric", "unit", *KEY_FIELDS, "a", "b", "difference", "low", "high", "correlation", "n"]
    return pd.DataFrame(rows, columns=columns)


def _paired_rows(
    metric: Metric, a: Sequence[Reduction], b: Sequence[Reduction], confidence: float
) -> Iterator[tuple[Any, ...]]:
    sides = [ratio_sums(metric, side, 24 * side[0].days) for side in (a, b)]
    common = [key for key in sides[0][0] if key in set(sides[1][0])]
    if not common:
        return
    columns: list[Ints] = [np.array([keys.index(key) for key in common]) for keys, _, _ in sides]
    (pair_a, pair_b) = [(sums[0][:, at], sums[1][:, at]) for (_, sums, _), at in zip(sides, columns, strict=True)]
    paired = paired_ratios(pair_a, pair_b, confidence)
    for m, key in enumerate(common):
        x, y, half = float(paired.a[m]), float(paired.b[m]), float(paired.half_width[m])
        if not np.isnan(y - x):
            figures = (x, y, y - x, y - x - half, y - x + half, float(paired.correlation[m]))
            yield (metric.name, metric.unit, *key[1:], *figures, len(a))
