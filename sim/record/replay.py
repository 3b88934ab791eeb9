"""Exact replay: stations, selections and alarms once more, from arrivals and landings alone.

A second implementation of the contract's clauses on stations, on one plain heap. From the record it takes what the
sea side did (entries into the yard, landings); all the rest must come out the same, tick for tick.
"""

from collections import deque
from heapq import heappop, heappush
from typing import Any

import numpy as np

from sim.network import Network, StepKind
from sim.policy import Policy, make_policies
from sim.workload import Workload

from .finding import Finding
from .journey import ARRIVAL, LANDING, SERVICE_END, SHIFT
from .record import Columns, Record, blank_record

_YARD = 3
"""Rank of an entry into the yard after waiting for room: the sea side's own."""
_SERVE, _SELECT, _ALARM, _BOARD, _TRAVEL, _EXIT = (int(kind) for kind in StepKind)
_HOUR = 3_600_000


class _Desk:
    """One station: who waits, in the order of service."""

    def __init__(self, limit: int, servers: int) -> None:
        self.limit = limit
        self.servers = servers
        self.busy = 0
        self.waiting: list[tuple[int, int, int]] = []
        self.blocked: deque[int] = deque()
        self.reliefs: list[int] = []

    @property
    def is_full(self) -> bool:
        return self.busy >= self.servers and 0 <= self.limit <= len(self.waiting)


class _Replay:
    """State of the replay; `now` is its tick, `step` the row at which each unit is."""

    def __init__(self, network: Network, workload: Workload, record: Record) -> None:
        self.network = network
        self.workload = workload
        self.seen = record
        self.told = blank_record(network, workload)
        self.now = 0
        self.joined = 0
        self.kind: list[int] = network.steps.kind.tolist()
        self.step: list[int] = network.sources.first_step[workload.source].tolist()
        self.held: dict[int, tuple[int, int]] = {}
        self.heap: list[tuple[int, int, int, int]] = []
        self.is_on = [False] * len(network.rules.ratio)
        self.policies = make_policies(network.rules, workload.start)
        self.inspecting: dict[int, list[tuple[int, Policy]]] = {}
        self.crowd: dict[int, set[int]] = {}
        self._make_desks()
        for unit, tick in enumerate(workload.arrival_tick.tolist()):
            heappush(self.heap, (tick, ARRIVAL, unit, unit))
        for unit, tick in enumerate(record.units["landing_tick"].tolist()):
            if tick >= 0:
                heappush(self.heap, (tick, LANDING, unit, unit))

    def _make_desks(self) -> None:
        table = self.network.stations
        self.desks: list[_Desk] = []
        for s, limit in enumerate(table.queue_limit.tolist()):
            rows = range(table.shift_pointer[s], table.shift_pointer[s + 1])
            self.desks.append(_Desk(limit, int(table.shift_servers[rows[0]])))
            for row in rows[1:]:
                heappush(self.heap, (int(table.shift_tick[row]), SHIFT, s, int(table.shift_servers[row])))
        for q, s in enumerate(self.network.rules.relief_station.tolist()):
            if s >= 0:
                self.desks[s].reliefs.append(q)

    def run(self) -> Record:
        """Let everything happen in the order of (tick, rank, id)."""
        while self.heap and self.heap[0][0] < self.network.horizon_tick:
            self.now, rank, number, value = heappop(self.heap)
            self.crowd.setdefault(self.now, set()).add(rank)
            if rank == SHIFT:
                self.desks[number].servers = value
                self._refill(number)
            elif rank == _YARD:
                self._let_go(value)
            else:
                if rank == SERVICE_END:
                    self._end(value)
                elif rank == LANDING:
                    self.step[value] = int(self.network.steps.following[self.step[value]])
                self._go(value)
        return self.told

    def _end(self, unit: int) -> None:
        number = self.step[unit]
        steps = self.network.steps
        slot = int(steps.slot[number])
        self.told.serves["end_tick"][slot, unit] = self.now
        self.held[unit] = (slot, int(steps.target[number]))
        self.step[unit] = int(steps.following[number])

    def _let_go(self, unit: int) -> None:
        slot, station = self.held.pop(unit, (-1, -1))
        if station >= 0:
            self.told.serves["release_tick"][slot, unit] = self.now
            self.desks[station].busy -= 1
            self._refill(station)

    def _go(self, unit: int) -> None:
        """Move a unit on until it has to wait for something."""
        steps = self.network.steps
        while (kind := self._come_to(unit)) in (_SELECT, _ALARM):
            answer = self._select(unit) if kind == _SELECT else self._alarm(unit)
            column = steps.following if answer else steps.otherwise
            self.step[unit] = int(column[self.step[unit]])
        if kind == _SERVE:
            self._want(unit)
        elif kind == _BOARD:
            self._board(unit)
        else:
            if kind == _TRAVEL:
                number = self.step[unit]
                ticks = int(self.workload.duration_ticks[steps.mark[number], unit])
                self.step[unit] = int(steps.following[number])
                heappush(self.heap, (self.now + ticks, ARRIVAL, unit, unit))
            self._let_go(unit)

    def _come_to(self, unit: int) -> int:
        """Kind of a unit's step; inspections that have ended before it without an alarm were clean."""
        number = self.step[unit]
        kind = self.kind[number]
        waiting = self.inspecting.pop(unit, [])
        is_over = [kind == _EXIT or number >= end for end, _ in waiting]
        for (_, policy), over in zip(waiting, is_over, strict=True):
            if over:
                policy.learn(False)
        if not all(is_over):
            self.inspecting[unit] = [w for w, over in zip(waiting, is_over, strict=True) if not over]
        return kind

    def _board(self, unit: int) -> None:
        yard = int(self.seen.units["yard_tick"][unit])
        if yard == self.now:
            self._let_go(unit)
        elif yard > self.now:
            # Units enter the yard in the order in which they came to it.
            self.joined += 1
            heappush(self.heap, (yard, _YARD, self.joined, unit))

    def _want(self, unit: int) -> None:
        """Let a unit into its station, or leave it blocked."""
        number = self.step[unit]
        station = int(self.network.steps.target[number])
        desk = self.desks[station]
        if desk.is_full or desk.blocked:
            desk.blocked.append(unit)
            self._refill(station)
        else:
            self._enter(unit, station)

    def _enter(self, unit: int, station: int) -> None:
        desk, steps, number = self.desks[station], self.network.steps, self.step[unit]
        self.told.serves["join_tick"][steps.slot[number], unit] = self.now
        if desk.busy < desk.servers and not desk.waiting:
            self._start(unit, desk)
        else:
            self.joined += 1
            priority = int(steps.priority[number, self.workload.vehicle_class[unit]])
            heappush(desk.waiting, (priority, self.joined, unit))
            self._note_length(desk)
        self._let_go(unit)

    def _refill(self, station: int) -> None:
        desk = self.desks[station]
        while True:
            if desk.waiting and desk.busy < desk.servers:
                _, _, unit = heappop(desk.waiting)
                self._note_length(desk)
                self._start(unit, desk)
            elif desk.blocked and not desk.is_full:
                self._enter(desk.blocked.popleft(), station)
            else:
                return

    def _start(self, unit: int, desk: _Desk) -> None:
        desk.busy += 1
        steps, number = self.network.steps, self.step[unit]
        self.told.serves["start_tick"][steps.slot[number], unit] = self.now
        ticks = int(self.workload.duration_ticks[steps.mark[number], unit])
        heappush(self.heap, (self.now + ticks, SERVICE_END, unit, unit))

    def _note_length(self, desk: _Desk) -> None:
        rules = self.network.rules
        for q in desk.reliefs:
            if len(desk.waiting) >= rules.relief_above[q]:
                self.is_on[q] = True
            elif len(desk.waiting) <= rules.relief_below[q]:
                self.is_on[q] = False

    def _select(self, unit: int) -> bool:
        steps, rules, number = self.network.steps, self.network.rules, self.step[unit]
        slot, q = int(steps.slot[number]), int(steps.target[number])
        policy = self.policies[q][self.workload.vehicle_class[unit]]
        hour = (self.now + self.network.clock_ticks) // _HOUR
        relief = float(rules.relief_factor[q]) if self.is_on[q] else 1.0
        told = self.told.selects
        exempt = policy.after >= 0 and [told[c][policy.after, unit] for c in ("is_selected", "is_full")] == [1, 0]
        ratio = policy.probability(hour, exempt) * relief
        is_selected = policy.choose(float(self.workload.uniform[steps.mark[number], unit]), ratio, relief)
        is_full = bool(rules.full_station[q] >= 0 and self.desks[rules.full_station[q]].is_full)
        for name, value in (("ratio", ratio), ("is_selected", is_selected), ("is_full", is_full)):
            told[name][slot, unit] = value
        if is_selected and not is_full:
            policy.take(hour)
            if policy.learns:
                self.inspecting.setdefault(unit, []).append((int(steps.otherwise[number]), policy))
        return is_selected and not is_full

    def _alarm(self, unit: int) -> bool:
        steps, techniques, number = self.network.steps, self.network.techniques, self.step[unit]
        table = techniques.detects if self.workload.carries_violation[unit] else techniques.false_alarms
        probability = table[steps.target[number], self.workload.vehicle_class[unit]]
        answer = bool(self.workload.uniform[steps.mark[number], unit] < probability)
        self.told.alarms["is_alarmed"][steps.slot[number], unit] = answer
        if answer and not steps.is_flag[number]:
            for _, policy in self.inspecting.pop(unit, []):
                policy.learn(True)
        return answer

    def doubtful_tick(self) -> int:
        """First tick at which the record does not tell who came first; the horizon if there is none.

        That is so where a unit gets into a full yard, or lands without any time on the ramp, at a tick at which
        something else happens: which event of the sea side made room is not recorded.
        """
        at_once = set(_landings_at_once(self.seen).tolist())
        doubtful = [
            tick for tick, ranks in self.crowd.items() if len(ranks) > 1 and (_YARD in ranks or tick in at_once)
        ]
        return min(doubtful, default=self.network.horizon_tick)


def _landings_at_once(record: Record) -> Any:
    landed = np.flatnonzero(record.units["landing_tick"] >= 0)
    ticks = record.units["landing_tick"][landed]
    return ticks[ticks == record.sailings["berth_tick"][record.units["sailing"][landed]]]


def replay_stations(network: Network, workload: Workload, record: Record) -> Record:
    """Replay a record's stations, selections and alarms.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Only its `yard_tick`, `landing_tick`, `sailing` and berthing ticks are read.

    Returns
    -------
    Record
        With the columns of `serves`, `selects` and `alarms` as they ought to be; the others are blank.
    """
    return _Replay(network, workload, record).run()


def replay_findings(network: Network, workload: Workload, record: Record) -> list[Finding]:
    """Compare a record with its replay, up to the first tick of which the record does not tell the order."""
    replay = _Replay(network, workload, record)
    told = replay.run()
    last = replay.doubtful_tick()
    findings = []
    for table in ("serves", "selects", "alarms"):
        for name, values in record.table(table).items():
            expected = told.table(table)[name]
            for slot, unit in np.argwhere(values != expected):
                tick = _tick_of(network, (record, told), (table, name), (int(slot), int(unit)))
                if tick < last:
                    text = f"the replay gives {expected[slot, unit]}, the record {values[slot, unit]}"
                    findings.append((tick, Finding("replay", f"{table}.{name}[{slot}]", f"unit {unit}", text)))
    return [finding for _, finding in sorted(findings)[:5]]


def _tick_of(network: Network, pair: tuple[Record, Record], column: tuple[str, str], at: tuple[int, int]) -> int:
    """Tick from which on two records differ at a cell; answers bear no tick and count as the latest."""
    table, name = column
    if table != "serves":
        return network.horizon_tick - 1
    cells: list[Columns] = [record.serves for record in pair]
    ticks = [int(columns[name][at]) for columns in cells]
    return min((tick for tick in ticks if tick >= 0), default=network.horizon_tick)
