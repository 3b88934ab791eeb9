"""The ways that units took: a record read back along the step table, one batch of units a step."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.network import REMOVED, Network, StepKind
from sim.network.tables import Flags, Floats, Ints
from sim.record import Record, route_steps
from sim.workload import Workload


@dataclass(frozen=True, eq=False)
class Visit:
    """Units that came to a station, n of them; ticks are -1 for what did not happen."""

    step: int
    station: int
    at: Ints
    """(n,) position among the units of the source"""
    ready: Ints
    """(n,) end of the activity before"""
    join: Ints
    start: Ints
    end: Ints
    release: Ints


@dataclass(frozen=True, eq=False)
class Choice:
    """Units that came to a select."""

    step: int
    at: Ints
    ratio: Floats
    is_selected: Flags
    is_full: Flags


@dataclass(frozen=True, eq=False)
class Answer:
    """Units that a technique or a search looked at, or that were flagged or not before a selection."""

    step: int
    is_search: bool
    at: Ints
    is_alarmed: Flags


@dataclass(eq=False)
class Path:
    """All that the units of one source went through, in order of the steps."""

    source: int
    units: Ints
    """(n,) rows of the record"""
    inland: Ints
    """(n,) tick at which a unit left its port of entry on a way further on, -1 never"""
    visits: list[Visit] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    boards: list[tuple[int, Ints]] = field(default_factory=list)
    """Board steps, and the units that came to each."""
    landings: list[tuple[int, Ints]] = field(default_factory=list)
    """Board steps, and the units that came ashore behind each."""


def units_by_source(network: Network, workload: Workload) -> list[Ints]:
    """Rows of the record that belong to each source, in order of arrival."""
    sources = len(network.sources.name)
    order = np.argsort(workload.source.astype(np.int16), kind="stable")
    ends = np.cumsum(np.bincount(workload.source, minlength=sources))
    return np.split(order, ends[:-1])


def trace_path(network: Network, workload: Workload, record: Record, source: int, units: Ints) -> Path:
    """Read back which steps the units of a source took.

    Parameters
    ----------
    network : Network
    workload : Workload
    record : Record
        Of that workload.
    source : int
        Row of `network.sources`.
    units : ndarray of int64, shape (n,)
        Its rows of the record.

    Returns
    -------
    Path
    """
    tracer = _Tracer(network, workload, record, Path(source, units, np.full(len(units), -1, np.int64)))
    first = int(network.sources.first_step[source])
    tracer.send(first, np.arange(len(units)))
    for step in route_steps(network, source):
        tracer.take(step)
    return tracer.path


class _Tracer:
    """Batches of units on their way down one route."""

    def __init__(self, network: Network, workload: Workload, record: Record, path: Path) -> None:
        self.network = network
        self.workload = workload
        self.record = record
        self.path = path
        self.ready = record.units["arrival_tick"][path.units]
        self.coming: dict[int, list[Ints]] = {}

    def send(self, step: int, at: Ints) -> None:
        """Let units come to a step."""
        self.coming.setdefault(step, []).append(at)

    def take(self, step: int) -> None:
        """Let the units at a step take it."""
        batches = self.coming.pop(step, [])
        kind = self.network.steps.kind[step]
        if not batches or kind == StepKind.EXIT:
            return
        at = batches[0] if len(batches) == 1 else np.concatenate(batches)
        if kind == StepKind.SELECT:
            self._select(step, at)
        elif kind == StepKind.ALARM:
            self._alarm(step, at)
        else:
            ready = self._activity(step, kind, at)
            done = at[ready >= 0]
            self.ready[done] = ready[ready >= 0]
            self.send(int(self.network.steps.following[step]), done)

    def _activity(self, step: int, kind: int, at: Ints) -> Ints:
        """Tick at which each unit is through with a step that takes time, -1 never."""
        units = self.path.units[at]
        if kind == StepKind.BOARD:
            landing = self.record.units["landing_tick"][units]
            self.path.boards.append((step, at))
            self.path.landings.append((step, at[landing >= 0]))
            return landing
        if kind == StepKind.TRAVEL:
            landing = self.record.units["landing_tick"][units]
            leaves = (landing >= 0) & (self.ready[at] >= landing) & (self.path.inland[at] < 0)
            self.path.inland[at[leaves]] = self.ready[at[leaves]]
            ready = self.ready[at] + self.workload.duration_ticks[self.network.steps.mark[step]][units]
            return np.where(ready < self.network.horizon_tick, ready, -1)
        slot = self.network.steps.slot[step]
        names = ("join", "start", "end", "release")
        join, start, end, release = (self.record.serves[f"{name}_tick"][slot][units] for name in names)
        station = int(self.network.steps.target[step])
        self.path.visits.append(Visit(step, station, at, self.ready[at], join, start, end, release))
        return np.asarray(end)

    def _select(self, step: int, at: Ints) -> None:
        units, slot = self.path.units[at], self.network.steps.slot[step]
        ratio, is_selected, is_full = (self.record.selects[n][slot][units] for n in ("ratio", "is_selected", "is_full"))
        choice = Choice(step, at, ratio, is_selected == 1, is_full == 1)
        self.path.choices.append(choice)
        self._part(step, at, choice.is_selected & ~choice.is_full)

    def _alarm(self, step: int, at: Ints) -> None:
        is_alarmed = self.record.alarms["is_alarmed"][self.network.steps.slot[step]][self.path.units[at]] == 1
        is_search = not self.network.steps.is_flag[step] and is_search_step(self.network, step)
        self.path.answers.append(Answer(step, is_search, at, is_alarmed))
        self._part(step, at, is_alarmed)

    def _part(self, step: int, at: Ints, is_yes: Flags) -> None:
        steps = self.network.steps
        self.send(int(steps.following[step]), at[is_yes])
        self.send(int(steps.otherwise[step]), at[~is_yes])


def is_search_step(network: Network, step: int) -> bool:
    """Tell whether an alarm at this step removes the unit at once."""
    steps = network.steps
    following = steps.following[step]
    return bool(steps.kind[following] == StepKind.EXIT and steps.target[following] == REMOVED)


def stations_of(network: Network, source: int) -> Iterator[int]:
    """Stations on the route of a source, in order."""
    steps = network.steps
    for step in route_steps(network, source):
        if steps.kind[step] == StepKind.SERVE:
            yield int(steps.target[step])


def is_ferried(network: Network, source: int) -> bool:
    """Tell whether the route of a source leads over the sea."""
    return any(network.steps.kind[step] == StepKind.BOARD for step in route_steps(network, source))
