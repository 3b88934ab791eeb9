"""The story of one unit, and the steps it is told in."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.engine.rules import Rank, ReliefState, event_key
from sim.network import COMPLETED, Network, StepKind
from sim.record import Record
from sim.units import TICKS_PER_HOUR
from sim.workload import Workload

from .clock import Actor, Clock, view
from .station import Station

if TYPE_CHECKING:
    from .harbour import Terminal

_ARRIVAL = event_key(Rank.ARRIVAL, 0)
_SERVE, _SELECT, _ALARM, _BOARD, _TRAVEL = range(5)
assert list(StepKind)[:5] == [_SERVE, _SELECT, _ALARM, _BOARD, _TRAVEL]


class Unit(Actor):
    """One vehicle: where it is in its route and whose server it holds."""

    def __init__(self, clock: Clock, number: int, vehicle_class: int, carries: bool, level: int) -> None:
        self.env = clock
        self.number = number
        self.vehicle_class = vehicle_class
        self.carries = carries
        self.level = level
        self.step: Step
        self.held: Step | None = None

    def let_go(self) -> None:
        """Release the server it holds, if any."""
        held = self.held
        if held is not None:
            self.held = None
            held.release[self.number] = self.env._now
            held.station.release()


class Step:
    """One row of the step table with the columns that it reads and writes.

    Columns are memory views of the workload's and the record's arrays: as fast as lists, and no copies.
    """

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.following: Step = self
        self.otherwise: Step = self
        self.priority: list[int] = []
        """By class."""
        self.outcome = COMPLETED
        self.station: Station
        self.terminal: Terminal
        self.rule: Rule
        self.ticks: memoryview[Any]
        self.uniform: memoryview[Any]
        self.join: memoryview[Any]
        self.start: memoryview[Any]
        self.end: memoryview[Any]
        self.release: memoryview[Any]
        self.ratio: memoryview[Any]
        self.is_selected: memoryview[Any]
        self.is_full: memoryview[Any]
        self.is_alarmed: memoryview[Any]
        self.false_alarms: list[float] = []
        self.detects: list[list[float]] = []
        """By class and concealment level."""


class Rule:
    """A selection rule: ratios by class and hour, relief, and the station whose full queue waives."""

    def __init__(self, ratio: list[list[float]], full_station: Station | None, clock_ticks: int) -> None:
        self.ratio = ratio
        self.is_constant = all(len(set(hours)) == 1 for hours in ratio)
        self.full_station = full_station
        self.clock_ticks = clock_ticks
        self.relief: ReliefState | None = None
        self.relief_factor = 1.0

    def ratio_in_force(self, vehicle_class: int, now: int) -> float:
        """Sampling ratio of a class at a tick, relief included."""
        hour = 0 if self.is_constant else (now + self.clock_ticks) // TICKS_PER_HOUR % 24
        ratio = self.ratio[vehicle_class][hour]
        return ratio * self.relief_factor if self.relief and self.relief.is_on else ratio


class Teller:
    """Tells the stories of all units and keeps the columns of where they end."""

    def __init__(self, clock: Clock, record: Record) -> None:
        self.clock = clock
        self.exit_tick = view(record.units["exit_tick"])
        self.outcome = view(record.units["outcome"])
        self.landing_tick = view(record.units["landing_tick"])

    def story(self, unit: Unit, step: Step) -> Generator[None, Any, None]:
        """Tell the story of one unit, from its arrival to its end; it waits at each `yield`."""
        number, clock = unit.number, self.clock
        while True:
            kind = step.kind
            if kind == _SERVE:
                unit.step = step
                step.station.serve(unit)
                yield
                step.end[number] = clock._now
                unit.held = step
                step = step.following
            elif kind == _SELECT:
                step = step.following if self.is_chosen(unit, step) else step.otherwise
            elif kind == _ALARM:
                step = step.following if self.is_alarmed(unit, step) else step.otherwise
            elif kind == _BOARD:
                unit.step = step
                step.terminal.board(unit)
                yield
                self.landing_tick[number] = clock._now
                step = step.following
            elif kind == _TRAVEL:
                unit.let_go()
                clock.wake(unit, clock._now + step.ticks[number], _ARRIVAL | number)
                yield
                step = step.following
            else:
                self.exit_tick[number] = clock._now
                self.outcome[number] = step.outcome
                unit.let_go()
                unit.waker = []  # NOTE unit and story would hold each other, and fill the garbage collector
                yield  # for good: nothing wakes a unit that has left

    def is_chosen(self, unit: Unit, step: Step) -> bool:
        """Select by the stored uniform; a full station waives."""
        rule, number = step.rule, unit.number
        ratio = rule.ratio_in_force(unit.vehicle_class, self.clock._now)
        is_selected = step.uniform[number] < ratio
        is_full = rule.full_station is not None and rule.full_station.is_full
        step.ratio[number] = ratio
        step.is_selected[number] = is_selected
        step.is_full[number] = is_full
        return is_selected and not is_full

    def is_alarmed(self, unit: Unit, step: Step) -> bool:
        """Alarm by the stored uniform."""
        k = unit.vehicle_class
        probability = step.detects[k][unit.level] if unit.carries else step.false_alarms[k]
        is_alarmed: bool = step.uniform[unit.number] < probability
        step.is_alarmed[unit.number] = is_alarmed
        return is_alarmed


class Arrivals(Actor):
    """A cursor over the sorted arrivals: only the next one is in the event set."""

    def __init__(self, clock: Clock, workload: Workload, first_step: list["Step"], teller: Teller) -> None:
        super().__init__(clock)
        self.clock = clock
        self.arrival_tick = view(workload.arrival_tick)
        self.source = view(workload.source)
        self.vehicle_class = view(workload.vehicle_class)
        self.carries = view(workload.carries_violation)
        self.level = view(workload.concealment)
        self.first_step = first_step
        self.teller = teller
        self.next = 0
        self.waker = [self.arrive]
        self._wait()

    def _wait(self) -> None:
        if self.next < len(self.arrival_tick):
            self.clock.wake(self, self.arrival_tick[self.next], _ARRIVAL | self.next)

    def arrive(self, _: Actor) -> None:
        """Let the next unit begin its story."""
        number = self.next
        self.next += 1
        unit = Unit(self.clock, number, self.vehicle_class[number], self.carries[number], self.level[number])
        story = self.teller.story(unit, self.first_step[self.source[number]])
        unit.waker = [story.send]
        next(story)
        self._wait()


def build_steps(network: Network, workload: Workload, record: Record, stations: list[Station]) -> list[Step]:
    """Make the step objects of a network, without the terminals of their board steps."""
    table = network.steps
    rules = _build_rules(network, stations)
    steps = [Step(int(kind)) for kind in table.kind]
    for number, step in enumerate(steps):
        if step.kind != StepKind.EXIT:
            step.following = steps[table.following[number]]
            step.otherwise = steps[table.otherwise[number]]
        target, mark, slot = (int(column[number]) for column in (table.target, table.mark, table.slot))
        if step.kind in (StepKind.SERVE, StepKind.TRAVEL):
            step.ticks = view(workload.duration_ticks[mark])
        if step.kind == StepKind.SERVE:
            step.station = stations[target]
            step.priority = table.priority[number].tolist()
            for name in ("join", "start", "end", "release"):
                setattr(step, name, view(record.serves[f"{name}_tick"][slot]))
        elif step.kind == StepKind.SELECT:
            step.rule = rules[target]
            step.uniform = view(workload.uniform[mark])
            for name in ("ratio", "is_selected", "is_full"):
                setattr(step, name, view(record.selects[name][slot]))
        elif step.kind == StepKind.ALARM:
            step.uniform = view(workload.uniform[mark])
            step.is_alarmed = view(record.alarms["is_alarmed"][slot])
            step.detects = network.techniques.detects[target].tolist()
            step.false_alarms = network.techniques.false_alarms[target].tolist()
        elif step.kind == StepKind.EXIT:
            step.outcome = target
    return steps


def _build_rules(network: Network, stations: list[Station]) -> list[Rule]:
    table = network.rules
    rules = []
    for q in range(len(table.ratio)):
        full = int(table.full_station[q])
        rule = Rule(table.ratio[q].tolist(), stations[full] if full >= 0 else None, network.clock_ticks)
        watched = int(table.relief_station[q])
        if watched >= 0:
            rule.relief = ReliefState(int(table.relief_above[q]), int(table.relief_below[q]))
            rule.relief_factor = float(table.relief_factor[q])
            stations[watched].watchers.append(rule.relief)
        rules.append(rule)
    return rules
