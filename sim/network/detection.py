"""Probabilities of a unit from those of its items: pure formulas, and their use on a technique of a scenario."""

from collections.abc import Mapping
from math import comb, expm1, log1p

from sim.scenario import value_for
from sim.scenario.checkpoint import Technique
from sim.scenario.world import VehicleClass


def any_of(probability: float, items: int) -> float:
    """Probability that at least one of some independent items does what each does with a probability.

    Parameters
    ----------
    probability : float
        In [0, 1].
    items : int
        At least 1.

    Returns
    -------
    float
        1 - (1 - probability)^items, exact for small probabilities.
    """
    if items == 1 or probability in (0.0, 1.0):
        return probability
    return -expm1(items * log1p(-probability))


def group_detection(box: float, items: int, bad: int, opened: int) -> float:
    """Probability that opening some boxes of a unit finds a load that is spread over some of them.

    Parameters
    ----------
    box : float
        Probability that the load in an opened box is found, in [0, 1].
    items, bad, opened : int
        M boxes, b of which hold the load; n are opened, drawn without replacement.

    Returns
    -------
    float
        1 - sum over k of C(b, k) C(M - b, n - k) / C(M, n) (1 - box)^k: the number k of opened boxes with the load
        is hypergeometric.
    """
    most = min(bad, opened)
    missed = sum(comb(bad, k) * comb(items - bad, opened - k) * (1 - box) ** k for k in range(most + 1))
    return 1 - missed / comb(items, opened)


def compiled_detects(technique: Technique, classes: Mapping[str, VehicleClass]) -> dict[str, float | dict[str, float]]:
    """Probability of detection of a unit that carries, by class: one, or one for each concealment level."""
    group = technique.group

    def unit(box: float) -> float:
        return box if group is None else group_detection(box, group.items, group.bad, group.opened)

    found: dict[str, float | dict[str, float]] = {}
    for name in classes:
        given = value_for(technique.detects, name)
        if given is not None:
            found[name] = {k: unit(d) for k, d in given.items()} if isinstance(given, dict) else unit(given)
    return found


def compiled_false_alarms(technique: Technique, classes: Mapping[str, VehicleClass]) -> dict[str, float]:
    """Probability of a false alarm of a unit, by class."""
    found: dict[str, float] = {}
    for name, settings in classes.items():
        given = value_for(technique.false_alarms, name)
        if given is not None:
            found[name] = any_of(given, settings.items) if technique.per_item else given
    return found
