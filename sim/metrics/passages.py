"""What each line on a route did to its units: the chance of an inspection before its draw, and how carriers differ.

Carriers and innocent units leave a leg of the route in unlike ways: flags, and false finds. Innocent units stand for
carriers, so each bears the likelihood ratio of its way (Horvitz and Thompson 1952). Where a flag only decides which
of several fixed ratios holds, it is averaged over: then the ratio is that of having been inspected or not, whatever
the flag, and the variance is that of a selection without flags (Rao 1945, Blackwell 1947: condition on less).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.legs import Leg, legs_by_source
from sim.network.tables import Flags, Floats, StepKind
from sim.policy import PolicyKind

from .path import Choice, Path

_ROUNDING = 1e-12


def line_steps(network: Network, source: int) -> list[int]:
    """Steps at which the lines of a source's route begin, in order; of a line behind a select, the select."""
    return [_line_step(leg) for leg in legs_by_source(network)[source] if leg.removes]


def _line_step(leg: Leg) -> int:
    return leg.gate if leg.is_chosen else leg.start


@dataclass(frozen=True, eq=False)
class Passage:
    """What one line did to the n units of a source; L concealment levels."""

    step: int
    """a step at which it begins"""
    name: str
    """select slot; of a line without a selection, the slot of its first step"""
    probability: Floats
    """(n,) probability of an inspection, known just before the draw; 0 for units that never came"""
    was_inspected: Flags
    """(n,)"""
    is_drawn: Flags
    """(n,) whether the unit came and a draw decided: not waived, and not a line without a selection"""
    detects: Floats
    """(L,) probability that an inspected carrier is removed here"""
    prior: Floats
    """(L, n) likelihood ratio of the way up to the draw"""
    flags: "FlagMixture | None" = None
    """Flags that the draw is averaged over."""

    @property
    def weight(self) -> Floats:
        """(L, n) likelihood ratio of the way up to here, and of the ratio in force for a carrier."""
        return self.prior if self.flags is None else self.prior * self.flags.odds(True)[:, None]

    @property
    def rise(self) -> Floats:
        """(L, n) share of carriers that a higher ratio reaches: not those whose ratio is 1."""
        if self.flags is None:
            return (self.probability < 1).astype(np.float64)[None].repeat(len(self.prior), axis=0)
        return self.flags.rise[:, None].repeat(self.prior.shape[1], axis=1)

    def draws(self) -> "Draws":
        """Lay out by unit."""
        shape = self.prior.shape
        odds = [np.ones(shape[0]) if self.flags is None else self.flags.odds(chosen) for chosen in (True, False)]
        return Draws(
            self.probability,
            self.was_inspected,
            self.is_drawn,
            self.detects[:, None].repeat(shape[1], axis=1),
            self.prior,
            self.weight,
            self.rise,
            np.array(odds)[:, :, None].repeat(shape[1], axis=2),
        )


class Draws(NamedTuple):
    """What one line did to n units, of one source or of many; see `Passage`."""

    probability: Floats
    """(n,)"""
    was_inspected: Flags
    """(n,)"""
    is_drawn: Flags
    """(n,)"""
    detects: Floats
    """(L, n)"""
    prior: Floats
    """(L, n)"""
    weight: Floats
    """(L, n)"""
    rise: Floats
    """(L, n)"""
    odds: Floats
    """(2, L, n) likelihood ratio of having been selected, and of not"""


@dataclass(frozen=True, eq=False)
class FlagMixture:
    """Selections of one place that a flag chooses between, each of a fixed ratio, as one draw."""

    chance: float
    """P(an innocent unit is selected), over its flags"""
    carrier: Floats
    """(L,) the same of a carrier"""
    rise: Floats
    """(L,) share of carriers in selections with a ratio below 1"""

    def odds(self, is_selected: bool) -> Floats:
        """Likelihood ratio of a draw's outcome, carrier against innocent unit: (L,); 1 where it cannot happen."""
        above, below = (self.carrier, self.chance) if is_selected else (1 - self.carrier, 1 - self.chance)
        return above / below if below > 0 else np.ones_like(above)


def passages(network: Network, path: Path) -> list[Passage]:
    """List what each line on a source's route did to its units, in order.

    Parameters
    ----------
    network : Network
    path : Path

    Returns
    -------
    list of Passage
        One a leg that can lead to a removal. Selects of one slot name on exclusive branches are one line: their
        passages share a name, and no unit goes through two of them.
    """
    n = len(path.units)
    choices = {choice.step: choice for choice in path.choices}
    came = {choice.step: choice.at for choice in path.choices} | dict(path.boards)
    weight = np.ones((len(network.level_name), n))
    mixtures = _mixtures(network)[path.source]
    lines: list[Passage] = []
    for leg in legs_by_source(network)[path.source]:
        entered = _entered(leg, choices, path)
        mixture = mixtures.get(leg.gate)
        if leg.removes:
            passage = _passage(network, leg, (choices.get(leg.gate), entered), weight)
            if mixture is not None and leg.is_chosen:
                averaged = np.where(passage.is_drawn, mixture.chance, 0.0)
                passage = replace(passage, probability=averaged, flags=mixture)
            lines.append(passage)
        if mixture is not None and leg.gate in choices:
            drawn = np.zeros(n, np.bool_)
            drawn[choices[leg.gate].at[~choices[leg.gate].is_full]] = True
            weight = np.where(entered & drawn, weight * mixture.odds(leg.is_chosen)[:, None], weight)
        for end in leg.ends:
            there = np.zeros(n, np.bool_)
            there[came.get(end, [])] = True
            there &= entered
            entered &= ~there
            ratio = _ratio_at(leg, end, mixtures)
            if (ratio != 1).any():
                weight = np.where(there, weight * ratio[:, None], weight)
    return _named(lines)


def _entered(leg: Leg, choices: Mapping[int, Choice], path: Path) -> Flags:
    """Units that took a leg: (n,)."""
    entered = np.full(len(path.units), leg.gate < 0)
    if leg.gate in choices:
        choice = choices[leg.gate]
        entered[choice.at] = (choice.is_selected & ~choice.is_full) == leg.is_chosen
    for step, at in path.landings:
        if step == leg.gate:
            entered[at] = True
    return entered


def _passage(network: Network, leg: Leg, took: tuple[Choice | None, Flags], weight: Floats) -> Passage:
    choice, entered = took
    step, is_drawn = _line_step(leg), np.zeros_like(entered)
    probability = entered.astype(np.float64)
    if leg.is_chosen and choice is not None:
        probability[choice.at] = np.where(choice.is_full, 0.0, choice.ratio)
        is_drawn[choice.at] = ~choice.is_full
    return Passage(step, network.steps.name[step], probability, entered.copy(), is_drawn, leg.detects, weight)


def _ratio_at(leg: Leg, end: int, mixtures: Mapping[int, FlagMixture]) -> Floats:
    """Likelihood ratio of leaving a leg at an end: (L,); of coming to any of the selections that are one draw."""
    if end not in mixtures:
        return leg.weight.get(end, np.ones(1))
    pool = [other for other in leg.ends if mixtures.get(other) is mixtures[end]]
    innocent = sum(leg.innocent[other] for other in pool)
    carriers = np.sum([leg.weight[other] * leg.innocent[other] for other in pool], axis=0)
    ratio = carriers / innocent
    return np.where(abs(ratio - 1) < _ROUNDING, 1.0, ratio)


@lru_cache(maxsize=8)
def _mixtures(network: Network) -> tuple[dict[int, FlagMixture], ...]:
    """By source and select: the selections that flags choose between, where all have fixed ratios."""
    found = []
    for source, legs in enumerate(legs_by_source(network)):
        k = int(network.sources.vehicle_class[source])
        mixed: dict[int, FlagMixture] = {}
        unlike: set[int] = set()
        for leg in legs:
            if (leg.detects > 1 - _ROUNDING).any():
                continue  # no carrier of some level leaves it, so it does not say how they are flagged
            for pool in _pools(network, leg, k):
                mixture = _mixture(network, leg, pool, k)
                if all(_is_same(mixture, mixed.setdefault(end, mixture)) for end in pool):
                    mixed.update(dict.fromkeys(pool, mixed[pool[0]]))
                else:
                    unlike.update(pool)
        found.append({end: mixture for end, mixture in mixed.items() if end not in unlike})
    return tuple(found)


def _is_same(a: FlagMixture, b: FlagMixture) -> bool:
    return bool(np.allclose([a.chance, *a.carrier, *a.rise], [b.chance, *b.carrier, *b.rise], rtol=1e-9, atol=0))


def _pools(network: Network, leg: Leg, k: int) -> list[tuple[int, ...]]:
    """Selections in which a leg may end that are one but for a fixed ratio: two or more, by the same slot name."""
    steps = network.steps
    alike: dict[tuple[object, ...], list[int]] = {}
    for end in leg.ends:
        if steps.kind[end] == StepKind.SELECT and leg.innocent[end] > 0 and _fixed_ratio(network, end, k) is not None:
            full = int(network.rules.full_station[steps.target[end]])
            alike.setdefault((steps.slot[end], steps.following[end], steps.otherwise[end], full), []).append(end)
    return [tuple(ends) for ends in alike.values() if len(ends) > 1]


def _fixed_ratio(network: Network, select: int, k: int) -> float | None:
    """Ratio of a select for a class, None where it depends on the hour, on queues, or on what happened before."""
    rules, q = network.rules, network.steps.target[select]
    ratio = rules.ratio[q, k]
    is_fixed = rules.policy[q, k] == PolicyKind.RATIO and rules.relief_station[q] < 0 and ratio.min() == ratio.max()
    return float(ratio[0]) if is_fixed else None


def _mixture(network: Network, leg: Leg, pool: Sequence[int], k: int) -> FlagMixture:
    ratio = np.array([_fixed_ratio(network, end, k) for end in pool], np.float64)
    innocent = np.array([leg.innocent[end] for end in pool])
    carriers = np.array([leg.weight[end] * leg.innocent[end] for end in pool])  # (pool, L)
    of_carriers = carriers / carriers.sum(axis=0)
    return FlagMixture(float(ratio @ innocent / innocent.sum()), ratio @ of_carriers, (ratio < 1) @ of_carriers)


def _named(lines: Sequence[Passage]) -> list[Passage]:
    """Number the passages of one slot name that differ in detection: `slot`, `slot#2`."""
    found: dict[str, Passage] = {}
    named = []
    for line in lines:
        name, number = line.name, 1
        while name in found and not np.array_equal(found[name].detects, line.detects):
            number += 1
            name = f"{line.name}#{number}"
        named.append(replace(line, name=name))
        found.setdefault(name, named[-1])
    return named
