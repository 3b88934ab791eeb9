"""The driver: hands out what is missing, keeps what comes back, and adds replications until all are exact enough."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sim.errors import ScenarioError
from sim.scenario.study import Executor
from sim.study.executors import Failure, Outcome, Task, outcomes_of
from sim.study.executors.task import batches
from sim.study.interrupt import calm_interrupts
from sim.study.settled import unsettled_after
from sim.study.store import StudyFolder

from .plan import Plan
from .precision import is_exact_enough
from .screening import Race

_TASK_S = 3.0
"""How long a task should take: long beside what it costs to hand it out, short beside a coffee."""


@dataclass(frozen=True)
class Failed:
    """A design point without figures."""

    number: int
    key: str
    failure: Failure


@dataclass(frozen=True)
class State:
    """How far a study is."""

    points: int
    finished_points: int
    replications: int
    """Wanted, of all points."""
    finished_replications: int
    failed_points: int


Progress = Callable[[State], None]
"""Called at the start and after every task."""


@dataclass
class Driven:
    """What came of a study."""

    replications: int
    """Of every point."""
    failed: list[Failed] = field(default_factory=list)
    is_exact: bool = True
    """Whether every target of precision is met."""
    more: dict[str, int] = field(default_factory=dict)
    """By key, replications of points that screening has kept longer."""
    survivors: list[int] | None = None
    """Numbers of the points that may be best; None without screening."""

    def of(self, key: str) -> int:
        """Replications of a point."""
        return self.more.get(key, self.replications)


def run_plan(plan: Plan, store: StudyFolder, executor: Executor, progress: Progress | None = None) -> Driven:
    """Run what is missing of a study.

    Parameters
    ----------
    plan : Plan
    store : StudyFolder
        Opened; holds whatever was finished before.
    executor : Executor
        Changes no result.
    progress : callable, optional

    Returns
    -------
    Driven
        With the points that failed: they do not stop the others.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, once what had been finished is on disk.
    ScenarioError
        If the executor cannot be had.
    PoolError
        If workers cannot be kept alive.
    OSError
        If the store cannot be written.
    """
    driven = Driven(plan.study.replications)
    precision = plan.study.precision
    with calm_interrupts() as check, unsettled_after():
        while True:
            _Round(plan, store, driven, progress or (lambda _state: None)).run(executor, check)
            if plan.study.screening is not None:
                _screen(plan, store, driven, (executor, progress or (lambda _state: None), check))
            if precision is None:
                return driven
            driven.is_exact = is_exact_enough(plan, store, driven.replications, {f.key for f in driven.failed})
            if driven.is_exact or driven.replications >= precision.most:
                return driven
            driven.replications = min(driven.replications + precision.step, precision.most)


def _screen(
    plan: Plan, store: StudyFolder, driven: Driven, more: tuple[Executor, Progress, Callable[[], None]]
) -> None:
    """Drop points block by block until one is left of each, or the cap is reached."""
    executor, progress, check = more
    screening = plan.study.screening
    assert screening is not None
    lost = {failed.key for failed in driven.failed}
    races = [
        Race(screening, plan, [r for r in block if r.key not in lost], driven.replications) for block in plan.blocks
    ]
    n = driven.replications
    while True:
        for race in races:
            race.look(store, n)
        left = [r for race in races if race.is_open for r in race.alive]
        if not left or n >= screening.most:
            driven.survivors = sorted(r.point.number for race in races for r in race.alive)
            return
        n = min(n + screening.step, screening.most)
        driven.more |= {r.key: n for r in left}
        _Round(Plan(plan.study, left, plan.families), store, driven, progress).run(executor, check)
        failed = {f.key for f in driven.failed}
        for race in races:
            race.alive = [r for r in race.alive if r.key not in failed]


class _Round:
    """All points of a plan up to their number of replications."""

    def __init__(self, plan: Plan, store: StudyFolder, driven: Driven, progress: Progress) -> None:
        self.plan, self.store, self.driven, self.progress = plan, store, driven, progress
        self.lost = {failed.key for failed in driven.failed}
        self.size = 1
        self.wanted = driven.of(plan.ready[0].key)
        self.points, self.done = store.counts([ready.key for ready in plan.ready], self.wanted)

    def run(self, executor: Executor, check: Callable[[], None]) -> None:
        """Run what is missing."""
        self.progress(self._state())
        self.size, is_sized = executor.batch or 1, executor.batch is not None
        if self.points == len(self.plan.ready):
            return
        for outcome in outcomes_of(executor, self.plan.setup, self._tasks(), check):
            self._keep(outcome)
            if not is_sized and outcome.failure is None:
                each = outcome.seconds / len(outcome.task.replications)
                self.size = max(1, min(int(_TASK_S / max(each, 1e-6)), 4 * self.size))
            self.progress(self._state())

    def _tasks(self) -> Iterator[Task]:
        for ready in self.plan.ready:
            left = self.store.missing(ready.key, self.wanted)
            while left and ready.key not in self.lost:
                chunk = batches(left, self.size)[0]
                left = left[len(chunk) :]
                yield Task(ready.point.number, ready.key, ready.family, ready.changes, chunk)

    def _keep(self, outcome: Outcome) -> None:
        task = outcome.task
        if outcome.failure is not None:
            if task.key not in self.lost:
                self.lost.add(task.key)
                self.driven.failed.append(Failed(task.number, task.key, outcome.failure))
            return
        assert outcome.table is not None
        self.done += len(task.replications)
        self.points += self.store.add(task.key, outcome.table, self.wanted)

    def _state(self) -> State:
        points, n = len(self.plan.ready), self.wanted
        return State(points, self.points, points * n, self.done, len(self.lost))


__all__ = ["Driven", "Failed", "Progress", "ScenarioError", "State", "run_plan"]
