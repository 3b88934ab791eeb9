"""Interception of one replication: what is expected of innocent units, way by way, and what became of carriers.

Units of one source with the same way have the same chance of being found. So the estimators run over the distinct
ways, each as many times as units took it: their cost and their rounding do not grow with the number of units.
"""

from collections.abc import Sequence

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .catalogue import ALL, INTERCEPTION_SUM
from .counts import Counts, Way
from .interception import expected_sums, history_sums, marginal_gains
from .passages import Passage, passages
from .path import Choice, Path
from .plan import SELECT, Plan, line_of, source_key
from .tally import Tally, class_weight


def take_finds(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book expected and realised interception, gains and histories of every source whose direction has lines."""
    weight = class_weight(network)
    for i, direction in enumerate(network.sources.direction):
        places = plan.lines_of[direction]
        if places:
            k = network.sources.vehicle_class[i]
            _take_source(network, plan, counts, tally, (i, places, float(weight[k]), float(network.prevalence[k])))


def _take_source(
    network: Network, plan: Plan, counts: Counts, tally: Tally, source: tuple[int, Sequence[str], float, float]
) -> None:
    i, places, weight, prevalence = source
    ways = sorted(counts.ways[i].items())
    number = np.array([count for _, count in ways], np.int64)
    lines = passages(network, path_of_ways(network, plan, i, [way for way, _ in ways]))
    expected = _by_place(network, lines, expected_sums(lines, number), places)
    gains = _by_place(network, lines, marginal_gains(lines, number), places)
    share, levels = network.level_share[network.sources.vehicle_class[i]], network.level_name
    _, _, _, cohort, innocent = counts.sums.units[i].tolist()
    guilty, caught = counts.sums.guilty[i], _caught_at(network, plan, counts, i)
    units = np.full(len(levels), innocent)
    key = source_key(network, "", i, network.sources.origin[i])
    for name, sums in {ALL: np.sum([*expected.values()], axis=0), **expected}.items():
        place = (*key[1:3], name, ALL, key[5])
        found = counts.sums.removed[i] if name == ALL else caught.get(name, np.zeros(len(levels), np.int64))
        total = float((share * sums).sum())
        tally.add(("expected_interception", *place), weight * total, weight * innocent)
        tally.add(("expected_finds", *place), prevalence * total / max(1, innocent) * cohort)
        tally.add(("realised_interception", *place), found.sum(), guilty.sum())
        tally.add_levels(("expected_interception", *place), levels, sums, units)
        tally.add_levels(("realised_interception", *place), levels, found, guilty)
        if name != ALL:
            tally.add_levels(("marginal_interception", *place), levels, gains[name], units)
    for level, by_line in zip(levels, history_sums(lines, number), strict=True):
        for names, value in by_line.items():
            pair = tally.history[INTERCEPTION_SUM, *key[1:4], names, key[5], level]
            pair[0] += value
            pair[1] += innocent


def path_of_ways(network: Network, plan: Plan, source: int, ways: Sequence[Way]) -> Path:
    """Lay out ways as if each were a unit of its own: selections and ferries only."""
    found: dict[int, list[tuple[int, int, float]]] = {}
    for number, way in enumerate(ways):
        for stop, answer, ratio in way:
            found.setdefault(stop, []).append((number, answer, ratio))
    nobody = np.full(len(ways), -1, np.int64)
    path = Path(source, np.arange(len(ways)), nobody)
    for stop in sorted(found):
        step = int(plan.stops.step[stop])
        at, answers = (np.array([row[column] for row in found[stop]], np.int64) for column in (0, 1))
        if network.steps.kind[step] == SELECT:
            ratios = np.array([row[2] for row in found[stop]], np.float64)
            path.choices.append(Choice(step, at, ratios, (answers & 1) > 0, (answers & 2) > 0))
        else:
            path.boards.append((step, at))
            path.landings.append((step, at))
    return path


def _by_place(network: Network, lines: Sequence[Passage], sums: Floats, places: Sequence[str]) -> dict[str, Floats]:
    """Add the sums of lines (lines, L) up by place; a class that passes no line of a place counts with 0."""
    found = {place: np.zeros(len(network.level_name)) for place in places}
    for line, values in zip(lines, sums, strict=True):
        found[line_of(network, line.step)] += values
    return found


def _caught_at(network: Network, plan: Plan, counts: Counts, source: int) -> dict[str, Ints]:
    """Carriers of a source that the searches of each place removed, by level."""
    caught: dict[str, Ints] = {}
    for stop in plan.stops_of(source):
        place = network.steps.place[plan.stops.step[stop]]
        if plan.stops.is_search[stop] and place:
            caught[place] = caught.get(place, 0) + counts.sums.caught[stop]
    return caught
