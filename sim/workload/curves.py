"""Quantile functions as piecewise polynomials, good to one part in 2**34: enough to tell most ticks, and quick.

A duration is a tick of `laws.QUANTILES`, which numpy and scipy compute to some 2**-50. A curve stays within `TOLERANCE`
of it. So where the curve is farther than that from the middle of two ticks, both round to the same tick; where it is
not, `laws` is asked. No duration depends on whether a curve was used.

Close to 0 and to 1 quantile functions are steep, so segments get shorter there: each halving of the distance to the
nearer end has as many. (Interpolated quantiles: Hörmann and Leydold 2003, ACM Transactions on Modeling and Computer
Simulation 13:347.) Each segment is interpolated at Chebyshev's nodes and compared with the law at other points. One
that is farther off than `TOLERANCE / MARGIN` at any of them, as at a kink, is left out: it says nothing (NaN), so that
`laws` is asked.
"""

from functools import lru_cache

import numpy as np

from sim.network.tables import Floats

from .laws import QUANTILES

TOLERANCE = 2.0**-34
MARGIN = 16.0
DEGREE = 5
PITCH = 8
"""Numbers of a segment: coefficients from the constant on, then nothing; a line of the processor's cache."""
SPLIT_BITS = 5
"""Each halving has two to the power of so many segments."""
HALVINGS = 20
"""Closer to either end than half of 2**-HALVINGS `laws` is asked."""
SIDE = 2 + (HALVINGS << SPLIT_BITS)
"""Segments of a side: too close to the end, then away from it, then its middle of 0.5 itself."""

_DYADIC = 2.0**20
_CHECKS = 16
SCALED = ("constant", "exponential", "lognormal", "gamma")
"""Families whose first parameter is the mean, which scales all durations."""

Law = tuple[str, tuple[float, ...]]


def split(family: str, law: tuple[float, ...]) -> tuple[Law, float]:
    """Split a law into one of mean 1 and the seconds of that mean; some families are not split."""
    return ((family, (1.0, *law[1:])), law[0]) if family in SCALED else ((family, law), 1.0)


@lru_cache(maxsize=256)
def curve_of(family: str, law: tuple[float, ...]) -> Floats:
    """Interpolate the quantile function of a law.

    Returns
    -------
    ndarray of float64, shape (2 * SIDE, PITCH)
        Coefficients of the powers of the place in a segment, from 0 to 1 away from the end; first of uniforms below
        0.5. NaN where nothing is said.
    """
    nodes = _dyadic((1 - np.cos((2 * np.arange(DEGREE + 1) + 1) * np.pi / (2 * DEGREE + 2))) / 2)
    between = _dyadic((np.arange(_CHECKS) + 0.5) / _CHECKS)
    inverse = np.linalg.inv(np.vander(nodes, increasing=True))
    powers = np.vander(between, DEGREE + 1, increasing=True)
    segments = np.zeros((2, SIDE, PITCH))
    segments[:, [0, -1], 0] = np.nan
    for is_up, side in enumerate(segments):
        wanted, compared = (_quantiles(family, law, _places(at), is_up=bool(is_up)) for at in (nodes, between))
        coefficients = wanted @ inverse.T
        off = np.abs(coefficients @ powers.T - compared).max(axis=1)
        is_good = off <= TOLERANCE / MARGIN * np.abs(compared).min(axis=1)
        side[1:-1, : DEGREE + 1] = np.where(is_good[:, None], coefficients, np.nan)
    return segments.reshape(2 * SIDE, PITCH)


def _dyadic(places: Floats) -> Floats:
    """Round places in a segment, so that a uniform is there and its distance to 1 is exact."""
    return np.asarray(np.rint(places * _DYADIC) / _DYADIC, np.float64)


def _places(at: Floats) -> Floats:
    """Distances to the end in each segment, (segments, len(at))."""
    halving, part = np.divmod(np.arange(HALVINGS << SPLIT_BITS), 1 << SPLIT_BITS)
    width = 2.0 ** (halving - HALVINGS - 1 - SPLIT_BITS)
    return np.asarray(width[:, None] * ((1 << SPLIT_BITS) + part[:, None] + at), np.float64)


def _quantiles(family: str, law: tuple[float, ...], distance: Floats, *, is_up: bool) -> Floats:
    with np.errstate(all="ignore"):
        return QUANTILES[family]((1 - distance if is_up else distance).ravel(), law).reshape(distance.shape)
