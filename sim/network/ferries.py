"""Ports, ferry services, ships and closures as flat tables."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from sim.scenario import value_for
from sim.scenario.custom import CustomNetwork
from sim.scenario.world import AtOnce, Closure, Departure, FerryService, Headway, Timetable
from sim.units import NEVER, centimetres_from_metres, ticks_from_minutes, ticks_from_seconds

from .clock import daily_ticks, tick_of
from .tables import ClosureTable, DepartureRule, Ints, PortTable, ShipTable, TerminalTable


def port_table(wiring: CustomNetwork) -> PortTable:
    """Freeze the ports."""
    yards = [p.yard_m for p in wiring.ports.values()]
    return PortTable(
        name=tuple(wiring.ports),
        berths=np.array([p.berths for p in wiring.ports.values()], np.int64),
        yard_cm=np.array([-1 if yard is None else centimetres_from_metres(yard) for yard in yards], np.int64),
    )


def terminal_index(wiring: CustomNetwork) -> dict[tuple[str, str], int]:
    """Number the terminals: (ferry, port) to index, the two ends of a ferry side by side."""
    return {
        (name, port): 2 * v + end
        for v, (name, service) in enumerate(wiring.ferries.items())
        for end, port in enumerate(service.ends)
    }


def _ends(wiring: CustomNetwork) -> Iterator[tuple[str, FerryService, str]]:
    """Yield (ferry, service, port) of each terminal in order."""
    for name, service in wiring.ferries.items():
        for port in service.ends:
            yield name, service, port


def _rule(service: FerryService, port: str) -> Departure:
    rule = value_for(service.departure, port)
    assert rule is not None
    return rule


def terminal_table(wiring: CustomNetwork, boards: set[tuple[int, int]], clock: int, horizon: int) -> TerminalTable:
    """Freeze both ends of every service; `boards` holds the (terminal, class) pairs that some route uses."""
    ends = list(_ends(wiring))
    ports, classes = list(wiring.ports), list(wiring.classes)
    services = [service for _, service, _ in ends]
    rules = [_rule(service, port) for _, service, port in ends]
    uses = np.zeros((len(ends), len(classes)), np.bool_)
    for terminal, k in boards:
        uses[terminal, k] = True

    def by_class(attribute: str) -> Ints:
        rows = [[value_for(getattr(s, attribute), name) or 0 for name in classes] for s in services]
        return np.array(rows).reshape(len(ends), len(classes))

    return TerminalTable(
        service=tuple(name for name, _, _ in ends),
        port=np.array([ports.index(port) for _, _, port in ends], np.int64),
        rule=np.array([_code(rule) for rule in rules], np.int64),
        longest_wait_ticks=np.array([_longest_wait(rule) for rule in rules], np.int64),
        loading_berths=np.array([s.loading_berths for s in services], np.int64),
        open_next_cm=np.array([centimetres_from_metres(s.open_next_m) for s in services], np.int64),
        closing_ticks=np.array([ticks_from_minutes(s.closing_min) for s in services], np.int64),
        load_ticks=_to_ticks(by_class("load_s")),
        unload_ticks=_to_ticks(by_class("unload_s")),
        boarding_rank=by_class("boarding_rank").astype(np.int64),
        uses=uses,
        direction=tuple(_direction(wiring, port, service) for _, service, port in ends),
        departure_ticks=tuple(_departures(rule, clock, horizon) for rule in rules),
        crossing_ticks=np.array([_crossing(s) for s in services], np.int64).reshape(len(ends), 3),
    )


def _to_ticks(seconds: Ints) -> Ints:
    return np.vectorize(ticks_from_seconds, otypes=[np.int64])(seconds) if seconds.size else seconds.astype(np.int64)


def _code(rule: Departure) -> DepartureRule:
    if isinstance(rule, Timetable | Headway):
        return DepartureRule.TIMETABLE
    return DepartureRule.AT_ONCE if isinstance(rule, AtOnce) else DepartureRule.ROLLING


def _longest_wait(rule: Departure) -> int:
    return ticks_from_minutes(getattr(rule, "longest_wait_min", 0.0))


def _departures(rule: Departure, clock: int, horizon: int) -> Ints:
    if isinstance(rule, Timetable):
        return np.array(daily_ticks(rule.times, clock, horizon), np.int64)
    if isinstance(rule, Headway):
        every = ticks_from_minutes(rule.every_min)
        return np.arange(every, horizon, every, dtype=np.int64)
    return np.empty(0, np.int64)


def _crossing(service: FerryService) -> list[int]:
    law = service.crossing
    return [ticks_from_minutes(minutes) for minutes in (law.low_min, law.mode_min, law.high_min)]


def _direction(wiring: CustomNetwork, port: str, service: FerryService) -> str:
    """Direction of the ships that leave a port: from the north shore inbound, from the south outbound."""
    shores = {wiring.ports[end].shore for end in service.ends}
    if len(shores) == 1:
        return "none"
    return "inbound" if wiring.ports[port].shore == "north" else "outbound"


def ship_table(wiring: CustomNetwork) -> ShipTable:
    """Freeze the fleet: the ships of a service lie ready at its two ends in turn."""
    kinds: list[str] = []
    terminals: list[int] = []
    for v, service in enumerate(wiring.ferries.values()):
        ships = [kind for kind, number in service.ships.items() for _ in range(number)]
        kinds += ships
        terminals += [2 * v + turn % 2 for turn in range(len(ships))]
    decks = [centimetres_from_metres(wiring.ship_types[kind].deck_m) for kind in kinds]
    return ShipTable(tuple(kinds), np.array(terminals, np.int64), np.array(decks, np.int64))


def closure_table(wiring: CustomNetwork, zero: datetime) -> ClosureTable:
    """Freeze the closures; `zero` is the local time of tick 0."""
    ends = list(_ends(wiring))
    kinds = ship_table(wiring).kind
    covers = np.zeros((len(wiring.closures), len(ends), len(kinds)), np.bool_)
    for c, closure in enumerate(wiring.closures):
        for t, (_, service, port) in enumerate(ends):
            if _covers(wiring, closure, service, port):
                limit = closure.wind_class
                covers[c, t] = [limit is None or wiring.ship_types[k].wind_class <= limit for k in kinds]
    start = [max(NEVER, tick_of(c.start, zero)) for c in wiring.closures]
    end = [max(NEVER, tick_of(c.end, zero)) for c in wiring.closures]
    headway = np.array([_headway(c) for c in wiring.closures], np.int64)
    is_open = (headway > 0)[:, None, None]
    return ClosureTable(
        np.array(start, np.int64), np.array(end, np.int64), covers & ~is_open, covers & is_open, headway
    )


def _headway(closure: Closure) -> int:
    """Least time between departures in ticks, 0 where a closure lets nobody leave."""
    return 0 if closure.headway_min is None else max(1, ticks_from_minutes(closure.headway_min))


def _covers(wiring: CustomNetwork, closure: Closure, service: FerryService, port: str) -> bool:
    """Tell whether a closure is about ships of a service that leave a port."""
    other = next(end for end in service.ends if end != port) if len(set(service.ends)) > 1 else port
    if closure.ports is not None and not {port, other} & set(closure.ports):
        return False
    return closure.direction is None or closure.direction == _direction(wiring, port, service)
