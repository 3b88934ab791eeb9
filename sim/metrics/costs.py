"""Money: the price of officer-hours and of the inspection delay, by line."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.network.tables import Floats, Ints
from sim.scenario import value_for
from sim.scenario.run import Cost

from .catalogue import ALL
from .plan import Plan
from .tally import Key


class Priced(NamedTuple):
    """Rows of what is priced, among the figures of a network."""

    keys: tuple[Key, ...]
    """Of the costs."""
    finds: Ints
    delays: Ints
    staff: Ints
    line: Ints
    """Line of each of the delays and staff."""
    vehicles: tuple[str, ...]
    """Class of each of the delays."""
    last: list[tuple[Cost, Floats]]
    """The prices that were last asked for, and by them that of each of the delays, for an hour."""


def priced(plan: Plan, figures: Sequence[Key]) -> Priced:
    """Find what is priced among the keys of figures, and the keys of its costs."""
    finds = [row for row, key in enumerate(figures) if key[0] == "expected_finds" and key[3] == ALL]
    delays, staff = (
        [row for row, key in enumerate(figures) if key[0] == metric and key[3] in plan.lines]
        for metric in ("inspection_delay", "officer_hours")
    )
    keys: list[Key] = [("cost", ALL, ALL, line, ALL, ALL) for line in plan.lines]
    if plan.lines:
        keys.append(("cost_per_find", ALL, ALL, ALL, ALL, ALL))
    return Priced(
        tuple(keys),
        np.array(finds, np.int64),
        np.array(delays, np.int64),
        np.array(staff, np.int64),
        np.array([plan.lines.index(figures[row][3]) for row in (*delays, *staff)], np.int64),
        tuple(figures[row][5] for row in delays),
        [],
    )


def write_costs(of: Priced, cost: Cost, above: Floats, below: Floats) -> None:
    """Price the officer-hours and the inspection delay of the lines.

    Numerators go behind those of the figures in `above`; `below` has 0 for each cost.
    """
    if not of.keys:
        return
    hours, delays = np.empty(len(of.line)), len(of.delays)
    np.multiply(above[of.delays] / 60, _delay_prices(of, cost), out=hours[:delays])
    np.multiply(above[of.staff], cost.officer_hour_cny, out=hours[delays:])
    bills = np.bincount(of.line, hours, len(of.keys) - 1)
    above[-len(of.keys) : -1] = bills
    above[-1] = sum(bills.tolist())
    below[-1] = sum(above[of.finds].tolist())


def _delay_prices(of: Priced, cost: Cost) -> Floats:
    known = next(iter(of.last), None)
    if known is None or known[0] is not cost:
        by_class = {name: value_for(cost.delay_vehicle_hour_cny, name) or 0.0 for name in dict.fromkeys(of.vehicles)}
        known = cost, np.array([by_class[name] for name in of.vehicles], np.float64)
        of.last[:] = [known]
    return known[1]
