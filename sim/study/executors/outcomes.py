"""The door: tasks in, outcomes out, in order of completion."""

import os
from collections.abc import Callable, Iterator

from sim.scenario.study import Executor

from .processes import run_in_processes
from .task import Outcome, Setup, Task, run_task
from .threads import run_in_threads

Check = Callable[[], None]
"""Raises KeyboardInterrupt once an interrupt has come."""


def worker_count(executor: Executor) -> int:
    """Number of workers, one for each core that this process may use unless told otherwise."""
    return 1 if executor.kind == "serial" else executor.workers or len(os.sched_getaffinity(0))


def refuse_executor(executor: Executor) -> None:
    """Make sure, before anything is written, that an executor can be had.

    Raises
    ------
    ScenarioError
        If its package is not installed, its scheduler does not answer, or has no workers.
    """
    if executor.kind == "dask":
        from .cluster import refuse_cluster  # noqa: PLC0415 - an extra that few install

        refuse_cluster(executor.address)


def outcomes_of(executor: Executor, setup: Setup, tasks: Iterator[Task], check: Check) -> Iterator[Outcome]:
    """Run tasks.

    Parameters
    ----------
    executor : Executor
        Who runs them.
    setup : Setup
    tasks : iterator of Task
        Taken as workers become free, a few ahead.
    check : callable
        Called a few times a second; raises KeyboardInterrupt once an interrupt has come.

    Yields
    ------
    Outcome
        One for each task, in order of completion.

    Raises
    ------
    ScenarioError
        If the executor's package is not installed, or its scheduler cannot be reached.
    PoolError
        If workers cannot be kept alive at all.
    """
    workers = worker_count(executor)
    if executor.kind == "serial":
        for task in tasks:
            yield run_task(setup, task)
            check()
    elif executor.kind == "threads":
        yield from run_in_threads(setup, tasks, workers, check)
    elif executor.kind == "processes":
        yield from run_in_processes(setup, tasks, workers, check)
    else:
        from .cluster import run_on_cluster  # noqa: PLC0415 - an extra that few install

        yield from run_on_cluster(setup, tasks, (workers, executor.address), check)
