"""Simulated time on SimPy, with the contract's order of simultaneous events."""

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy


class Actor(simpy.Event):
    """Something that waits for one thing at a time, and is itself the SimPy event of that thing.

    NOTE reusing one event for a whole life, and `generator.send` as its callback, saves the process, its start and
    end events and an event per visit (tests/benchmarks/engines.py).
    """

    def __init__(self, clock: "Clock") -> None:
        super().__init__(clock)
        self._ok = True
        self._value = None
        self.waker: list[Callable[[Any], Any]] = []


class Clock(simpy.Environment):
    """Integer ticks; events of one tick in order of their keys."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self.events = 0

    def wake(self, actor: Actor, tick: int, key: int) -> None:
        """Call `actor.waker` at a tick; the key orders it among the events of that tick."""
        self.events += 1
        actor.callbacks = actor.waker
        # The same as schedule(actor, priority=key, delay=tick - now), but for exact integer time.
        heappush(self._queue, (tick, key, self.events, actor))  # type: ignore[misc]
