"""Simulated time on SimPy, with the contract's order of simultaneous events."""

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy
from numpy.typing import NDArray


class Actor(simpy.Event):
    """Something that waits for one thing at a time, and is itself the SimPy event of that thing.

    NOTE one event for a whole life, with `generator.send` as its callback, saves the process, its start and end
    events and an event per visit; class attributes and a bare `__init__` save a third of the cost of a unit
    (tests/benchmarks/engines.py).
    """

    _ok = True
    _value = None
    env: "Clock"

    def __init__(self, clock: "Clock") -> None:
        self.env = clock
        self.waker: list[Callable[[Any], Any]] = []


class Clock(simpy.Environment):
    """Integer ticks; events of one tick in order of their keys."""

    _now: int

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self.events = 0

    @property
    def now(self) -> int:
        """Current tick."""
        return self._now

    def wake(self, actor: Actor, tick: int, key: int) -> None:
        """Call `actor.waker` at a tick; the key orders it among the events of that tick."""
        self.events += 1
        actor.callbacks = actor.waker
        # NOTE the same as schedule(actor, priority=key, delay=tick - now), one call and one sum cheaper.
        heappush(self._queue, (tick, key, self.events, actor))  # type: ignore[misc]


def view(column: NDArray[Any]) -> "memoryview[Any]":
    """View a column in memory: items are plain Python numbers, read as fast as from a list and without a copy."""
    return memoryview(column)  # type: ignore[arg-type]
