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
from .values import called, factor_title


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


def change_unit(figure: Figure, texts: Texts, is_axis: bool = False) -> str:
    """Unit of display of a change of a figure, in a sentence or at an axis: a share changes by percentage points."""
    unit = BY_NAME[figure.metric].unit
    points = "unit_points_of_axis" if is_axis else "unit_points"
    return texts(points) if unit == "1" else texts.unit(unit)


def figure_label(figure: Figure, mapping: Mapping[str, Any], texts: Texts) -> str:
    """Name a figure, with the line and the class that it is of."""
    label = texts(f"statistic_{figure.statistic}", metric=metric_name(figure, texts))
    parts = [
        (figure.direction, texts.known(f"way_{figure.direction}") or figure.direction),
        (figure.vehicle_class, within(_title(mapping, ("vehicle", figure.vehicle_class), texts), texts)),
    ]
    whose = [title for name, title in parts if name != "all"]
    line = [] if figure.line == "all" else [_title(mapping, ("checkpoint", figure.line), texts)]
    if texts.language == "zh":  # what is of what stands in front: 海口港口查验 · 进岛货车通过车辆
        return " · ".join([*line, "".join([*whose, label])])
    told = texts.together([*whose, *line])
    return label if not told else f"{label} [{told}]" if "(" in told else f"{label} ({told})"


def within(title: str, texts: Texts) -> str:
    """Write a title as it stands within a sentence: `Truck` as `truck`, but `LNG truck` as it is."""
    return title[:1].lower() + title[1:] if texts.language == "en" and title[1:2].islower() else title


def brief_label(figure: Figure, mapping: Mapping[str, Any], texts: Texts) -> str:
    """Name a figure without saying `mean` where its metric has nothing else."""
    is_plain = BY_NAME[figure.metric].statistics == ("mean",)
    return figure_label(figure.model_copy(update={"statistic": "ratio"}) if is_plain else figure, mapping, texts)


def add_unit(name: str, unit: str, texts: Texts) -> str:
    """Write a name with its unit, which stands in no second bracket: `interception (%)`, `interception (truck), %`."""
    return f"{name}, {unit}" if name.endswith((")", "]")) else texts("with_unit", name=name, unit=unit)


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
    title = str(plan.mapping(base)["title"][texts.language])
    rest = _others(plan, base, texts)
    return texts("parts_joined", first=title, second=rest) if rest else title


def _others(plan: Plan, base: Ready, texts: Texts) -> str:
    """Name what a block is repeated across beside scenarios."""
    across: Mapping[str, Factor] = getattr(plan.study.design, "across", {})
    return texts.together(
        [
            setting_label(name, factor, base.point.factors.get(name), texts, plan.mapping(base))
            for name, factor in across.items()
            if factor.keys != ("scenario",)
        ]
    )


def shared_title(plan: Plan, texts: Texts) -> str:
    """Title of the scenario of all blocks, where they are told apart by something else; else empty."""
    bases = [plan.base_of(block[0]) for block in plan.blocks]
    titles = {str(plan.mapping(base)["title"][texts.language]) for base in bases}
    rest = [_others(plan, base, texts) for base in bases]
    return titles.pop() if len(titles) == 1 and len(bases) > 1 and len(set(rest)) == len(bases) else ""


def panel_title(plan: Plan, base: Ready, texts: Texts) -> str:
    """Name a block within a figure: by what tells it from the others."""
    return _others(plan, base, texts) if shared_title(plan, texts) else block_title(plan, base, texts)


def setting_label(name: str, factor: Factor, value: Any, texts: Texts, mapping: Mapping[str, Any]) -> str:
    """Name a factor and what it is: `ratio = 0.2`, `technique: dog`."""
    title, own = factor_title(name, factor, texts, mapping), called(factor, value, texts, mapping)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{title} = {own}" if is_number else texts("package_of", factor=title, package=own)
