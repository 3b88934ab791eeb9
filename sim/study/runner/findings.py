"""What the figures of a study say, in sentences computed from its tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.figures.wording import Texts, quoted, with_digits
from sim.scenario.study import Front, Gain, Sensitivity

from .asked import figures_asked
from .change_words import change_sentences
from .curves import block_title, brief_label, change_unit, read_figure, scale_of, unit_of
from .labels import factor_label
from .listed import read_rows
from .plan import Plan
from .shown_changes import amount_of
from .shown_points import blocks_of, indices_label, point_name, refusal, share_words

_MOST_NAMED = 3
"""Rivals of the best that are named."""
_CLEAR = 0.3
"""Correlation of ranks from which a figure is said to rise or fall with a factor."""


def findings(plan: Plan, folder: Path, texts: Texts) -> Iterator[str]:
    """Yield a line for each block of each gain, front, sensitivity, forest, tornado, and each figure that is not there.

    Parameters
    ----------
    plan : Plan
    folder : Path
        That holds the tables of the study.
    texts : Texts
        Words of one language.
    """
    yield from _missing(plan, folder, texts)
    for kind, name, tell in (
        ("gains", "gain", _tell_gain),
        ("fronts", "front", _tell_front),
        ("sensitivities", "sensitivity", _tell_indices),
    ):
        asked = getattr(plan.study, kind)
        rows = read_rows(folder / f"{name}.csv" if name != "gain" else folder / "gains.csv") if asked else None
        for number, entry in enumerate(asked, start=1):
            assert rows is not None
            own = rows[rows[name] == number]
            for block, part in blocks_of(own):
                title = block_title(plan, plan.base_of(plan.blocks[block - 1][0]), texts)
                yield tell(plan, entry, (own, part), title, texts)
    yield from change_sentences(plan, folder, texts)


def _missing(plan: Plan, folder: Path, texts: Texts) -> Iterator[str]:
    """Name figures that no point has, of which nothing can be drawn."""
    for kind in ("heatmaps", "fronts", "gains", "forests", "tornadoes", "sensitivities"):
        for number, entry in enumerate(getattr(plan.study, kind)):
            for path, asked in figures_asked(entry, f"study.{kind}.{number}"):
                if read_figure(folder, asked)["value"].isna().all():
                    label = brief_label(asked, plan.mapping(plan.ready[0]), texts)
                    yield texts("figure_missing", figure=label, field=path)


def _tell_gain(plan: Plan, asked: Gain, rows: tuple[pd.DataFrame, pd.DataFrame], block: str, texts: Texts) -> str:
    whole, own = rows
    amount, scale = amount_of(whole, asked)
    mapping = plan.mapping(plan.ready[0])
    words: dict[str, Any] = {
        "block": block,
        "figure": brief_label(asked.figure, mapping, texts),
        "per": brief_label(asked.per, mapping, texts),
        "amount": f"{amount:,g}",
        "per_unit": change_unit(asked.per, texts),
        "unit": change_unit(asked.figure, texts),
        "level": texts.level,
    }
    free = int((own["case"] == "free").sum())
    more = [texts("gain_free", count=free, per=words["per"])] if free else []
    bought = own[own["per_change"] > 0]
    best = bought[bought["low"] > 0].sort_values(["value", "point"], ascending=[False, True])
    if best.empty:
        return texts.joined([texts("gain_none", **words), *more])
    top = best.iloc[0]
    rivals = bought[(bought["point"] != top["point"]) & (bought["high"] >= top["low"])]
    doubt = [quoted(point_name(plan, plan.ready[int(p) - 1], texts)) for p in rivals["point"]]
    name = quoted(point_name(plan, plan.ready[int(top["point"]) - 1], texts))
    said = texts("gain_most", **words, change=name, value=_bounds(top, (scale, words["unit"]), texts))
    return texts.joined([said, _rivals(doubt, texts), *more])


def _rivals(names: list[str], texts: Texts) -> str:
    """Say which changes may be as good as the best."""
    if not names:
        return texts("gain_sure")
    if len(names) <= _MOST_NAMED:
        return texts("gain_doubt", others=texts.listed(names))
    return texts("gain_many", count=len(names))


def _bounds(row: pd.Series, shown: tuple[float, str], texts: Texts, name: str = "") -> str:
    """Write a value with its interval; `shown` is the factor to the unit of display, and that unit."""
    scale, unit = shown
    keys = ("value", "low", "high") if not name else (name, f"{name}_low", f"{name}_high")
    value, low, high = with_digits(*(float(row[key]) * scale for key in keys))
    return texts("value_interval", value=value, unit=unit, low=low, high=high)


def _tell_front(plan: Plan, asked: Front, rows: tuple[pd.DataFrame, pd.DataFrame], block: str, texts: Texts) -> str:
    own = rows[1]
    mapping = plan.mapping(plan.ready[0])
    gain, price = brief_label(asked.gain, mapping, texts), brief_label(asked.price, mapping, texts)
    front = own[own["is_on_front"] == 1].sort_values(["price_value", "value"])
    known = int((own["value"].notna() & own["price_value"].notna()).sum())
    if front.empty:
        return texts("front_none", block=block, gain=gain, price=price)

    ends = [_told_point(plan, asked, front.iloc[place], texts) for place in (0, -1)]
    beaten = int(own["is_surely_dominated"].sum())
    words = {"block": block, "count": len(front), "points": known, "gain": gain, "price": price, "beaten": beaten}
    said = [texts("front_says", **words, first=ends[0], last=ends[1])]
    bend = own[own["is_knee"] == 1]
    if len(bend):
        said.append(texts("front_knee", knee=_told_point(plan, asked, bend.iloc[0], texts)))
    return texts.joined(said)


def _told_point(plan: Plan, asked: Front, row: pd.Series, texts: Texts) -> str:
    """Write a point with both of its figures."""
    paid = pd.Series({name: row[f"price_{name}"] for name in ("value", "low", "high")})
    reached, cost = (
        _bounds(values, (scale_of(named), unit_of(named, texts)), texts)
        for values, named in ((row, asked.gain), (paid, asked.price))
    )
    name = quoted(point_name(plan, plan.ready[int(row["point"]) - 1], texts))
    return texts("front_point", name=name, gain=reached, price=cost)


def _tell_indices(
    plan: Plan, asked: Sensitivity, rows: tuple[pd.DataFrame, pd.DataFrame], block: str, texts: Texts
) -> str:
    own = rows[1].sort_values("total", ascending=False, kind="stable")
    label = indices_label(plan, asked, texts)
    if why := refusal(own, texts):
        return texts("indices_none", block=block, figure=label, why=why)
    top = own.iloc[0]
    way = float(top["trend"])
    trend = "trend_up" if way > _CLEAR else "trend_down" if way < -_CLEAR else "trend_none"
    said = [
        texts(
            "indices_most", block=block, figure=label, factor=factor_label(plan, str(top["factor"]), texts),
            total=_bounds(top, (100, "%"), texts, "total"), first=_bounds(top, (100, "%"), texts, "first"),
            level=texts.level, q2=share_words(float(top["q2"])), trend=texts(trend),
        )
    ]  # fmt: skip
    if len(own) > 1:
        second = own.iloc[1]
        name = factor_label(plan, str(second["factor"]), texts)
        key = "indices_doubt" if second["total_high"] >= top["total_low"] else "indices_next"
        said.append(texts(key, factor=name, total=_bounds(second, (100, "%"), texts, "total")))
    return texts.joined(said)
