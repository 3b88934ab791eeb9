"""Displacement as a tidy frame: leak, attempts and shares by plan and strength of reaction, with intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.network.tables import Floats
from sim.scenario.run import Adaptation

from .catalogue import ALL
from .displacement import Choice, Displacement, displace, leak_half_width
from .interval import half_width, ratio_residuals
from .tally import Reduction

COLUMNS = ["plan", "eta", "quantity", "channel", "value", "low", "high", "n"]


def channel_rates(adaptation: Adaptation, reductions: Sequence[Reduction]) -> pd.DataFrame:
    """Interception rates of the channels, replication by replication.

    Parameters
    ----------
    adaptation : Adaptation
        Whose `classes` say which classes make up a channel.
    reductions : sequence of Reduction
        R of them, at least one.

    Returns
    -------
    DataFrame
        A row a replication, a column a channel: the ratio of sums plus the linearised residual of the replication, so
        that the mean is the estimate; NaN where a channel had no unit. Classes are weighted by what carries, outbound
        units left out.
    """
    rates = {}
    for channel, classes in adaptation.classes.items():
        sums = np.array([_interception(reduction, classes) for reduction in reductions])
        ratio, residuals = ratio_residuals(sums[:, :1], sums[:, 1:])
        rates[channel] = np.clip(ratio[0], 0, 1) + residuals[:, 0]
    return pd.DataFrame(rates)[list(adaptation.share)]


def _interception(reduction: Reduction, classes: Sequence[str]) -> tuple[float, float]:
    """Add up what is intercepted of some classes on their whole way, and how many there are."""
    pairs = [
        pair for (metric, direction, _, place, _, vehicle), pair in reduction.sums.items()
        if metric == "expected_interception" and place == ALL and vehicle in classes and direction != "outbound"
    ]  # fmt: skip
    return sum(above for above, _ in pairs), sum(below for _, below in pairs)


def displacement_frame(
    adaptation: Adaptation, plans: Mapping[str, pd.DataFrame], confidence: float = 0.95
) -> pd.DataFrame:
    """Leak, attempts, shares, marginal benefits and regret of plans over the band of eta.

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
        `COLUMNS`; of all channels together ("all") the `quantity` leak, attempts and regret (leak above the least leak
        of any plan at that eta); of each channel rate (interception), share, benefit (fall of the leak for a rise of
        that rate) and backfires (1 where a rise raises the leak). The row of eta 0, no reaction, is always there. Leak
        and rate have bounds; elsewhere they are NaN. Empty where a rate is NaN: a channel had no unit.

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
    if any(np.isnan(rows).any() for rows in values.values()):
        return pd.DataFrame(columns=COLUMNS)
    own = adaptation.reference is None
    reference = base.mean(axis=0) if adaptation.reference is None else [adaptation.reference[c] for c in channels]
    choice = Choice(adaptation.outside_share, np.array(list(adaptation.share.values())), np.asarray(reference))
    etas = np.unique([0.0, *adaptation.eta])
    parts = []
    for name, rates in values.items():
        found = displace(choice, rates.mean(axis=0), etas)
        moved = base - base.mean(axis=0) if own else None
        half = leak_half_width(found, rates - rates.mean(axis=0), confidence, moved)
        parts.append(_rows(found, rates.mean(axis=0), etas, channels).assign(plan=name, n=len(rates)))
        bounded = parts[-1]["quantity"] == "leak"
        for bound, sign in (("low", -1), ("high", 1)):
            parts[-1].loc[bounded, bound] = np.clip(found.leak + sign * half, 0, 1)
            of_rates = rates.mean(axis=0) + sign * half_width(rates - rates.mean(axis=0), confidence)
            parts[-1].loc[parts[-1]["quantity"] == "rate", bound] = np.tile(np.clip(of_rates, 0, 1), len(etas))
    frame = pd.concat(parts, ignore_index=True)
    leaks = frame[frame["quantity"] == "leak"]
    regret = leaks["value"] - leaks.groupby("eta")["value"].transform("min")
    more = leaks.assign(quantity="regret", value=regret, low=np.nan, high=np.nan)
    return pd.concat([frame, more], ignore_index=True)[COLUMNS]


def _rows(found: Displacement, rates: Floats, etas: Floats, channels: list[str]) -> pd.DataFrame:
    """Lay one plan's displacement out, without bounds."""
    by_channel = {
        "rate": np.broadcast_to(rates, found.share.shape),
        "share": found.share, "benefit": found.benefit, "backfires": found.backfires.astype(np.float64),
    }  # fmt: skip
    rows = [(eta, "leak", ALL, value) for eta, value in zip(etas, found.leak, strict=True)]
    rows += [(eta, "attempts", ALL, value) for eta, value in zip(etas, found.attempts, strict=True)]
    for quantity, table in by_channel.items():
        rows += [
            (eta, quantity, c, value)
            for eta, row in zip(etas, table, strict=True)
            for c, value in zip(channels, row, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=["eta", "quantity", "channel", "value"])
    return frame.assign(low=np.nan, high=np.nan)


def _values(plan: str, frame: pd.DataFrame, channels: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    for channel in channels:
        if channel not in frame:
            raise ValueError(f"plan {plan!r} must have a rate for channel {channel!r}; got {list(frame)}")
    return frame[channels].to_numpy(np.float64)
