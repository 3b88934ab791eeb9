"""Engines broken on purpose, for showing that a check would notice."""

from collections import deque
from typing import TypeVar

import pytest

from sim.engine.reference import station
from sim.engine.reference.clock import Clock

T = TypeVar("T")


class LastInFirstOut(deque[T]):
    """A queue that hands out whom it took in last."""

    def popleft(self) -> T:
        """Take the newest."""
        return self.pop()


def serve_last_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn every station's queue round."""
    monkeypatch.setattr(station, "deque", LastInFirstOut)


def widen_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one unit more wait at every station than its limit allows."""
    build = station.Station.__init__

    def build_wider(self: station.Station, clock: Clock, queue_limit: int, priorities: int) -> None:
        build(self, clock, queue_limit + 1 if queue_limit >= 0 else -1, priorities)

    monkeypatch.setattr(station.Station, "__init__", build_wider)
