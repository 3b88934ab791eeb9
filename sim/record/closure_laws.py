"""The law of closures: every departure replayed port by port, from when each ship was ready to leave."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import numpy as np

from .ferry_laws import Ferries, Loading
from .finding import OPEN, Finding

_END, _SLOT, _SECURED = range(3)


def stopped_spans(ferries: Ferries, terminal: int, ship: int) -> list[tuple[int, int]]:
    """List the spans, in order, in which some closure stops a ship at a terminal; they do not overlap."""
    table = ferries.workload.closures
    rows = table.stops[:, terminal, ship]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(zip(table.start_tick[rows].tolist(), table.end_tick[rows].tolist(), strict=True)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def without(span: tuple[int, int], holes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut spans, in order and apart from each other, out of a span."""
    begin, end = span
    for start, stop in holes:
        if stop > begin and start < end:
            if start > begin:
                yield begin, start
            begin = stop
    if begin < end:
        yield begin, end


def closure_findings(ferries: Ferries) -> Iterator[Finding]:
    """Yield every ship that is opened while stopped, or leaves at another tick than closures and slots allow."""
    for loading in ferries.loadings:
        spans = stopped_spans(ferries, loading.terminal, loading.ship) if loading.has_berth else ()
        if any(start <= loading.open < end for start, end in spans):
            yield ferries.finding("closure", loading, "began to load while a closure stopped it")
    for port in range(len(ferries.network.ports.name)):
        here = [x for x in ferries.loadings if ferries.network.terminals.port[x.terminal] == port]
        expected = _Quay(ferries, here).departures()
        for loading in here:
            tick = expected.get(loading.number, OPEN)
            if loading.departure != tick:
                text = f"ready to leave at {loading.secured}, must leave at {tick}, left at {loading.departure}"
                yield ferries.finding("closure", loading, text)


class _Quay:
    """The ships of one port that are ready to leave, and the closures that hold them."""

    def __init__(self, ferries: Ferries, loadings: list[Loading]) -> None:
        self.closures = ferries.workload.closures
        self.horizon = ferries.network.horizon_tick
        # Of ships that were ready at one tick the record does not tell the order: who left first came first.
        ready = sorted((x for x in loadings if x.secured < OPEN), key=lambda x: (x.secured, x.departure, x.number))
        self.ships = {x.number: x for x in ready}
        ends = np.unique(self.closures.end_tick[self.closures.end_tick > 0]).tolist()
        self.events = [(tick, _END, -1) for tick in ends]
        self.events += [(x.secured, _SECURED, turn) for turn, x in enumerate(ready)]
        self.turns = [x.number for x in ready]
        self.held: list[int] = []
        self.slot: dict[int, tuple[int, int]] = {}
        self.free = self.next = 0
        self.left: dict[int, int] = {}

    def departures(self) -> dict[int, int]:
        """Return when each sailing leaves, by its number; those that do not leave before the horizon are missing."""
        heapify(self.events)
        while self.events and self.events[0][0] < self.horizon:
            tick, what, number = heappop(self.events)
            if what == _END:
                self.next = self.free
                held, self.held = self.held, []
                for sailing in held:
                    self._leave(sailing, tick)
            elif what == _SECURED:
                self._leave(self.turns[number], tick)
            elif self.slot.get(number, (-1, 0))[0] == tick:
                self._take_slot(number, tick)
        return self.left

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
        else:
            self._depart(number, tick)

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

    def _weather(self, number: int, tick: int) -> tuple[bool, int]:
        """Tell whether a ship is stopped at the end of a tick, and the headway it must keep (0 none)."""
        table, ship = self.closures, self.ships[number]
        active = (table.start_tick <= tick) & (tick < table.end_tick)
        spaces = active & table.spaces[:, ship.terminal, ship.ship]
        is_stopped = bool(table.stops[active, ship.terminal, ship.ship].any())
        return is_stopped, int(table.headway_ticks[spaces].max(initial=0))
