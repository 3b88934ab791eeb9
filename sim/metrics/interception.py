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
from .terms import Terms, terms_of

MOST_LINES = 8
"""Longest chain of lines whose 2^L - 1 sums are kept."""


def sequential_contributions(lines: Sequence[Passage]) -> Floats:
    """Contribution of each line to q of each unit and level: (lines, L, n), dimensionless.

    Without flags the sum over lines lies in [0, 1]; with them its mean over units does.
    """
    return _terms(lines).parts().expected


def expected_sums(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum of each line's contributions, each unit as many times as it counts (n,): (lines, L)."""
    terms, sums = _sums(lines, counts)
    return sums[: terms.size].reshape(len(lines), -1)


def marginal_gains(lines: Sequence[Passage], counts: Flags | Ints) -> Floats:
    """Sum over units of d q / d p_l, the ratio of line l, each as many times as it counts (n,): (lines, L)."""
    terms, sums = _sums(lines, counts)
    return sums[terms.size : 2 * terms.size].reshape(len(lines), -1)


def history_sums(lines: Sequence[Passage], counts: Flags | Ints) -> list[dict[str, float]]:
    """Sums from which interception follows for any detection: names of lines, joined by `+`, to a sum over units.

    The sum of `a+b+c` is that of w_c S_a S_b p_c: inspected at a and at b, times the weighted probability at c; each
    unit as many times as it counts (n,). One mapping a concealment level, without histories that nobody has; empty
    where the route has more than 8 lines.
    """
    (terms, sums), names = _sums(lines, counts), [line.name for line in lines]
    found: list[dict[str, float]] = [defaultdict(float) for _ in range(terms.levels)]
    if len(set(names)) <= MOST_LINES:
        past = sums[2 * terms.size :].reshape(-1, terms.levels)
        for at, values in zip(terms.ways, past.tolist(), strict=True):
            # Single lines even of nobody.
            if len(at) == 1 or any(values):
                for by_line, value in zip(found, values, strict=True):
                    by_line["+".join([names[line] for line in at])] += value
    return [dict(by_line) for by_line in found]


def _terms(lines: Sequence[Passage]) -> Terms:
    draws = [line.draws() for line in lines]
    levels, units = draws[0].prior.shape if draws else (1, 0)
    return terms_of(draws, (levels, units))


def _sums(lines: Sequence[Passage], counts: Flags | Ints) -> tuple[Terms, Floats]:
    """Work out the terms of one source, and their sums: (2 P L + M L,)."""
    terms = _terms(lines)
    return terms, sums_by_source(terms, np.arange(len(counts)), counts, np.zeros(1, np.int64))[:, 0]


def sums_by_source(terms: Terms, units: Ints, counts: Flags | Ints, starts: Ints) -> Floats:
    """Sums over the units of each source: of contributions, of gains, and for any detection.

    Parameters
    ----------
    terms : Terms
    units : ndarray of int64, shape (n,)
        Which of those that there are terms of, source by source.
    counts : ndarray of bool or int64, shape (n,)
        How many times each unit is summed.
    starts : ndarray of int64, shape (I,)
        Where the units of each source begin; none is without units, unless nobody is there.

    Returns
    -------
    ndarray of float64, shape (2 P L + M L, I)
        Contributions of each of P lines at each of L levels; gains, d q / d p_l of the ratio of line l, at unchanged
        queues and ratios in force; weighted probabilities of M histories, see `history_sums`. Divided by the number of
        units summed over, gains are those of interception for a ratio raised by 1.

    Notes
    -----
    gain = reach [d + (1 - d) later(inspected) - later(not inspected)], with reach the carriers that come to the
    draw, and later(.) what the later lines intercept of those inspected but missed, and of those not drawn: weighted
    means over the units that were, with weights w / p and w / (1 - p). At fixed ratios later(.) does not depend on the
    draw, and the gain is d_l times the product over the other lines of (1 - p_m d_m). Units that are inspected for
    sure gain nothing. Where none of the others were inspected, the unknown later(.) is taken to be the known one.
    """
    lines, size, weighted = terms.lines, terms.size, terms.chance_column
    plain, end = weighted - 4 * size, weighted + 2 * lines
    if not len(counts):
        return np.zeros((plain, len(starts)))
    taken, many = terms.values.take(units, axis=0).T, np.asarray(counts, np.float64)
    values, shape = np.empty((weighted, len(units))), (2, 2, lines, terms.levels, len(units))
    np.multiply(taken[:plain], many, out=values[:plain])
    often = (many / taken[weighted:end]).reshape(2, lines, 1, -1)
    np.multiply(taken[plain:weighted].reshape(shape), often, out=values[plain:].reshape(shape))
    # Each row by itself, so that no last digit depends on what other rows there are.
    sums = np.add.reduceat(values, starts, axis=1)
    below, above = sums[plain:].reshape(2, 2, size, len(starts))
    # Without a branch: where one is not known, the other; 0 where neither is.
    known = below > 0
    unknown = ~known
    below += unknown
    ahead = above / below * known
    ahead += ahead[::-1] * unknown
    detects = taken[end:].take(starts, axis=1)
    sums[size : 2 * size] *= detects + (1 - detects) * ahead[0] - ahead[1]
    return np.asarray(sums[:plain])


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
