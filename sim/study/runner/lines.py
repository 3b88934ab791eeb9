"""Lines of points along one factor: those of each block, and in a grid those at each value of all other factors."""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.figures.wording import Texts
from sim.scenario.study import Grid
from sim.study.design import Ready

from .curves import Along, block_title, blocks_along, setting_label
from .plan import Plan


def lines_along(plan: Plan, factor: str) -> Iterator[Along]:
    """Yield the points along a factor with numbers as values; the base of a line is its first point.

    Parameters
    ----------
    plan : Plan
    factor : str

    Yields
    ------
    Along
        In a grid one for each combination of the other factors, elsewhere one a block.
    """
    if not isinstance(plan.study.design, Grid):
        yield from blocks_along(plan, factor)
        return
    found: dict[str, list[Ready]] = {}
    for ready in plan.ready:
        others = {name: value for name, value in ready.point.factors.items() if name != factor}
        found.setdefault(repr(others), []).append(ready)
    for line in found.values():
        if len(line) > 1 and all(isinstance(r.point.factors[factor], int | float) for r in line):
            yield _along(line, factor)


def _along(line: Sequence[Ready], factor: str) -> Along:
    rising = sorted(line, key=lambda r: float(r.point.factors[factor]))
    values = np.array([float(r.point.factors[factor]) for r in rising])
    return Along(rising[0], [r.point.number for r in rising], values)


def line_title(plan: Plan, along: Along, factor: str, texts: Texts) -> str:
    """Name a line of points: its scenario, and what else tells it from others."""
    title = block_title(plan, along.base, texts)
    if not isinstance(plan.study.design, Grid):
        return title
    rest = [
        setting_label(name, other, along.base.point.factors[name], texts, plan.mapping(along.base))
        for name, other in plan.study.design.factor.items()
        if name != factor
    ]
    return texts("parts_joined", first=title, second=texts.together(rest)) if rest else title
