"""Displacement as a tidy frame: leak, attempts and shares by plan and strength of reaction, with intervals."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.scenario.run import Adaptation

from .displacement import Choice, displace, leak_half_width

COLUMNS = ["plan", "eta", "quantity", "channel", "value", "low", "high", "n"]


def displacement_frame(
    adaptation: Adaptation, plans: Mapping[str, pd.DataFrame], confidence: float = 0.95
) -> pd.DataFrame:
    """Leak, attempts, shares and marginal benefits of plans over the band of eta.

    Parameters
    ----------
    adaptation : Adaptation
        Where it gives no reference, the first plan is the reference; its replications then count in the intervals,
        paired with those of the other plans (common random numbers).
    plans : mapping of str to DataFrame
        By plan: a row a replication, a column a channel (all of `adaptation.share`), each column's mean the estimate.
        For a ratio of sums the values are ratio + residual (`ratio_residuals`); a given rate is a constant column.
    confidence : float
        Level of the leak's intervals, in (0, 1).

    Returns
    -------
    DataFrame
        `COLUMNS`; `quantity` is leak, attempts, share or benefit, `channel` is "all" for the first two. The row of
        eta 0, no reaction, is always there. Only the leak has bounds; elsewhere they are NaN.

    Raises
    ------
    ValueError
        If there is no plan, a channel is missing, a rate lies outside [0, 1], or plans differ in replications.
    """
    if not plans:
        raise ValueError("plans must hold at least one plan; got none")
    channels = list(adaptation.share)
    values = {name: _values(name, frame, channels) for name, frame in plans.items()}
    base = next(iter(values.values()))
    if len({len(rows) for rows in values.values()}) > 1:
        raise ValueError(f"plans must have equal replications; got {[len(rows) for rows in values.values()]}")
    own = adaptation.reference is None
    reference = base.mean(axis=0) if adaptation.reference is None else [adaptation.reference[c] for c in channels]
    choice = Choice(adaptation.outside_share, np.array(list(adaptation.share.values())), np.asarray(reference))
    etas = np.unique([0.0, *adaptation.eta])
    rows = []
    for name, rates in values.items():
        found = displace(choice, rates.mean(axis=0), etas)
        moved = base - base.mean(axis=0) if own else None
        half = leak_half_width(found, rates - rates.mean(axis=0), confidence, moved)
        for e, eta in enumerate(etas):
            leak, n = found.leak[e], len(rates)
            low, high = np.clip([leak - half[e], leak + half[e]], 0, 1)
            rows.append((name, eta, "leak", "all", leak, low, high, n))
            rows.append((name, eta, "attempts", "all", found.attempts[e], np.nan, np.nan, n))
            for quantity, table in (("share", found.share), ("benefit", found.benefit)):
                rows += [(name, eta, quantity, c, table[e, k], np.nan, np.nan, n) for k, c in enumerate(channels)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _values(plan: str, frame: pd.DataFrame, channels: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    for channel in channels:
        if channel not in frame:
            raise ValueError(f"plan {plan!r} must have a rate for channel {channel!r}; got {list(frame)}")
    return frame[channels].to_numpy(np.float64)
