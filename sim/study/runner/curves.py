"""Figures of a finished study along one factor, block by block, and what they are called."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.wording import Texts
from sim.metrics.kept import BY_NAME
from sim.network.tables import Floats
from sim.scenario.study import Factor, Figure
from sim.study.design import Ready

from .plan import Plan


@dataclass(frozen=True, eq=False)
class Along:
    """One block of points along a factor: those that differ from their base in it alone."""

    base: Ready
    points: Sequence[int]
    """Numbers, in the order of the factor's values."""
    values: Floats
    """(P,) rising"""


def blocks_along(plan: Plan, factor: str) -> Iterator[Along]:
    """Yield the points of each block along a factor with numbers as values, where there are at least two."""
    for block in plan.blocks:
        base = plan.base_of(block[0])
        others = {name: value for name, value in base.point.factors.items() if name != factor}
        found = [
            (float(r.point.factors[factor]), r.point.number)
            for r in block
            if isinstance(r.point.factors.get(factor), int | float)
            and {name: value for name, value in r.point.factors.items() if name != factor} == others
        ]
        found.sort()
        if len(found) > 1:
            yield Along(base, [number for _, number in found], np.array([value for value, _ in found]))


def read_figure(folder: Path, figure: Figure) -> pd.DataFrame:
    """Read one figure of all points: value, low, high by number of the point, in the unit of display."""
    return _read(folder / "results.parquet", figure)[["value", "low", "high"]] * scale_of(figure)


def read_difference(folder: Path, figure: Figure) -> pd.DataFrame:
    """Read the paired changes of a figure: base, difference, low, high by point, in the unit of display."""
    return _read(folder / "differences.parquet", figure)[["base", "difference", "low", "high"]] * scale_of(figure)


def scale_of(figure: Figure) -> float:
    """Factor from a metric's unit to that of display."""
    return 100.0 if BY_NAME[figure.metric].unit == "1" else 1.0


def _read(path: Path, figure: Figure) -> pd.DataFrame:
    labels = {"metric": figure.metric, "statistic": figure.statistic, "direction": figure.direction}
    labels |= {"line": figure.line, "class": figure.vehicle_class}
    rows = pd.read_parquet(path, filters=[(name, "==", value) for name, value in labels.items()])
    return rows[(rows["port"] == "all") & (rows["station"] == "all")].set_index("point")


def figures_at(frame: pd.DataFrame, points: Sequence[int]) -> Floats:
    """Take the figures of some points, (P, 3); NaN where a point has none."""
    return np.asarray(frame.reindex(list(points)).to_numpy(np.float64))


def unit_of(figure: Figure, texts: Texts) -> str:
    """Unit of display of a figure."""
    unit = BY_NAME[figure.metric].unit
    return "%" if unit == "1" else texts.unit(unit)


def change_unit(figure: Figure, texts: Texts) -> str:
    """Unit of display of a change of a figure: a share changes by percentage points."""
    unit = BY_NAME[figure.metric].unit
    return texts("unit_points") if unit == "1" else texts.unit(unit)


def figure_label(figure: Figure, mapping: Mapping[str, Any], texts: Texts) -> str:
    """Name a figure, with the line and the class that it is of."""
    metric = BY_NAME[figure.metric]
    name = metric.zh if texts.language == "zh" else metric.en
    label = texts(f"statistic_{figure.statistic}", metric=name)
    parts = [
        _title(mapping, ("vehicle", figure.vehicle_class), texts),
        _title(mapping, ("checkpoint", figure.line), texts),
        texts.direction(figure.direction),
    ]
    given = [figure.vehicle_class, figure.line, figure.direction]
    for part, name in zip(parts, given, strict=True):
        if name != "all":
            label = texts("parts_joined", first=label, second=part)
    return label


def brief_label(figure: Figure, mapping: Mapping[str, Any], texts: Texts) -> str:
    """Name a figure without saying `mean` where its metric has nothing else."""
    is_plain = BY_NAME[figure.metric].statistics == ("mean",)
    return figure_label(figure.model_copy(update={"statistic": "ratio"}) if is_plain else figure, mapping, texts)


def metric_name(figure: Figure, texts: Texts) -> str:
    """Name the metric of a figure alone."""
    metric = BY_NAME[figure.metric]
    return metric.zh if texts.language == "zh" else metric.en


def _title(mapping: Mapping[str, Any], where: tuple[str, str], texts: Texts) -> str:
    group, name = where
    entry = mapping.get(group, {}).get(name, {})
    return str(entry.get(f"title_{texts.language}") or name)


def block_title(plan: Plan, base: Ready, texts: Texts) -> str:
    """Name a block: the title of its scenario, and whatever else it is repeated across."""
    across: Mapping[str, Factor] = getattr(plan.study.design, "across", {})
    title = str(plan.mapping(base)["title"][texts.language])
    rest = [
        setting_label(name, factor, base.point.factors.get(name), texts)
        for name, factor in across.items()
        if factor.keys != ("scenario",)
    ]
    return texts("parts_joined", first=title, second=", ".join(rest)) if rest else title


def setting_label(name: str, factor: Factor, value: Any, texts: Texts) -> str:
    """Name a factor and what it is: `ratio = 0.2`, `technique: dog`."""
    title = getattr(factor, texts.language) or name
    if factor.packages is None:
        return f"{title} = {factor.called(value, texts.language)}"
    return texts("package_of", factor=title, package=factor.called(value, texts.language))
