"""Which of many design points is best: sequential elimination under common random numbers.

Procedure KN of Kim and Nelson 2001 (ACM Trans. Model. Comput. Simul. 11), with variances of paired differences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.network.tables import Flags, Floats

Sample = Callable[[Sequence[int], int], Floats]
"""Called with alternatives and a replication number; returns one output each."""


@dataclass(frozen=True)
class Selection:
    """What elimination left over."""

    survivors: tuple[int, ...]
    """Alternatives that may be best; one alone is best or within the indifference zone of it."""
    replications: tuple[int, ...]
    """That each alternative took part in."""


def kn_constant(alternatives: int, first: int, confidence: float) -> float:
    """Constant h squared of procedure KN.

    Parameters
    ----------
    alternatives : int
        At least 2.
    first : int
        Replications before the first elimination, at least 2.
    confidence : float
        Probability of a correct selection, in (1 / alternatives, 1).

    Returns
    -------
    float
        2 eta (first - 1), eta = ((2 alpha / (k - 1)) ^ (-2 / (first - 1)) - 1) / 2.
    """
    alpha = 1 - confidence
    eta = ((2 * alpha / (alternatives - 1)) ** (-2 / (first - 1)) - 1) / 2
    return float(2 * eta * (first - 1))


def paired_variances(outputs: Floats) -> Floats:
    """Sample variances of all paired differences, (R, k) to (k, k)."""
    differences = outputs[:, :, np.newaxis] - outputs[:, np.newaxis, :]
    return np.asarray(differences.var(axis=0, ddof=1), np.float64)


def contenders(outputs: Floats, variances: Floats, indifference: float, constant: float) -> Flags:
    """Tell which alternatives stay in the race for the largest mean.

    Parameters
    ----------
    outputs : ndarray of float64, shape (R, k)
        All replications so far of the alternatives still in the race.
    variances : ndarray of float64, shape (k, k)
        Of their paired differences over the first replications only.
    indifference : float
        Smallest difference of means that matters, above 0.
    constant : float
        See `kn_constant`.

    Returns
    -------
    ndarray of bool, shape (k,)
    """
    r = len(outputs)
    mean = outputs.mean(axis=0)
    slack = np.maximum(0.0, indifference / (2 * r) * (constant * variances / indifference**2 - r))
    return np.asarray((mean[:, np.newaxis] >= mean[np.newaxis, :] - slack).all(axis=1), np.bool_)


def select_best(
    sample: Sample, alternatives: int, first: int, indifference: float, confidence: float, most: int
) -> Selection:
    """Find the alternative with the largest mean.

    Parameters
    ----------
    sample : callable
        Gives outputs of one replication; common random numbers make it need fewer of them.
    alternatives : int
    first : int
        Replications before the first elimination.
    indifference : float
        Smallest difference that matters, in the output's unit.
    confidence : float
        Probability that the survivor is the best where it is better than all others by the indifference.
    most : int
        Replications at which it ends, however many are left.

    Returns
    -------
    Selection
    """
    alive = list(range(alternatives))
    outputs = np.array([sample(alive, r) for r in range(first)], np.float64)
    variances = paired_variances(outputs)
    constant = kn_constant(alternatives, first, confidence)
    counts = [first] * alternatives
    while True:
        stays = contenders(outputs, variances, indifference, constant)
        alive = [a for a, is_in in zip(alive, stays, strict=True) if is_in]
        outputs, variances = outputs[:, stays], variances[np.ix_(stays, stays)]
        if len(alive) == 1 or len(outputs) >= most:
            return Selection(tuple(alive), tuple(counts))
        outputs = np.vstack([outputs, sample(alive, len(outputs))])
        for a in alive:
            counts[a] += 1
