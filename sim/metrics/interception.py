"""Expected interception: the sequential conditional estimator q_seq on every innocent unit.

q = sum over lines l of [product over earlier lines m of (1 - S_m d_m)] p_l d_l, with p_l the ratio in force (0 when
the unit would have been waived), S_m whether the unit was inspected at m, d_l the probability that a carrier
inspected at l is removed there. It is unbiased for every rule that does not look ahead, because p_l is known before
the draw at l; and its variance is smaller than that of counted carriers by orders of magnitude (conditional Monte
Carlo: Law 2015, Simulation Modeling and Analysis, ch. 11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from sim.network import REMOVED, Network, StepKind
from sim.network.tables import Flags, Floats
from sim.record import route_steps

from .path import Choice, Path

_MOST_LINES = 8
"""Longest chain of lines whose 2^L - 1 sums are kept."""


@lru_cache(maxsize=8)
def removal_probabilities(network: Network, surely: bool = False) -> Floats:
    """Probability that a carrier at a step is removed before its next selection, boarding or exit.

    Parameters
    ----------
    network : Network
    surely : bool
        Ask instead whether removal is possible whatever the techniques' P_D.

    Returns
    -------
    ndarray of float64, shape (P, K)
        By step and class, dimensionless in [0, 1].
    """
    steps = network.steps
    removed = np.zeros((len(steps.kind), len(network.class_name)))
    for step in range(len(steps.kind) - 1, -1, -1):
        kind = steps.kind[step]
        if kind == StepKind.EXIT:
            removed[step] = steps.target[step] == REMOVED
        elif kind in (StepKind.SERVE, StepKind.TRAVEL):
            removed[step] = removed[steps.following[step]]
        elif kind == StepKind.ALARM:
            yes, no = removed[steps.following[step]], removed[steps.otherwise[step]]
            detects = network.techniques.detects[steps.target[step]]
            removed[step] = np.maximum(yes, no) if surely else detects * yes + (1 - detects) * no
    return removed


def line_selects(network: Network, source: int) -> list[int]:
    """Select steps on the route of a source that can lead to a removal, in order."""
    steps, possible = network.steps, removal_probabilities(network, surely=True)
    k = network.sources.vehicle_class[source]
    selects = [step for step in route_steps(network, source) if steps.kind[step] == StepKind.SELECT]
    return [step for step in selects if possible[steps.following[step], k] > 0]


@dataclass(frozen=True, eq=False)
class Passage:
    """What one line did to the n units of a source."""

    step: int
    name: str
    """select slot"""
    probability: Floats
    """(n,) probability of an inspection, known just before the draw; 0 for units that never came"""
    was_inspected: Flags
    """(n,)"""
    detects: float
    """probability that an inspected carrier is removed here"""


def passages(network: Network, path: Path) -> list[Passage]:
    """List what each line on a source's route did to its units, in order.

    Parameters
    ----------
    network : Network
    path : Path

    Returns
    -------
    list of Passage
        One a select that can lead to a removal.
    """
    removed = removal_probabilities(network)
    k = network.sources.vehicle_class[path.source]
    lines = line_selects(network, path.source)
    chosen = {choice.step: choice for choice in path.choices}
    return [
        _passage(network, step, chosen.get(step), len(path.units), float(removed[network.steps.following[step], k]))
        for step in lines
    ]


def _passage(network: Network, step: int, choice: Choice | None, n: int, detects: float) -> Passage:
    probability, was_inspected = np.zeros(n), np.zeros(n, np.bool_)
    if choice is not None:
        probability[choice.at] = np.where(choice.is_full, 0.0, choice.ratio)
        was_inspected[choice.at] = choice.is_selected & ~choice.is_full
    return Passage(step, network.steps.name[step], probability, was_inspected, detects)


def sequential_contributions(lines: Sequence[Passage]) -> Floats:
    """Contribution of each line to q of each unit: (L, n), dimensionless; its sum over lines lies in [0, 1]."""
    contributions = np.zeros((len(lines), len(lines[0].probability) if lines else 0))
    unseen = np.ones(contributions.shape[1])
    for number, line in enumerate(lines):
        contributions[number] = unseen * line.probability * line.detects
        unseen = unseen * np.where(line.was_inspected, 1 - line.detects, 1.0)
    return contributions


def history_sums(lines: Sequence[Passage], is_counted: Flags) -> dict[str, float]:
    """Sums from which interception follows for any detection: names of lines, joined by `+`, to a sum over units.

    The sum of `a+b+c` is that of S_a S_b p_c: inspected at a and at b, times the probability at c. Empty where the
    route has more than 8 lines.
    """
    if len(lines) > _MOST_LINES:
        return {}
    sums = {}
    for last, line in enumerate(lines):
        for size in range(last + 1):
            for earlier in combinations(lines[:last], size):
                both = is_counted.copy()
                for other in earlier:
                    both &= other.was_inspected
                sums["+".join([*(o.name for o in earlier), line.name])] = float(line.probability[both].sum())
    return sums


def theta_from_sums(sums: Mapping[str, float], units: float, detects: Mapping[str, float]) -> float:
    """Probability of interception for any detection at the lines.

    Parameters
    ----------
    sums : mapping of str to float
        As from `history_sums`, or added up over replications; keys join the names of lines by `+`, in order.
    units : float
        Number of units summed over, more than 0.
    detects : mapping of str to float
        Probability that an inspected carrier is removed at each line, by the line's name.

    Returns
    -------
    float
        Dimensionless in [0, 1]; NaN when no unit was summed over.

    Notes
    -----
    theta = sum over (a, ..., c) of (-1)^(earlier lines) d_a ... d_c sum(a+...+c) / units. Paths must not depend on
    detection, which holds as long as interception is rare.
    """
    if not units:
        return float("nan")
    theta = 0.0
    for name, value in sums.items():
        *earlier, last = name.split("+")
        weight = detects[last]
        for other in earlier:
            weight *= -detects[other]
        theta += weight * (value / units)
    return theta
