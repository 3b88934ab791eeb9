"""Tasks over processes: the pool is built again when a worker dies, and none outlives the driver."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection

from sim.study.pool import Crew, PoolError, worker_crew
from sim.study.worker import watch_driver

from .task import Outcome, Setup, Task, dead_worker, run_task
from .threads import PULSE_S, WINDOW

_MOST_DEATHS = 3
"""Deaths of its worker, the last one alone in the pool, after which a task counts as failed."""
_held: list[Setup] = []
"""The setup of this worker process; empty in every other process."""


def start_study_worker(setup: Setup, stop: Connection) -> None:
    """Make a fresh process ready; it leaves as soon as the other end of `stop` closes."""
    watch_driver(stop)
    _held[:] = [setup]


def run_held(task: Task) -> Outcome:
    """Run a task with the setup that `start_study_worker` got."""
    return run_task(_held[0], task)


def is_up() -> bool:
    """Answer that a worker has started."""
    return True


@dataclass
class _Trouble:
    """Tasks that were in flight when a worker died."""

    suspects: list[Task] = field(default_factory=list)
    deaths: Counter[tuple[str, tuple[int, ...]]] = field(default_factory=Counter)

    def blame(self, tasks: list[Task]) -> list[Outcome]:
        """Count a death against tasks; return the outcomes of those that have had enough."""
        lost = []
        for task in tasks:
            name = task.key, task.replications
            self.deaths[name] += 1
            if self.deaths[name] >= _MOST_DEATHS and len(tasks) == 1:
                lost.append(dead_worker(task))
            else:
                self.suspects.append(task)
        return lost

    def one_by_one(self) -> Iterator[Task]:
        """Hand the suspects out."""
        while self.suspects:
            yield self.suspects.pop(0)


def run_in_processes(setup: Setup, tasks: Iterator[Task], workers: int, check: Callable[[], None]) -> Iterator[Outcome]:
    """Run tasks in processes.

    Tasks that were in flight when a worker died are tried again one at a time, so that the guilty one is found
    and the others are not lost with it.

    Raises
    ------
    PoolError
        If workers die before they have started.
    """
    trouble = _Trouble()
    is_again = False
    while True:
        broken: list[Task] = []
        with worker_crew(workers, start_study_worker, setup) as crew:
            if is_again:
                _refuse_dead(crew.pool)
            is_again = True
            yield from _keep_in_flight(crew, trouble.one_by_one(), 1, (broken, check))
            if not broken:
                yield from _keep_in_flight(crew, tasks, WINDOW * workers, (broken, check))
            if not broken:
                return
        yield from trouble.blame(broken)


def _refuse_dead(pool: ProcessPoolExecutor) -> None:
    try:
        pool.submit(is_up).result()
    except BrokenProcessPool:
        raise PoolError("worker processes end as soon as they start (out of memory, or killed)") from None


def _keep_in_flight(
    crew: Crew, tasks: Iterator[Task], window: int, more: tuple[list[Task], Callable[[], None]]
) -> Iterator[Outcome]:
    """Yield outcomes until there are no more tasks, or the pool breaks: then `broken` lists what was in flight."""
    broken, check = more
    flight: dict[Future[Outcome], Task] = {}
    while not broken:
        for task in islice(tasks, window - len(flight)):
            try:
                flight[crew.pool.submit(run_held, task)] = task
            except BrokenProcessPool:
                broken.append(task)
                break
        if not flight:
            return
        done, _ = wait(flight, timeout=PULSE_S, return_when=FIRST_COMPLETED)
        crew.look()
        for future in done:
            task = flight.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                broken.append(task)
            else:
                yield future.result()
        check()
    for future in wait(flight).done:  # a broken pool has ended all of them
        if future.exception() is None:
            yield future.result()
        else:
            broken.append(flight[future])
