"""From a design to its points: grid, one at a time, Latin hypercube, Sobol sequence, table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Fault, ScenarioError
from sim.network.tables import Floats
from sim.scenario.study import Design, Factor, Grid, LatinHypercube, OneAtATime, Sobol

from .limits import refuse_design
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
    refuse_design(design)
    if isinstance(design, Grid | OneAtATime | LatinHypercube | Sobol):
        chosen = list(_chosen(design))
        factors = {**design.across, **design.factor}
        whole = ({**block, **values} for block in _grid(design.across) for values in chosen)
        return _numbered(((values, _settings(factors, values)) for values in whole), factors)
    return _numbered(((row, tuple(row.items())) for row in rows_of(design.csv, folders)), {})


def _chosen(design: Grid | OneAtATime | LatinHypercube | Sobol) -> Iterator[Mapping[str, Any]]:
    """Yield the points of one block."""
    if isinstance(design, Grid):
        return _grid(design.factor)
    return _one_at_a_time(design) if isinstance(design, OneAtATime) else _drawn(design)


def _grid(factors: Mapping[str, Factor]) -> Iterator[Mapping[str, Any]]:
    for values in product(*(factor.values or () for factor in factors.values())):
        yield dict(zip(factors, values, strict=True))


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
    return tuple(pair for name, value in values.items() for pair in factors[name].settings(value))


def _numbered(
    chosen: Iterable[tuple[Mapping[str, Any], tuple[Setting, ...]]], factors: Mapping[str, Factor]
) -> list[Point]:
    """Number points, and refuse two that are the same."""
    points: list[Point] = []
    first: dict[str, int] = {}
    faults = []
    keys = {name: factor.keys[0] for name, factor in factors.items() if factor.keys}
    for number, (values, settings) in enumerate(chosen, start=1):
        point = Point(number, values, settings, keys)
        same = first.setdefault(repr(settings), number)
        if same != number:
            faults.append(Fault(f"point {number}", f"must differ from point {same}", point.label()))
        points.append(point)
    if faults:
        raise ScenarioError(faults)
    return points
