"""Interception and expected finds for other detection, prevalence or shares of levels, without another simulation.

Exact as long as no removal feeds back: a carrier that is searched or removed leaves others' waits as they are. Few
vehicles carry, so what remains is of the size of their share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Floats

from .catalogue import ALL
from .interception import line_detection
from .kept import Kept
from .spreads import spreads_of
from .tally import class_weight


class HistorySums(NamedTuple):
    """Sums of `interception_sum`, one entry a replication, class, history of lines and concealment level: (n,) each."""

    replication: Sequence[int]
    vehicle_class: Sequence[str]
    lines: Sequence[str]
    """Names joined by `+`."""
    level: Sequence[str]
    value: Sequence[float]


def rescaled(kept: Mapping[str, Kept], history: HistorySums, before: Network, after: Network) -> dict[str, Kept]:
    """Weight what a study kept anew.

    Parameters
    ----------
    kept : mapping of str to Kept
        `expected_interception`, and `expected_finds` where it is wanted too, by line and class.
    history : HistorySums
        Of the same replications.
    before, after : Network
        As simulated, and as asked for; they differ in detection, prevalence and shares of levels alone.

    Returns
    -------
    dict of str to Kept
        The same metrics, at the keys without a direction: all, lines, classes, and lines by class.

    Notes
    -----
    theta of a class = sum over levels h of share_h sum over histories (a, ..., c) of (-1)^(earlier lines) d_a(h) ...
    d_c(h) sum(a+...+c) / units (`theta_from_sums`); the last line of a history is the place that is credited.
    Expected finds of a class follow as finds x prevalence ratio x interception ratio.
    """
    interception = kept["expected_interception"]
    n = len(interception.numerators)
    old, new = (_Sums(network, history, n) for network in (before, after))
    places = sorted({key[3] for key in interception.keys})
    found = {"expected_interception": _interception(interception, places, (old, new))}
    if "expected_finds" in kept:
        found["expected_finds"] = _finds(kept["expected_finds"], places, (old, new))
    return found


class _Sums:
    """Sums of the probability of interception by place and class, under one network."""

    def __init__(self, network: Network, history: HistorySums, n: int) -> None:
        names = network.class_name
        self.weight = dict(zip(names, class_weight(network).tolist(), strict=True))
        self.prevalence = dict(zip(names, network.prevalence.tolist(), strict=True))
        self._detects = _detection(network)
        self._place = dict(zip(network.steps.name, network.steps.place, strict=True))
        share = {
            (name, level): float(network.level_share[k, h])
            for k, name in enumerate(names)
            for h, level in enumerate(network.level_name)
        }
        self.found: dict[tuple[str, str], Floats] = {}
        for r, name, lines, level, value in zip(*history, strict=True):
            part = share[name, level] * self._chance(name, lines, level) * value
            for place in (ALL, self._place[lines.rpartition("+")[2].partition("#")[0]]):
                self.found.setdefault((place, name), np.zeros(n))[r] += part

    def _chance(self, name: str, lines: str, level: str) -> float:
        *earlier, last = lines.split("+")
        chance = self._detects[name, last][level]
        for line in earlier:
            chance *= -self._detects[name, line][level]
        return chance


def _detection(network: Network) -> dict[tuple[str, str], dict[str, float]]:
    """Probability that an inspected carrier is removed, by class and line, and by level."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for source, k in enumerate(network.sources.vehicle_class.tolist()):
        for line, by_level in line_detection(network, source).items():
            found[network.class_name[k], line] = by_level
    return found


def _interception(kept: Kept, places: Sequence[str], sums: tuple[_Sums, _Sums]) -> Kept:
    old, new = sums
    parts = {}
    for place, name, m in _by_class(kept, places):
        units = kept.denominators[:, m] / old.weight[name]
        above = new.found.get((place, name), np.zeros(len(units)))
        parts[place, name] = new.weight[name] * above, new.weight[name] * units
    return _added_up(kept, parts)


def _finds(kept: Kept, places: Sequence[str], sums: tuple[_Sums, _Sums]) -> Kept:
    old, new = sums
    parts = {}
    for place, name, m in _by_class(kept, places):
        before, after = (s.found.get((place, name), np.zeros(len(kept.numerators))) for s in sums)
        ratio = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
        carry = new.prevalence[name] / old.prevalence[name] if old.prevalence[name] > 0 else np.nan
        parts[place, name] = kept.numerators[:, m] * ratio * carry, kept.denominators[:, m]
    return _added_up(kept, parts)


def _by_class(kept: Kept, places: Sequence[str]) -> list[tuple[str, str, int]]:
    """List place, class and column of the keys of single classes."""
    return [
        (key[3], key[5], m)
        for m, key in enumerate(kept.keys)
        if key[1] == ALL and key[2] == ALL and key[5] != ALL and key[3] in places
    ]


def _added_up(kept: Kept, parts: Mapping[tuple[str, str], tuple[Floats, Floats]]) -> Kept:
    """Lay parts by place and class out as a metric, with the sums over classes."""
    whole = {}
    for place in dict.fromkeys(place for place, _ in parts):
        rows = [pair for (here, _), pair in parts.items() if here == place]
        below = np.sum([pair[1] for pair in rows], axis=0) if kept.metric.per == "items" else rows[0][1]
        whole[place, ALL] = np.sum([pair[0] for pair in rows], axis=0), below
    every = sorted({**parts, **whole}.items())
    keys = [(kept.metric.name, ALL, ALL, place, ALL, name) for (place, name), _ in every]
    above, below = (np.column_stack([pair[side] for _, pair in every]) for side in (0, 1))
    none, nothing = np.full(above.shape, np.nan), spreads_of([[None] * len(keys)] * len(above), len(keys))
    return replace(kept, keys=keys, numerators=above, denominators=below, maxima=none, spreads=nothing)


__all__ = ["HistorySums", "rescaled"]
