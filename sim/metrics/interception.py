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

from .passages import Passage, passages
from .path import Path

_MOST_LINES = 8
"""Longest chain of lines whose 2^L - 1 sums are kept."""


def sequential_contributions(lines: Sequence[Passage]) -> Floats:
    """Contribution of each line to q of each unit and level: (lines, L, n), dimensionless.

    Without flags the sum over lines lies in [0, 1]; with them its mean over units does.
    """
    shape = lines[0].prior.shape if lines else (1, 0)
    contributions = np.zeros((len(lines), *shape))
    unseen = np.ones(shape)
    for number, line in enumerate(lines):
        detects = line.detects[:, None]
        contributions[number] = line.weight * unseen * line.probability * detects
        unseen = unseen * np.where(line.was_inspected, 1 - detects, 1.0)
    return contributions


def expected_sums(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum of each line's contributions, each row as many times as it counts (n,): (lines, L)."""
    if not lines:
        return np.zeros((0, 1))
    return np.asarray((sequential_contributions(lines) * counts).sum(axis=2))


def marginal_gains(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, at unchanged queues and ratios in force.

    Parameters
    ----------
    lines : sequence of Passage
    counts : ndarray of bool or int64, shape (n,)
        How many times each unit is summed.

    Returns
    -------
    ndarray of float64, shape (lines, L)
        Divided by the number of units summed over: the gain of interception for a ratio raised by 1.

    Notes
    -----
    gain = reach [d + (1 - d) later(inspected) - later(not inspected)], with reach the carriers that come to the
    draw, and later(.) what the later lines intercept of those inspected but missed, and of those not drawn: weighted
    means over the units that were, with weights w / p and w / (1 - p). At fixed ratios later(.) does not depend on the
    draw, and the gain is d_l times the product over the other lines of (1 - p_m d_m). Units that are inspected for
    sure gain nothing. Where none of the others were inspected, the unknown later(.) is taken to be the known one.
    """
    levels = lines[0].prior.shape[0] if lines else 1
    gains = np.zeros((len(lines), levels))
    later = _later(lines)
    unseen = np.ones(lines[0].prior.shape) if lines else np.ones((1, 0))
    for number, line in enumerate(lines):
        detects = line.detects[:, None]
        drawn = np.flatnonzero(line.is_drawn & (counts > 0) & (line.probability < 1))
        reach = (line.prior * unseen)[:, drawn] * counts[drawn]
        chosen, p = line.was_inspected[drawn], line.probability[drawn]
        value, ahead = (unseen * later[number + 1])[:, drawn] * counts[drawn], np.full((2, levels), np.nan)
        for row, (group, chance) in enumerate(((chosen, p), (~chosen, 1 - p))):
            odds = np.ones(levels) if line.flags is None else line.flags.odds(row == 0)
            below = (reach[:, group] / chance[group]).sum(axis=1)
            above = (value[:, group] / chance[group]).sum(axis=1) / np.where(odds > 0, odds, 1)
            ahead[row] = np.divide(above, below, out=ahead[row], where=below > 0)
        missed, passed = np.nan_to_num(np.where(np.isnan(ahead), ahead[::-1], ahead))
        risen = (reach * line.rise[:, drawn]).sum(axis=1)
        gains[number] = risen * (line.detects + (1 - line.detects) * missed - passed)
        unseen = unseen * np.where(line.was_inspected, 1 - detects, 1.0)
    return gains


def _later(lines: Sequence[Passage]) -> list[Floats]:
    """What lines from each on intercept of a unit not removed before: (L, n) each, weights included; 0 at the end."""
    later = [np.zeros(lines[0].prior.shape if lines else (1, 0))]
    for line in reversed(lines):
        detects = line.detects[:, None]
        here = line.weight * line.probability * detects
        later.append(here + np.where(line.was_inspected, 1 - detects, 1.0) * later[-1])
    return later[::-1]


def history_sums(lines: Sequence[Passage], counts: Flags | Ints) -> list[dict[str, float]]:
    """Sums from which interception follows for any detection: names of lines, joined by `+`, to a sum over units.

    The sum of `a+b+c` is that of w_c S_a S_b p_c: inspected at a and at b, times the weighted probability at c; each
    unit as many times as it counts (n,). One mapping a concealment level, without histories that nobody has; empty
    where the route has more than 8 lines.
    """
    levels = lines[0].prior.shape[0] if lines else 1
    sums: list[dict[str, float]] = [defaultdict(float) for _ in range(levels)]
    if len({line.name for line in lines}) <= _MOST_LINES:
        chances = [(line.name, line.weight * line.probability, line.was_inspected) for line in lines]
        _add_histories(chances, (np.asarray(counts, np.int64), ()), sums)
    return [dict(by_line) for by_line in sums]


def _add_histories(
    lines: Sequence[tuple[str, Floats, Flags]],
    history: tuple[Ints, tuple[str, ...]],
    sums: Sequence[dict[str, float]],
) -> None:
    """Add up the lines after a history: units (n,) that were inspected at the lines named, as often as they count."""
    counts, names = history
    for number, (name, chance, was_inspected) in enumerate(lines):
        key = "+".join((*names, name))
        here = chance * counts
        if not names or here.any():  # exclusive branches of one line meet in no unit
            for by_line, value in zip(sums, here.sum(axis=1).tolist(), strict=True):
                by_line[key] += value
        inspected = counts * was_inspected
        if inspected.any():
            _add_histories(lines[number + 1 :], (inspected, (*names, name)), sums)


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
