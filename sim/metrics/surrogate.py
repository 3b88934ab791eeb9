"""A polynomial in place of a simulator: sparse, fitted to design points, and told what it cannot predict.

Sparse polynomial chaos (Blatman and Sudret 2011, J. Comput. Phys. 230): terms are added by forward regression as long
as the extended Bayesian information criterion falls, which counts that they were searched among many (Chen and Chen
2008, Biometrika 95).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np

from sim.network.tables import Floats, Ints

_DEGREES = (1, 2, 3, 4, 6, 8)
_MOST_CANDIDATES = 600
_MOST_TERMS = 60
_PATIENCE = 8
"""Terms that may be added without a smaller criterion before the search ends."""
_FOLDS = 10


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A polynomial over coordinates in [-1, 1]."""

    terms: Ints
    """(K, D) degree of each factor in each term; the constant first"""
    coefficients: Floats
    """(K,)"""
    degree: int
    """of the terms that it could choose from"""
    criterion: float
    """extended Bayesian information, lower is better"""

    def __call__(self, x: Floats) -> Floats:
        """Evaluate at coordinates, (N, D) to (N,)."""
        return np.asarray(columns_of(x, self.terms) @ self.coefficients, np.float64)


def fit_surrogate(
    x: Floats, y: Floats, most: Sequence[int], weights: Floats | None = None, like: Surrogate | None = None
) -> Surrogate:
    """Fit a polynomial.

    Parameters
    ----------
    x : ndarray of float64, shape (N, D)
        Coordinates in [-1, 1].
    y : ndarray of float64, shape (N,)
    most : sequence of int
        Highest degree of each factor; one less than the number of its values where they are few.
    weights : ndarray of float64, shape (N,), optional
        Of the points; all 1 unless given.
    like : Surrogate, optional
        Of whose degree the candidates are, and of whose number the terms; else whichever have the lowest criterion.

    Returns
    -------
    Surrogate
    """
    w = np.ones(len(y)) if weights is None else weights
    if like is not None:
        return _fit(x, y, w, candidates(tuple(most), like.degree), like.degree, len(like.terms))
    fits = []
    for d in (d for d in _DEGREES if d <= max(1, *most)):
        terms = candidates(tuple(most), d)
        if d > 1 and len(terms) > _MOST_CANDIDATES:
            break
        fits.append(_fit(x, y, w, terms, d))
    return min(fits, key=lambda fit: fit.criterion)


def predictivity(x: Floats, y: Floats, most: Sequence[int]) -> float:
    """Share of the variance between points that a polynomial explains of points it has not seen.

    Parameters
    ----------
    x, y, most
        As in `fit_surrogate`.

    Returns
    -------
    float
        Q2 = 1 - sum of squared errors / sum of squares around the mean, at most 1, from ten folds; everything is
        chosen anew in each, so that it is not flattered by the choice. NaN where y does not vary.
    """
    around = float(((y - y.mean()) ** 2).sum())
    if len(y) < 3 or around == 0:
        return math.nan
    fold = np.random.default_rng(0).permutation(len(y)) % min(_FOLDS, len(y))
    errors = [
        y[fold == k] - fit_surrogate(x[fold != k], y[fold != k], most)(x[fold == k]) for k in range(fold.max() + 1)
    ]
    return 1 - float((np.concatenate(errors) ** 2).sum()) / around


@cache
def candidates(most: tuple[int, ...], degree: int) -> Ints:
    """List terms up to a degree: of one factor, two, or three, (K, D), the constant first.

    The degrees of a term's factors p_i satisfy (sum p_i^0.75)^(1/0.75) <= degree: high orders of many factors together
    are rare (sparsity of effects).
    """
    count = len(most)
    rows = [np.zeros(count, np.int64)]
    for order in range(1, min(3, count) + 1):
        for factors in combinations(range(count), order):
            for powers in product(*(range(1, min(degree, most[f]) + 1) for f in factors)):
                if sum(p**0.75 for p in powers) <= degree**0.75 + 1e-9:
                    row = np.zeros(count, np.int64)
                    row[list(factors)] = powers
                    rows.append(row)
    return np.array(rows)


def columns_of(x: Floats, terms: Ints) -> Floats:
    """Values of terms, (N, K): products of Legendre polynomials of unit mean square over [-1, 1]."""
    highest = int(terms.max(initial=0))
    table = np.polynomial.legendre.legvander(x, highest) * np.sqrt(2 * np.arange(highest + 1) + 1)
    columns = np.ones((len(x), len(terms)))
    for place in range(x.shape[1]):
        used = np.flatnonzero(terms[:, place])
        columns[:, used] *= table[:, place, terms[used, place]]
    return columns


def _fit(x: Floats, y: Floats, w: Floats, terms: Ints, degree: int, count: int = 0) -> Surrogate:
    root = np.sqrt(w)
    weighted = columns_of(x, terms) * root[:, np.newaxis]
    chosen, criterion = _choose(weighted, y * root, float(w.sum()) ** 2 / float((w**2).sum()), count)
    found = np.linalg.lstsq(weighted[:, chosen], y * root, rcond=None)[0]
    return Surrogate(terms[chosen], np.asarray(found, np.float64), degree, criterion)


def _choose(columns: Floats, y: Floats, points: float, count: int) -> tuple[Ints, float]:
    """Add the column that explains most of what is left, again and again; keep `count`, or as the criterion wants if 0.

    `points` is the effective number of points. Returns the columns and the criterion.
    """
    left, residual = columns.copy(), y.copy()
    norms = np.sqrt((columns**2).sum(axis=0))
    order: list[int] = []
    criteria: list[float] = []
    best, place = 0, 0  # the constant comes first
    while True:
        direction = left[:, place] / np.sqrt((left[:, place] ** 2).sum())
        residual -= direction * (direction @ residual)
        order.append(place)
        criteria.append(_criterion(float(residual @ residual) / float(y @ y or 1.0), points, len(order), len(norms)))
        best = len(order) - 1 if count or criteria[-1] < criteria[best] else best
        if len(order) >= (count or min(_MOST_TERMS, points / 2)) or len(order) - best > _PATIENCE:
            break
        left -= np.outer(direction, direction @ left)
        rest = np.sqrt((left**2).sum(axis=0))
        is_new = rest > 1e-6 * norms
        is_new[order] = False
        if not is_new.any():
            break
        place = int(np.argmax(np.where(is_new, np.abs(residual @ left) / np.where(is_new, rest, 1.0), -1.0)))
    return np.array(order[: best + 1], np.int64), criteria[best]


def _criterion(unexplained: float, points: float, terms: int, candidates: int) -> float:
    """Extended Bayesian information of a fit with gamma = 1."""
    searched = math.lgamma(candidates + 1) - math.lgamma(terms + 1) - math.lgamma(candidates - terms + 1)
    return points * math.log(max(unexplained, 1e-20)) + terms * math.log(points) + 2 * searched
