"""Ports, terminals and ships: yard, berths, ramps, departures, closures."""

from collections import deque
from collections.abc import Callable

from sim.engine.rules import Rank, event_key
from sim.network import DepartureRule, Network
from sim.record import Record
from sim.workload import Workload

from .clock import Actor, Clock, view
from .story import Unit
from .timers import Deadline, Slot, TimetableClerk, Weather

Lane = deque[Unit]


class Ship(Actor):
    """One ship: the terminal where it lies or to which it is bound, and who is aboard."""

    def __init__(self, clock: Clock, number: int, deck_cm: int, terminal: "Terminal") -> None:
        super().__init__(clock)
        self.number = number
        self.key = event_key(Rank.SHIP, number)
        self.deck_cm = deck_cm
        self.terminal = terminal
        self.room_cm = deck_cm
        self.aboard: list[Unit] = []
        self.sailing = -1
        self.is_ramp_busy = False
        self.is_due = False
        self.has_berth = False
        self.slot = -1
        self.headway = 0


class Port:
    """Berths and yard of one port, shared by its terminals."""

    def __init__(self, berths: int, yard_cm: int) -> None:
        self.free_berths = berths
        self.has_limit = yard_cm >= 0
        self.yard_cm = yard_cm
        self.blocked: deque[Unit] = deque()
        self.roadstead: deque[Ship] = deque()
        self.terminals: list[Terminal] = []
        self.held: list[Ship] = []
        """Ships ready to leave that a closure keeps, in the order in which they became ready."""
        self.free_tick = 0
        """When the next ship may leave one at a time, after the one that left last."""
        self.next_slot = 0
        """The same, after all that hold a slot."""


class Terminal:
    """One end of a ferry service."""

    def __init__(self, harbour: "Harbour", number: int, port: Port) -> None:
        table = harbour.network.terminals
        self.harbour = harbour
        self.number = number
        self.port = port
        self.other: Terminal
        self.rule = int(table.rule[number])
        self.longest_wait = int(table.longest_wait_ticks[number])
        self.loading_berths = int(table.loading_berths[number])
        self.open_next_cm = int(table.open_next_cm[number])
        self.closing_ticks = int(table.closing_ticks[number])
        self.load_ticks: list[int] = table.load_ticks[number].tolist()
        self.unload_ticks: list[int] = table.unload_ticks[number].tolist()
        self.rank: list[int] = table.boarding_rank[number].tolist()
        self.length: list[int] = harbour.network.deck_cm.tolist()
        users = [k for k, used in enumerate(table.uses[number]) if used]
        self.shortest_cm = min((self.length[k] for k in users), default=0)
        self.lanes: list[Lane] = [deque() for _ in self.length]
        self.waiting_cm = 0
        self.coming_cm = 0
        """Free deck of the ships that lie here or are bound for here."""
        self.ready: deque[Ship] = deque()
        self.loading: list[Ship] = []
        self.departures = 0

    def board(self, unit: Unit) -> None:
        """Let a unit into the yard, or block it where it is; then serve the port."""
        port = self.port
        if port.has_limit and (port.blocked or port.yard_cm < self.length[unit.vehicle_class]):
            port.blocked.append(unit)
            return
        self.enter_yard(unit)
        self.harbour.settle(port)

    def enter_yard(self, unit: Unit) -> None:
        """Put a unit into its class lane; it lets go of the server it held."""
        length = self.length[unit.vehicle_class]
        self.port.yard_cm -= length
        self.waiting_cm += length
        self.lanes[unit.vehicle_class].append(unit)
        self.harbour.yard_tick[unit.number] = self.harbour.clock._now
        unit.let_go()

    def load(self) -> bool:
        """Board units, send ships off, open further ships until nothing moves; tell whether anything did."""
        moved = False
        for ship in tuple(self.loading):
            while self.waiting_cm and not (ship.is_ramp_busy or ship.is_due):
                unit = self.next_unit(ship.room_cm)
                if unit is None:
                    break
                self.take_aboard(ship, unit)
                moved = True
            if not ship.is_ramp_busy and self.is_to_leave(ship):
                self.close(ship)
                moved = True
        if self.ready and self.open_next():
            self.load()
            return True
        return moved

    def next_unit(self, room_cm: int) -> Unit | None:
        """Choose who boards next: best rank, then longest in the yard, among the lane heads that fit."""
        best: Unit | None = None
        best_order = (0, 0, 0)
        yard_tick = self.harbour.yard_tick
        for k, lane in enumerate(self.lanes):
            if lane and self.length[k] <= room_cm:
                head = lane[0]
                order = (self.rank[k], yard_tick[head.number], head.number)
                if best is None or order < best_order:
                    best, best_order = head, order
        return best

    def take_aboard(self, ship: Ship, unit: Unit) -> None:
        """Let a unit onto the ramp; its place in the yard is free from now on."""
        k = unit.vehicle_class
        length = self.length[k]
        self.lanes[k].popleft()
        self.waiting_cm -= length
        self.coming_cm -= length
        self.port.yard_cm += length
        ship.room_cm -= length
        ship.aboard.append(unit)
        harbour = self.harbour
        harbour.boarding_tick[unit.number] = harbour.clock._now
        harbour.sailing[unit.number] = ship.sailing
        if self.load_ticks[k]:
            ship.is_ramp_busy = True
            harbour.wake(ship, harbour.clock.now + self.load_ticks[k], harbour.clear_ramp)

    def is_to_leave(self, ship: Ship) -> bool:
        """Tell whether a loading ship with a clear ramp is full or due."""
        if ship.is_due or self.rule != DepartureRule.ROLLING:
            return ship.is_due
        return ship.room_cm < self.shortest_cm or self.waiting_cm > 0

    def open_next(self) -> bool:
        """Let a ready ship begin to load where there is demand, a berth and a free loading place."""
        if self.rule == DepartureRule.AT_ONCE:
            self.harbour.open(self.ready.popleft())
            return True
        if len(self.loading) >= self.loading_berths or not self.port.free_berths:
            return False
        if self.rule == DepartureRule.ROLLING and not self.is_wanted():
            return False
        ship = next((ship for ship in self.ready if not self.harbour.is_stopped(self, ship)), None)
        if ship is None:
            return False
        self.ready.remove(ship)
        self.port.free_berths -= 1
        ship.has_berth = True
        self.loading.append(ship)
        self.harbour.open(ship)
        return True

    def is_wanted(self) -> bool:
        """Tell whether the waiting units call for one more loading ship."""
        return self.waiting_cm > 0 and (not self.loading or self.waiting_cm >= self.open_next_cm)

    def close(self, ship: Ship) -> None:
        """End a ship's loading: nobody boards any more, it leaves after the closing time."""
        self.loading.remove(ship)
        if self.closing_ticks:
            self.harbour.wake(ship, self.harbour.clock.now + self.closing_ticks, self.harbour.cast_off)
        else:
            self.harbour.secure(ship)

    def call(self) -> None:
        """Call a ready ship over empty when the deck here and on the way is too little for the waiting units."""
        other = self.other
        while self.waiting_cm > self.coming_cm and other.ready:
            ship = next((ship for ship in other.ready if self.harbour.may_leave(other, ship)), None)
            if ship is None or other.coming_cm - ship.deck_cm < other.waiting_cm:
                return
            other.ready.remove(ship)
            self.harbour.open(ship)


class Harbour:
    """All ports, and the laws that span terminals: settling, departures, crossings, closures."""

    def __init__(self, clock: Clock, network: Network, workload: Workload, record: Record) -> None:
        self.clock = clock
        self.network = network
        self.workload = workload
        self.yard_tick = view(record.units["yard_tick"])
        self.boarding_tick = view(record.units["boarding_tick"])
        self.sailing = view(record.units["sailing"])
        self.rows: list[dict[str, int]] = []
        self.active: set[int] = set()
        table = network.ports
        self.ports = [Port(*pair) for pair in zip(table.berths.tolist(), table.yard_cm.tolist(), strict=True)]
        self.terminals = [
            Terminal(self, number, self.ports[port]) for number, port in enumerate(network.terminals.port)
        ]
        for terminal in self.terminals:
            terminal.other = self.terminals[terminal.number ^ 1]
            terminal.port.terminals.append(terminal)
        for number, (home, deck) in enumerate(
            zip(network.ships.terminal.tolist(), network.ships.deck_cm.tolist(), strict=True)
        ):
            terminal = self.terminals[home]
            terminal.ready.append(Ship(clock, number, deck, terminal))
            terminal.coming_cm += deck
        for terminal, departures in zip(self.terminals, network.terminals.departure_ticks, strict=True):
            TimetableClerk(self, terminal, departures.tolist())
        Weather(self)
        for port in self.ports:
            self.settle(port)

    def wake(self, ship: Ship, tick: int, what: Callable[[Ship], None]) -> None:
        """Let a ship's next event be `what`."""
        ship.waker = [what]
        self.clock.wake(ship, tick, ship.key)

    def settle(self, port: Port) -> None:
        """Serve berths, ramps and yard until nothing moves; then call for ships where deck is short."""
        moved = True
        while moved:
            moved = bool(port.roadstead) and self._berth(port)
            for terminal in port.terminals:
                moved |= terminal.load()
            # NOTE a lone terminal has loaded until nothing moved: no second look needed, unless somebody gets in.
            moved &= bool(port.roadstead or len(port.terminals) > 1)
            moved |= bool(port.blocked) and self._admit(port)
        for terminal in port.terminals:
            for end in (terminal, terminal.other):
                if end.waiting_cm > end.coming_cm:
                    end.call()

    def _berth(self, port: Port) -> bool:
        """Give free berths to the ships in the roadstead."""
        moved = False
        while port.roadstead and port.free_berths:
            self.unload(port.roadstead.popleft())
            moved = True
        return moved

    def _admit(self, port: Port) -> bool:
        """Let blocked units into the yard, first blocked first."""
        moved = False
        while port.blocked:
            unit = port.blocked[0]
            terminal = unit.step.terminal
            if port.yard_cm < terminal.length[unit.vehicle_class]:
                break
            port.blocked.popleft()
            terminal.enter_yard(unit)
            moved = True
        return moved

    def open(self, ship: Ship) -> None:
        """Start a sailing: ramp down at a berth, or (called over, or a shuttle) straight off."""
        terminal = ship.terminal
        ship.sailing = len(self.rows)
        self.rows.append({"terminal": terminal.number, "ship": ship.number, "open_tick": self.clock.now})
        if not ship.has_berth:
            self.secure(ship)
        elif terminal.rule == DepartureRule.ROLLING:
            Deadline(self, ship, self.clock.now + terminal.longest_wait)

    def clear_ramp(self, ship: Ship) -> None:
        """The unit on the ramp is aboard."""
        ship.is_ramp_busy = False
        self.settle(ship.terminal.port)

    def cast_off(self, ship: Ship) -> None:
        """The closing time is over."""
        port = ship.terminal.port
        self.secure(ship)
        self.settle(port)

    def secure(self, ship: Ship) -> None:
        """Loading and closing are over: leave as soon as no closure keeps the ship."""
        self.rows[ship.sailing]["secured_tick"] = self.clock.now
        self.leave(ship)

    def leave(self, ship: Ship) -> None:
        """Leave the port, or be held: until a closure ends, or for a slot of one-way working."""
        terminal, port, now = ship.terminal, ship.terminal.port, self.clock.now
        ship.slot = -1
        if self.is_stopped(terminal, ship):
            port.held.append(ship)
            return
        ship.headway = self.headway(terminal, ship)
        if ship.headway:
            slot = max(now, port.next_slot)
            port.next_slot = slot + ship.headway
            if slot > now:
                ship.slot = slot
                port.held.append(ship)
                Slot(self, ship)
                return
        self.depart(ship)

    def take_slot(self, ship: Ship) -> None:
        """A ship's slot has come: it leaves, unless a closure that stops it has begun; then the slot is lost."""
        ship.slot = -1
        port = ship.terminal.port
        if self.is_stopped(ship.terminal, ship):
            return
        port.held.remove(ship)
        self.depart(ship)
        self.settle(port)

    def depart(self, ship: Ship) -> None:
        """Leave the berth and be bound for the other port."""
        terminal, now = ship.terminal, self.clock.now
        if ship.headway:
            terminal.port.free_tick = now + ship.headway
        row = self.rows[ship.sailing]
        row["ordinal"] = terminal.departures
        row["departure_tick"] = now
        row["units"] = len(ship.aboard)
        row["load_cm"] = ship.deck_cm - ship.room_cm
        row["left_behind"] = sum(len(lane) for lane in terminal.lanes)
        if ship.has_berth:
            ship.has_berth = False
            terminal.port.free_berths += 1
        terminal.coming_cm -= ship.room_cm
        terminal.other.coming_cm += ship.deck_cm
        ship.is_due = False
        ship.headway = 0
        ship.terminal = terminal.other
        crossing = self.workload.crossing_ticks(self.network, terminal.number, terminal.departures)
        terminal.departures += 1
        self.wake(ship, now + crossing, self.arrive)

    def is_stopped(self, terminal: Terminal, ship: Ship) -> bool:
        """Tell whether a closure keeps a ship from leaving."""
        stops = self.workload.closures.stops
        return any(stops[closure, terminal.number, ship.number] for closure in self.active)

    def headway(self, terminal: Terminal, ship: Ship) -> int:
        """Return the longest headway that closures ask of a ship, 0 without one-way working."""
        table = self.workload.closures
        active = [c for c in self.active if table.spaces[c, terminal.number, ship.number]]
        return max((int(table.headway_ticks[c]) for c in active), default=0)

    def may_leave(self, terminal: Terminal, ship: Ship) -> bool:
        """Tell whether a ship could leave at once."""
        if self.is_stopped(terminal, ship):
            return False
        return self.clock.now >= terminal.port.next_slot or not self.headway(terminal, ship)

    def arrive(self, ship: Ship) -> None:
        """Arrive off the port."""
        self.rows[ship.sailing]["arrival_tick"] = self.clock.now
        ship.terminal.port.roadstead.append(ship)
        self.settle(ship.terminal.port)

    def unload(self, ship: Ship) -> None:
        """Berth, and let the units ashore one after the other, in the order they boarded."""
        ship.has_berth = True
        ship.terminal.port.free_berths -= 1
        tick = self.clock.now
        self.rows[ship.sailing]["berth_tick"] = tick
        for unit in ship.aboard:
            tick += ship.terminal.unload_ticks[unit.vehicle_class]
            self.clock.wake(unit, tick, event_key(Rank.LANDING, unit.number))
        ship.aboard.clear()
        ship.room_cm = ship.deck_cm
        if tick > self.clock.now:
            self.wake(ship, tick, self.be_ready)
        else:
            self._lay_by(ship)

    def be_ready(self, ship: Ship) -> None:
        """The last unit is ashore."""
        self._lay_by(ship)
        self.settle(ship.terminal.port)

    def _lay_by(self, ship: Ship) -> None:
        """Give the berth up and wait for demand."""
        self.rows[ship.sailing]["ready_tick"] = self.clock.now
        ship.has_berth = False
        ship.terminal.port.free_berths += 1
        ship.terminal.ready.append(ship)

    def resume(self) -> None:
        """Let the ships that are held take their turns anew, slots included, and serve every port."""
        for port in self.ports:
            port.next_slot = port.free_tick
            ships, port.held = port.held, []
            for ship in ships:
                self.leave(ship)
        for port in self.ports:
            self.settle(port)
