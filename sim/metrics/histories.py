"""Sums for any detection, source by source, booked by the names of the lines that a unit was inspected at."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network

from .catalogue import INTERCEPTION_SUM
from .counts import Counts
from .interception import MOST_LINES, Histories
from .plan import Plan, source_key
from .tally import LevelKey, Tally
from .ways import Lines, Taken

_Keys = dict[tuple[int, tuple[int, ...]], tuple[LevelKey, ...]]
_kept: WeakKeyDictionary[Network, _Keys] = WeakKeyDictionary()
"""By source and positions of lines on its route: a key a level."""


def take_histories(
    network: Network, plan: Plan, taken: Taken, histories: Histories, book: tuple[Counts, Tally]
) -> None:
    """Book the sums for any detection of every source whose direction has lines."""
    counts, tally = book
    keys = _kept.setdefault(network, {})
    present = _present(histories, len(taken.sources))
    row = dict(zip(taken.sources.tolist(), range(len(taken.sources)), strict=True))
    innocent, nobody = counts.sums.units[:, 4].tolist(), [0.0] * len(network.level_name)
    for i, direction in enumerate(network.sources.direction):
        lines = taken.lines[i]
        if not plan.lines_of[direction] or len(set(lines.names)) > MOST_LINES:
            continue
        if i in row:
            found = [(at, values) for at, values in present[row[i]] if at[-1] < len(lines.names)]
        else:
            found = [((line,), nobody) for line in range(len(lines.names))]
        sums: dict[tuple[LevelKey, ...], list[float]] = {}
        for at, values in found:
            of_levels = keys.get((i, at))
            if of_levels is None:
                of_levels = keys[i, at] = _history_keys(network, i, lines, at)
            before = sums.get(of_levels)
            # Exclusive branches of one line share a name.
            sums[of_levels] = values if before is None else [a + b for a, b in zip(before, values, strict=True)]
        for level in range(len(nobody)):
            for of_levels, values in sums.items():
                tally.add_history(of_levels[level], values[level], innocent[i])


def _history_keys(network: Network, source: int, lines: Lines, at: tuple[int, ...]) -> tuple[LevelKey, ...]:
    _, direction, port, everywhere, _, vehicle = source_key(network, "", source, network.sources.origin[source])
    names = "+".join([lines.names[line] for line in at])
    return tuple((INTERCEPTION_SUM, direction, port, everywhere, names, vehicle, level) for level in network.level_name)


def _present(histories: Histories, sources: int) -> Sequence[list[tuple[tuple[int, ...], list[float]]]]:
    """Histories that each source has, and their sums by level."""
    found: list[list[tuple[tuple[int, ...], list[float]]]] = [[] for _ in range(sources)]
    ways = list(histories)
    if ways:
        has_any = np.array([has for _, has in histories.values()])
        sums = np.array([values for values, _ in histories.values()]).transpose(2, 0, 1)
        for source, number in zip(*(at.tolist() for at in np.nonzero(has_any.T)), strict=True):
            found[source].append((ways[number], sums[source, number].tolist()))
    return found
