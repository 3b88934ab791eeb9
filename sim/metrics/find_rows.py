"""Where the interception of each source is booked: a pure function of the network, worked out once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .bookings import Bookings, bookings
from .catalogue import ALL
from .pairs import Names
from .plan import Plan, source_key
from .tally import Key, LevelKey, class_weight
from .ways import Lines


class FindRows(NamedTuple):
    """Whole ways and places of the sources whose direction has lines, F rows: a whole way, then its places."""

    sources: int
    """of the network"""
    source: Ints
    """(F,)"""
    whole: Ints
    """(F,) row of the whole way that a place is part of; -1 of a whole way"""
    weight: Floats
    """(F,) of the class in a rate over classes"""
    prevalence: Floats
    """(F,)"""
    share: Floats
    """(F, L)"""
    line_source: Ints
    """(lines of all sources,)"""
    line_position: Ints
    """position on the route"""
    line_row: Ints
    """row of the line's place"""
    search_stop: Ints
    """(searches at the places,)"""
    search_row: Ints
    keys: tuple[Key, ...]
    """Of expected interception (F), expected finds (F), realised interception (F)."""
    by_level: Bookings[LevelKey]
    """Of expected (F, L), realised (F, L), marginal interception of the places (P, L)."""
    levels: Names[LevelKey]
    """Its keys."""


def find_rows(network: Network, plan: Plan, lines: Sequence[Lines]) -> FindRows:
    """Number the rows; lines by source."""
    rows: dict[tuple[int, str], int] = {}
    whole: list[int] = []
    for i, direction in enumerate(network.sources.direction):
        for place in [ALL, *plan.lines_of[direction]] if plan.lines_of[direction] else []:
            whole.append(-1 if place == ALL else rows[i, ALL])
            rows[i, place] = len(rows)
    source = np.array([i for i, _ in rows], np.int64)
    classes = network.sources.vehicle_class[source]
    at_lines = [
        (i, position, rows[i, place])
        for i, of_source in enumerate(lines)
        for position, place in enumerate(of_source.places)
    ]
    searches = list(_searches(network, plan, rows))
    by_level = _by_level(network, rows)
    line_source, line_position, line_row = np.array(at_lines, np.int64).reshape(-1, 3).T
    search_stop, search_row = np.array(searches, np.int64).reshape(-1, 2).T
    return FindRows(
        len(network.sources.name),
        source,
        np.array(whole, np.int64),
        class_weight(network)[classes],
        network.prevalence[classes],
        network.level_share[classes],
        line_source,
        line_position,
        line_row,
        search_stop,
        search_row,
        _figures(network, rows),
        by_level,
        Names(by_level.keys),
    )


def _searches(network: Network, plan: Plan, rows: dict[tuple[int, str], int]) -> Iterator[tuple[int, int]]:
    """Yield the stop of each search at a place, and the row of the place."""
    for stop in np.flatnonzero(plan.stops.is_search).tolist():
        place = network.steps.place[plan.stops.step[stop]]
        row = rows.get((int(plan.stops.source[stop]), place)) if place else None
        if row is not None:
            yield stop, row


def _place_key(network: Network, metric: str, at: tuple[int, str]) -> Key:
    source, place = at
    _, direction, port, _, _, vehicle = source_key(network, metric, source, network.sources.origin[source])
    return (metric, direction, port, place, ALL, vehicle)


def _figures(network: Network, rows: dict[tuple[int, str], int]) -> tuple[Key, ...]:
    names = ("expected_interception", "expected_finds", "realised_interception")
    return tuple(_place_key(network, name, at) for name in names for at in rows)


def _by_level(network: Network, rows: dict[tuple[int, str], int]) -> Bookings[LevelKey]:
    levels = network.level_name
    keys: list[LevelKey] = []
    blocks: tuple[list[int], list[int], list[int]] = ([], [], [])
    for at in rows:
        expected, realised, marginal = (_place_key(network, f"{name}_interception", at) for name in _KINDS)
        for level in levels:
            for block, key in zip(blocks, (expected, realised), strict=False):
                block.append(len(keys))
                keys.append((*key, level))
        for level in levels if at[1] != ALL else ():
            blocks[2].append(len(keys))
            keys.append((*marginal, level))
    in_order = bookings(keys)
    return in_order._replace(rows=in_order.rows[np.concatenate([np.array(block, np.int64) for block in blocks])])


_KINDS = ("expected", "realised", "marginal")
