"""From stations, ferries, routes and arrivals to flat tables: the one assembler that all networks go through."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

import numpy as np

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario, value_for
from sim.scenario.concealment import level_names
from sim.scenario.custom import Alarm, Board, CustomNetwork, Exit, Select, Serve, Step, Travel
from sim.scenario.duration import Duration
from sim.scenario.policy import Exemption
from sim.units import centimetres_from_metres, ticks_from_hours

from .clock import clock_of, shift_ticks, simulation_start, window_start
from .detection import any_of
from .durations import law_of
from .ferries import closure_table, port_table, ship_table, terminal_index, terminal_table
from .legs import blind_faults
from .policies import bare_rule, rule_table
from .rows import shared_rows
from .sources import crowd_faults, source_table
from .strait import wire_strait
from .tables import Floats, Network, Rows, StationTable, StepKind, StepTable, TechniqueTable, stream_of
from .titles import titles_of
from .weather import weather_table

T = TypeVar("T")
COMPLETED, REMOVED = 1, 2
_FORKS = (StepKind.SELECT, StepKind.ALARM)


def compile_network(scenario: Scenario) -> Network:
    """Compile a scenario to flat tables.

    Parameters
    ----------
    scenario : Scenario
        Validated.

    Returns
    -------
    Network
        See `sim.network.tables` for shapes and units.

    Raises
    ------
    ScenarioError
        If a route names a station, ferry, label or class that is not there, jumps back, or boards twice; if an alarm
        that later selections depend on is sure of innocent units; if more units come than fit into memory.
    """
    wiring = scenario.network if isinstance(scenario.network, CustomNetwork) else wire_strait(scenario)
    clock = clock_of(simulation_start(scenario))
    window = ticks_from_hours(scenario.run.lead_in_h)
    window_end = window + ticks_from_hours(scenario.run.days * 24)
    horizon = window_end + ticks_from_hours(scenario.run.lead_out_h)
    draft = _Draft(wiring)
    draft.write_routes()
    if draft.faults:
        raise ScenarioError(draft.faults)
    classes, columns = wiring.classes.values(), draft.columns()
    network = Network(
        class_name=tuple(wiring.classes),
        class_kind=tuple(c.kind for c in classes),
        class_title={"zh": tuple(c.title_zh for c in classes), "en": tuple(c.title_en for c in classes)},
        channel=tuple(c.channel or name for name, c in wiring.classes.items()),
        deck_cm=np.array([centimetres_from_metres(c.deck_m) for c in classes], np.int64),
        queue_m=np.array([c.queue_m for c in classes]),
        persons=np.array([c.persons for c in classes]),
        prevalence=_prevalence(wiring),
        level_name=draft.levels,
        level_share=_level_shares(wiring, draft.levels),
        stations=_station_table(wiring, clock, horizon),
        steps=draft.step_table(columns),
        rules=rule_table(draft.rules, draft.classes, draft.stations, columns["selects"]),
        techniques=draft.technique_table(),
        sources=source_table(wiring, draft.first_step, horizon),
        ports=port_table(wiring),
        terminals=terminal_table(wiring, draft.boards, clock, horizon),
        ships=ship_table(wiring),
        closures=closure_table(wiring, simulation_start(scenario)),
        weather=weather_table(wiring),
        laws=tuple(draft.laws),
        serves=columns["serves"],
        selects=columns["selects"],
        alarms=columns["alarms"],
        durations=columns["durations"],
        uniforms=columns["uniforms"],
        day_cv=wiring.day_cv,
        start=window_start(scenario),
        clock_ticks=clock,
        window_tick=window,
        window_end_tick=window_end,
        horizon_tick=horizon,
        **titles_of(scenario, wiring),
    )
    faults = [*crowd_faults(network.sources), *blind_faults(network)]
    if faults:
        raise ScenarioError(faults)
    return network


def _prevalence(wiring: CustomNetwork) -> Floats:
    """Share of units that carry: (K,)."""
    item = {name: (value_for(wiring.prevalence_per_100k, name) or 0.0) / 1e5 for name in wiring.classes}
    return np.array([any_of(item[name], settings.items) for name, settings in wiring.classes.items()])


def _level_shares(wiring: CustomNetwork, levels: Sequence[str]) -> Floats:
    """Share of a class's carriers at each concealment level: (K, L)."""
    shares = [value_for(wiring.concealment, name) or {} for name in wiring.classes]
    return np.array([[by_level.get(level, 0.0) for level in levels] for by_level in shares])


def _station_table(wiring: CustomNetwork, clock: int, horizon: int) -> StationTable:
    stations = wiring.stations.values()
    shifts = [shift_ticks(s.servers, clock, horizon) for s in stations]
    return StationTable(
        name=tuple(wiring.stations),
        port=tuple(s.port for s in stations),
        place=tuple(s.place or name for name, s in wiring.stations.items()),
        queue_limit=np.array([-1 if s.queue_limit is None else s.queue_limit for s in stations], np.int64),
        officers_per_server=np.array([s.officers_per_server for s in stations], np.float64),
        shift_pointer=np.cumsum([0, *(len(s) for s in shifts)], dtype=np.int64),
        shift_tick=np.array([tick for s in shifts for tick, _ in s], np.int64),
        shift_servers=np.array([servers for s in shifts for _, servers in s], np.int64),
    )


def _number(items: list[T], item: T) -> int:
    """Index of an item in a list, which gets it when it is new."""
    if item not in items:
        items.append(item)
    return items.index(item)


@dataclass
class _Row:
    """One step while its table is written."""

    kind: StepKind
    route: str
    name: str
    target: int = -1
    following: int = -1
    otherwise: int = -1
    law: dict[int, int] = field(default_factory=dict)
    priority: dict[int, int] = field(default_factory=dict)
    place: str | None = None
    port: str = ""
    post: str = ""
    is_flag: bool = False


def _stream(row: _Row) -> str:
    return stream_of(row.kind, row.name)


class _Draft:
    """Steps, rules, techniques and laws while they are written down."""

    def __init__(self, wiring: CustomNetwork) -> None:
        self.wiring = wiring
        self.classes = list(wiring.classes)
        self.stations = list(wiring.stations)
        self.terminals = terminal_index(wiring)
        self.rows: list[_Row] = []
        self.rules: list[Select] = []
        self.levels = level_names(wiring.concealment)
        self.techniques: list[tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]] = []
        self.laws: list[tuple[str, tuple[float, ...]]] = []
        self.first_step: dict[str, int] = {}
        self.boards: set[tuple[int, int]] = set()
        self.faults: list[Fault] = []

    def write_routes(self) -> None:
        """Write the steps of every route, and check where they lead."""
        for name, source in self.wiring.arrivals.items():
            if source.route not in self.wiring.routes:
                self._miss(f"network.arrivals.{name}.route", "route", source.route, self.wiring.routes)
            if source.vehicle_class not in self.classes:
                self._miss(f"network.arrivals.{name}.class", "class", source.vehicle_class, self.classes)
        for name, steps in self.wiring.routes.items():
            users = {a.vehicle_class for a in self.wiring.arrivals.values() if a.route == name}
            self.first_step[name] = len(self.rows)
            self._write_route(name, list(steps), sorted(users & set(self.classes)))

    def _write_route(self, route: str, steps: list[Step], users: list[str]) -> None:
        if not isinstance(steps[-1], Exit):
            steps.append(Exit(do="exit"))
        expanded = list(_expand(steps))
        first = len(self.rows)
        labels = {s.label: first + i for i, (_, s) in enumerate(expanded) if s.label}
        for number, (written, step) in enumerate(expanded):
            field = f"network.routes.{route}.{written}"
            row = self._row(route, step, users, field)
            row.following = first + number + 1
            row.otherwise = first + len(expanded) - 1
            self._jump(row, step, labels, (field, first + number))
            self.rows.append(row)
        _name_places(self.rows[first:], first)
        for kind, name in sorted(_used_twice(self.rows, first)):
            self.faults.append(Fault(f"network.routes.{route}", f"must use each {kind.lower()} name once", name))

    def _jump(self, row: _Row, step: Step, labels: Mapping[str, int], here: tuple[str, int]) -> None:
        """Resolve the labels a step may lead to; they must lie further down."""
        field, number = here
        for key, column in (("then", "following"), ("otherwise", "otherwise")):
            label = getattr(step, key, None)
            if label is None:
                continue
            if labels.get(label, -1) <= number:
                self.faults.append(Fault(f"{field}.{key}", "must name the label of a later step", label))
            else:
                setattr(row, column, labels[label])

    def _row(self, route: str, step: Step, users: Sequence[str], field: str) -> _Row:
        """Write one step down."""
        if isinstance(step, Serve):
            return self._serve(route, step, users, field)
        if isinstance(step, Select):
            return self._select(route, step, users, field)
        if isinstance(step, Alarm):
            return self._alarm(route, step, users, field)
        if isinstance(step, Board):
            return self._board(route, step, users, field)
        if isinstance(step, Travel):
            return _Row(StepKind.TRAVEL, route, step.name, law=self._laws(step.time, users, field))
        return _Row(StepKind.EXIT, route, "exit", target=REMOVED if step.removed else COMPLETED)

    def _serve(self, route: str, step: Serve, users: Sequence[str], field: str) -> _Row:
        name = step.name or step.station
        if step.station not in self.stations:
            self._miss(f"{field}.station", "station", step.station, self.stations)
            return _Row(StepKind.SERVE, route, name)
        station = self.wiring.stations[step.station]
        ranks = station.priority
        return _Row(
            StepKind.SERVE,
            route,
            name,
            target=self.stations.index(step.station),
            law=self._laws(step.time, users, field),
            priority={self.classes.index(c): value_for(ranks, c) or 0 for c in users},
            place=station.place or step.station,
            port=station.port,
            post=step.station,
        )

    def _select(self, route: str, step: Select, users: Sequence[str], field: str) -> _Row:
        for name in (step.full_station, step.relief.station if step.relief else None):
            if name is not None and name not in self.stations:
                self._miss(f"{field}.{step.name}", "station", name, self.stations)
        for name in users:
            if value_for(step.ratio, name) is None:
                self.faults.append(Fault(f"{field}.ratio", f"must cover class {name!r}", ", ".join(step.ratio)))
        rule = _number(self.rules, bare_rule(step))
        return _Row(StepKind.SELECT, route, step.name, target=rule, place=step.place, port=step.port)

    def _alarm(self, route: str, step: Alarm, users: Sequence[str], field: str) -> _Row:
        for key in ("detects", "false_alarms"):
            for name in users:
                if value_for(getattr(step, key), name) is None:
                    self.faults.append(Fault(f"{field}.{key}", f"must cover class {name!r}", "nothing"))
        false_alarms = tuple(value_for(step.false_alarms, name) or 0.0 for name in self.classes)
        figures = (tuple(self._by_level(value_for(step.detects, name)) for name in self.classes), false_alarms)
        row = _Row(StepKind.ALARM, route, step.name, target=_number(self.techniques, figures), is_flag=step.flag)
        row.place, row.port, row.post = step.place, step.port, step.post
        return row

    def _by_level(self, detects: float | dict[str, float] | None) -> tuple[float, ...]:
        if isinstance(detects, dict):
            return tuple(detects.get(level, 0.0) for level in self.levels)
        return (detects or 0.0,) * len(self.levels)

    def _board(self, route: str, step: Board, users: Sequence[str], field: str) -> _Row:
        terminal = self.terminals.get((step.ferry, step.origin), -1)
        if terminal < 0:
            options = [f"{ferry} from {port}" for ferry, port in self.terminals]
            self._miss(f"{field}.board", "ferry and origin", f"{step.ferry} from {step.origin}", options)
        if any(row.kind == StepKind.BOARD and row.route == route for row in self.rows):
            self.faults.append(Fault(field, "must board at most once", step.ferry))
        self.boards |= {(terminal, self.classes.index(name)) for name in users}
        return _Row(StepKind.BOARD, route, step.ferry, target=terminal)

    def _laws(self, time: Mapping[str, Duration], users: Sequence[str], field: str) -> dict[int, int]:
        """Number the duration law of each class that comes this way."""
        laws = {}
        for name in users:
            duration = value_for(time, name)
            if duration is None:
                self.faults.append(Fault(f"{field}.time", f"must give a service time for class {name!r}", "nothing"))
            else:
                laws[self.classes.index(name)] = _number(self.laws, law_of(duration))
        return laws

    def _miss(self, field: str, what: str, given: str, options: Sequence[str] | Mapping[str, object]) -> None:
        self.faults.append(Fault(field, f"must name a known {what} ({', '.join(options) or 'none'})", given))

    def columns(self) -> dict[str, Rows]:
        """Let steps share rows of the record and of the workload where no unit can come to both."""
        return {
            "serves": self._share(StepKind.SERVE),
            "selects": self._share(StepKind.SELECT),
            "alarms": self._share(StepKind.ALARM),
            "durations": self._share(StepKind.SERVE, StepKind.TRAVEL, name_of=_stream),
            "uniforms": self._share(StepKind.SELECT, StepKind.ALARM, name_of=_stream),
        }

    def _share(self, *kinds: StepKind, name_of: Callable[[_Row], str] = attrgetter("name")) -> Rows:
        names = [name_of(row) for kind in kinds for row in self.rows if row.kind == kind]
        by_route: dict[str, set[str]] = {}
        for row in self.rows:
            if row.kind in kinds:
                by_route.setdefault(row.route, set()).add(name_of(row))
            if row.kind == StepKind.SELECT:
                # A unit that never came to the selection that exempts must not read another one's answer.
                samplings = self.rules[row.target].ratio.values()
                by_route.setdefault(row.route, set()).update(s.after for s in samplings if isinstance(s, Exemption))
        return shared_rows(list(dict.fromkeys(names)), by_route.values())

    def step_table(self, columns: Mapping[str, Rows]) -> StepTable:
        """Freeze the steps."""
        record = {StepKind.SERVE: "serves", StepKind.SELECT: "selects", StepKind.ALARM: "alarms"}
        workload = {StepKind.SERVE: "durations", StepKind.TRAVEL: "durations"}
        workload |= {StepKind.SELECT: "uniforms", StepKind.ALARM: "uniforms"}
        slot = [columns[record[r.kind]].of(r.name) if r.kind in record else -1 for r in self.rows]
        mark = [columns[workload[r.kind]].of(_stream(r)) if r.kind in workload else -1 for r in self.rows]
        law = np.full((len(self.rows), len(self.classes)), -1, np.int64)
        priority = np.zeros_like(law)
        for number, row in enumerate(self.rows):
            law[number, list(row.law)] = list(row.law.values())
            priority[number, list(row.priority)] = list(row.priority.values())
        return StepTable(
            kind=np.array([r.kind for r in self.rows], np.int64),
            target=np.array([r.target for r in self.rows], np.int64),
            following=np.array([r.following for r in self.rows], np.int64),
            otherwise=np.array([r.otherwise for r in self.rows], np.int64),
            mark=np.array(mark, np.int64),
            slot=np.array(slot, np.int64),
            law=law,
            priority=priority,
            is_flag=np.array([r.is_flag for r in self.rows], np.bool_),
            route=tuple(r.route for r in self.rows),
            name=tuple(r.name for r in self.rows),
            place=tuple(r.place or "" for r in self.rows),
            port=tuple(r.port for r in self.rows),
            post=tuple(r.post for r in self.rows),
        )

    def technique_table(self) -> TechniqueTable:
        """Freeze the techniques."""
        shape = (len(self.techniques), len(self.classes))
        return TechniqueTable(
            detects=np.array([t[0] for t in self.techniques], np.float64).reshape(*shape, len(self.levels)),
            false_alarms=np.array([t[1] for t in self.techniques], np.float64).reshape(shape),
        )


def _name_places(rows: Sequence[_Row], first: int) -> None:
    """Name the place of each select and flag (that of the first station behind) and alarm (of the station before)."""
    before: _Row | None = None
    for row in rows:
        if row.kind == StepKind.SERVE:
            before = row
        elif row.place is None and (row.kind == StepKind.SELECT or row.is_flag):
            behind = row
            while behind.kind not in (StepKind.SERVE, StepKind.BOARD, StepKind.EXIT):
                behind = rows[behind.following - first]
            if behind.kind == StepKind.SERVE:
                row.place, row.port, row.post = behind.place, behind.port, row.name
        elif row.place is None and row.kind == StepKind.ALARM and before is not None:
            row.place, row.port, row.post = before.place, before.port, before.post


def _used_twice(rows: Sequence[_Row], first: int) -> set[tuple[str, str]]:
    """Kinds and names that steps from `first` on share; selects may, where no unit can come to both."""
    twice: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    met: dict[int, set[str]] = {first: set()}
    for number, row in enumerate(rows[first:], start=first):
        before = met.get(number, set())
        if row.kind == StepKind.SELECT:
            twice |= {(row.kind.name, row.name)} if row.name in before else set()
            before = before | {row.name}
        elif row.kind != StepKind.EXIT:
            twice |= seen & {(row.kind.name, row.name)}
            seen.add((row.kind.name, row.name))
        if row.kind != StepKind.EXIT:
            for following in {row.following, row.otherwise} if row.kind in _FORKS else {row.following}:
                met.setdefault(following, set()).update(before)
    return twice


def _expand(steps: Sequence[Step]) -> Iterator[tuple[int, Step]]:
    """Write `serve, when_full: waive` out as a selection of everybody that a full queue waives; keep the numbers."""
    for number, step in enumerate(steps):
        if isinstance(step, Serve) and step.when_full == "waive":
            room = Select(
                do="select",
                name=f"{step.name or step.station}/room",
                ratio={"any": 1.0},
                full_station=step.station,
                label=step.label,
                otherwise=step.otherwise,
            )
            yield number, room
            yield number, step.model_copy(update={"label": None, "otherwise": None})
        else:
            yield number, step
