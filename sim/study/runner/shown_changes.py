"""What forests, bars of gains and tornadoes show, gathered from the tables of a study."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.effects import EffectPanel, Effects, Group
from sim.figures.tornado import End, Swing, Tornadoes, TornadoPanel
from sim.figures.wording import Texts, figure
from sim.scenario.study import Forest, Gain, Tornado
from sim.study.design import Ready

from .curves import brief_label, change_unit, figures_at, metric_name, panel_title, read_difference, scale_of, unit_of
from .labels import changed_factors, factor_label, setting_name
from .listed import read_rows
from .plan import Plan
from .shown_points import About, blocks_of, question_of

_MOST_RUNGS = 45
_MOST_AMOUNT = 1000


def shown_forest(about: About, _number: int, asked: Forest) -> Effects | None:
    """Gather a forest from `differences.parquet`; None where nothing is compared."""
    plan, folder, texts, replications = about
    frame = read_difference(folder, asked.figure)[["difference", "low", "high"]]
    places = [p for p in range(plan.block_size) if p != plan.study.baseline - 1]
    values = {
        number: figures_at(frame, [block[p].point.number for p in places]) for number, block in enumerate(plan.blocks)
    }
    known = [p for p in range(len(places)) if any(np.isfinite(v[p, 0]) for v in values.values())]
    if not known:
        return None
    size = {p: np.nanmax([abs(v[p, 0]) if np.isfinite(v[p, 0]) else 0.0 for v in values.values()]) for p in known}
    kept = sorted(sorted(known, key=lambda p: -size[p])[:_MOST_RUNGS])
    caption = [texts.intervals("caption_bars", replications), texts("caption_simultaneous"), texts("caption_forest")]
    if len(kept) < len(known):
        caption.append(texts("caption_strongest", shown=len(kept), count=len(known)))
    label = brief_label(asked.figure, plan.mapping(plan.ready[0]), texts)
    groups, order = _groups(plan, [plan.blocks[0][places[p]] for p in kept], texts)
    panels = [
        EffectPanel(_title(plan, block, texts), values[number][kept][order], [""] * len(kept))
        for number, block in enumerate(plan.blocks)
    ]
    axis = texts("axis_change", figure=label, unit=change_unit(asked.figure, texts, is_axis=True))
    return Effects(
        texts("title_forest", figure=label), panels, groups, axis, [texts.joined(caption)],
        question_of(plan, texts), is_bars=False,
    )  # fmt: skip


def _title(plan: Plan, block: Sequence[Ready], texts: Texts) -> str:
    return panel_title(plan, plan.base_of(block[0]), texts)


def _groups(plan: Plan, points: Sequence[Ready], texts: Texts) -> tuple[list[Group], list[int]]:
    """Group points by the factors that they change; returns the order of the points too."""
    by_factors: dict[tuple[str, ...], list[int]] = {}
    changed = [changed_factors(plan, ready) for ready in points]
    for place, factors in enumerate(changed):
        by_factors.setdefault(tuple(factors), []).append(place)
    order = [place for places in by_factors.values() for place in places]
    names = {name: factor_label(plan, name, texts) for factors in by_factors for name in factors}
    if max(len(places) for places in by_factors.values()) == 1:
        labels = [
            texts.together(
                [
                    texts("named_value", name=names[n], value=setting_name(plan, n, v, texts))
                    for n, v in changed[p].items()
                ]
            )
            for p in order
        ]
        return [Group("", labels)], order
    groups = [
        Group(
            texts("named_factors", names=" / ".join(names[n] for n in factors)) if factors else "",
            [
                " / ".join(setting_name(plan, n, v, texts) for n, v in changed[p].items()) or texts("base")
                for p in places
            ],
        )
        for factors, places in by_factors.items()
    ]
    return groups, order


def shown_gains(about: About, number: int, asked: Gain) -> Effects | None:
    """Gather what each change buys from `gains.csv`; None where nothing does."""
    plan, folder, texts, replications = about
    rows = read_rows(folder / "gains.csv")
    rows = rows[rows["gain"] == number]
    if rows.empty:
        return None
    amount, scale = amount_of(rows, asked)
    mapping = plan.mapping(plan.ready[0])
    label, per = (brief_label(f, mapping, texts) for f in (asked.figure, asked.per))
    shown = [p for p in range(1, plan.block_size + 1) if p != plan.study.baseline]
    groups, order = _groups(plan, [plan.blocks[0][p - 1] for p in shown], texts)
    more = ([shown[p] for p in order], scale, metric_name(asked.per, texts), texts)
    panels = [_gain_panel(plan, own, block, more) for block, own in blocks_of(rows)]
    caption = [
        texts.joined([texts.intervals("caption_bars", replications), texts("caption_simultaneous")]),
        texts("caption_gains"),
    ]
    axis = texts(
        "axis_gain", figure=label, unit=change_unit(asked.figure, texts, is_axis=True), amount=f"{amount:,g}", per=per,
        per_unit=change_unit(asked.per, texts),
    )  # fmt: skip
    title = texts("title_gains", figure=label, per=per)
    return Effects(title, panels, groups, axis, caption, question_of(plan, texts), is_bars=True)


def amount_of(rows: pd.DataFrame, asked: Gain) -> tuple[float, float]:
    """Choose 1, 10, 100, ... units of the other figure, so that gains are numbers to read; returns the scale too."""
    ratio = scale_of(asked.figure) / scale_of(asked.per)
    largest = float((rows["value"].abs() * ratio).max())
    amount = 1.0
    while largest * amount < 1 and amount < _MOST_AMOUNT and largest > 0:
        amount *= 10
    return amount, ratio * amount


def _gain_panel(plan: Plan, rows: pd.DataFrame, block: int, more: tuple[list[int], float, str, Texts]) -> EffectPanel:
    places, scale, per, texts = more
    first = (block - 1) * plan.block_size
    by_point = rows.set_index("point").reindex([first + place for place in places])
    values = by_point[["value", "low", "high"]].to_numpy(np.float64) * scale
    cases = by_point["case"]
    notes = [texts(f"note_{case}", per=per) if case in ("free", "unsure") else "" for case in cases]
    saves = (by_point["per_change"] < 0).tolist()
    return EffectPanel(_title(plan, plan.blocks[block - 1], texts), values, notes, saves)


def shown_tornado(about: About, _number: int, asked: Tornado) -> Tornadoes | None:
    """Gather a tornado from `differences.parquet`; None where nothing is compared."""
    plan, folder, texts, replications = about
    frame = read_difference(folder, asked.figure)
    mapping = plan.mapping(plan.ready[0])
    panels = []
    for block in plan.blocks:
        swings = swings_of(plan, block, frame, texts)
        if swings:
            numbers = [r.point.number for r in block]
            base = float(frame.reindex(numbers)["base"].dropna().iloc[0])
            told = texts("base_value", value=figure(base), unit=unit_of(asked.figure, texts))
            title = texts("parts_joined", first=_title(plan, block, texts), second=told)
            panels.append(TornadoPanel(title, swings))
    if not panels:
        return None
    label = brief_label(asked.figure, mapping, texts)
    axis = texts("axis_change", figure=label, unit=change_unit(asked.figure, texts, is_axis=True))
    return Tornadoes(panels, label, axis, question_of(plan, texts), replications)


def swings_of(plan: Plan, block: Sequence[Ready], frame: pd.DataFrame, texts: Texts) -> list[Swing]:
    """List what each factor does in a block, the strongest first; `frame` holds the paired changes."""
    return sorted(_swings(plan, block, frame, texts), key=lambda swing: -_reach(swing))


def _reach(swing: Swing) -> float:
    return swing.ends[1].value - swing.ends[0].value


def _swings(plan: Plan, block: Sequence[Ready], frame: pd.DataFrame, texts: Texts) -> Iterator[Swing]:
    """Yield the lowest and the highest change of each factor of a block; the base counts as no change."""
    ends: dict[str, list[End]] = {}
    for ready in block:
        changed: dict[str, Any] = changed_factors(plan, ready)
        if len(changed) != 1 or ready.point.number not in frame.index:
            continue
        ((name, value),) = changed.items()
        figures = figures_at(frame[["difference", "low", "high"]], [ready.point.number])[0]
        ends.setdefault(name, []).append(End(setting_name(plan, name, value, texts), *figures.tolist()))
    still = End("", 0.0, math.nan, math.nan)
    for name, found in ends.items():
        lowest = min((e for e in found if e.value < 0), key=lambda e: e.value, default=still)
        highest = max((e for e in found if e.value >= 0), key=lambda e: e.value, default=still)
        yield Swing(factor_label(plan, name, texts), (lowest, highest))
