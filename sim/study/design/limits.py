"""What is wrong with a design as a whole, found before any of its points is made."""

from collections.abc import Iterator, Mapping
from math import prod

from sim.errors import Fault, ScenarioError
from sim.scenario.study import Design, Factor, Grid, LatinHypercube, OneAtATime, Sobol, Table

MOST_POINTS = 1_000_000


def refuse_design(design: Design) -> None:
    """Make sure that a design has no more points than can be kept, and that each factor has settings of its own.

    Raises
    ------
    ScenarioError
        With one line a fault.
    """
    if isinstance(design, Table):
        return
    across: Mapping[str, Factor] = getattr(design, "across", {})
    faults = list(_shared(across, "across", {}))
    owner = {key.lstrip("+"): name for name, factor in across.items() for key in factor.keys}
    if isinstance(design, OneAtATime):  # where a point differs in one factor, two may be of one setting
        faults += [fault for one in design.factor.items() for fault in _shared(dict([one]), "factor", owner)]
    else:
        faults += _shared(design.factor, "factor", owner)
    count = _count(across) * _points(design)
    if count > MOST_POINTS:
        faults.append(Fault("study.design", f"must have at most {MOST_POINTS:,} points", f"{count:,}"))
    if faults:
        raise ScenarioError(faults)


def _points(design: Grid | OneAtATime | LatinHypercube | Sobol) -> int:
    """Count the points of one block."""
    if isinstance(design, LatinHypercube | Sobol):
        return design.points
    if isinstance(design, OneAtATime):
        return 1 + sum(len(factor.values or ()) for factor in design.factor.values())
    return _count(design.factor)


def _count(factors: Mapping[str, Factor]) -> int:
    return prod(len(factor.values or ()) for factor in factors.values())


def _shared(factors: Mapping[str, Factor], group: str, owner: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a fault for every setting that is changed twice: the second value would take the place of the first."""
    owners = dict(owner)
    for name, factor in factors.items():
        for key in (key.lstrip("+") for key in factor.keys):
            if key in owners:
                rule = f"must not change {key}, which {owners[key]} changes"
                yield Fault(f"study.design.{group}.{name}.key", rule, key)
            owners[key] = name
