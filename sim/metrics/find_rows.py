"""Where the interception of each source is booked: a pure function of the network, worked out once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Floats, Ints

from .bookings import Bookings, bookings
from .catalogue import ALL
from .counts import Sums, places_of
from .pairs import Names
from .plan import Plan, source_key
from .tally import Key, LevelKey, class_weight
from .ways import Lines


class FindRows(NamedTuple):
    """Whole ways and places of the sources whose direction has lines, F rows: a whole way, then its places."""

    source: Ints
    """(F,)"""
    weight: Floats
    """(F,) of the class in a rate over classes"""
    prevalence: Floats
    """(F,)"""
    share: Floats
    """(F, L)"""
    line_entry: Ints
    """(2 L lines of all sources,) where a line's contributions, and its gains, stand in the sums by source"""
    line_cell: Ints
    """(2 L lines of all sources,) where they are added to: at the line's place, (2, F, L) in a row"""
    part_cell: Ints
    """(L places,) where the places stand, (F, L) in a row"""
    whole_cell: Ints
    """(L whole ways,) where the whole ways stand"""
    part_whole: Ints
    """(L places,) the whole way of each place, among `whole_cell`"""
    cohort: Ints
    """(F,) place of the units of the window in `Sums.whole`"""
    innocent: Ints
    """(F,) place of those that finished and were innocent"""
    below: Ints
    """(booked by level,) places of the denominators: innocent units, carriers, innocent units"""
    found: Ints
    """(carriers found,) places of `Sums.removed` and `Sums.caught`"""
    found_cell: Ints
    """(carriers found,) where they are added to, (F, L) in a row: on the whole way, or by the searches of a place"""
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
    by_level = _by_level(network, rows)
    parts = _part_cells(np.array(whole, np.int64), len(network.level_name))
    return FindRows(
        source,
        class_weight(network)[classes],
        network.prevalence[classes],
        network.level_share[classes],
        *_line_cells(network, rows, lines),
        *parts,
        *_numbers(places_of(network, plan), source, parts[0]),
        *_found_cells(network, plan, rows),
        _figures(network, rows),
        by_level,
        Names(by_level.keys),
    )


def _line_cells(network: Network, rows: dict[tuple[int, str], int], lines: Sequence[Lines]) -> tuple[Ints, Ints]:
    at_lines = [
        (i, position, rows[i, place])
        for i, of_source in enumerate(lines)
        for position, place in enumerate(of_source.places)
    ]
    source, position, row = np.array(at_lines, np.int64).reshape(-1, 3).T
    levels, most = len(network.level_name), max((len(of_source.places) for of_source in lines), default=0)
    kind, level = np.arange(2)[:, None, None], np.arange(levels)[:, None]
    entry = ((kind * most + position) * levels + level) * len(network.sources.name) + source
    return entry.ravel(), ((kind * len(rows) + row) * levels + level).ravel()


def _part_cells(whole: Ints, levels: int) -> tuple[Ints, Ints, Ints]:
    """Find places and whole ways; given (F,) the row of the whole way that a place is part of, -1 of a whole way."""
    level, parts, wholes = np.arange(levels), np.flatnonzero(whole >= 0)[:, None], np.flatnonzero(whole < 0)[:, None]
    number = np.searchsorted(wholes.ravel(), whole[parts])
    return (parts * levels + level).ravel(), (wholes * levels + level).ravel(), (number * levels + level).ravel()


def _numbers(places: Sums, source: Ints, part_cell: Ints) -> tuple[Ints, Ints, Ints]:
    """Find units of the window, innocent units, and denominators by level; sources (F,), cells of the places."""
    cohort, innocent = places.units[source, 3:].T
    many = innocent.repeat(places.guilty.shape[1])
    return cohort, innocent, np.concatenate([many, places.guilty[source].ravel(), many[part_cell]])


def _found_cells(network: Network, plan: Plan, rows: dict[tuple[int, str], int]) -> tuple[Ints, Ints]:
    places, levels = places_of(network, plan), len(network.level_name)
    at_whole = [(places.removed[i], row) for (i, place), row in rows.items() if place == ALL]
    at_search = [(places.caught[stop], row) for stop, row in _searches(network, plan, rows)]
    found = np.array([at for at, _ in (*at_whole, *at_search)], np.int64)
    row = np.array([row for _, row in (*at_whole, *at_search)], np.int64)
    return found.ravel(), (row[:, None] * levels + np.arange(levels)).ravel()


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
