"""Interception of one replication: what is expected of innocent units, way by way, and what became of carriers.

Units of one source with the same way have the same chance of being found. So the estimators run over the distinct
ways, each as many times as units took it: their cost and their rounding do not grow with the number of units.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Floats

from .catalogue import ALL, INTERCEPTION_SUM
from .counts import Counts
from .interception import Histories, expected_by_source, gains_by_source, histories_by_source, named_histories
from .plan import Plan, source_key
from .tally import Tally, class_weight
from .ways import Lines, taken_ways

Values = list[float]
"""By concealment level, L of them."""


class _Source(NamedTuple):
    """Figures of the units of one source, by line on its route."""

    number: int
    lines: Lines
    expected: Sequence[Values]
    gains: Sequence[Values]
    histories: Sequence[dict[str, float]]
    """By level."""


def take_finds(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book expected and realised interception, gains and histories of every source whose direction has lines."""
    taken = taken_ways(network, plan, counts.ways)
    expected = expected_by_source(taken.draws, taken.counts, taken.starts)
    gains = gains_by_source(taken.draws, taken.counts, taken.starts)
    histories = histories_by_source(taken.draws, taken.counts, taken.starts)
    row = dict(zip(taken.sources.tolist(), range(len(taken.sources)), strict=True))
    weight, levels = class_weight(network), len(network.level_name)
    for i, direction in enumerate(network.sources.direction):
        if plan.lines_of[direction]:
            lines = taken.lines[i]
            source = _Source(
                i,
                lines,
                _of_source(expected, row.get(i), lines, levels),
                _of_source(gains, row.get(i), lines, levels),
                _histories(histories, row.get(i), lines, levels),
            )
            _take_source(network, plan, counts, tally, (source, weight[network.sources.vehicle_class[i]]))


def _of_source(values: Floats, row: int | None, lines: Lines, levels: int) -> list[Values]:
    """Take the sums (lines, L, I') of a source; 0 where nobody is."""
    if row is None:
        return [[0.0] * levels for _ in lines.names]
    found: list[Values] = values[: len(lines.names), :, row].tolist()
    return found


def _histories(histories: Histories, row: int | None, lines: Lines, levels: int) -> list[dict[str, float]]:
    if row is None:
        nobody = (np.zeros((levels, 1)), np.ones(1, np.bool_))
        return named_histories({(line,): nobody for line in range(len(lines.names))}, 0, lines.names, levels)
    return named_histories(histories, row, lines.names, levels)


def _take_source(network: Network, plan: Plan, counts: Counts, tally: Tally, of: tuple[_Source, float]) -> None:
    source, weight = of
    i, levels = source.number, network.level_name
    k = network.sources.vehicle_class[i]
    share, prevalence = network.level_share[k].tolist(), float(network.prevalence[k])
    _, _, _, cohort, innocent = counts.sums.units[i].tolist()
    guilty, caught = counts.sums.guilty[i].tolist(), _caught_at(network, plan, counts, i)
    key = source_key(network, "", i, network.sources.origin[i])
    places = plan.lines_of[network.sources.direction[i]]
    expected, gains = (_by_place(values, source.lines, places, levels) for values in (source.expected, source.gains))
    whole = [sum(column) for column in zip(*expected.values(), strict=True)]
    nobody = [0] * len(levels)
    for name, sums in {ALL: whole, **expected}.items():
        place = (*key[1:3], name, ALL, key[5])
        found = counts.sums.removed[i].tolist() if name == ALL else caught.get(name, nobody)
        total = sum(part * value for part, value in zip(share, sums, strict=True))
        tally.add(("expected_interception", *place), weight * total, weight * innocent)
        tally.add(("expected_finds", *place), prevalence * total / max(1, innocent) * cohort)
        tally.add(("realised_interception", *place), sum(found), sum(guilty))
        for level, value, seen, all_seen in zip(levels, sums, found, guilty, strict=True):
            tally.add_level(("expected_interception", *place, level), value, innocent)
            tally.add_level(("realised_interception", *place, level), seen, all_seen)
        if name != ALL:
            for level, value in zip(levels, gains[name], strict=True):
                tally.add_level(("marginal_interception", *place, level), value, innocent)
    for level, by_line in zip(levels, source.histories, strict=True):
        for names, value in by_line.items():
            tally.add_history((INTERCEPTION_SUM, *key[1:4], names, key[5], level), value, innocent)


def _by_place(
    values: Sequence[Values], lines: Lines, places: Sequence[str], levels: Sequence[str]
) -> dict[str, Values]:
    """Add up by place; a class that passes no line of a place counts with 0."""
    found = {place: [0.0] * len(levels) for place in places}
    for place, here in zip(lines.places, values, strict=True):
        found[place] = [a + b for a, b in zip(found[place], here, strict=True)]
    return found


def _caught_at(network: Network, plan: Plan, counts: Counts, source: int) -> dict[str, list[int]]:
    """Carriers of a source that the searches of each place removed, by level."""
    caught: dict[str, list[int]] = {}
    first = int(plan.first[source])
    for stop in np.flatnonzero(plan.stops.is_search[first : int(plan.first[source + 1])]).tolist():
        place = network.steps.place[plan.stops.step[first + stop]]
        if place:
            here = counts.sums.caught[first + stop].tolist()
            caught[place] = [a + b for a, b in zip(caught.get(place, [0] * len(here)), here, strict=True)]
    return caught
