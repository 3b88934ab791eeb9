"""Money: the price of officer-hours and of the inspection delay, by line."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from sim.scenario import value_for
from sim.scenario.run import Cost

from .catalogue import ALL
from .plan import Plan
from .tally import Key, Tally


class _Priced(NamedTuple):
    """Keys of what is priced."""

    finds: tuple[Key, ...]
    delays: tuple[Key, ...]
    staff: tuple[Key, ...]


_kept: WeakKeyDictionary[Plan, _Priced] = WeakKeyDictionary()


def take_costs(plan: Plan, cost: Cost, tally: Tally) -> None:
    """Price the officer-hours and the inspection delay of the lines."""
    if plan not in _kept:
        _kept[plan] = _priced(plan, tally)
    priced, sums = _kept[plan], tally.sums
    finds = sum(sums[key][0] for key in priced.finds)
    bill: dict[str, float] = dict.fromkeys(plan.lines, 0.0)
    values = {key[5]: value_for(cost.delay_vehicle_hour_cny, key[5]) or 0.0 for key in priced.delays}
    for key in priced.delays:
        if key in sums:
            bill[key[3]] += sums[key][0] / 60 * values[key[5]]
    for key in priced.staff:
        bill[key[3]] += sums[key][0] * cost.officer_hour_cny
    for line, amount in bill.items():
        tally.add(("cost", ALL, ALL, line, ALL, ALL), amount)
    if bill:
        tally.add(("cost_per_find", ALL, ALL, ALL, ALL, ALL), sum(bill.values()), finds)


def _priced(plan: Plan, tally: Tally) -> _Priced:
    """Find the keys; finds and staff are booked in every replication, delays only where somebody was delayed."""
    return _Priced(
        tuple(key for key in tally.sums if key[0] == "expected_finds" and key[3] == ALL),
        tuple(key for key in plan.spans if key[0] == "inspection_delay" and key[3] in plan.lines),
        tuple(key for key in tally.sums if key[0] == "officer_hours" and key[3] in plan.lines),
    )
