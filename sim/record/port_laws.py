"""The laws of ports and terminals: who boards next, when a ship is due, berths, yard."""

from collections.abc import Iterator

import numpy as np

from sim.network import DepartureRule
from sim.network.tables import Ints

from .closure_laws import stopped_spans, without
from .ferry_laws import Ferries, Loading
from .finding import OPEN, Finding, level_at
from .journey import Table


class Yard:
    """Who waits at one terminal for a ship, by class."""

    def __init__(self, ferries: Ferries, terminal: int) -> None:
        stays = ferries.stays.where((ferries.stays.terminal == terminal) & (ferries.stays.yard < OPEN))
        self.network = ferries.network
        self.terminal = terminal
        self.stays = stays
        self.length = ferries.length[stays.unit]
        k = ferries.vehicle_class[stays.unit]
        self.lanes: dict[int, Table] = {}
        for number in np.unique(k):
            lane = stays.where(k == number)
            self.lanes[int(number)] = lane.where(np.lexsort((lane.unit, lane.boarding, lane.yard)))

    def first_waiting(self, begin: int, end: int, shortest_cm: int, longest_cm: int) -> int:
        """Return the first tick in [begin, end) at whose end a unit of such a length waits; `OPEN` if none."""
        first = OPEN
        for k, lane in self.lanes.items():
            if shortest_cm <= self.network.deck_cm[k] <= longest_cm:
                # Lanes are first in, first out: both columns are sorted, the first one still there is the head.
                head = int(np.searchsorted(lane.boarding, begin, "right"))
                while head < len(lane.unit) and lane.yard[head] < end:
                    tick = max(begin, int(lane.yard[head]))
                    if lane.boarding[head] > tick:
                        first = min(first, tick)
                        break
                    head += 1
        return first if first < end else OPEN

    def is_too_long_within(self, begin: int, end: int, loading: Loading) -> bool:
        """Tell whether a unit that does not fit on a ship may have waited at some moment of [begin, end]."""
        here = self.stays
        was_there = (here.yard <= end) & (here.boarding >= begin) & (here.sailing != loading.number)
        return bool((was_there & (self.length > loading.room_cm)).any())


def port_findings(ferries: Ferries) -> Iterator[Finding]:
    """Yield every broken law of terminals and ports."""
    due = _due_ticks(ferries)
    for terminal in range(len(ferries.network.terminals.service)):
        yard = Yard(ferries, terminal)
        yield from _lanes(ferries, yard)
        for loading in ferries.loadings:
            if loading.terminal == terminal and loading.has_berth:
                yield from _idle_ramp(ferries, yard, loading, due[loading.number])
                yield from _choice(ferries, yard, loading)
                yield from _departure(ferries, yard, loading, due[loading.number])
        yield from _places(ferries, terminal)
        yield from _idle_ships(ferries, yard)
    for port in range(len(ferries.network.ports.name)):
        yield from _berths(ferries, port)
        yield from _space(ferries, port)


def _lanes(ferries: Ferries, yard: Yard) -> Iterator[Finding]:
    """Within a class nobody boards before someone who entered the yard at an earlier tick."""
    for lane in yard.lanes.values():
        first = np.searchsorted(lane.yard, lane.yard, "left")
        latest = np.maximum.accumulate(lane.boarding)
        for v in np.flatnonzero((first > 0) & (latest[first - 1] > lane.boarding))[:3]:
            text = f"boarded at {lane.boarding[v]}, before one who had been in the yard for longer"
            yield Finding("class lane", ferries.name(yard.terminal), f"unit {lane.unit[v]}", text)


def _idle_ramp(ferries: Ferries, yard: Yard, loading: Loading, due: int) -> Iterator[Finding]:
    """A loading ship with a clear ramp takes the next unit that fits."""
    ramp = ferries.network.terminals.load_ticks[loading.terminal][ferries.vehicle_class[loading.aboard.unit]]
    clears = [loading.open, *(loading.aboard.boarding + ramp).tolist()]
    ends = [*loading.aboard.boarding.tolist(), _end_of_loading(ferries, loading, due)]
    room = loading.room_cm + int(ferries.length[loading.aboard.unit].sum())
    lengths = [*ferries.length[loading.aboard.unit].tolist(), 0]
    for clear, end, length in zip(clears, ends, lengths, strict=True):
        tick = yard.first_waiting(clear, end, 0, room)
        if tick < OPEN:
            text = f"the ramp was clear from {clear} to {end}, yet a unit that fits was waiting at {tick}"
            yield ferries.finding("idle ramp", loading, text)
            return
        room -= length


def _end_of_loading(ferries: Ferries, loading: Loading, due: int) -> int:
    """Return a tick up to which a ship was certainly loading."""
    is_rolling = ferries.network.terminals.rule[loading.terminal] == DepartureRule.ROLLING
    if loading.secured == OPEN and not is_rolling:
        return min(due, ferries.network.horizon_tick)
    return ferries.close_bound(loading)


def _choice(ferries: Ferries, yard: Yard, loading: Loading) -> Iterator[Finding]:
    """Of the lane heads that fit, the best rank boards, then who has been in the yard longest."""
    aboard, ranks = loading.aboard, ferries.network.terminals.boarding_rank[loading.terminal]
    deck = loading.room_cm + int(ferries.length[aboard.unit].sum())
    for tick, unit, entered in zip(aboard.boarding.tolist(), aboard.unit.tolist(), aboard.yard.tolist(), strict=True):
        room = deck - int(ferries.length[aboard.unit[aboard.boarding <= tick]].sum())
        mine = (int(ranks[ferries.vehicle_class[unit]]), entered, unit)
        for k, lane in yard.lanes.items():
            head = int(np.searchsorted(lane.boarding, tick, "right"))
            if head == len(lane.unit) or lane.yard[head] >= tick or ferries.network.deck_cm[k] > room:
                continue
            # Of units that entered one lane at one tick the record does not tell who came first.
            is_last = head + 1 == len(lane.unit) or lane.yard[head + 1] > lane.yard[head]
            is_known = is_last and k != ferries.vehicle_class[unit]
            other = (int(ranks[k]), int(lane.yard[head]), int(lane.unit[head]) if is_known else unit)
            if other < mine:
                text = f"unit {unit} boarded at {tick}, but it was the turn of unit {lane.unit[head]}"
                yield ferries.finding("boarding order", loading, text)


def _due_ticks(ferries: Ferries) -> list[int]:
    """Tell when each sailing was due: the longest wait of a rolling one, the listed departure of a timetable one."""
    table = ferries.network.terminals
    due = [OPEN] * len(ferries.loadings)
    for loading in ferries.loadings:
        if table.rule[loading.terminal] == DepartureRule.ROLLING:
            due[loading.number] = loading.open + int(table.longest_wait_ticks[loading.terminal])
    for terminal, listed in enumerate(table.departure_ticks):
        here = [x for x in ferries.loadings if x.terminal == terminal and x.has_berth]
        for tick in listed.tolist():
            ship = next((x for x in here if due[x.number] == OPEN and _answers(ferries, x, tick)), None)
            if ship is not None:
                due[ship.number] = tick
    return due


def _answers(ferries: Ferries, loading: Loading, listed: int) -> bool:
    """Tell whether a loading ship was there for a listed departure.

    Of a ship that opened at that very tick, or never left, what became of it decides: nobody boards a ship that is due.
    """
    if (loading.secured == OPEN or loading.open == listed) and (loading.aboard.boarding > listed).any():
        return False
    if loading.open != listed:
        return loading.open < listed
    secured = _secured(ferries, loading, listed)
    return loading.secured == (secured if secured < ferries.network.horizon_tick else OPEN)


def _secured(ferries: Ferries, loading: Loading, close: int) -> int:
    """Return when a ship is ready to leave that ends loading at a tick or when its ramp is clear."""
    return max(close, loading.clear) + int(ferries.network.terminals.closing_ticks[loading.terminal])


def _departure(ferries: Ferries, yard: Yard, loading: Loading, due: int) -> Iterator[Finding]:
    """A ship ends loading when it is full or due, neither earlier nor later; nobody boards once it is due."""
    if (loading.aboard.boarding > due).any():
        yield ferries.finding("due", loading, f"a unit boarded after {due}, when the ship was due to leave")
    latest = due
    if ferries.network.terminals.rule[loading.terminal] == DepartureRule.ROLLING:
        latest = min(due, _full_tick(ferries, yard, loading))
    expected = OPEN
    if latest < OPEN:
        expected = _secured(ferries, loading, latest)
    if expected >= ferries.network.horizon_tick:
        expected = OPEN
    if loading.secured == expected or _was_full(ferries, yard, loading):
        return
    yield ferries.finding("departure", loading, f"must be ready to leave at {expected}, was at {loading.secured}")


def _full_tick(ferries: Ferries, yard: Yard, loading: Loading) -> int:
    """Return the tick from which on a rolling ship is certainly full: no class fits, or units wait that do not."""
    network = ferries.network
    users = network.deck_cm[network.terminals.uses[loading.terminal]]
    if len(users) and loading.room_cm < users.min():
        return loading.clear
    return yard.first_waiting(loading.clear, network.horizon_tick, loading.room_cm + 1, OPEN)


def _was_full(ferries: Ferries, yard: Yard, loading: Loading) -> bool:
    """Tell whether a rolling ship that closed before it was certainly full may have been: someone came that tick."""
    is_rolling = ferries.network.terminals.rule[loading.terminal] == DepartureRule.ROLLING
    if not is_rolling or loading.secured == OPEN:
        return False
    end = ferries.close_bound(loading)
    full = _full_tick(ferries, yard, loading)
    is_early = full == OPEN or loading.secured < _secured(ferries, loading, full)
    return is_early and yard.is_too_long_within(end, end, loading)


def _places(ferries: Ferries, terminal: int) -> Iterator[Finding]:
    """Never more ships load at once than the service may."""
    here = [x for x in ferries.loadings if x.terminal == terminal and x.has_berth]
    begun = np.array([x.open for x in here], np.int64)
    ended = np.array([ferries.close_bound(x) for x in here], np.int64)
    limit = int(ferries.network.terminals.loading_berths[terminal])
    yield from _too_many("loading berths", ferries.name(terminal), (begun, ended), limit)


def _ready_spans(ferries: Ferries, terminal: int) -> tuple[Ints, Ints]:
    """Spans in which ships lie ready at a terminal and may be opened: closures stop no rolling or timetable ship."""
    spans: list[tuple[int, int]] = []
    is_shuttle = ferries.network.terminals.rule[terminal] == DepartureRule.AT_ONCE
    for ship, home in enumerate(ferries.network.ships.terminal.tolist()):
        voyages = np.flatnonzero(ferries.sailings["ship"] == ship)
        ready = [0, *ferries.ticks("ready")[voyages].tolist()]
        ends = [home, *(ferries.sailings["terminal"][voyages] ^ 1).tolist()]
        opened = [*ferries.ticks("open")[voyages].tolist(), OPEN]
        lying = [(r, o) for r, o, end in zip(ready, opened, ends, strict=True) if end == terminal]
        holes = [] if is_shuttle else stopped_spans(ferries, terminal, ship)
        spans += [part for span in lying for part in without(span, holes)]
    both = np.array(spans, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _idle_ships(ferries: Ferries, yard: Yard) -> Iterator[Finding]:
    """No ship lies ready while it ought to load: with a free berth, none loading and (rolling) units waiting."""
    network, terminal = ferries.network, yard.terminal
    port, rule = int(network.terminals.port[terminal]), network.terminals.rule[terminal]
    here = [x for x in ferries.loadings if x.terminal == terminal and x.has_berth]
    ended = [ferries.close_bound(x) if x.secured < OPEN else OPEN for x in here]
    loading = np.array([(x.open, end) for x, end in zip(here, ended, strict=True)], np.int64).reshape(-1, 2).T
    ready, berths = _ready_spans(ferries, terminal), _berth_spans(ferries, port)
    ticks = np.unique(np.concatenate([*ready, *berths, *loading, yard.stays.yard]))
    ticks = ticks[ticks < network.horizon_tick]
    is_idle = level_at(ticks, *ready) > 0
    if rule != DepartureRule.AT_ONCE:
        is_idle &= (level_at(ticks, *loading) == 0) & (level_at(ticks, *berths) < network.ports.berths[port])
    if rule == DepartureRule.ROLLING:
        is_idle &= level_at(ticks, yard.stays.yard, yard.stays.boarding) > 0
    for t in np.flatnonzero(is_idle)[:3]:
        text = "a ship lies ready although it ought to load"
        yield Finding("idle ship", ferries.name(terminal), f"tick {ticks[t]}", text)


def _too_many(law: str, place: str, spans: tuple[Ints, Ints], limit: int) -> Iterator[Finding]:
    ticks = np.unique(spans[0][spans[0] < OPEN])
    count = level_at(ticks, *spans)
    for t in np.flatnonzero(count > limit)[:3]:
        yield Finding(law, place, f"tick {ticks[t]}", f"{count[t]} of {limit} taken")


def _berth_spans(ferries: Ferries, port: int) -> tuple[Ints, Ints]:
    """Spans in which ships lie at a port's berths, to load or to unload."""
    home = ferries.network.terminals.port
    spans = [(x.open, x.departure) for x in ferries.loadings if home[x.terminal] == port and x.has_berth]
    berth, ready = ferries.ticks("berth"), ferries.ticks("ready")
    bound = [x.number for x in ferries.loadings if home[x.terminal ^ 1] == port]
    spans += [(int(berth[m]), int(ready[m])) for m in bound]
    both = np.array(spans, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _berths(ferries: Ferries, port: int) -> Iterator[Finding]:
    """Never more ships at berth than berths; none lies off for a berth while one is free; first come first in."""
    network, name = ferries.network, ferries.network.ports.name[port]
    spans = _berth_spans(ferries, port)
    berths = int(network.ports.berths[port])
    yield from _too_many("berths", name, spans, berths)
    bound = [x.number for x in ferries.loadings if network.terminals.port[x.terminal ^ 1] == port]
    arrival, berth = ferries.ticks("arrival")[bound], ferries.ticks("berth")[bound]
    ticks = np.unique(np.concatenate([arrival, *spans]))
    ticks = ticks[ticks < OPEN]
    idle = (level_at(ticks, arrival, berth) > 0) & (level_at(ticks, *spans) < berths)
    for t in np.flatnonzero(idle)[:3]:
        yield Finding("idle berth", name, f"tick {ticks[t]}", "a ship lies off although a berth is free")
    order = np.lexsort((ferries.sailings["ship"][bound], arrival))
    if (np.diff(berth[order]) < 0).any():
        yield Finding("roadstead", name, "all sailings", "a ship berthed before one that had arrived earlier")


def _space(ferries: Ferries, port: int) -> Iterator[Finding]:
    """The yard never overflows, and its first blocked unit gets in as soon as it fits."""
    network, limit = ferries.network, int(ferries.network.ports.yard_cm[port])
    if limit < 0:
        yield from _unlimited(ferries, port)
        return
    stays = ferries.stays.where(network.terminals.port[ferries.stays.terminal] == port)
    stays = stays.where(np.lexsort((stays.unit, stays.rank, stays.ready)))
    length = ferries.length[stays.unit]
    ticks = np.unique(np.concatenate([stays.ready, stays.yard, stays.boarding]))
    ticks = ticks[ticks < OPEN]
    filled = _sum_at(ticks, stays.yard, length) - _sum_at(ticks, stays.boarding, length)
    for t in np.flatnonzero(filled > limit)[:3]:
        yield Finding("yard", network.ports.name[port], f"tick {ticks[t]}", f"{filled[t]} of {limit} cm filled")
    first = np.searchsorted(stays.ready, stays.ready, "left")
    latest = np.maximum.accumulate(stays.yard)
    for v in np.flatnonzero((first > 0) & (latest[first - 1] > stays.yard))[:3]:
        text = "got into the yard before one who had wanted in earlier"
        yield Finding("first blocked first in", network.ports.name[port], f"unit {stays.unit[v]}", text)
    yield from _fitting(network.ports.name[port], stays, length, (ticks, limit - filled))


def _unlimited(ferries: Ferries, port: int) -> Iterator[Finding]:
    stays = ferries.stays.where(ferries.network.terminals.port[ferries.stays.terminal] == port)
    for v in np.flatnonzero(stays.yard != stays.ready)[:3]:
        text = f"waited from {stays.ready[v]} for a yard without limit"
        yield Finding("yard", ferries.network.ports.name[port], f"unit {stays.unit[v]}", text)


def _sum_at(ticks: Ints, events: Ints, amounts: Ints) -> Ints:
    """Sum the amounts of all events up to and including each tick."""
    order = np.argsort(events, kind="stable")
    total = np.concatenate([[0], np.cumsum(amounts[order])])
    summed: Ints = total[np.searchsorted(events[order], ticks, "right")]
    return summed


def _fitting(place: str, stays: Table, length: Ints, room: tuple[Ints, Ints]) -> Iterator[Finding]:
    """The unit that has been blocked for longest does not fit; of those that came at one tick, some one does not."""
    ticks, free = room
    inside = np.searchsorted(np.sort(stays.yard), ticks, "right")
    wanted = np.searchsorted(stays.ready, ticks, "right")
    for t in np.flatnonzero(wanted > inside):
        head = stays.ready[inside[t]]
        longest = length[(stays.ready == head) & (stays.yard > ticks[t])].max(initial=0)
        if 0 < longest <= free[t]:
            yield Finding("yard", place, f"tick {ticks[t]}", f"{free[t]} cm are free, the first blocked unit fits")
