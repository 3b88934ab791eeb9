"""What heat maps, fronts and figures of indices show, gathered from the tables of a study."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.front import FrontPanel, Fronts
from sim.figures.heatmap import Heat, HeatPanel
from sim.figures.sensitivity import SensitivityPage, SensitivityPanel
from sim.figures.wording import Texts
from sim.network.tables import Floats
from sim.scenario.study import Figure, Front, Heatmap, Sensitivity
from sim.study.design import Ready

from .curves import add_unit, brief_label, figures_at, panel_title, read_figure, scale_of, shared_title, unit_of
from .labels import changed_factors, design_factors, factor_label, setting_name
from .listed import read_rows
from .plan import Plan

About = tuple[Plan, Path, Texts, int]
"""Plan, folder with its tables, words, replications of every point."""


_MOST_VALUES = 3
"""Factors whose values name a point."""


def question_of(plan: Plan, texts: Texts) -> str:
    """What a study asks, or what it is called; below it the scenario, where the panels do not say it."""
    title = plan.study.title
    asked, called = (title.question_zh, title.zh) if texts.language == "zh" else (title.question_en, title.en)
    return "\n".join(filter(None, (asked or called, shared_title(plan, texts))))


def with_unit(plan: Plan, figure: Figure, texts: Texts) -> str:
    """Name a figure with its unit of display."""
    return add_unit(brief_label(figure, plan.mapping(plan.ready[0]), texts), unit_of(figure, texts), texts)


def shown_heat(about: About, _number: int, asked: Heatmap) -> Heat | None:
    """Gather a heat map; None where no point has the figure."""
    plan, folder, texts, replications = about
    frame = read_figure(folder, asked.figure)
    lines = read_figure(folder, asked.lines.figure) if asked.lines is not None else None
    factors = design_factors(plan)
    x, y = (sorted(set(getattr(factors[name], "values", None) or ())) for name in (asked.x, asked.y))
    panels = []
    for block in plan.blocks:
        numbers = _cells(plan, block, (asked.x, x), (asked.y, y))
        shape = (len(y), len(x))
        cells = figures_at(frame, numbers)[:, 0].reshape(shape)
        own = None if lines is None else figures_at(lines, numbers).reshape(*shape, 3)
        panels.append(HeatPanel(panel_title(plan, plan.base_of(block[0]), texts), cells, own))
    if not any(np.isfinite(panel.cells).any() for panel in panels):
        return None
    mapping = plan.mapping(plan.ready[0])
    return Heat(
        panels, factor_label(plan, asked.x, texts), factor_label(plan, asked.y, texts),
        [f"{v:g}" for v in x], [f"{v:g}" for v in y],
        brief_label(asked.figure, mapping, texts), with_unit(plan, asked.figure, texts),
        brief_label(asked.lines.figure, mapping, texts) if asked.lines else "",
        asked.lines.levels if asked.lines else (), unit_of(asked.lines.figure, texts) if asked.lines else "",
        question_of(plan, texts), replications,
    )  # fmt: skip


def _cells(plan: Plan, block: Sequence[Ready], x: tuple[str, list[Any]], y: tuple[str, list[Any]]) -> list[int]:
    """Number of the point in each cell, row by row; -1 where there is none. All other factors are as in the base."""
    base = plan.base_of(block[0]).point.factors
    found = {}
    for ready in block:
        factors = ready.point.factors
        if all(value == base.get(name) for name, value in factors.items() if name not in (x[0], y[0])):
            found[factors[x[0]], factors[y[0]]] = ready.point.number
    return [found.get((across, up), -1) for up in y[1] for across in x[1]]


def shown_front(about: About, number: int, asked: Front) -> Fronts | None:
    """Gather a front from `front.csv`; None where no block has one."""
    plan, folder, texts, replications = about
    rows = read_rows(folder / "front.csv")
    rows = rows[rows["front"] == number]
    panels = [_front_panel(plan, own, (asked.gain, asked.price), texts) for _, own in blocks_of(rows)]
    kept = [panel for panel in panels if len(panel.front)]
    if not kept:
        return None
    named = _names_are(plan, texts)
    gain, price = (with_unit(plan, figure, texts) for figure in (asked.gain, asked.price))
    mapping = plan.mapping(plan.ready[0])
    names = brief_label(asked.gain, mapping, texts), brief_label(asked.price, mapping, texts)
    return Fronts(kept, gain, price, names, named, question_of(plan, texts), replications)


def _front_panel(plan: Plan, rows: pd.DataFrame, figures: tuple[Figure, Figure], texts: Texts) -> FrontPanel:
    gain = rows[["value", "low", "high"]].to_numpy(np.float64) * scale_of(figures[0])
    price = rows[["price_value", "price_low", "price_high"]].to_numpy(np.float64) * scale_of(figures[1])
    on_front = np.flatnonzero(rows["is_on_front"])
    order = on_front[np.lexsort((gain[on_front, 0], price[on_front, 0]))]
    bend = np.flatnonzero(rows["is_knee"])
    block = [plan.ready[point - 1] for point in rows["point"]]
    return FrontPanel(
        panel_title(plan, plan.base_of(block[0]), texts), gain, price, [point_name(plan, r, texts) for r in block],
        order, int(bend[0]) if len(bend) else -1, rows["is_surely_dominated"].to_numpy(bool),
    )  # fmt: skip


def point_name(plan: Plan, ready: Ready, texts: Texts) -> str:
    """Name a point briefly: the values of one or two factors, what was changed alone, or its number."""
    if plan.study.design.kind == "one_at_a_time":
        changed = changed_factors(plan, ready)
        named = [
            (factor_label(plan, name, texts), setting_name(plan, name, value, texts)) for name, value in changed.items()
        ]
        return texts("named_value", name=named[0][0], value=named[0][1]) if named else texts("base")
    factors = list(design_factors(plan))
    if len(factors) <= _MOST_VALUES:
        return " / ".join(setting_name(plan, name, ready.point.factors.get(name), texts) for name in factors)
    return texts("point_number", number=ready.point.number)


def _names_are(plan: Plan, texts: Texts) -> str:
    """Say what the names of points are."""
    if plan.study.design.kind == "one_at_a_time":
        return texts("names_changed")
    factors = list(design_factors(plan))
    if len(factors) <= _MOST_VALUES:
        return " / ".join(factor_label(plan, name, texts) for name in factors)
    return texts("names_numbers")


def indices_label(plan: Plan, asked: Sensitivity, texts: Texts) -> str:
    """Name the figure, and the one that is taken off it."""
    mapping = plan.mapping(plan.ready[0])
    label = brief_label(asked.figure, mapping, texts)
    if asked.less is None:
        return label
    return texts("less_than", first=label, second=brief_label(asked.less, mapping, texts))


def shown_indices(about: About, number: int, asked: Sensitivity) -> SensitivityPage | None:
    """Gather Sobol indices from `sensitivity.csv`."""
    plan, folder, texts, replications = about
    rows = read_rows(folder / "sensitivity.csv")
    rows = rows[rows["sensitivity"] == number]
    panels = [_index_panel(plan, own, plan.base_of(plan.blocks[block - 1][0]), texts) for block, own in blocks_of(rows)]
    if not panels:
        return None
    label = indices_label(plan, asked, texts)
    return SensitivityPage(panels, label, question_of(plan, texts), int(rows["points"].max()), replications)


def _index_panel(plan: Plan, rows: pd.DataFrame, base: Ready, texts: Texts) -> SensitivityPanel:
    strongest = rows.sort_values("total", ascending=False, kind="stable")
    title, q2 = panel_title(plan, base, texts), float(rows["q2"].iloc[0])
    noise = 100 * float(rows["noise_ratio"].iloc[0])
    fit = texts("fit_unknown") if np.isnan(q2) else texts("fit_words", q2=share_words(q2), noise=f"{noise:.2g}")
    names = [factor_label(plan, name, texts) for name in strongest["factor"]]
    return SensitivityPanel(
        f"{title}\n{fit}", names, _bounds(strongest, "first"), _bounds(strongest, "total"), refusal(rows, texts)
    )


def _bounds(rows: pd.DataFrame, kind: str) -> Floats:
    return 100 * rows[[kind, f"{kind}_low", f"{kind}_high"]].to_numpy(np.float64)


def share_words(q2: float) -> str:
    """Write a Q2: never more than it is."""
    return f"{math.floor(100 * q2) / 100:.2f}"


def refusal(rows: pd.DataFrame, texts: Texts) -> str:
    """Say why a block has no indices; empty where it has them."""
    row = rows.iloc[0]
    if np.isfinite(row["total"]):
        return ""
    if np.isnan(row["q2"]):
        return texts("refusal_points", points=int(row["points"]), factors=len(rows))
    return texts("refusal_q2", q2=share_words(row["q2"]), least=f"{row['least_q2']:g}")


def blocks_of(rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the rows of each block."""
    for name, own in rows.groupby("block"):
        yield int(str(name)), own
