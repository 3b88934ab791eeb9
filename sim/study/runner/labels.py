"""What factors, their values and the points of a design are called, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from sim.figures.wording import Texts
from sim.scenario.study import Factor, OneAtATime
from sim.study.design import Ready

from .plan import Plan

_LONGEST = 60


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
    factor = design_factors(plan).get(name)
    given = getattr(factor, texts.language, "") if factor is not None else ""
    if given:
        return str(given)
    key = factor.keys[0] if factor is not None and factor.keys else name
    parts = key.lstrip("+").split(".")
    mapping = plan.mapping(plan.ready[0])
    if parts[0] == "sampling" and len(parts) == 3:
        vehicle = _title(mapping, "vehicle", parts[2], texts)
        return texts("factor_sampling", vehicle=vehicle, place=_title(mapping, "checkpoint", parts[1], texts))
    if parts[0] == "staffing" and len(parts) == 4:
        ports = {k.split(".")[1] for k in (factor.keys if factor is not None else (key,))}
        place = _title(mapping, "checkpoint", parts[2], texts)
        if len(ports) == 1:
            place = texts("factor_place_port", place=place, port=_title(mapping, "port", parts[1], texts))
        return texts("factor_staffing", station=texts.station(parts[3]), place=place)
    return name.replace("_", " ")


def _title(mapping: Mapping[str, Any], group: str, name: str, texts: Texts) -> str:
    entry = (mapping.get(group) or {}).get(name, {})
    return str(entry.get(f"title_{texts.language}") or name)


def setting_name(plan: Plan, name: str, value: Any, texts: Texts) -> str:
    """Write a value of a factor of the design: a package by its title."""
    factor = design_factors(plan).get(name)
    if factor is not None and factor.packages is not None and value is not None:
        return factor.called(value, texts.language)
    return value_label(value)


def value_label(value: Any) -> str:
    """Write a value of a factor for a reader: a policy as its fields, without brackets."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = ", ".join(_fields(value)) if isinstance(value, Mapping | list | tuple) else str(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"{value:g}"


def _fields(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{name} {value_label(part)}" for name, part in value.items()]
    return [value_label(part) for part in value]


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
