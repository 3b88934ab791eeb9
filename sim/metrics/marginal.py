"""What a change buys for each unit of what it takes: the ratio of two paired changes, with Fieller's interval."""

import math
from typing import Literal, NamedTuple

import numpy as np

from sim.network.tables import Floats
from sim.units import TICKS_PER_MINUTE

from .interval import ratio_residuals, student_t, total
from .kept import Kept
from .summary import QUANTILES
from .tally import Key

_ROUNDING = 1e-12
"""Changes below this share of a figure are those of the order of additions."""


class Change(NamedTuple):
    """Paired change of one figure from a base to another point."""

    base: float
    value: float
    residuals: Floats
    """(R,) of the difference, linearised, mean 0; NaN where a replication has no figure"""


Case = Literal["known", "free", "unsure"]


class Marginal(NamedTuple):
    """Change of one figure for each unit of change of another."""

    case: Case
    """`known`; `free`: the other does not change in any replication; `unsure`: its interval holds 0."""
    value: float
    low: float
    high: float
    """NaN unless known"""


def change_of(base: Kept, other: Kept, key: Key, statistic: str) -> Change | None:
    """Compare one figure of two points, replication by replication.

    Parameters
    ----------
    base, other : Kept
        Of the same metric and the same R replications of the same random numbers.
    key : Key
    statistic : str
        `mean`, `ratio` or a quantile.

    Returns
    -------
    Change or None
        In the metric's unit (minutes for quantiles); None where a point has no such figure.
    """
    if key not in base.keys or key not in other.keys:
        return None
    at = [list(kept.keys).index(key) for kept in (base, other)]
    sides = list(zip((base, other), at, strict=True))
    if statistic in QUANTILES:
        found = [_quantile_spreads(kept, m, QUANTILES[statistic]) for kept, m in sides]
    else:
        found = [_ratio_spreads(kept, m) for kept, m in sides]
    (a, spread_a), (b, spread_b) = found
    return None if math.isnan(a) or math.isnan(b) else Change(a, b, spread_b - spread_a)


def _ratio_spreads(kept: Kept, m: int) -> tuple[float, Floats]:
    ratio, residuals = ratio_residuals(kept.numerators[:, [m]], kept.denominators[:, [m]])
    return float(ratio[0]), np.asarray(residuals[:, 0], np.float64)


def _quantile_spreads(kept: Kept, m: int, probability: float) -> tuple[float, Floats]:
    """Pooled quantile in minutes, and the replications' own around it (sectioning)."""
    whole, own = kept.spreads.sections(m, probability)
    pooled = whole / TICKS_PER_MINUTE
    return pooled, own / TICKS_PER_MINUTE - pooled


def marginal(gain: Change, price: Change, confidence: float) -> Marginal:
    """Divide the change of one figure by that of another.

    Parameters
    ----------
    gain, price : Change
        Of the same replications.
    confidence : float
        Level of the interval, in (0, 1).

    Returns
    -------
    Marginal
        With the interval of Fieller (1954, J. R. Stat. Soc. B 16) for two means that are correlated: bounded as long
        as the price changes for sure.
    """
    risen = price.value - price.base
    kept = ~(np.isnan(gain.residuals) | np.isnan(price.residuals))
    a, b = gain.residuals[kept], price.residuals[kept]
    n = len(a)
    if max(abs(risen), float(np.abs(b).max(initial=0.0))) <= _ROUNDING * max(abs(price.base), abs(price.value)):
        return Marginal("free", math.nan, math.nan, math.nan)
    if n < 2:
        return Marginal("unsure", math.nan, math.nan, math.nan)
    aa, ab, bb = (float(total((u * v)[:, np.newaxis])[0]) / (n - 1) / n for u, v in ((a, a), (a, b), (b, b)))
    scale = (student_t(n, confidence) / risen) ** 2 if risen else math.inf
    if bb > 0 and scale * bb >= 1:
        return Marginal("unsure", math.nan, math.nan, math.nan)
    ratio = (gain.value - gain.base) / risen
    inside = aa - 2 * ratio * ab + ratio**2 * bb - scale * (aa * bb - ab**2)
    centre, half = ratio - scale * ab, math.sqrt(scale * max(inside, 0.0))
    left = 1 - scale * bb
    return Marginal("known", ratio, (centre - half) / left, (centre + half) / left)
