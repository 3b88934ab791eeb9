"""The departures of one port replayed from when each ship was ready to leave, with closures and slots."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import groupby
from operator import attrgetter
from typing import Self

import numpy as np

from sim.network import DepartureRule

from .ferry_laws import Ferries, Loading
from .finding import OPEN

_END, _SLOT = range(2)
_MOST_STATES = 1000
"""Orders of ships ready at one tick that are followed at once; many more than berths and closures of one port allow."""


def departures(ferries: Ferries, loadings: list[Loading]) -> dict[int, int]:
    """Tell when the ships of one port must leave.

    Ships that are ready at different ticks take their turns in that order. Of ships that are ready at one tick the
    record tells the order only in part (`_first`): every order that it allows is followed for as long as the record
    agrees with it.

    Parameters
    ----------
    ferries : Ferries
    loadings : list of Loading
        All sailings from one port.

    Returns
    -------
    dict of int to int
        Tick of departure by number of sailing, under an order that explains the whole record if there is one. Sailings
        that do not leave before the horizon are missing.
    """
    ready = sorted((x for x in loadings if x.secured < OPEN), key=attrgetter("secured", "departure", "number"))
    quays = [Quay(ferries)]
    for tick, ships in groupby(ready, key=attrgetter("secured")):
        for quay in quays:
            quay.advance(tick)
        quays = _take_turns(ferries, quays, tuple(ships), tick)
    for quay in quays:
        quay.advance(ferries.network.horizon_tick)
    recorded = {x.number: x.departure for x in ready if x.departure < OPEN}
    return next((quay.left for quay in quays if quay.left == recorded), quays[0].left)


def _take_turns(ferries: Ferries, quays: list["Quay"], ships: tuple[Loading, ...], tick: int) -> list["Quay"]:
    """Let ships that are ready at one tick want to leave, in every order that the record allows and agrees with."""
    states = [(quay, ships) for quay in quays]
    for _ in ships:
        further: dict[object, tuple[Quay, tuple[Loading, ...]]] = {}
        for quay, waiting in states:
            for ship in _first(ferries, waiting):
                state = quay if len(waiting) == 1 else quay.copy()
                state.want_to_leave(ship, tick)
                rest = tuple(x for x in waiting if x is not ship)
                further.setdefault((state.key(), tuple(x.number for x in rest)), (state, rest))
        found = list(further.values())
        states = [state for state in found if state[0].is_sound][:_MOST_STATES] or found[:1]
    return [quay for quay, _ in states]


def _first(ferries: Ferries, waiting: tuple[Loading, ...]) -> Iterator[Loading]:
    """Yield the ships that may have been ready before the others of one tick.

    Shuttles are ready as they open, in the order of their rows; ships whose closing time is over, in the order of their
    numbers. Nothing else is known of ships of one tick.
    """
    table = ferries.network.terminals
    shuttles = [x for x in waiting if table.rule[x.terminal] == DepartureRule.AT_ONCE]
    closed = [x for x in waiting if x.has_berth and table.closing_ticks[x.terminal]]
    later = {x.number for x in shuttles} - {min((x.number for x in shuttles), default=-1)}
    later |= {x.number for x in sorted(closed, key=attrgetter("ship"))[1:]}
    yield from (x for x in waiting if x.number not in later)


class Quay:
    """The ships of one port that are ready to leave, in the order of their turns, and what holds them."""

    def __init__(self, ferries: Ferries) -> None:
        self.closures = ferries.workload.closures
        self.horizon = ferries.network.horizon_tick
        self.ends: list[int] = np.unique(self.closures.end_tick[self.closures.end_tick > 0]).tolist()
        self.events = [(tick, _END, -1) for tick in self.ends]
        heapify(self.events)
        self.ships: dict[int, Loading] = {}
        self.held: list[int] = []
        self.slot: dict[int, tuple[int, int]] = {}
        self.free = self.next = 0
        self.left: dict[int, int] = {}
        self.is_sound = True
        """Whether everything up to now was as the record tells it."""

    def copy(self) -> Self:
        """Copy what changes."""
        other = object.__new__(type(self))
        other.__dict__ = {k: v.copy() if isinstance(v, dict | list) else v for k, v in self.__dict__.items()}
        return other

    def key(self) -> object:
        """Tell states apart: equal keys mean an equal future."""
        return self.is_sound, self.free, self.next, tuple((m, self.slot[m]) for m in self.held)

    def advance(self, tick: int) -> None:
        """Let closures end and slots come, up to and including a tick."""
        while self.events and self.events[0][0] <= tick and self.events[0][0] < self.horizon:
            now, what, number = heappop(self.events)
            if what == _END:
                self.next = self.free
                held, self.held = self.held, []
                for sailing in held:
                    self._leave(sailing, now)
            elif self.slot.get(number, (-1, 0))[0] == now:
                self._take_slot(number, now)

    def want_to_leave(self, ship: Loading, tick: int) -> None:
        """Let a ship take its turn for the first time."""
        self.ships[ship.number] = ship
        self._leave(ship.number, tick)

    def _leave(self, number: int, tick: int) -> None:
        is_stopped, headway = self._weather(number, tick)
        slot = max(tick, self.next) if headway else tick
        self.slot[number] = (-1 if is_stopped else slot, headway)
        if is_stopped:
            self.held.append(number)
            return
        if headway:
            self.next = slot + headway
        if slot > tick:
            self.held.append(number)
            heappush(self.events, (slot, _SLOT, number))
            self._look_ahead(number, tick, slot)
        else:
            self._depart(number, tick)

    def _look_ahead(self, number: int, tick: int, slot: int) -> None:
        """Compare a slot that no closure can take away with the record."""
        is_given_up = any(tick < end <= slot for end in self.ends)
        if not is_given_up and not self._weather(number, slot)[0]:
            recorded = self.ships[number].departure
            self.is_sound &= recorded == (slot if slot < self.horizon else OPEN)

    def _take_slot(self, number: int, tick: int) -> None:
        if self._weather(number, tick)[0]:
            self.slot[number] = (-1, 0)
        else:
            self.held.remove(number)
            self._depart(number, tick)

    def _depart(self, number: int, tick: int) -> None:
        headway = self.slot.pop(number)[1]
        if headway:
            self.free = tick + headway
        self.left[number] = tick
        self.is_sound &= self.ships[number].departure == tick

    def _weather(self, number: int, tick: int) -> tuple[bool, int]:
        """Tell whether a ship is stopped at the end of a tick, and the headway it must keep (0 none)."""
        table, ship = self.closures, self.ships[number]
        active = (table.start_tick <= tick) & (tick < table.end_tick)
        spaces = active & table.spaces[:, ship.terminal, ship.ship]
        is_stopped = bool(table.stops[active, ship.terminal, ship.ship].any())
        return is_stopped, int(table.headway_ticks[spaces].max(initial=0))
