"""Money: the price of officer-hours and of the inspection delay, by line."""

from functools import lru_cache

from sim.scenario import value_for
from sim.scenario.run import Cost

from .catalogue import ALL
from .plan import Plan
from .tally import Tally


def take_costs(plan: Plan, cost: Cost, tally: Tally) -> None:
    """Price the officer-hours and the inspection delay of the lines."""
    finds = sum(pair[0] for key, pair in tally.sums.items() if key[0] == "expected_finds" and key[3] == ALL)
    bill: dict[str, float] = dict.fromkeys(plan.lines, 0.0)

    @lru_cache
    def value(vehicle: str) -> float:
        return value_for(cost.delay_vehicle_hour_cny, vehicle) or 0.0

    for key, (total, _) in tally.sums.items():
        if key[0] == "officer_hours" and key[3] in bill:
            bill[key[3]] += total * cost.officer_hour_cny
        elif key[0] == "inspection_delay" and key[3] in bill:
            bill[key[3]] += total / 60 * value(key[5])
    for line, amount in bill.items():
        tally.add(("cost", ALL, ALL, line, ALL, ALL), amount)
    if bill:
        tally.add(("cost_per_find", ALL, ALL, ALL, ALL, ALL), sum(bill.values()), finds)
