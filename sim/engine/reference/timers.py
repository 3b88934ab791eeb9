"""What happens to ships by the clock: longest waits, slots, timetables, closures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from sim.engine.rules import Rank, event_key

from .clock import Actor

if TYPE_CHECKING:
    from .harbour import Harbour, Ship, Terminal


class Deadline(Actor):
    """End of the longest wait of one sailing; dead when the ship has left before."""

    def __init__(self, harbour: Harbour, ship: Ship, tick: int) -> None:
        super().__init__(harbour.clock)
        self.harbour = harbour
        self.ship = ship
        self.sailing = ship.sailing
        self.waker = [self.strike]
        harbour.clock.wake(self, tick, event_key(Rank.DEADLINE, ship.sailing))

    def strike(self, _: Actor) -> None:
        """Make the ship leave with whom it has."""
        terminal = self.ship.terminal
        if self.ship.sailing == self.sailing and self.ship in terminal.loading:
            self.ship.is_due = True
            self.harbour.settle(terminal.port)


class Slot(Actor):
    """The tick from which on a ship may leave in one-way working; dead when the ship has been given another."""

    def __init__(self, harbour: Harbour, ship: Ship) -> None:
        super().__init__(harbour.clock)
        self.harbour = harbour
        self.ship = ship
        self.waker = [self.strike]
        harbour.clock.wake(self, ship.slot, ship.key)

    def strike(self, _: Actor) -> None:
        """Leave."""
        if self.ship.slot == self.harbour.clock.now:
            self.harbour.take_slot(self.ship)


class TimetableClerk(Actor):
    """The listed departures of one terminal: each makes the longest-loading ship due."""

    def __init__(self, harbour: Harbour, terminal: Terminal, departures: list[int]) -> None:
        super().__init__(harbour.clock)
        self.harbour = harbour
        self.terminal = terminal
        self.departures: Iterator[int] = iter(departures)
        self.waker = [self.strike]
        self._wait()

    def _wait(self) -> None:
        tick = next(self.departures, None)
        if tick is not None:
            self.harbour.clock.wake(self, tick, event_key(Rank.TIMETABLE, self.terminal.number))

    def strike(self, _: Actor) -> None:
        """A listed departure is due; without a loading ship it does not take place."""
        ship = next((ship for ship in self.terminal.loading if not ship.is_due), None)
        if ship is not None:
            ship.is_due = True
            self.harbour.settle(self.terminal.port)
        self._wait()


class Weather(Actor):
    """The edges of all closures in time order; those of one tick at once, so that touching closures leave no gap."""

    def __init__(self, harbour: Harbour) -> None:
        super().__init__(harbour.clock)
        self.harbour = harbour
        closures = harbour.workload.closures
        edges = [(int(tick), 0, c) for c, tick in enumerate(closures.start_tick)]
        edges += [(int(tick), 1, c) for c, tick in enumerate(closures.end_tick)]
        self.turns = groupby(sorted(edges), key=itemgetter(0))
        self.waker = [self.turn]
        self._wait()

    def _wait(self) -> None:
        """Wait for the next edges; those up to the start are in force from the start."""
        for tick, edges in self.turns:
            self.edges = list(edges)
            if tick <= 0:
                self._switch()
                continue
            self.harbour.clock.wake(self, tick, event_key(Rank.CLOSURE, 0))
            return

    def _switch(self) -> bool:
        """Let closures begin and end; tell whether any ended."""
        for _, is_end, closure in self.edges:
            (self.harbour.active.discard if is_end else self.harbour.active.add)(closure)
        return any(is_end for _, is_end, _ in self.edges)

    def turn(self, _: Actor) -> None:
        """Closures begin or end."""
        if self._switch():
            self.harbour.resume()
        self._wait()
