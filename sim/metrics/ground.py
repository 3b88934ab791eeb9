"""What the compiled counting needs of a network: its plan as numbers, and how much room that takes."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.network import COMPLETED, REMOVED, Network
from sim.network.tables import Ints

from .bundles import Land
from .compiled import BINS_OF_LINE, BLOCK_UNITS, BOARD, DECISIONS, IS_MET, LINES_OF_WORD, SELECT
from .histogram import bin_spans
from .plan import Plan

_ROOM = 1024
"""Nodes that a replication may add before more room is made."""


class Ground(NamedTuple):
    """What counting needs of a network."""

    land: Land
    visits: Ints
    """(levels, I) how often a unit of each source may come to each queue, yard and tailback"""
    levels: Ints
    """(levels, 3) levels at the start, columns as in `compiled`: all there but the yards, where nobody has been"""
    length_cm: Ints
    """(K,) of a unit of each class in a tailback"""
    room: int
    """nodes that the units of a block may find"""
    spans: int
    """rows of spans"""
    width: int
    """bins that a row may need, whole words of lines"""
    most_spans: int
    """spans of the units of a block, at most"""
    block: tuple[int, int, int]
    """sources and one, stops of a source at most, lines"""


_grounds: WeakKeyDictionary[Network, Ground] = WeakKeyDictionary()


def ground_of(network: Network, plan: Plan) -> Ground:
    """Lay out what counting needs of a network; a pure function of it, kept as long as the network is."""
    if network not in _grounds:
        _grounds[network] = _ground(network, plan)
    return _grounds[network]


def _ground(network: Network, plan: Plan) -> Ground:
    stops, first = plan.stops, plan.levels.start
    visits = np.zeros((len(plan.levels) + len(network.stations.name), len(network.sources.name)), np.int64)
    serves, outside = np.flatnonzero(stops.queue >= 0), np.flatnonzero(stops.outside >= 0)
    np.add.at(visits, (plan.rows.yard - first, np.arange(visits.shape[1])), 1)
    np.add.at(visits, (stops.queue[serves] - first, stops.source[serves]), 1)
    tailbacks = len(plan.levels) + network.steps.target[stops.step[outside]]
    np.add.at(visits, (tailbacks, stops.source[outside]), 1)
    land = _land(network, plan)
    room = BLOCK_UNITS * int(land.numbers[DECISIONS]) + _ROOM
    length_cm = np.rint(100 * network.queue_m).astype(np.int64)
    word = BINS_OF_LINE * LINES_OF_WORD
    width = word * (int(bin_spans(np.array([network.horizon_tick]))[0]) // word + 1)
    levels = np.zeros((len(visits), 3), np.int64)
    levels[:, IS_MET] = 1
    levels[plan.rows.yard - first, IS_MET] = 0
    stations = np.bincount(stops.source[serves]).max(initial=0)
    most = BLOCK_UNITS * (6 + land.lines.shape[1] + 2 * int(stations))
    block = (len(plan.first), int(np.diff(plan.first).max(initial=0)), len(plan.lines))
    return Ground(land, visits, levels, length_cm, room, len(plan.spans), width, most, block)


def _each(rows: Sequence[Ints]) -> Ints:
    """Lay rows out below each other, each behind its length: (rows, 1 + longest)."""
    found = np.zeros((len(rows), 1 + max(map(len, rows), default=0)), np.int64)
    for row, mine in zip(found, rows, strict=True):
        row[0], row[1 : 1 + len(mine)] = len(mine), mine
    return found


def _land(network: Network, plan: Plan) -> Land:
    steps, stops, sources, rows = network.steps, plan.stops, network.sources, plan.rows
    step = stops.step
    columns = (
        steps.kind[step], steps.slot[step], steps.mark[step], steps.target[step], stops.following, stops.otherwise,
        stops.is_search, stops.line, stops.wait, stops.blocked, stops.queue, stops.outside,
    )  # fmt: skip
    of_sources = (
        plan.first[:-1], plan.first[1:], sources.vehicle_class, *rows.moments, rows.inside, rows.yard, rows.time,
        rows.crossing, rows.dwell, rows.all_delays,
    )  # fmt: skip
    decisions = np.bincount(stops.source[np.isin(steps.kind[step], (SELECT, BOARD))]).max(initial=0)
    numbers = (
        network.window_tick, network.window_end_tick, network.horizon_tick, COMPLETED, REMOVED,
        plan.levels.start, len(plan.levels), decisions,
    )  # fmt: skip
    lines = _each([np.unique(stops.line[(stops.source == i) & (stops.line >= 0)]) for i in range(len(sources.name))])
    return Land(_table(columns), _table(of_sources), rows.delay, lines, np.array(numbers, np.int64))


def _table(columns: tuple[NDArray[Any], ...]) -> Ints:
    return np.ascontiguousarray(np.stack([np.asarray(column, np.int64) for column in columns], axis=-1))
