"""The answer and the figure of sliders: between what bounds a figure lies at each point, from `sliders.parquet`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.wording import Texts
from sim.metrics.kept import BY_NAME
from sim.network.tables import Floats
from sim.scenario.factor import Factor
from sim.scenario.sliders import Sliders
from sim.study.design import Ready

from .curves import block_title, brief_label, figure_label, panel_title, setting_label, unit_of
from .plan import Plan
from .shown_points import question_of, with_unit

_MOST_POINTS = 7


def slider_sentences(plan: Plan, folder: Path, texts: Texts) -> Iterator[str]:
    """Yield one sentence a block: the lowest and the highest value of the figure over all sliders, point by point."""
    sliders = plan.study.sliders
    if sliders is None:
        return
    frame = _read(folder, sliders)
    names = texts.together([_title(name, factor, texts) for name, factor in sliders.factor.items()])
    for block in plan.blocks:
        base = plan.base_of(block[0])
        parts = []
        for ready in _some(block):
            values = frame.loc[frame["point"] == ready.point.number, "value"]
            if len(values):
                bounds = texts("range_of", low=f"{values.min():.3g}", high=f"{values.max():.3g}")
                parts.append(texts("answer_bounds", bounds=bounds, point=point_label(plan, ready, texts)))
        yield texts(
            "answer_sliders",
            block=block_title(plan, base, texts),
            figure=figure_label(sliders.figure, plan.mapping(base), texts),
            unit=unit_of(sliders.figure, texts),
            sliders=names,
            parts=texts.listed(parts),
        )


def draw_slider_figure(plan: Plan, folder: Path, texts: Texts, replications: int) -> Any:
    """Draw the curves of the sliders; None where the first has no two numbers."""
    from sim.figures.sliders import SliderCurves, draw_sliders  # noqa: PLC0415 - matplotlib takes long to import

    sliders = plan.study.sliders
    assert sliders is not None
    (first, along), *others = sliders.factor.items()
    values = [v for v in along.choices if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(values) < 2:
        return None
    frame = _read(folder, sliders)
    mapping = plan.mapping(plan.ready[0])
    second = others[0] if others else None
    kept = {name: _of_study(mapping, factor) for name, factor in others[1:]}
    for name, value in kept.items():
        frame = frame[frame[f"factor.{name}"] == value]
    rows = [
        [_panel(plan, (block, frame), (first, sorted(values)), (second, value), texts) for value in _values(second)]
        for block in plan.blocks
    ]
    shown = SliderCurves(
        rows,
        np.array(sorted(values), np.float64),
        _title(first, along, texts),
        brief_label(sliders.figure, mapping, texts),
        with_unit(plan, sliders.figure, texts),
        [point_label(plan, ready, texts) for ready in _some(plan.blocks[0])],
        question_of(plan, texts),
        texts.together([setting_label(n, sliders.factor[n], value, texts, mapping) for n, value in kept.items()]),
        replications,
    )
    return draw_sliders(shown, texts)


def _panel(
    plan: Plan,
    what: tuple[Sequence[Ready], pd.DataFrame],
    along: tuple[str, Sequence[float]],
    second: tuple[tuple[str, Factor] | None, Any],
    texts: Texts,
) -> Any:
    from sim.figures.sliders import SliderPanel  # noqa: PLC0415

    (block, frame), (first, values), (other, value) = what, along, second
    title = panel_title(plan, plan.base_of(block[0]), texts) if len(plan.blocks) > 1 or other is None else ""
    if other is not None:
        frame = frame[frame[f"factor.{other[0]}"] == value]
        label = setting_label(*other, value, texts, plan.mapping(block[0]))
        title = texts("parts_joined", first=title, second=label) if title else label
    figures: list[Floats] = []
    for ready in _some(block):
        rows = frame[frame["point"] == ready.point.number].set_index(f"factor.{first}")
        figures.append(np.asarray(rows.reindex(np.array(values))[["value", "low", "high"]].to_numpy(np.float64)))
    return SliderPanel(title, figures)


def _values(second: tuple[str, Factor] | None) -> Sequence[Any]:
    return (None,) if second is None else second[1].choices


def _some(block: Sequence[Ready]) -> list[Ready]:
    """Choose points of a block, spread evenly from the first to the last, in the order of numbers where those vary."""
    places = np.unique(np.linspace(0, len(block) - 1, min(len(block), _MOST_POINTS)).round().astype(int))
    chosen = [block[place] for place in places.tolist()]
    names = [n for n, v in chosen[0].point.factors.items() if all(_is_number(r.point.factors.get(n)) for r in chosen)]
    return sorted(chosen, key=lambda r: [r.point.factors[n] for n in names])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def point_label(plan: Plan, ready: Ready, texts: Texts) -> str:
    """Name a point by its factors, those of its block left out."""
    factors: Mapping[str, Factor] = getattr(plan.study.design, "factor", {})
    across = getattr(plan.study.design, "across", {})
    parts = [
        setting_label(name, factors[name], value, texts, plan.mapping(ready))
        if name in factors
        else f"{name} = {value}"
        for name, value in ready.point.factors.items()
        if name not in across
    ]
    return texts.together(parts) or texts("base_point")


def _title(name: str, factor: Factor, texts: Texts) -> str:
    return getattr(factor, texts.language) or name


def _of_study(mapping: Mapping[str, Any], factor: Factor) -> Any:
    """Find the value of a slider that the study itself has, else its first."""
    here: Any = mapping
    for part in factor.keys[0].split(".") if factor.keys else ():
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if here in factor.choices else factor.choices[0]


def _read(folder: Path, sliders: Sliders) -> pd.DataFrame:
    figure = sliders.figure
    labels = {
        "metric": figure.metric,
        "statistic": figure.statistic,
        "line": figure.line,
        "class": figure.vehicle_class,
    }
    labels |= {"direction": "all", "port": "all", "station": "all"}
    frame = pd.read_parquet(folder / "sliders.parquet", filters=[(name, "==", value) for name, value in labels.items()])
    if BY_NAME[figure.metric].unit == "1":
        frame[["value", "low", "high"]] *= 100.0
    return frame
