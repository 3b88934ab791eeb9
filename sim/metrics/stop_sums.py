"""Selections and alarms: which counts at a stop are which figure's numerator and denominator."""

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .bookings import Amounts
from .catalogue import ALL, NONE
from .counts import Sums, places_of
from .plan import ALARM, SELECT, Plan, source_key
from .tally import Key

ELIGIBLE, SELECTED, WAIVED, INSPECTED, COUNTED, ALARMED, CLEAN, WRONG, NOTHING = range(9)
"""Counts at a stop."""


class StopSums(NamedTuple):
    """Which counts of the stops make which amounts, B of them: places in `Sums.whole`."""

    keys: tuple[Key, ...]
    """(B,)"""
    above: Ints
    """(B,)"""
    less: Ints
    """(B,) what is taken off the numerator"""
    below: Ints


_kept: WeakKeyDictionary[Network, StopSums] = WeakKeyDictionary()


def stop_keys(network: Network, plan: Plan) -> tuple[Key, ...]:
    """Tell the keys of selections and alarms."""
    return _where(network, plan).keys


def write_stops(network: Network, plan: Plan, sums: Sums, into: Amounts) -> None:
    """Write the amounts of selections and alarms."""
    where, take = _where(network, plan), sums.whole.take
    np.subtract(take(where.above), take(where.less), out=into.above)
    into.below[:] = take(where.below)


def _where(network: Network, plan: Plan) -> StopSums:
    if network not in _kept:
        found = [
            (key, (stop, above), (stop, below))
            for stop in np.flatnonzero(plan.stops.is_reached).tolist()
            for key, above, below in _figures(network, plan, stop)
        ]
        places = places_of(network, plan)
        nothing = np.full((len(plan.stops.step), 1), len(places.whole) - 1)
        selected, waived = places.choices[:, SELECTED, None], places.choices[:, WAIVED, None]
        table = np.concatenate([places.choices, selected, places.answers, nothing], axis=1)
        less = np.broadcast_to(nothing, table.shape).copy()
        less[:, INSPECTED, None] = waived
        above, below = (np.array([row[side] for row in found], np.int64).reshape(-1, 2).T for side in (1, 2))
        keys = tuple(key for key, _, _ in found)
        _kept[network] = StopSums(keys, table[tuple(above)], less[tuple(above)], table[tuple(below)])
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
