"""What factors, their values and the points of a design are called, in the reader's language."""

from typing import Any

from sim.figures.wording import Texts
from sim.scenario.study import Factor, OneAtATime
from sim.study.design import Ready

from .plan import Plan
from .values import called, factor_title


def design_factors(plan: Plan) -> dict[str, Factor | None]:
    """List the factors of a design; those of a table of points are known by their keys alone."""
    listed: dict[str, Factor | None] = dict(getattr(plan.study.design, "factor", {}))
    return listed or dict.fromkeys(plan.ready[0].point.factors)


def factor_label(plan: Plan, name: str, texts: Texts) -> str:
    """Name a factor: as the study does, else by what its key sets, else as it is written.

    Parameters
    ----------
    plan : Plan
    name : str
        Of the factor.
    texts : Texts

    Returns
    -------
    str
        Such as `Truck ratio, Haikou check`.
    """
    return factor_title(name, design_factors(plan).get(name), texts, plan.mapping(plan.ready[0]))


def setting_name(plan: Plan, name: str, value: Any, texts: Texts) -> str:
    """Write a value of a factor, in a design or across which it is repeated: a package or a scenario by its title."""
    factor = {**getattr(plan.study.design, "across", {}), **design_factors(plan)}.get(name)
    if factor is not None and factor.keys == ("scenario",):
        found = next((r for r in plan.ready if r.point.factors.get(name) == value), None)
        if found is not None:
            return str(plan.mapping(found)["title"][texts.language])
    return called(factor, value, texts, plan.mapping(plan.ready[0]))


def changed_factors(plan: Plan, ready: Ready) -> dict[str, Any]:
    """Tell which factors of a point differ from the base of its block, and what they are.

    In a design one at a time it is the one that the point was made for, though others may share its settings.
    """
    design = plan.study.design
    if isinstance(design, OneAtATime) and plan.study.baseline == 1:
        order = [(name, value) for name, factor in design.factor.items() for value in factor.values or ()]
        place = (ready.point.number - 1) % plan.block_size
        return dict([order[place - 1]]) if place else {}
    base = plan.base_of(ready).point.factors
    across = getattr(design, "across", {})
    return {n: v for n, v in ready.point.factors.items() if n not in across and v != base.get(n)}
