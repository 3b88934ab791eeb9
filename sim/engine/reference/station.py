"""Stations: servers, queues by priority, blocking, shifts."""

from collections import deque
from typing import TYPE_CHECKING

from sim.engine.rules import Rank, event_key
from sim.policy import Relief

from .clock import Actor, Clock

if TYPE_CHECKING:
    from .story import Unit

_SERVICE_END = event_key(Rank.SERVICE_END, 0)


class Station:
    """Servers with one queue. Units are held by `serve`, and let go by `release`."""

    def __init__(self, clock: Clock, queue_limit: int, priorities: int) -> None:
        self.clock = clock
        self.queue_limit = queue_limit
        self.servers = 0
        self.busy = 0
        self.waiting = 0
        self.queues: list[deque[Unit]] = [deque() for _ in range(priorities)]
        self.blocked: deque[Unit] = deque()
        self.watchers: list[Relief] = []

    @property
    def is_full(self) -> bool:
        """Whether a further unit would have to wait outside."""
        return self.busy >= self.servers and 0 <= self.queue_limit <= self.waiting

    def serve(self, unit: "Unit") -> None:
        """Start the unit's service, queue it, or keep it blocked where it is."""
        if self.waiting == 0 and self.busy < self.servers:
            self._start(unit)
        elif self.waiting < self.queue_limit or self.queue_limit < 0:
            self.queues[unit.step.priority[unit.vehicle_class]].append(unit)
            self._count(1)
        else:
            self.blocked.append(unit)
            return
        # Only now the server held so far: what it sets off upstream may lead back to this station.
        unit.step.join[unit.number] = self.clock._now
        if unit.held is not None:
            unit.let_go()

    def release(self) -> None:
        """Take back a server."""
        self.busy -= 1
        if self.waiting or self.blocked:
            self.refill()

    def refill(self) -> None:
        """Give free servers to the queue, and room in the queue to blocked units."""
        while True:
            if self.waiting and self.busy < self.servers:
                unit = next(queue for queue in self.queues if queue).popleft()
                self._count(-1)
                self._start(unit)
            elif self.blocked and not self.is_full:
                self.serve(self.blocked.popleft())
            else:
                return

    def _start(self, unit: "Unit") -> None:
        self.busy += 1
        now = self.clock._now
        step, number = unit.step, unit.number
        step.start[number] = now
        self.clock.wake(unit, now + step.ticks[number], _SERVICE_END | number)

    def _count(self, change: int) -> None:
        self.waiting += change
        if self.watchers:
            for relief in self.watchers:
                relief.see(self.waiting)


class Roster(Actor):
    """The shifts of one station: changes its number of servers when the time comes."""

    def __init__(self, clock: Clock, station: Station, number: int, shifts: list[tuple[int, int]]) -> None:
        super().__init__(clock)
        self.clock = clock
        self.station = station
        self.number = number
        self.shifts = iter(shifts)
        self.waker = [self.change]
        _, station.servers = next(self.shifts)
        self._wait()

    def _wait(self) -> None:
        shift = next(self.shifts, None)
        if shift is not None:
            tick, self.servers = shift
            self.clock.wake(self, tick, event_key(Rank.SHIFT, self.number))

    def change(self, _: Actor) -> None:
        """Open or close servers; closing ones finish their unit first."""
        self.station.servers = self.servers
        self.station.refill()
        self._wait()
