"""Expected interception: the sequential conditional estimator q_seq on every innocent unit, by concealment level.

q(h) = sum over lines l of w_l(h) [product over earlier lines m of (1 - S_m d_m(h))] p_l d_l(h), with p_l the ratio in
force (0 when the unit would have been waived), S_m whether the unit was inspected at m, d_l(h) the probability that a
carrier of level h inspected at l is removed there. w_l(h) is the likelihood ratio, carrier that was not removed
against innocent unit, of the ways the unit left the legs before l: its flags, and that it was not removed by a false
find (Horvitz and Thompson 1952). It is unbiased for every rule that does not look ahead, because p_l is known before
the draw at l; and its variance is smaller than that of counted carriers by orders of magnitude (conditional Monte
Carlo: Law 2015, Simulation Modeling and Analysis, ch. 11).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from sim.network import Network
from sim.network.tables import Flags, Floats, Ints

from .passages import Draws, Passage, passages
from .path import Path

MOST_LINES = 8
"""Longest chain of lines whose 2^L - 1 sums are kept."""
_ONE_SOURCE: Ints = np.zeros(1, np.int64)


def sequential_contributions(lines: Sequence[Passage]) -> Floats:
    """Contribution of each line to q of each unit and level: (lines, L, n), dimensionless.

    Without flags the sum over lines lies in [0, 1]; with them its mean over units does.
    """
    return _contributions([line.draws() for line in lines])


def expected_sums(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum of each line's contributions, each unit as many times as it counts (n,): (lines, L)."""
    return expected_by_source([line.draws() for line in lines], counts, _ONE_SOURCE)[:, :, 0]


def marginal_gains(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, each as many times as it counts (n,): (lines, L)."""
    return gains_by_source([line.draws() for line in lines], counts, _ONE_SOURCE)[:, :, 0]


def history_sums(lines: Sequence[Passage], counts: Flags | Ints) -> list[dict[str, float]]:
    """Sums from which interception follows for any detection: names of lines, joined by `+`, to a sum over units.

    The sum of `a+b+c` is that of w_c S_a S_b p_c: inspected at a and at b, times the weighted probability at c; each
    unit as many times as it counts (n,). One mapping a concealment level, without histories that nobody has; empty
    where the route has more than 8 lines.
    """
    histories = histories_by_source([line.draws() for line in lines], counts, _ONE_SOURCE)
    levels = lines[0].prior.shape[0] if lines else 1
    return named_histories(histories, 0, [line.name for line in lines], levels)


def _contributions(draws: Sequence[Draws]) -> Floats:
    contributions = np.zeros((len(draws), *(draws[0].prior.shape if draws else (1, 0))))
    unseen = np.ones(contributions.shape[1:])
    for number, line in enumerate(draws):
        contributions[number] = line.weight * unseen * line.probability * line.detects
        unseen = unseen * np.where(line.was_inspected, 1 - line.detects, 1.0)
    return contributions


def _total(values: Floats, starts: Ints) -> Floats:
    """Add up (..., n) by source, whose units begin at `starts` (I,), none without units: (..., I)."""
    if not values.shape[-1]:
        return np.zeros((*values.shape[:-1], len(starts)))
    return np.asarray(np.add.reduceat(values, starts, axis=-1))


def expected_by_source(draws: Sequence[Draws], counts: Flags | Ints, starts: Ints) -> Floats:
    """Sum of each line's contributions by source, whose units begin at `starts`: (lines, L, I)."""
    return _total(_contributions(draws) * counts, starts)


def gains_by_source(draws: Sequence[Draws], counts: Flags | Ints, starts: Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, at unchanged queues and ratios in force.

    Parameters
    ----------
    draws : sequence of Draws
    counts : ndarray of bool or int64, shape (n,)
        How many times each unit is summed.
    starts : ndarray of int64, shape (I,)
        Where the units of each source begin; none is without units.

    Returns
    -------
    ndarray of float64, shape (lines, L, I)
        Divided by the number of units summed over: the gain of interception for a ratio raised by 1.

    Notes
    -----
    gain = reach [d + (1 - d) later(inspected) - later(not inspected)], with reach the carriers that come to the
    draw, and later(.) what the later lines intercept of those inspected but missed, and of those not drawn: weighted
    means over the units that were, with weights w / p and w / (1 - p). At fixed ratios later(.) does not depend on the
    draw, and the gain is d_l times the product over the other lines of (1 - p_m d_m). Units that are inspected for
    sure gain nothing. Where none of the others were inspected, the unknown later(.) is taken to be the known one.
    """
    levels = draws[0].prior.shape[0] if draws else 1
    gains = np.zeros((len(draws), levels, len(starts)))
    if not len(counts):
        return gains
    later = _later(draws)
    unseen = np.ones(draws[0].prior.shape) if draws else np.ones((1, 0))
    for number, line in enumerate(draws):
        drawn = np.asarray(counts, np.int64) * (line.is_drawn & (line.probability < 1))
        chosen, p = drawn * line.was_inspected, line.probability
        reach, value = line.prior * unseen, unseen * later[number + 1]
        ahead = np.full((2, *gains.shape[1:]), np.nan)
        for row, (group, chance) in enumerate(((chosen, p), (drawn - chosen, 1 - p))):
            often = np.divide(group, chance, out=np.zeros(len(p)), where=group > 0)
            odds = line.odds[row]
            below = _total(reach * often, starts)
            above = _total(value / np.where(odds > 0, odds, 1) * often, starts)
            np.divide(above, below, out=ahead[row], where=below > 0)
        ahead = np.where(np.isnan(ahead), ahead[::-1], ahead)
        missed, passed = np.where(np.isnan(ahead), 0.0, ahead)
        detects = line.detects[:, starts]
        gains[number] = _total(reach * line.rise * drawn, starts) * (detects + (1 - detects) * missed - passed)
        unseen = unseen * np.where(line.was_inspected, 1 - line.detects, 1.0)
    return gains


def _later(draws: Sequence[Draws]) -> list[Floats]:
    """What lines from each on intercept of a unit not removed before: (L, n) each, weights included; 0 at the end."""
    later = [np.zeros(draws[0].prior.shape if draws else (1, 0))]
    for line in reversed(draws):
        here = line.weight * line.probability * line.detects
        later.append(here + np.where(line.was_inspected, 1 - line.detects, 1.0) * later[-1])
    return later[::-1]


Histories = dict[tuple[int, ...], tuple[Floats, Flags]]
"""Positions of lines on the way, to the sum over units by source (L, I), and whether a source has any (I,)."""


def histories_by_source(draws: Sequence[Draws], counts: Flags | Ints, starts: Ints) -> Histories:
    """Sums for any detection, see `history_sums`, of sources whose units begin at `starts`."""
    found: Histories = {}
    chances = [(line.weight * line.probability, line.was_inspected) for line in draws]
    _add_histories(chances, (np.asarray(counts, np.int64), ()), starts, found)
    return found


def _add_histories(
    chances: Sequence[tuple[Floats, Flags]], history: tuple[Ints, tuple[int, ...]], starts: Ints, found: Histories
) -> None:
    """Add up the lines after a history: units (n,) that were inspected at the lines so far, as often as they count."""
    counts, lines = history
    for number in range(lines[-1] + 1 if lines else 0, len(chances)):
        chance, was_inspected = chances[number]
        here = chance * counts
        sums = _total(here, starts)
        # Exclusive branches of one line meet in no unit.
        has_any: Flags = (sums != 0).any(axis=0) if lines else np.ones(len(starts), np.bool_)
        if has_any.any():
            found[*lines, number] = (sums, has_any)
        inspected = counts * was_inspected
        if inspected.any():
            _add_histories(chances, (inspected, (*lines, number)), starts, found)


def named_histories(histories: Histories, source: int, names: Sequence[str], levels: int) -> list[dict[str, float]]:
    """Sums of one source by the names of its lines, one mapping a level; see `history_sums`."""
    sums: list[dict[str, float]] = [defaultdict(float) for _ in range(levels)]
    if len(set(names)) <= MOST_LINES:
        for lines, (values, has_any) in histories.items():
            if lines[-1] < len(names) and has_any[source]:
                key = "+".join([names[line] for line in lines])
                for by_line, value in zip(sums, values[:, source].tolist(), strict=True):
                    by_line[key] += value
    return [dict(by_line) for by_line in sums]


def line_detection(network: Network, source: int) -> dict[str, dict[str, float]]:
    """Probability that an inspected carrier is removed, by the name of a line of a source's route, and by level."""
    nobody = np.zeros(0, np.int64)
    empty = Path(source, nobody, nobody)
    levels = network.level_name
    return {p.name: dict(zip(levels, p.detects.tolist(), strict=True)) for p in passages(network, empty)}


def theta_from_sums(sums: Mapping[str, float], units: float, detects: Mapping[str, float]) -> float:
    """Probability of interception for any detection at the lines, at one concealment level.

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
    detection, which holds as long as interception is rare. The weights of flags are those of the run.
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


def theta_by_level(
    sums: Mapping[str, Mapping[str, float]], units: float, detects: Mapping[str, float | Mapping[str, float]]
) -> dict[str, float]:
    """Probability of interception at each concealment level, for any detection.

    Parameters
    ----------
    sums : mapping of str to mapping
        By level, as for `theta_from_sums`.
    units : float
        Number of units summed over.
    detects : mapping
        By the line's name one probability, or one by level.

    Returns
    -------
    dict of str to float
        By level. The rate of a class is their mean with the shares of the levels as weights; expected finds are
        that times prevalence and units. So P_D, shares and prevalence may be changed after the run.
    """
    return {
        level: theta_from_sums(
            by_line, units, {n: d[level] if isinstance(d, Mapping) else d for n, d in detects.items()}
        )
        for level, by_line in sums.items()
    }
