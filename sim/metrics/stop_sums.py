"""Selections and alarms: which counts at a stop are which figure's numerator and denominator."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .bookings import Amounts
from .catalogue import ALL, NONE
from .counts import Counts
from .plan import ALARM, SELECT, Plan, source_key
from .tally import Key

ELIGIBLE, SELECTED, WAIVED, INSPECTED, COUNTED, ALARMED, CLEAN, WRONG, NOTHING = range(9)
"""Counts at a stop."""


class StopSums(NamedTuple):
    """Where the counts of all stops go, B of them."""

    keys: tuple[Key, ...]
    """(B,)"""
    above: Ints
    """(B,) place in the flat table of counts (E, 9)"""
    below: Ints


_kept: WeakKeyDictionary[Network, StopSums] = WeakKeyDictionary()


def stop_keys(network: Network, plan: Plan) -> tuple[Key, ...]:
    """Tell the keys of selections and alarms."""
    return _where(network, plan).keys


def stop_amounts(network: Network, plan: Plan, counts: Counts) -> Amounts:
    """Amounts of selections and alarms."""
    where, (choices, answers) = _where(network, plan), (counts.sums.choices, counts.sums.answers)
    inspected, nothing = choices[:, 1:2] - choices[:, 2:3], np.zeros((len(choices), 1), np.int64)
    table = np.concatenate([choices, inspected, answers, nothing], axis=1).ravel()
    return Amounts(table[where.above].astype(np.float64), table[where.below].astype(np.float64))


def _where(network: Network, plan: Plan) -> StopSums:
    if network not in _kept:
        found = [
            (key, 9 * stop + above, 9 * stop + below)
            for stop in np.flatnonzero(plan.stops.is_reached).tolist()
            for key, above, below in _figures(network, plan, stop)
        ]
        above, below = (np.array([row[column] for row in found], np.int64) for column in (1, 2))
        _kept[network] = StopSums(tuple(key for key, _, _ in found), above, below)
    return _kept[network]


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
