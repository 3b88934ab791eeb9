"""Which figure each amount of a replication is booked under: numbered once for a network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise, starmap
from weakref import WeakKeyDictionary

import numpy as np

from sim.network import Network
from sim.network.tables import Flags, Floats
from sim.scenario.run import Cost

from .bookings import Amounts, Bookings, bookings
from .costs import Priced, priced, write_costs
from .finds import find_keys
from .flow_sums import flow_keys
from .pairs import Heights, Hours, Names, Pairs
from .plan import Plan
from .queue_sums import height_keys, queue_keys
from .sailing_sums import HOURLY, sailing_keys
from .stop_sums import stop_keys
from .tally import Key


class Sheet:
    """Where amounts of one kind are booked, B of them."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.bookings: Bookings[Key] = bookings(keys)
        self.names = Names(self.bookings.keys)

    def there(self, flags: Flags, more: int = 0) -> Flags | None:
        """Tell which keys have an amount that is there, (B,), with so many that have none at the end; None: all."""
        return None if flags.all() else np.asarray(self.bookings.add_up(flags, more) > 0)

    def pairs(self, amounts: Amounts, more: int = 0) -> tuple[Flags | None, Floats, Floats]:
        """Add up numerators and denominators, with so many zeros at the end; and tell which are there."""
        add_up = self.bookings.add_up
        return self.there(amounts.there, more), add_up(amounts.above, more), add_up(amounts.below, more)


@dataclass(frozen=True, eq=False)
class Ledger:
    """The sheets of a network."""

    plan: Plan
    figures: Sheet
    heights: Sheet
    hours: Sheet
    spans: Names[Key]
    parts: tuple[slice, ...]
    """Of the amounts of the figures: flows, stops, interception, queues, sailings."""

    @cached_property
    def _priced(self) -> tuple[Priced, Names[Key]]:
        found = priced(self.plan, self.figures.names.keys)
        return found, Names((*self.figures.names.keys, *found.keys))

    def blank(self) -> tuple[Amounts, Iterator[Amounts]]:
        """Make room for the amounts of the figures; and tell its parts."""
        amounts = self.figures.bookings.blank()
        return amounts, map(amounts.part, self.parts)

    def pairs(self, amounts: Amounts, cost: Cost | None) -> Pairs[Key]:
        """Add up the figures, and what they cost."""
        if cost is None:
            return Pairs(self.figures.names, *self.figures.pairs(amounts))
        what, names = self._priced
        there, above, below = self.figures.pairs(amounts, len(what.keys))
        end = len(self.figures.names)
        write_costs(what, cost, above, below[end:])
        if there is not None:
            there[end:] = True
        return Pairs(names, there, above, below)

    def highest(self, most: Amounts) -> Heights[Key]:
        """Name the highest levels."""
        return Heights(self.heights.names, self.heights.there(most.there), self.heights.bookings.add_up(most.above))

    def by_hour(self, above: Floats, below: Floats, there: Flags) -> Hours[Key]:
        """Name figures by hour (B, H), with denominators of the last of them; `there` of all (B,)."""
        return Hours(self.hours.names, self.hours.there(there), above, below)


_kept: WeakKeyDictionary[Network, Ledger] = WeakKeyDictionary()


def ledger_of(network: Network, plan: Plan) -> Ledger:
    """Number the figures of a network; a pure function of it, kept as long as the network is."""
    if network not in _kept:
        parts = [
            tuple(keys) for keys in (
                flow_keys(network, plan), stop_keys(network, plan), find_keys(network, plan),
                queue_keys(network, plan), sailing_keys(network),
            )
        ]  # fmt: skip
        ends = list(accumulate(map(len, parts), initial=0))
        by_hour = (*plan.moments, *plan.hours, *sailing_keys(network, HOURLY))
        _kept[network] = Ledger(
            plan,
            Sheet(chain.from_iterable(parts)),
            Sheet(height_keys(network, plan)),
            Sheet(by_hour),
            Names(plan.spans),
            tuple(starmap(slice, pairwise(ends))),
        )
    return _kept[network]
