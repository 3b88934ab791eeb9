"""Which factor matters most: Sobol indices of a polynomial fitted to the points of a design.

First index: share of a figure's variance that one factor explains alone; total index: with all that it does together
with others (Sobol 2001, Math. Comput. Simul. 55; Saltelli et al. 2010, Comput. Phys. Commun. 181). SALib samples and
estimates, the polynomial of `surrogate` answers.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.network.tables import Floats, Ints

from .surrogate import Surrogate, columns_of, fit_surrogate, predictivity

_BASE_SAMPLES = 2048
_RESAMPLES = 200
_FEWEST_FOR_A_FACTOR = 3
"""Points that each factor needs, one more for the mean."""


class Dimension(NamedTuple):
    """How a factor fills its axis."""

    place: Callable[[Floats], Floats]
    """From uniforms in [0, 1) to coordinates in [-1, 1], as the design draws them."""
    most: int = 8
    """Highest degree of polynomials: one less than the number of values, where they are few."""


class Index(NamedTuple):
    """A Sobol index with its interval over the points."""

    value: float
    low: float
    high: float


class Sensitivities(NamedTuple):
    """What a fit says about all factors."""

    first: tuple[Index, ...]
    """Of each factor; empty where the fit predicts too little."""
    total: tuple[Index, ...]
    q2: float
    """Cross-validated share of the variance between points that the polynomial explains; NaN where it is unknown."""
    points: int


def sensitivities(
    x: Floats, y: Floats, dimensions: Sequence[Dimension], confidence: float, least_q2: float
) -> Sensitivities:
    """Fit, judge the fit, and tell how much each factor matters.

    Parameters
    ----------
    x : ndarray of float64, shape (N, D)
        Coordinates of the points, in [-1, 1].
    y : ndarray of float64, shape (N,)
    dimensions : sequence of Dimension
        D of them.
    confidence : float
        Level of the intervals, in (0, 1).
    least_q2 : float
        Below it no index is given.

    Returns
    -------
    Sensitivities
        Intervals are quantiles of 200 Bayesian bootstraps over the points (Rubin 1981, Ann. Stat. 9), as many terms
        chosen anew in each: they hold the noise of the replications, which is part of every point. How many terms is
        not chosen anew: weights are worth half the points, for which the criterion at times takes no term at all.
    """
    most = [dimension.most for dimension in dimensions]
    if len(y) < _FEWEST_FOR_A_FACTOR * len(dimensions) + 1:
        return Sensitivities((), (), math.nan, len(y))
    q2 = predictivity(x, y, most)
    if not q2 >= least_q2:
        return Sensitivities((), (), q2, len(y))
    estimate = _Estimator(dimensions)
    fit = fit_surrogate(x, y, most)
    weights = np.random.default_rng(1).standard_exponential((_RESAMPLES, len(y)))
    again = np.array([estimate(fit_surrogate(x, y, most, w, fit)) for w in weights])
    tail = (1 - confidence) / 2
    low, high = np.quantile(again, [tail, 1 - tail], axis=0)
    first, total = (
        tuple(Index(*map(float, row)) for row in zip(value, low[kind], high[kind], strict=True))
        for kind, value in enumerate(estimate(fit))
    )
    return Sensitivities(first, total, q2, len(y))


class _Estimator:
    """Sobol indices of polynomials over one set of sampled coordinates."""

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        from SALib.sample import sobol  # noqa: PLC0415 - takes a second, and few studies need it

        count = len(dimensions)
        names = [str(place) for place in range(count)]
        self.problem: dict[str, Any] = {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}
        u = sobol.sample(self.problem, _BASE_SAMPLES, calc_second_order=False, seed=1)
        self._columns: dict[tuple[int, ...], Floats] = {}
        self.x = np.column_stack([d.place(u[:, place]) for place, d in enumerate(dimensions)])

    def __call__(self, fit: Surrogate) -> tuple[Floats, Floats]:
        """Estimate first and total indices, (D,) each; 0 of a polynomial that is constant."""
        from SALib.analyze import sobol  # noqa: PLC0415

        y = np.asarray(sum(c * self._column(term) for c, term in zip(fit.coefficients, fit.terms, strict=True)))
        if np.ptp(y) <= 1e-12 * np.abs(y).max(initial=1.0):
            return np.zeros(self.x.shape[1]), np.zeros(self.x.shape[1])
        found = sobol.analyze(self.problem, y, calc_second_order=False, num_resamples=2, seed=1)
        # Estimates from samples leave [0, 1] by a little.
        return np.clip(found["S1"], 0.0, 1.0), np.clip(found["ST"], 0.0, 1.0)

    def _column(self, term: Ints) -> Floats:
        """Values of a term, kept: hundreds of fits share most of their terms."""
        name = tuple(term.tolist())
        if name not in self._columns:
            self._columns[name] = columns_of(self.x, term[np.newaxis])[:, 0]
        return self._columns[name]
