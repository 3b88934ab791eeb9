"""What forests and tornadoes say, in sentences computed from `differences.parquet`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sim.figures.tornado import End, Swing
from sim.figures.wording import Texts, quoted, with_digits
from sim.network.tables import Floats
from sim.scenario.study import Figure, Forest, Tornado
from sim.study.design import Ready

from .curves import block_title, brief_label, change_unit, figures_at, read_difference, unit_of
from .plan import Plan
from .shown_changes import swings_of
from .shown_points import point_name

_MOST_NAMED = 3
"""Rivals of the largest change that are named."""


def change_sentences(plan: Plan, folder: Path, texts: Texts) -> Iterator[str]:
    """Yield a line for each block of each forest and tornado; none where nothing is compared.

    Parameters
    ----------
    plan : Plan
    folder : Path
        That holds the tables of the study.
    texts : Texts
        Words of one language.
    """
    for forest in plan.study.forests:
        for block in plan.blocks:
            yield from _tell_forest(plan, folder, forest, block, texts)
    for tornado in plan.study.tornadoes:
        for block in plan.blocks:
            yield from _tell_tornado(plan, folder, tornado, block, texts)


def _tell_forest(plan: Plan, folder: Path, asked: Forest, block: Sequence[Ready], texts: Texts) -> Iterator[str]:
    frame = read_difference(folder, asked.figure)
    changes = figures_at(frame[["difference", "low", "high"]], [r.point.number for r in block])
    known = np.flatnonzero(np.isfinite(changes[:, 0]))
    if not len(known):
        return
    names = {place: quoted(point_name(plan, block[place], texts)) for place in known.tolist()}
    sure = [p for p in known.tolist() if changes[p, 1] > 0 or changes[p, 2] < 0]
    first = block[known[0]].point.number
    words = {
        "block": block_title(plan, plan.base_of(block[0]), texts),
        "figure": brief_label(asked.figure, plan.mapping(block[0]), texts),
        "base": _amount(float(frame.loc[first, "base"]), asked.figure, texts),
        "level": texts.level,
    }
    said = [texts("forest_says" if sure else "forest_none", **words, count=len(known), sure=len(sure))]
    for key, sign in (("forest_up", 1.0), ("forest_down", -1.0)):
        there = [p for p in sure if sign * changes[p, 0] > 0]
        if there:
            said.append(_largest(key, {p: _turned(changes[p], sign) for p in there}, names, (asked.figure, texts)))
    yield texts.joined(said)


def _turned(bounds: Floats, sign: float) -> Floats:
    """Write a fall as a positive amount: value, low, high."""
    value, low, high = bounds
    return np.array([value, low, high]) if sign > 0 else np.array([-value, -high, -low])


def _largest(key: str, sizes: dict[int, Floats], names: dict[int, str], told: tuple[Figure, Texts]) -> str:
    """Name the largest of some sure changes, and those that may be as large."""
    asked, texts = told
    top = max(sizes, key=lambda place: (sizes[place][0], -place))
    rivals = [names[p] for p, size in sizes.items() if p != top and size[2] >= sizes[top][1]]
    doubt = ""
    if rivals:
        others = texts.listed(rivals) if len(rivals) <= _MOST_NAMED else texts("others", count=len(rivals))
        doubt = texts("change_doubt", others=others)
    return texts(key, change=names[top], value=_interval(sizes[top], asked, texts), doubt=doubt)


def _tell_tornado(plan: Plan, folder: Path, asked: Tornado, block: Sequence[Ready], texts: Texts) -> Iterator[str]:
    frame = read_difference(folder, asked.figure)
    swings = swings_of(plan, block, frame, texts)
    if not swings:
        return
    numbers = [r.point.number for r in block]
    base = float(frame.reindex(numbers)["base"].dropna().iloc[0])
    words = {
        "block": block_title(plan, plan.base_of(block[0]), texts),
        "figure": brief_label(asked.figure, plan.mapping(block[0]), texts),
        "base": _amount(base, asked.figure, texts),
    }
    top = swings[0]
    if not any(end.value for end in top.ends):
        yield texts("tornado_none", **words)
        return
    said = [texts("tornado_most", **words, factor=top.factor, ends=_ends(top, asked.figure, texts))]
    if len(swings) > 1 and any(end.value for end in swings[1].ends):
        second = swings[1]
        key = "tornado_doubt" if _reach(second)[1] >= _reach(top)[0] else "tornado_next"
        said.append(texts(key, factor=second.factor, ends=_ends(second, asked.figure, texts)))
    yield texts.joined(said)


def _ends(swing: Swing, asked: Figure, texts: Texts) -> str:
    """Write where a factor leads, at each of its two ends that is no standstill."""
    ends = [end for end in swing.ends if end.value]
    told = [
        texts("tornado_end", setting=end.setting, value=_interval(np.array(_bounds(end)), asked, texts, is_signed=True))
        for end in ends
    ]
    return texts.listed(told)


def _bounds(end: End) -> tuple[float, float, float]:
    return end.value, end.low, end.high


def _reach(swing: Swing) -> tuple[float, float]:
    """Bounds of how far apart the ends of a swing lie, from the intervals of both."""
    below, above = swing.ends
    low_end, high_end = ([b if np.isfinite(b) else end.value for b in (end.low, end.high)] for end in (below, above))
    return high_end[0] - low_end[1], high_end[1] - low_end[0]


def _amount(value: float, asked: Figure, texts: Texts) -> str:
    return texts("amount", value=with_digits(value, value, value)[0], unit=unit_of(asked, texts))


def _interval(bounds: Floats, asked: Figure, texts: Texts, is_signed: bool = False) -> str:
    """Write a change with its interval."""
    value, low, high = with_digits(*map(float, bounds))
    plus = "+" if is_signed and bounds[0] > 0 else ""
    return texts("value_interval", value=plus + value, unit=change_unit(asked, texts), low=low, high=high)


__all__ = ["change_sentences"]
