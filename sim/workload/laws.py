"""Quantile functions of the laws of durations: uniforms in, seconds or ticks out."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

from sim.network.tables import Floats, Ints
from sim.units import TICKS_PER_SECOND

Quantile = Callable[[Floats, tuple[float, ...]], Floats]


def _constant(u: Floats, law: tuple[float, ...]) -> Floats:
    return np.full(len(u), law[0])


def _exponential(u: Floats, law: tuple[float, ...]) -> Floats:
    return np.asarray(-law[0] * np.log1p(-u), np.float64)


def _lognormal(u: Floats, law: tuple[float, ...]) -> Floats:
    mean, cv = law
    sigma2 = math.log1p(cv * cv)
    # NOTE ndtri(0) is -inf, which exp turns into a time of 0: no clipping needed.
    return np.asarray(mean * np.exp(math.sqrt(sigma2) * special.ndtri(u) - sigma2 / 2), np.float64)


def _gamma(u: Floats, law: tuple[float, ...]) -> Floats:
    mean, cv = law
    return np.asarray(special.gammaincinv(cv**-2, u) * mean * cv * cv, np.float64)


def _uniform(u: Floats, law: tuple[float, ...]) -> Floats:
    low, high = law
    return low + (high - low) * u


def triangular(u: Floats, low: float | Floats, mode: float | Floats, high: float | Floats) -> Floats:
    """Return quantiles of triangular laws; parameters may be arrays that fit the uniforms."""
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u * (high - low) < mode - low, rising, falling)


def _triangular(u: Floats, law: tuple[float, ...]) -> Floats:
    low, mode, high = law
    return triangular(u, low, mode, high)


def _empirical(u: Floats, law: tuple[float, ...]) -> Floats:
    ordered = np.sort(np.array(law))
    return ordered[(u * len(ordered)).astype(np.int64)]


QUANTILES: dict[str, Quantile] = {
    "constant": _constant,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "uniform": _uniform,
    "triangular": _triangular,
    "empirical": _empirical,
}


@lru_cache(maxsize=256)
def is_short(family: str, law: tuple[float, ...]) -> bool:
    """Tell whether the longest duration of a law, that of the largest uniform, takes at most half of an int32."""
    longest = QUANTILES[family](np.array([1 - 2.0**-53]), law)
    return bool(longest[0] * TICKS_PER_SECOND <= 2**30)


def quantile_ticks(u: Floats, family: str, law: tuple[Any, ...]) -> Ints:
    """Turn uniforms into durations.

    Parameters
    ----------
    u : ndarray of float64, shape (N,)
        In [0, 1).
    family : str
        Key of `QUANTILES`.
    law : tuple of float
        Parameters in seconds, as in `Network.laws`. The first may be an array of means, one for each uniform.

    Returns
    -------
    ndarray of int64, shape (N,)
        Ticks, rounded once, at least 1.
    """
    return ticks_from_seconds(QUANTILES[family](u, law))


def ticks_from_seconds(seconds: Floats) -> Ints:
    """Round to ticks, at least 1."""
    return np.maximum(1, np.rint(seconds * TICKS_PER_SECOND)).astype(np.int64)
