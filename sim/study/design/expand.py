"""From a design to its points: grid, one at a time, Latin hypercube, Sobol sequence, table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, ScenarioError
from sim.network.tables import Floats
from sim.scenario.study import Design, Factor, Grid, LatinHypercube, OneAtATime, Sobol

from .point import Point, Setting
from .table import rows_of

_DIGITS = 6
"""Significant digits of a drawn value: short to read, and the same wherever the last bit is not."""


def points_of(design: Design, folders: Sequence[Path] = ()) -> list[Point]:
    """List the points of a design.

    Parameters
    ----------
    design : Design
    folders : sequence of Path
        Where a relative CSV path is looked up, after the working directory.

    Returns
    -------
    list of Point
        Numbered from 1.

    Raises
    ------
    ScenarioError
        If two points have the same settings, or a table cannot be read.
    """
    if isinstance(design, Grid):
        chosen: Iterable[Mapping[str, Any]] = _grid(design)
    elif isinstance(design, OneAtATime):
        chosen = _one_at_a_time(design)
    elif isinstance(design, LatinHypercube | Sobol):
        chosen = _drawn(design)
    else:
        return _numbered((row, tuple(row.items())) for row in rows_of(design.csv, folders))
    return _numbered((values, _settings(design.factor, values)) for values in chosen)


def _grid(design: Grid) -> Iterator[Mapping[str, Any]]:
    names = list(design.factor)
    for values in product(*(factor.values or () for factor in design.factor.values())):
        yield dict(zip(names, values, strict=True))


def _one_at_a_time(design: OneAtATime) -> Iterator[Mapping[str, Any]]:
    yield {}
    for name, factor in design.factor.items():
        for value in factor.values or ():
            yield {name: value}


def _drawn(design: LatinHypercube | Sobol) -> Iterator[Mapping[str, Any]]:
    for row in _uniforms(design):
        pairs = zip(design.factor.items(), row.tolist(), strict=True)
        yield {name: _spread(factor, u) for (name, factor), u in pairs}


def _uniforms(design: LatinHypercube | Sobol) -> Floats:
    from scipy.stats import qmc  # noqa: PLC0415 - takes longer to import than most designs need

    generator = np.random.default_rng(design.seed)
    size = len(design.factor)
    if isinstance(design, Sobol):
        return np.asarray(qmc.Sobol(size, rng=generator).random(design.points), np.float64)
    return np.asarray(qmc.LatinHypercube(size, rng=generator).random(design.points), np.float64)


def _spread(factor: Factor, u: float) -> Any:
    """Turn a uniform in [0, 1) into a value of a factor."""
    if factor.values is not None:
        return factor.values[min(int(u * len(factor.values)), len(factor.values) - 1)]
    assert factor.low is not None
    assert factor.high is not None
    if factor.scale == "log":
        value = factor.low * (factor.high / factor.low) ** u
    else:
        value = factor.low + (factor.high - factor.low) * u
    return round(value) if factor.is_whole else float(f"{value:.{_DIGITS}g}")


def _settings(factors: Mapping[str, Factor], values: Mapping[str, Any]) -> tuple[Setting, ...]:
    return tuple((key, value) for name, value in values.items() for key in factors[name].keys)


def _numbered(chosen: Iterable[tuple[Mapping[str, Any], tuple[Setting, ...]]]) -> list[Point]:
    """Number points, and refuse two that are the same."""
    points: list[Point] = []
    first: dict[str, int] = {}
    faults = []
    for number, (values, settings) in enumerate(chosen, start=1):
        point = Point(number, values, settings)
        same = first.setdefault(repr(settings), number)
        if same != number:
            faults.append(Fault(f"point {number}", f"must differ from point {same}", point.label()))
        points.append(point)
    if faults:
        raise ScenarioError(faults)
    return points
