"""`sensitivity.csv`: Sobol indices of every factor, block by block, from the points of a drawn design."""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.metrics.interval import student_t
from sim.metrics.sensitivity import Dimension, Sensitivities, sensitivities
from sim.network.tables import Floats
from sim.scenario.study import Factor, LatinHypercube, Sensitivity, Sobol
from sim.study.design import Ready

from .curves import figures_at, read_figure
from .listed import figure_cells, write_rows
from .plan import Plan

COLUMNS = (
    "sensitivity", "block", "factor", "metric", "statistic", "direction", "line", "class", "less",
    "first", "first_low", "first_high", "total", "total_low", "total_high", "trend",
    "q2", "least_q2", "noise_ratio", "points",
)  # fmt: skip
"""`trend`: correlation of ranks of factor and figure; `noise_ratio`: variance of the replications' means over that
between the points, at most (common random numbers make it less)."""
_DIGITS = 6
_MOST_CURVED = 8


def write_sensitivities(plan: Plan, folder: Path, replications: int) -> None:
    """Write the table from `results.parquet`, or take that of an earlier question away."""
    path = folder / "sensitivity.csv"
    if plan.study.sensitivities:
        write_rows(path, COLUMNS, _rows(plan, folder, replications))
    else:
        path.unlink(missing_ok=True)


def _rows(plan: Plan, folder: Path, replications: int) -> Iterator[tuple[Any, ...]]:
    design = plan.study.design
    assert isinstance(design, LatinHypercube | Sobol)
    confidence = float(plan.run(plan.ready[0])["confidence"])
    for number, asked in enumerate(plan.study.sensitivities, start=1):
        frame = read_figure(folder, asked.figure)
        if asked.less is not None:
            # NOTE an interval as wide as both together is wide enough, whatever the figures share.
            other = read_figure(folder, asked.less)
            low, high = frame["low"] - other["high"], frame["high"] - other["low"]
            frame = frame.assign(value=frame["value"] - other["value"], low=low, high=high)
        for block, points in enumerate(plan.blocks, start=1):
            figures = figures_at(frame, [r.point.number for r in points])
            is_there = np.isfinite(figures[:, 0])
            kept = [r for r, there in zip(points, is_there, strict=True) if there]
            x = np.column_stack([coordinates(design.factor[name], name, kept) for name in design.factor])
            dimensions = [dimension_of(factor) for factor in design.factor.values()]
            found = sensitivities(x, figures[is_there, 0], dimensions, confidence, asked.least_q2)
            noise = _noise_ratio(figures[is_there], replications, confidence)
            yield from _indices(asked, list(design.factor), found, (number, block, noise, (x, figures[is_there, 0])))


def _indices(
    asked: Sensitivity, names: Sequence[str], found: Sensitivities, more: tuple[int, int, float, tuple[Floats, Floats]]
) -> Iterator[tuple[Any, ...]]:
    number, block, noise, (x, y) = more
    for place, name in enumerate(names):
        cells = [math.nan] * 6
        if found.first:
            cells = [*found.first[place], *found.total[place]]
        rounded = [_rounded(cell) for cell in (*cells, _trend(x[:, place], y), found.q2, asked.least_q2, noise)]
        less = "" if asked.less is None else " ".join(figure_cells(asked.less))
        yield number, block, name, *figure_cells(asked.figure), less, *rounded, found.points


def _rounded(value: float) -> float:
    """Keep as many digits as are the same on any machine."""
    return value if math.isnan(value) else float(f"{value:.{_DIGITS}g}")


def _noise_ratio(figures: Floats, replications: int, confidence: float) -> float:
    """Compare the variance of the replications' means, read off their intervals, with that between points."""
    if replications < 2 or len(figures) < 2:
        return math.nan
    errors = (figures[:, 2] - figures[:, 1]) / 2 / student_t(replications, confidence)
    between = float(figures[:, 0].var(ddof=1))
    return float(np.nanmean(errors**2)) / between if between > 0 and np.isfinite(errors).any() else math.nan


def _trend(x: Floats, y: Floats) -> float:
    """Correlation of ranks (Spearman); NaN where one does not vary."""
    from scipy.stats import rankdata  # noqa: PLC0415 - takes longer to import than most studies need

    if len(y) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    return float(np.corrcoef(rankdata(x), rankdata(y))[0, 1])


def dimension_of(factor: Factor) -> Dimension:
    """Say how a factor's values fill [-1, 1]: numbers of a range by their scale, listed values evenly in order."""
    if factor.values is not None:
        count = len(factor.values)
        return Dimension(_steps(count), min(_MOST_CURVED, max(1, count - 1)))
    assert factor.low is not None
    assert factor.high is not None
    if not factor.is_whole:
        return Dimension(lambda u: 2 * u - 1, _MOST_CURVED)
    low, high = factor.low, factor.high
    place = _scaled(factor)
    values = low * (high / low) ** np.array([0.0, 1.0]) if factor.scale == "log" else np.array([low, high])
    span = round(float(values[1])) - round(float(values[0]))

    def whole(u: Floats) -> Floats:
        drawn = low * (high / low) ** u if factor.scale == "log" else low + (high - low) * u
        return place(np.round(drawn))

    return Dimension(whole, min(_MOST_CURVED, max(1, span)))


def _steps(count: int) -> Callable[[Floats], Floats]:
    return lambda u: (2 * np.minimum(np.floor(u * count), count - 1) + 1) / count - 1


def _scaled(factor: Factor) -> Callable[[Floats], Floats]:
    """Coordinate in [-1, 1] of the values of a range."""
    assert factor.low is not None
    assert factor.high is not None
    low, high = factor.low, factor.high
    if factor.scale == "log":
        return lambda v: 2 * np.log(np.maximum(v, low / 2) / low) / math.log(high / low) - 1
    return lambda v: 2 * (v - low) / (high - low) - 1


def coordinates(factor: Factor, name: str, points: Sequence[Ready]) -> Floats:
    """Find where points lie along one factor, (P,) in [-1, 1], as `dimension_of` places them."""
    given = [r.point.factors[name] for r in points]
    if factor.values is not None:
        count = len(factor.values)
        return np.array([(2 * list(factor.values).index(value) + 1) / count - 1 for value in given], np.float64)
    return np.asarray(_scaled(factor)(np.array(given, np.float64)), np.float64)
