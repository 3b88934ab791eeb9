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
from typing import Any, NamedTuple

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
    return _terms(lines).expected


def expected_sums(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum of each line's contributions, each unit as many times as it counts (n,): (lines, L)."""
    return expected_by_source(_terms(lines), counts, _ONE_SOURCE)[:, :, 0]


def marginal_gains(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, each as many times as it counts (n,): (lines, L)."""
    return gains_by_source(_terms(lines), counts, _ONE_SOURCE)[:, :, 0]


def history_sums(lines: Sequence[Passage], counts: Flags | Ints) -> list[dict[str, float]]:
    """Sums from which interception follows for any detection: names of lines, joined by `+`, to a sum over units.

    The sum of `a+b+c` is that of w_c S_a S_b p_c: inspected at a and at b, times the weighted probability at c; each
    unit as many times as it counts (n,). One mapping a concealment level, without histories that nobody has; empty
    where the route has more than 8 lines.
    """
    histories = histories_by_source(_terms(lines), counts, _ONE_SOURCE)
    levels = lines[0].prior.shape[0] if lines else 1
    return named_histories(histories, 0, [line.name for line in lines], levels)


def _terms(lines: Sequence[Passage]) -> "Terms":
    draws = [line.draws() for line in lines]
    levels, units = draws[0].prior.shape if draws else (1, 0)
    return terms_of(draws, (levels, units))


class Terms(NamedTuple):
    """What each of n units adds to the estimators when it counts once, at P lines; M histories."""

    expected: Floats
    """(P, L, n) contributions to q"""
    chance: Floats
    """(2, P, n) probability that the unit was selected, and that it was not, of those that were; else infinite"""
    reach: Floats
    """(P, L, n) carriers that come to the draw"""
    worth: Floats
    """(2, P, L, n) what the later lines intercept of them, by the odds of having been selected, and of not"""
    risen: Floats
    """(P, L, n) carriers that a higher ratio reaches"""
    detects: Floats
    """(P, L, n)"""
    past: Floats
    """(M, L, n) weighted probability at the last line of each history, of those inspected at the others"""
    ways: tuple[tuple[int, ...], ...]
    """(M,) positions of the lines of each history"""

    def at(self, units: Ints) -> "Terms":
        """Take some units."""
        columns: Any = (*(np.take(values, units, axis=-1) for values in self[:-1]), self.ways)
        return Terms(*columns)


def terms_of(draws: Sequence[Draws], shape: tuple[int, int]) -> Terms:
    """Work out what units add to the estimators; draws by line, of so many levels and units."""
    expected, reach, risen = (np.zeros((len(draws), *shape)) for _ in range(3))
    chance, worth = np.full((2, len(draws), shape[1]), np.inf), np.zeros((2, len(draws), *shape))
    later, unseen = _later(draws, shape), np.ones(shape)
    for number, line in enumerate(draws):
        p, is_drawn = line.probability, line.is_drawn & (line.probability < 1)
        expected[number] = line.weight * unseen * p * line.detects
        reach[number] = line.prior * unseen
        risen[number] = reach[number] * line.rise * is_drawn
        for row, (group, share) in enumerate(((line.was_inspected, p), (~line.was_inspected, 1 - p))):
            chance[row, number] = np.where(is_drawn & group, share, np.inf)
            worth[row, number] = unseen * later[number + 1] / np.where(line.odds[row] > 0, line.odds[row], 1)
        unseen = unseen * np.where(line.was_inspected, 1 - line.detects, 1.0)
    past: Past = {}
    _add_histories([(line.weight * line.probability, line.was_inspected) for line in draws], (), np.ones(()), past)
    detects = np.array([line.detects for line in draws]).reshape(len(draws), *shape)
    histories = np.array([*past.values()]).reshape(len(past), *shape)
    return Terms(expected, chance, reach, worth, risen, detects, histories, (*past,))


def beside(parts: Sequence[Terms], shape: tuple[int, int]) -> Terms:
    """Put terms of several groups of units beside each other, for so many lines and levels.

    Where a group has fewer lines, nothing happens at the others.
    """
    ways = tuple(sorted({way for part in parts for way in part.ways} | {(line,) for line in range(shape[0])}))
    units = sum(part.expected.shape[2] for part in parts)
    expected, reach, risen, detects = (np.zeros((*shape, units)) for _ in range(4))
    chance, worth = np.full((2, shape[0], units), np.inf), np.zeros((2, *shape, units))
    past = np.zeros((len(ways), shape[1], units))
    start, whole = 0, Terms(expected, chance, reach, worth, risen, detects, past, ways)
    for part in parts:
        here = slice(start, start + part.expected.shape[2])
        for mine, its in zip(whole[:-1], part[:-1], strict=True):
            if mine is past:
                past[[ways.index(way) for way in part.ways], :, here] = its
            elif mine is chance or mine is worth:
                mine[:, : its.shape[1], ..., here] = its
            else:
                mine[: its.shape[0], ..., here] = its
        start = here.stop
    return whole


Past = dict[tuple[int, ...], Floats]
"""Positions of lines, to the weighted probability at the last of them, of units inspected at the others: (L, n)."""


def _add_histories(
    chances: Sequence[tuple[Floats, Flags]], lines: tuple[int, ...], inspected: Floats, past: Past
) -> None:
    """Add the lines after a history, of units (n,) that were inspected at the lines so far (1, else 0)."""
    for number in range(lines[-1] + 1 if lines else 0, len(chances)):
        chance, was_inspected = chances[number]
        here = chance * inspected
        # Exclusive branches of one line meet in no unit.
        if not lines or here.any():
            past[*lines, number] = here
        there = inspected * was_inspected
        if there.any():
            _add_histories(chances, (*lines, number), there, past)


def _total(values: Floats, starts: Ints) -> Floats:
    """Add up (..., n) by source, whose units begin at `starts` (I,), none without units: (..., I)."""
    if not values.shape[-1]:
        return np.zeros((*values.shape[:-1], len(starts)))
    return np.asarray(np.add.reduceat(values, starts, axis=-1))


def expected_by_source(terms: Terms, counts: Flags | Ints, starts: Ints) -> Floats:
    """Sum of each line's contributions by source, whose units begin at `starts`: (P, L, I)."""
    return _total(terms.expected * counts, starts)


def gains_by_source(terms: Terms, counts: Flags | Ints, starts: Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, at unchanged queues and ratios in force.

    Parameters
    ----------
    terms : Terms
    counts : ndarray of bool or int64, shape (n,)
        How many times each unit is summed.
    starts : ndarray of int64, shape (I,)
        Where the units of each source begin; none is without units.

    Returns
    -------
    ndarray of float64, shape (P, L, I)
        Divided by the number of units summed over: the gain of interception for a ratio raised by 1.

    Notes
    -----
    gain = reach [d + (1 - d) later(inspected) - later(not inspected)], with reach the carriers that come to the
    draw, and later(.) what the later lines intercept of those inspected but missed, and of those not drawn: weighted
    means over the units that were, with weights w / p and w / (1 - p). At fixed ratios later(.) does not depend on the
    draw, and the gain is d_l times the product over the other lines of (1 - p_m d_m). Units that are inspected for
    sure gain nothing. Where none of the others were inspected, the unknown later(.) is taken to be the known one.
    """
    if not len(counts):
        return np.zeros((*terms.reach.shape[:2], len(starts)))
    often = (np.asarray(counts, np.int64) / terms.chance)[:, :, None]
    below, above = _total(terms.reach * often, starts), _total(terms.worth * often, starts)
    ahead = np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
    ahead = np.where(np.isnan(ahead), ahead[::-1], ahead)
    missed, passed = np.where(np.isnan(ahead), 0.0, ahead)
    detects = terms.detects[:, :, starts]
    return np.asarray(_total(terms.risen * counts, starts) * (detects + (1 - detects) * missed - passed))


def _later(draws: Sequence[Draws], shape: tuple[int, int]) -> list[Floats]:
    """What lines from each on intercept of a unit not removed before: (L, n) each, weights included; 0 at the end."""
    later = [np.zeros(shape)]
    for line in reversed(draws):
        here = line.weight * line.probability * line.detects
        later.append(here + np.where(line.was_inspected, 1 - line.detects, 1.0) * later[-1])
    return later[::-1]


class Histories(NamedTuple):
    """Sums for any detection, by source; M of them, with the histories that nobody has."""

    ways: tuple[tuple[int, ...], ...]
    """Positions of lines on the way."""
    sums: Floats
    """(M, L, I) over units"""
    has_any: Flags
    """(M, I) whether a source has any; single lines count even of nobody"""


def histories_by_source(terms: Terms, counts: Flags | Ints, starts: Ints) -> Histories:
    """Sums for any detection, see `history_sums`, of sources whose units begin at `starts`."""
    sums = _total(terms.past * np.asarray(counts, np.int64), starts)
    has_any: Flags = (sums != 0).any(axis=1)
    has_any[[len(at) == 1 for at in terms.ways]] = True
    return Histories(terms.ways, sums, has_any)


def named_histories(histories: Histories, source: int, names: Sequence[str], levels: int) -> list[dict[str, float]]:
    """Sums of one source by the names of its lines, one mapping a level; see `history_sums`."""
    sums: list[dict[str, float]] = [defaultdict(float) for _ in range(levels)]
    if len(set(names)) <= MOST_LINES:
        for lines, values, has_any in zip(*histories, strict=True):
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
