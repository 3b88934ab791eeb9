"""Selections and alarms: which counts at a stop are which figure's numerator and denominator."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .bookings import Bookings, bookings
from .catalogue import ALL, NONE
from .counts import Counts
from .plan import ALARM, SELECT, Plan, source_key
from .tally import Key, Tally

ELIGIBLE, SELECTED, WAIVED, INSPECTED, COUNTED, ALARMED, CLEAN, WRONG, NOTHING = range(9)
"""Counts at a stop."""


class StopSums(NamedTuple):
    """Where the counts of all stops go, B of them."""

    bookings: Bookings[Key]
    above: Ints
    """(B,) place in the flat table of counts (E, 9)"""
    below: Ints


_kept: WeakKeyDictionary[Network, StopSums] = WeakKeyDictionary()


def take_stops(network: Network, plan: Plan, counts: Counts, tally: Tally) -> None:
    """Book selections and alarms."""
    if network not in _kept:
        _kept[network] = _stop_sums(network, plan)
    where, (choices, answers) = _kept[network], (counts.sums.choices, counts.sums.answers)
    inspected, nothing = choices[:, 1:2] - choices[:, 2:3], np.zeros((len(choices), 1), np.int64)
    table = np.concatenate([choices, inspected, answers, nothing], axis=1).ravel()
    tally.sums.update(where.bookings.pairs(table[where.above], table[where.below]))


def _stop_sums(network: Network, plan: Plan) -> StopSums:
    found = [
        (key, 9 * stop + above, 9 * stop + below)
        for stop in np.flatnonzero(plan.stops.is_reached).tolist()
        for key, above, below in _figures(network, plan, stop)
    ]
    where = [[row[column] for row in found] for column in (1, 2)]
    above, below = np.array(where, np.int64)
    return StopSums(bookings(key for key, _, _ in found), above, below)


def _figures(network: Network, plan: Plan, stop: int) -> Iterator[tuple[Key, int, int]]:
    """Yield key, numerator and denominator of each figure at a stop."""
    steps, step = network.steps, int(plan.stops.step[stop])
    _, direction, _, _, _, vehicle = source_key(network, "", int(plan.stops.source[stop]), "")
    place = (direction, steps.port[step] or NONE, steps.place[step])
    if steps.kind[step] == SELECT and steps.place[step]:
        yield ("selected_ratio", *place, ALL, vehicle), SELECTED, ELIGIBLE
        yield ("inspected_ratio", *place, ALL, vehicle), INSPECTED, ELIGIBLE
        yield ("waived_ratio", *place, ALL, vehicle), WAIVED, SELECTED
    elif steps.kind[step] == ALARM and steps.post[step]:
        here = (*place, steps.post[step], vehicle)
        if steps.is_flag[step]:
            yield ("flagged_ratio", *here), ALARMED, COUNTED
        elif plan.stops.is_search[stop]:
            yield ("searches", *place, ALL, vehicle), COUNTED, NOTHING
            yield ("hit_rate", *place, ALL, vehicle), ALARMED, COUNTED
        else:
            yield ("alarm_ratio", *here), ALARMED, COUNTED
            yield ("false_alarm_ratio", *here), WRONG, CLEAN
