"""A long window week by week: what came, what sailed, how much waited, how long the strait was closed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_HOUR

from .interval import half_width, ratio_residuals
from .tally import Reduction

WEEK_COLUMNS = ("metric", "unit", "direction", "week", "start", "days", "value", "low", "high", "n")
FEWEST_DAYS = 14
_HOURS_A_WEEK = 168


class WeekMetric(NamedTuple):
    """One figure of a week."""

    name: str
    unit: str
    hourly: str
    """Hourly sums that it is made of."""
    reduce: Callable[[Floats, Ints], Floats]
    """Hours (R, H) and the first hour of each week to weeks (R, W)."""
    is_ratio: bool = False
    """Whether it is divided by the same of the denominators."""
    is_share: bool = False
    """Whether it lies in [0, 1]; then its bounds do too."""


def _add(hours: Floats, first: Ints) -> Floats:
    return np.asarray(np.add.reduceat(hours, first, axis=1), np.float64)


def _highest(hours: Floats, first: Ints) -> Floats:
    return np.asarray(np.maximum.reduceat(hours, first, axis=1), np.float64)


def _last(hours: Floats, first: Ints) -> Floats:
    return np.asarray(hours[:, np.append(first[1:], hours.shape[1]) - 1], np.float64)


WEEK_METRICS: tuple[WeekMetric, ...] = (
    WeekMetric("arrivals", "veh", "arrivals", _add),
    WeekMetric("completions", "veh", "completions", _add),
    WeekMetric("sailings", "1", "sailings", _add),
    WeekMetric("vehicles_per_sailing", "veh", "vehicles_per_sailing", _add, True),
    WeekMetric("in_system_highest", "veh", "in_system", _highest),
    WeekMetric("in_system_at_end", "veh", "in_system", _last),
    WeekMetric("closed_ratio", "1", "closed_ratio", _add, True, True),
)
"""`arrivals`, `completions` and `sailings` are counts of the week; `in_system_highest` is the highest mean of an hour,
`in_system_at_end` the mean of the last hour, of vehicles between gate and end of their route."""


def weekly_frame(network: Network, reductions: Sequence[Reduction], confidence: float) -> pd.DataFrame:
    """Lay the window out week by week.

    Parameters
    ----------
    network : Network
    reductions : sequence of Reduction
        R of them, at least one.
    confidence : float
        Level of the intervals, in (0, 1).

    Returns
    -------
    DataFrame
        `WEEK_COLUMNS`, by direction; weeks of seven days from the start of the window, the last one as long as it is.
        Empty where the window is shorter than `FEWEST_DAYS`, or nothing sails.
    """
    hours = -(-(network.window_end_tick - network.window_tick) // TICKS_PER_HOUR)
    rows = [] if hours < 24 * FEWEST_DAYS else list(_rows(network, reductions, confidence, hours))
    return pd.DataFrame(rows, columns=list(WEEK_COLUMNS))


def _rows(
    network: Network, reductions: Sequence[Reduction], confidence: float, hours: int
) -> Iterator[tuple[Any, ...]]:
    first = np.arange(0, hours, _HOURS_A_WEEK)
    days = np.diff(np.append(first, hours)) / 24
    for metric in WEEK_METRICS:
        for direction in sorted({*network.terminals.direction}):
            pair = [_hours(reductions, metric.hourly, direction, side, hours) for side in (0, 1)]
            above, below = (metric.reduce(values, first) for values in pair)
            value, residuals = ratio_residuals(above, below if metric.is_ratio else np.ones_like(above))
            half = half_width(residuals, confidence)
            for w in np.flatnonzero(~np.isnan(value)):
                highest = 1.0 if metric.is_share else np.inf
                bounds = (max(0.0, float(value[w] - half[w])), min(highest, float(value[w] + half[w])))
                if len(reductions) < 2:
                    bounds = (float("nan"), float("nan"))
                start = (network.start + timedelta(weeks=int(w))).strftime("%Y-%m-%d")
                place = (metric.name, metric.unit, direction, int(w) + 1, start, float(days[w]))
                yield (*place, float(value[w]), *bounds, len(reductions))


def _hours(reductions: Sequence[Reduction], metric: str, direction: str, side: int, hours: int) -> Floats:
    """Add the hourly sums of a direction up over ports and classes, (R, H)."""
    nothing = np.zeros(hours)
    return np.array(
        [
            sum((pair[side] for key, pair in r.hourly.items() if key[:2] == (metric, direction)), nothing)
            for r in reductions
        ]
    )
