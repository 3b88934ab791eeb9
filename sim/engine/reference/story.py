"""The story of one unit, and the steps it is told in."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.engine.rules import Rank, event_key
from sim.network import COMPLETED, Network, StepKind
from sim.policy import Policy, Relief, make_policies
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

    inspections: tuple[tuple[int, Policy], ...] = ()
    """Policies that wait for an answer, and the number of the step at which it would be clean."""

    def __init__(self, clock: Clock, number: int, vehicle_class: int, carries: bool) -> None:
        self.env = clock
        self.number = number
        self.vehicle_class = vehicle_class
        self.carries = carries
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

    def __init__(self, number: int, kind: int) -> None:
        self.number = number
        self.kind = kind
        self.following: Step = self
        self.otherwise: Step = self
        self.priority: list[int] = []
        """By class."""
        self.outcome = COMPLETED
        self.is_flag = False
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
        self.detects: list[float] = []


class Rule:
    """A selection rule: policies by class, relief, and the station whose full queue waives."""

    def __init__(self, policies: list[Policy], full_station: Station | None, clock_ticks: int) -> None:
        self.policies = policies
        self.full_station = full_station
        self.clock_ticks = clock_ticks
        self.relief: Relief | None = None
        self.answers: list[tuple[memoryview[Any], memoryview[Any]]] = []
        """Of each select slot the columns `is_selected` and `is_full`."""

    def is_exempt(self, policy: Policy, number: int) -> bool:
        """Tell whether a unit was inspected at the slot that exempts."""
        is_selected, is_full = self.answers[policy.after]
        return bool(is_selected[number] == 1 and is_full[number] == 0)


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
            if unit.inspections:
                self.close_inspections(unit, step)
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
        """Select as the policy chooses; a full station waives."""
        rule, number = step.rule, unit.number
        policy = rule.policies[unit.vehicle_class]
        hour = (self.clock._now + rule.clock_ticks) // TICKS_PER_HOUR
        relief = rule.relief.factor if rule.relief is not None and rule.relief.is_on else 1.0
        ratio = policy.probability(hour, policy.after >= 0 and rule.is_exempt(policy, number)) * relief
        is_selected = policy.choose(step.uniform[number], ratio, relief)
        is_full = rule.full_station is not None and rule.full_station.is_full
        step.ratio[number] = ratio
        step.is_selected[number] = is_selected
        step.is_full[number] = is_full
        if not is_selected or is_full:
            return False
        policy.take(hour)
        if policy.learns:
            unit.inspections += ((step.otherwise.number, policy),)
        return True

    def is_alarmed(self, unit: Unit, step: Step) -> bool:
        """Alarm by the stored uniform; the first alarm is what policies learn of an inspection."""
        probability = (step.detects if unit.carries else step.false_alarms)[unit.vehicle_class]
        is_alarmed: bool = step.uniform[unit.number] < probability
        step.is_alarmed[unit.number] = is_alarmed
        if is_alarmed and unit.inspections and not step.is_flag:
            for _, policy in unit.inspections:
                policy.learn(True)
            unit.inspections = ()
        return is_alarmed

    def close_inspections(self, unit: Unit, step: Step) -> None:
        """Tell policies that inspections which end before this step were clean."""
        going_on: list[tuple[int, Policy]] = []
        for end, policy in unit.inspections:
            if step.number >= end or step.kind == StepKind.EXIT:
                policy.learn(False)
            else:
                going_on.append((end, policy))
        unit.inspections = tuple(going_on)


class Arrivals(Actor):
    """A cursor over the sorted arrivals: only the next one is in the event set."""

    def __init__(self, clock: Clock, workload: Workload, first_step: list["Step"], teller: Teller) -> None:
        super().__init__(clock)
        self.clock = clock
        self.arrival_tick = view(workload.arrival_tick)
        self.source = view(workload.source)
        self.vehicle_class = view(workload.vehicle_class)
        self.carries = view(workload.carries_violation)
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
        unit = Unit(self.clock, number, self.vehicle_class[number], self.carries[number])
        story = self.teller.story(unit, self.first_step[self.source[number]])
        unit.waker = [story.send]
        next(story)
        self._wait()


def build_steps(network: Network, workload: Workload, record: Record, stations: list[Station]) -> list[Step]:
    """Make the step objects of a network, without the terminals of their board steps."""
    table = network.steps
    rules = _build_rules(network, workload, record, stations)
    steps = [Step(number, int(kind)) for number, kind in enumerate(table.kind)]
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
            step.is_flag = bool(table.is_flag[number])
            step.detects = network.techniques.detects[target].tolist()
            step.false_alarms = network.techniques.false_alarms[target].tolist()
        elif step.kind == StepKind.EXIT:
            step.outcome = target
    return steps


def _build_rules(network: Network, workload: Workload, record: Record, stations: list[Station]) -> list[Rule]:
    table = network.rules
    selects = (record.selects["is_selected"], record.selects["is_full"])
    answers = [(view(one), view(other)) for one, other in zip(*selects, strict=True)]
    rules = []
    for q, policies in enumerate(make_policies(table, workload.start)):
        full = int(table.full_station[q])
        rule = Rule(policies, stations[full] if full >= 0 else None, network.clock_ticks)
        rule.answers = answers
        watched = int(table.relief_station[q])
        if watched >= 0:
            above, below, factor = (float(c[q]) for c in (table.relief_above, table.relief_below, table.relief_factor))
            rule.relief = Relief(int(above), int(below), factor)
            stations[watched].watchers.append(rule.relief)
        rules.append(rule)
    return rules
