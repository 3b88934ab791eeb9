"""Legs of a route: the stretches between its selections, and how carriers and innocent units leave them.

A leg begins at the start of a route, behind either answer of a select, or behind a ferry; it ends at the next
select, ferry or exit. Its alarms decide where it ends. Innocent units stand for carriers in every estimate of
interception, so each end of a leg bears the ratio of the two probabilities of coming there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.errors import Fault

from .tables import Flags, Floats, Network, StepKind

_REMOVED = 2
_ROUNDING = 1e-12
"""What lies as close to 1 as this is a sum of rounded probabilities."""


@dataclass(frozen=True, eq=False)
class Leg:
    """One stretch, for one class."""

    start: int
    """first step"""
    gate: int
    """select or board step that it lies behind, -1 at the start of the route"""
    is_chosen: bool
    """whether it is the way of the units that the gate selected"""
    removes: bool
    """whether it can end in a removal, whatever the techniques' P_D"""
    detects: Floats
    """(L,) probability that a carrier is removed on it"""
    ends: tuple[int, ...]
    """selects and boards at which it may end and after which a removal is possible, in order"""
    weight: dict[int, Floats]
    """By end (L,): P(a carrier that was not removed comes there) / P(an innocent unit comes there)."""
    innocent: dict[int, float]
    """By end: P(an innocent unit comes there)."""
    blind: dict[int, Floats]
    """By end to which carriers come and innocent units never do, (L,): P(a carrier comes there)."""


@lru_cache(maxsize=8)
def legs_by_source(network: Network) -> tuple[tuple[Leg, ...], ...]:
    """List the legs of each source's route, for its class, in order of their gates."""
    sources = network.sources
    memo: dict[tuple[int, int], tuple[Leg, ...]] = {}
    found = []
    for first, k in zip(sources.first_step.tolist(), sources.vehicle_class.tolist(), strict=True):
        if (first, k) not in memo:
            memo[first, k] = tuple(_legs(network, first, k))
        found.append(memo[first, k])
    return tuple(found)


def _legs(network: Network, first: int, k: int) -> Iterator[Leg]:
    steps = network.steps
    yield _leg(network, first, -1, k)
    for step in range(first, len(steps.kind)):
        if steps.route[step] != steps.route[first]:
            return
        if steps.kind[step] == StepKind.SELECT:
            yield _leg(network, int(steps.following[step]), step, k, is_chosen=True)
            yield _leg(network, int(steps.otherwise[step]), step, k)
        elif steps.kind[step] == StepKind.BOARD:
            yield _leg(network, int(steps.following[step]), step, k)


def _leg(network: Network, start: int, gate: int, k: int, is_chosen: bool = False) -> Leg:
    possible = removal_possible(network)
    arrives = _arrivals(network, start, k)
    steps = network.steps
    exits = [step for step in arrives if steps.kind[step] == StepKind.EXIT and steps.target[step] == _REMOVED]
    levels = len(network.level_name)
    detects = np.sum([arrives[step][:levels] for step in exits], axis=0) if exits else np.zeros(levels)
    removed = sum(float(arrives[step][levels]) for step in exits)
    ends = [s for s in sorted(arrives) if steps.kind[s] != StepKind.EXIT and possible[s]]
    weight, blind = {}, {}
    for end in ends:
        mass, innocent = arrives[end][:levels], float(arrives[end][levels])
        if not innocent:
            if mass.any():
                blind[end] = mass
            continue
        # Where every carrier would be removed, survivors of a lower P_D are taken to leave as innocent units do.
        is_sure = detects > 1 - _ROUNDING
        missed = np.where(is_sure, 1, 1 - detects)
        ratio = np.where(is_sure, 1 / max(1 - removed, innocent), mass / missed / innocent)
        weight[end] = np.where(abs(ratio - 1) < _ROUNDING, 1.0, ratio)
    innocents = {end: float(arrives[end][levels]) for end in ends}
    return Leg(start, gate, is_chosen, bool(exits), detects, tuple(ends), weight, innocents, blind)


def _arrivals(network: Network, start: int, k: int) -> dict[int, Floats]:
    """Probability of coming to each end of a leg: (L + 1,) of carriers by level, then of innocent units.

    An end to which only a probability of 0 leads stays in, with 0.
    """
    steps, techniques = network.steps, network.techniques
    coming = {start: np.ones(len(network.level_name) + 1)}
    ends: dict[int, Floats] = {}
    while coming:
        step = min(coming)
        mass = coming.pop(step)
        kind = steps.kind[step]
        if kind in (StepKind.SELECT, StepKind.BOARD, StepKind.EXIT):
            ends[step] = mass
            continue
        parts = [(int(steps.following[step]), mass)]
        if kind == StepKind.ALARM:
            technique = steps.target[step]
            chance = np.append(techniques.detects[technique, k], techniques.false_alarms[technique, k])
            parts = [(int(steps.following[step]), mass * chance), (int(steps.otherwise[step]), mass * (1 - chance))]
        for following, part in parts:
            coming[following] = coming[following] + part if following in coming else part
    return ends


@lru_cache(maxsize=8)
def removal_possible(network: Network) -> Flags:
    """Tell from which steps a unit may still be removed, whatever the answers: (P,)."""
    steps = network.steps
    possible = np.zeros(len(steps.kind), np.bool_)
    for step in range(len(steps.kind) - 1, -1, -1):
        kind = steps.kind[step]
        if kind == StepKind.EXIT:
            possible[step] = steps.target[step] == _REMOVED
        else:
            possible[step] = possible[steps.following[step]]
            if kind in (StepKind.SELECT, StepKind.ALARM):
                possible[step] |= possible[steps.otherwise[step]]
    return possible


def blind_faults(network: Network) -> Iterator[Fault]:
    """Yield a fault for each flag that only carriers can have: no innocent unit could stand for them later on."""
    seen = set()
    for source, legs in enumerate(legs_by_source(network)):
        k = int(network.sources.vehicle_class[source])
        for leg in legs:
            alarm = _sure_alarm(network, leg, k) if leg.blind else -1
            if alarm >= 0 and alarm not in seen:
                seen.add(alarm)
                chance = float(network.techniques.false_alarms[network.steps.target[alarm], k])
                field = f"network.routes.{network.steps.route[alarm]}.{network.steps.name[alarm]}.false_alarms"
                rule = "must lie above 0 and below 1, because later inspections depend on the answer (class {!r})"
                yield Fault(field, rule.format(network.class_name[k]), chance)


def _sure_alarm(network: Network, leg: Leg, k: int) -> int:
    """First alarm of a leg on whose answer innocent units agree and carriers do not, -1 none."""
    steps, techniques = network.steps, network.techniques
    coming = {leg.start}
    while coming:
        step = min(coming)
        coming.remove(step)
        kind = steps.kind[step]
        if kind in (StepKind.SELECT, StepKind.BOARD, StepKind.EXIT):
            continue
        coming.add(int(steps.following[step]))
        if kind == StepKind.ALARM:
            coming.add(int(steps.otherwise[step]))
            detects, chance = techniques.detects[steps.target[step], k], techniques.false_alarms[steps.target[step], k]
            if (chance == 0 and detects.any()) or (chance == 1 and (detects < 1).any()):
                return step
    return -1
