"""The units' side of the audit: each unit is walked along its route, column by column.

What the walk finds out (who wanted to be where from when on) is what the laws of stations and ferries start from.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.network import Network, StepKind
from sim.network.tables import Ints
from sim.policy import PolicyKind
from sim.workload import Workload

from .finding import OPEN, Finding
from .record import Record

SHIFT, SERVICE_END, LANDING, ARRIVAL = 2, 4, 7, 8
"""Ranks of the contract: order of the events of one tick that units take part in."""

_HOUR = 3_600_000
_SERVE, _SELECT, _ALARM, _BOARD, _TRAVEL = (int(kind) for kind in list(StepKind)[:5])


@dataclass(frozen=True)
class Table:
    """Rows of int64 columns, missing ticks as `OPEN`."""

    columns: dict[str, Ints]

    def __getattr__(self, name: str) -> Ints:
        """Return a column."""
        try:
            return self.__dict__["columns"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def where(self, mask: Any) -> "Table":
        """Keep some rows."""
        return Table({name: column[mask] for name, column in self.columns.items()})


VISIT = ("station", "unit", "slot", "ready", "rank", "join", "start", "release", "priority")
STAY = ("terminal", "unit", "ready", "rank", "yard", "boarding", "sailing", "landing")


def _table(names: tuple[str, ...], rows: list[tuple[int, ...]]) -> Table:
    values = np.array(rows, np.int64).reshape(-1, len(names))
    ticks = {"join", "start", "release", "yard", "boarding", "landing"}
    return Table(
        {
            name: np.where(values[:, c] < 0, OPEN, values[:, c]) if name in ticks else values[:, c]
            for c, name in enumerate(names)
        }
    )


class Journeys:
    """All units walked along their routes.

    Attributes
    ----------
    findings : list of Finding
        Broken laws of single units.
    visits, stays : Table
        One row for each time a unit wanted a station's server, or a terminal's yard: `ready` is the tick from which
        on it wanted in, `rank` the kind of event that brought it.
    """

    def __init__(self, network: Network, workload: Workload, record: Record) -> None:
        self.network = network
        self.workload = workload
        self.record = record
        self.findings: list[Finding] = []
        self.horizon = network.horizon_tick
        self._read()
        self._visits: list[tuple[int, ...]] = []
        self._stays: list[tuple[int, ...]] = []
        self._seen = {
            name: np.zeros(next(iter(record.table(name).values())).shape, np.bool_)
            for name in ("serves", "selects", "alarms")
        }
        self._boarded = np.zeros(len(workload.arrival_tick), np.bool_)
        self.unit = self.now = self.rank = 0
        self.held = -1
        for unit in range(len(workload.arrival_tick)):
            self._walk(unit)
        self._leftovers()
        self.visits = _table(VISIT, self._visits)
        self.stays = _table(STAY, self._stays)

    def _read(self) -> None:
        """Turn columns into lists, which are faster to walk over."""
        tables = {name: self.record.table(name) for name in ("units", "serves", "selects", "alarms")}
        self.column = {c: values.tolist() for table in tables.values() for c, values in table.items()}
        steps = self.network.steps
        self.step = {
            c: getattr(steps, c).tolist() for c in ("kind", "target", "following", "otherwise", "mark", "slot")
        }
        self.duration = self.workload.duration_ticks.tolist()
        self.uniform = self.workload.uniform.tolist()
        self.vehicle_class = self.workload.vehicle_class.tolist()
        self.handlers = {
            _SERVE: self._serve,
            _SELECT: self._select,
            _ALARM: self._alarm,
            _BOARD: self._board,
            _TRAVEL: self._travel,
        }

    def expect(self, law: str, place: str, expected: object, found: object) -> None:
        """Note a finding about the unit under way unless both values are the same."""
        if expected != found:
            self._note(law, place, f"expected {expected}, found {found}")

    def _note(self, law: str, place: str, text: str) -> None:
        self.findings.append(Finding(law, place, f"unit {self.unit} at {self.now}", text))

    def _walk(self, unit: int) -> None:
        self.unit, self.rank, self.held = unit, ARRIVAL, -1
        self.now = self.column["arrival_tick"][unit]
        self.expect("arrival", "arrival_tick", int(self.workload.arrival_tick[unit]), self.now)
        number = int(self.network.sources.first_step[self.workload.source[unit]])
        while number >= 0:
            kind = self.step["kind"][number]
            if kind not in self.handlers:
                self._exit(self.step["target"][number])
                return
            number = self.handlers[kind](number)
        self.expect("exit", "outcome", (0, -1), (self.column["outcome"][unit], self.column["exit_tick"][unit]))

    def _exit(self, outcome: int) -> None:
        unit = self.unit
        self._let_go(self.now)
        self.expect("exit", "outcome", outcome, self.column["outcome"][unit])
        self.expect("exit", "exit_tick", self.now, self.column["exit_tick"][unit])

    def _let_go(self, tick: int) -> None:
        """The server held so far must be let go at this tick (-1: not yet)."""
        if self.held >= 0:
            slot, name = self.step["slot"][self.held], self.network.steps.name[self.held]
            self.expect("release", name, tick, self.column["release_tick"][slot][self.unit])
        self.held = -1

    def _later(self, law: str, place: str, tick: int, since: int) -> bool:
        """Tell whether something has happened, and check that it was in time."""
        if tick < 0:
            self.expect(law, place, -1, tick)
            return False
        if not since <= tick < self.horizon:
            self._note(law, place, f"must lie in {since} .. {self.horizon} (excluded), found {tick}")
        return True

    def _serve(self, number: int) -> int:
        unit, slot, station = self.unit, self.step["slot"][number], self.step["target"][number]
        name = self.network.steps.name[number]
        join, start, end, release = (
            self.column[f"{what}_tick"][slot][unit] for what in ("join", "start", "end", "release")
        )
        priority = int(self.network.steps.priority[number, self.vehicle_class[unit]])
        self._seen["serves"][slot, unit] = True
        self._visits.append((station, unit, slot, self.now, self.rank, join, start, release, priority))
        has_joined = self._later("joining", name, join, self.now)
        self._let_go(join)
        has_started = has_joined and self._later("start", name, start, join)
        done = start + self.duration[self.step["mark"][number]][unit]
        has_ended = has_started and done < self.horizon
        self.expect("service", name, done if has_ended else -1, end)
        if not has_ended:
            self.expect("start", name, start if has_joined else -1, start)
            self.expect("release", name, -1, release)
            return -1
        self.now, self.rank, self.held = end, SERVICE_END, number
        return int(self.step["following"][number])

    def _select(self, number: int) -> int:
        unit, slot, rule = self.unit, self.step["slot"][number], self.step["target"][number]
        name, rules = self.network.steps.name[number], self.network.rules
        ratio, is_selected, is_full = (self.column[c][slot][unit] for c in ("ratio", "is_selected", "is_full"))
        self._seen["selects"][slot, unit] = True
        relief = float(rules.relief_factor[rule])
        listed = self._listed_ratios(rule)
        allowed = listed | {ratio_listed * relief for ratio_listed in listed}
        if ratio not in allowed:
            self._note("ratio", name, f"expected one of {sorted(allowed)}, found {ratio}")
        uniform = self.uniform[self.step["mark"][number]][unit]
        if rules.policy[rule, self.vehicle_class[unit]] != PolicyKind.SYSTEMATIC:
            self.expect("selection", name, int(uniform < ratio), is_selected)
        elif is_selected not in (0, 1) or (is_selected == 1 and ratio not in listed and uniform >= relief):
            self._note("selection", name, f"not an answer of a counter: {is_selected}")
        if is_full not in ((0, 1) if rules.full_station[rule] >= 0 else (0,)):
            self._note("queue full", name, f"not an answer: {is_full}")
        return int(self.step["following" if is_selected == 1 and is_full != 1 else "otherwise"][number])

    def _listed_ratios(self, rule: int) -> set[float]:
        """Probabilities before relief that a rule's policy may give the unit now; the replay tells which it was."""
        rules, k = self.network.rules, self.vehicle_class[self.unit]
        hour = (self.now + self.network.clock_ticks) // _HOUR % 24
        listed, after = float(rules.ratio[rule, k, hour]), int(rules.after[rule, k])
        if after >= 0 and [self.column[c][after][self.unit] for c in ("is_selected", "is_full")] == [1, 0]:
            return {listed * float(rules.factor[rule, k])}
        if rules.policy[rule, k] == PolicyKind.SKIP_LOT:
            return {listed, 1.0}
        return {listed, 0.0} if rules.policy[rule, k] == PolicyKind.QUOTA else {listed}

    def _alarm(self, number: int) -> int:
        unit, slot, technique = self.unit, self.step["slot"][number], self.step["target"][number]
        techniques = self.network.techniques
        k, level = self.vehicle_class[unit], self.workload.concealment[unit]
        is_carrier = self.workload.carries_violation[unit]
        table = techniques.detects[..., level] if is_carrier else techniques.false_alarms
        self._seen["alarms"][slot, unit] = True
        answer = int(self.uniform[self.step["mark"][number]][unit] < table[technique, k])
        found = self.column["is_alarmed"][slot][unit]
        self.expect("alarm", self.network.steps.name[number], answer, found)
        return int(self.step["following" if found == 1 else "otherwise"][number])

    def _board(self, number: int) -> int:
        unit, terminal = self.unit, self.step["target"][number]
        yard, boarding, sailing, landing = (
            self.column[c][unit] for c in ("yard_tick", "boarding_tick", "sailing", "landing_tick")
        )
        self._boarded[unit] = True
        self._stays.append((terminal, unit, self.now, self.rank, yard, boarding, sailing, landing))
        place = self.network.ports.name[self.network.terminals.port[terminal]]
        has_entered = self._later("yard entry", place, yard, self.now)
        self._let_go(yard)
        has_boarded = has_entered and self._later("boarding", place, boarding, yard)
        has_landed = has_boarded and self._later("landing", place, landing, boarding)
        self.expect("boarding", place, has_boarded, 0 <= sailing < len(self.record.sailings["ship"]))
        if not has_landed:
            self.expect("landing", place, (boarding if has_entered else -1, -1), (boarding, landing))
            return -1
        self.now, self.rank = landing, LANDING
        return int(self.step["following"][number])

    def _travel(self, number: int) -> int:
        self._let_go(self.now)
        self.now += self.duration[self.step["mark"][number]][self.unit]
        self.rank = ARRIVAL
        return int(self.step["following"][number]) if self.now < self.horizon else -1

    def _leftovers(self) -> None:
        """Columns of steps that a unit did not come to must be missing."""
        for table, seen in self._seen.items():
            for name, values in self.record.table(table).items():
                for slot, unit in np.argwhere(~seen & (values != -1))[:5]:
                    text = f"never came here, yet found {values[slot, unit]}"
                    self.findings.append(Finding("route", f"{table}.{name}[{slot}]", f"unit {unit}", text))
        for name in ("yard_tick", "boarding_tick", "sailing", "landing_tick"):
            for unit in np.flatnonzero(~self._boarded & (self.record.units[name] != -1))[:5]:
                text = f"never came here, yet found {self.record.units[name][unit]}"
                self.findings.append(Finding("route", name, f"unit {unit}", text))
