"""Displacement: how carriers shift between channels, or give up, when interception changes.

A logit over channels with an outside option and one parameter, eta >= 0. It is applied to interception rates after
the simulation and never inside it; eta cannot be identified from port data, so results are shown over a band.
Sources: McFadden 1974 (logit), in Zarembka, Frontiers in Econometrics; Train 2009, Discrete Choice Methods with
Simulation, ch. 3 and 4 (nested logit, derivatives). Letters: E etas, K channels, R replications, P plans.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.network.tables import Floats

from .interval import half_width

ADDS_UP = 1e-9
"""Largest distance of the reference shares' sum from 1."""


@dataclass(frozen=True)
class Choice:
    """What carriers chose at a reference: shares of would-be attempts, and the interception they belong to."""

    outside_share: float
    """Share that abandons."""
    share: Floats
    """By channel, shape (K,)."""
    reference: Floats = field(repr=False)
    """Interception rates that the shares belong to, shape (K,)."""

    def __post_init__(self) -> None:
        """Refuse what is not a distribution over channels.

        Raises
        ------
        ValueError
            If a share or a rate is outside [0, 1], the shares do not add up to 1, or the shapes differ.
        """
        object.__setattr__(self, "share", np.asarray(self.share, np.float64))
        object.__setattr__(self, "reference", np.asarray(self.reference, np.float64))
        _inside("outside_share", self.outside_share)
        _inside("share", self.share)
        _inside("reference", self.reference)
        if self.share.ndim != 1 or self.share.shape != self.reference.shape:
            raise ValueError(
                f"share and reference must be two rows of one length; got {self.share.shape}, {self.reference.shape}"
            )
        total = self.outside_share + float(self.share.sum())
        if abs(total - 1) > ADDS_UP:
            raise ValueError(f"outside_share and share must add up to 1; got {total:g}")


class Displacement(NamedTuple):
    """Where would-be attempts go, row by row of eta."""

    outside: Floats
    """Share that abandons, shape (E,)."""
    share: Floats
    """By channel, shape (E, K)."""
    leak: Floats
    """Share of would-be attempts that get through, shape (E,)."""
    attempts: Floats
    """1 - outside, shape (E,)."""
    benefit: Floats
    """-dL/d theta_k, shape (E, K): how much the leak falls for a rise of one channel's interception."""
    backfires: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    """Where more interception on a channel that is used raises the leak: theta_k - mean > 1 / eta, shape (E, K)."""


def displace(choice: Choice, theta: ArrayLike, eta: ArrayLike) -> Displacement:
    """Shares, leak and marginal benefit at new interception rates.

    Parameters
    ----------
    choice : Choice
    theta : array_like, shape (K,)
        New interception rates in [0, 1].
    eta : array_like, shape (E,) or ()
        Strength of reaction, >= 0: a rise of 0.1 multiplies the odds of a channel by exp(-0.1 eta).

    Returns
    -------
    Displacement

    Raises
    ------
    ValueError
        If a rate is outside [0, 1], an eta is negative or not finite, or the shapes differ.
    """
    rates, etas = _rates(choice, theta), _etas(eta)
    change = np.concatenate(([0.0], rates - choice.reference))
    weights = np.concatenate(([choice.outside_share], choice.share))
    logits = _log(weights) - etas[:, np.newaxis] * change
    everything = _softmax(logits)
    outside, share = everything[:, 0], everything[:, 1:]
    leak = (share * (1 - rates)).sum(axis=1)
    slope = 1 - etas[:, np.newaxis] * (rates - (1 - leak)[:, np.newaxis])
    return Displacement(outside, share, leak, 1 - outside, share * slope, (slope < 0) & (share > 0))


def limit_leak(choice: Choice, theta: ArrayLike) -> float:
    """Leak as eta grows without bound.

    Parameters
    ----------
    choice : Choice
    theta : array_like, shape (K,)
        Interception rates in [0, 1].

    Returns
    -------
    float
        All attempts go where interception rose least (the outside option counts as a rise of 0), divided as their
        reference shares. Without an outside option and with equal reference rates it is 1 - min theta (maximin).

    Raises
    ------
    ValueError
        If a rate is outside [0, 1] or the shapes differ.
    """
    rates = _rates(choice, theta)
    change = np.concatenate(([0.0], rates - choice.reference))
    weights = np.concatenate(([choice.outside_share], choice.share))
    least = change[weights > 0].min()
    last = np.where(np.isclose(change, least, rtol=0, atol=1e-12), weights, 0.0)
    return float((last[1:] * (1 - rates)).sum() / last.sum())


def nested_shares(choice: Choice, theta: ArrayLike, eta: float, nest: Sequence[int], mu: float) -> Floats:
    """Shares where some channels are closer substitutes than others: one nest of dissimilarity mu.

    Parameters
    ----------
    choice : Choice
    theta : array_like, shape (K,)
        Interception rates in [0, 1].
    eta : float
        Strength of reaction, >= 0.
    nest : sequence of int
        Numbers of the channels in the nest, whose shares must not all be 0.
    mu : float
        In (0, 1]; 1 is the plain logit.

    Returns
    -------
    ndarray of float64, shape (K,)
        The outside option has the rest.

    Raises
    ------
    ValueError
        If a rate, eta, mu or the nest is out of range.
    """
    rates, strength = _rates(choice, theta), float(_etas(eta)[0])
    if not 0 < mu <= 1:
        raise ValueError(f"mu must lie in (0, 1]; got {mu:g}")
    inside = np.zeros(len(rates), bool)
    inside[list(nest)] = True
    mass = choice.share[inside].sum()
    if mass <= 0:
        raise ValueError(f"nest must hold a channel with a share; got {list(nest)}")
    shift = -strength * (rates - choice.reference)
    within = _log(choice.share[inside] / mass) + shift[inside] / mu
    top = within.max()
    value = top + np.log(np.exp(within - top).sum())
    logits = np.concatenate(
        (_log(np.array([choice.outside_share])), [np.log(mass) + mu * value], (_log(choice.share) + shift)[~inside])
    )
    chosen = _softmax(logits[np.newaxis])[0]
    result = np.empty(len(rates))
    result[inside] = chosen[1] * _softmax(within[np.newaxis])[0]
    result[~inside] = chosen[2:]
    return result


class Regret(NamedTuple):
    """What it costs to choose a plan as if nobody reacted."""

    leak: Floats
    """Shape (E, P)."""
    ignoring: int
    """Number of the plan that is best at eta 0."""
    best: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    """Number of the best plan, shape (E,)."""
    regret: Floats
    """Leak of the plan chosen without reaction minus the least leak, shape (E,), >= 0."""


def regret_of_ignoring(choice: Choice, plans: ArrayLike, eta: ArrayLike) -> Regret:
    """Leak of the plan that is best at eta 0 against the best plan at each eta.

    Parameters
    ----------
    choice : Choice
    plans : array_like, shape (P, K)
        Interception rates of the candidate plans.
    eta : array_like, shape (E,) or ()

    Returns
    -------
    Regret
        Of equally good plans the first counts.

    Raises
    ------
    ValueError
        If there is no plan, or a rate or eta is out of range.
    """
    rows = np.atleast_2d(np.asarray(plans, np.float64))
    if rows.size == 0:
        raise ValueError("plans must hold at least one plan; got none")
    leak = np.column_stack([displace(choice, row, eta).leak for row in rows])
    ignoring = int(np.argmin([displace(choice, row, 0.0).leak[0] for row in rows]))
    return Regret(leak, ignoring, leak.argmin(axis=1), leak[:, ignoring] - leak.min(axis=1))


def leak_half_width(found: Displacement, residuals: Floats, confidence: float, moved: Floats | None = None) -> Floats:
    """Half-width of the leak's interval by the delta method, with the replication as the unit.

    Parameters
    ----------
    found : Displacement
    residuals : ndarray of float64, shape (R, K)
        Linearised interception rates of the replications, of sum 0 (`ratio_residuals`): their covariance is kept.
    confidence : float
        In (0, 1).
    moved : ndarray of float64, shape (R, K), optional
        The same of the reference rates where they too come from replications (with common random numbers: the same
        ones); left out, the reference is a given number.

    Returns
    -------
    ndarray of float64, shape (E,)
        NaN for one replication.
    """
    leak = -residuals @ found.benefit.T
    if moved is not None:
        leak = leak - moved @ (found.share - found.benefit).T  # dL/d theta_k + dL/d reference_k = -s_k
    return half_width(leak, confidence)


def _rates(choice: Choice, theta: ArrayLike) -> Floats:
    rates = np.asarray(theta, np.float64)
    _inside("theta", rates)
    if rates.shape != choice.share.shape:
        raise ValueError(f"theta must have one rate a channel, shape {choice.share.shape}; got {rates.shape}")
    return rates


def _etas(eta: ArrayLike) -> Floats:
    etas = np.atleast_1d(np.asarray(eta, np.float64))
    for value in etas[~(np.isfinite(etas) & (etas >= 0))]:
        raise ValueError(f"eta must be finite and at least 0; got {value:g}")
    return etas


def _inside(name: str, values: ArrayLike) -> None:
    given = np.atleast_1d(np.asarray(values, np.float64))
    for value in given[~((given >= 0) & (given <= 1))]:
        raise ValueError(f"{name} must lie in [0, 1]; got {value:g}")


def _log(weights: Floats) -> Floats:
    return np.log(weights, out=np.full(weights.shape, -np.inf), where=weights > 0)


def _softmax(logits: Floats) -> Floats:
    """Shares from logits, row by row; the largest is taken off first, so that none overflows."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float64)
