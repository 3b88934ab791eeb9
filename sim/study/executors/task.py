"""One task, a few replications of one design point: keys come in, columns go out."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sim.metrics.kept import KeptRow, kept_rows
from sim.scenario import make_scenario
from sim.study.design import Family, change_mapping
from sim.study.settled import settle
from sim.study.store.schema import rows_to_table
from sim.study.worker import Job, prepare_job
from sim.workload.shelf import Shelf

_JOBS_HELD = 4
"""Compiled networks that a thread keeps: tasks of one point follow each other."""


@dataclass(frozen=True)
class Setup:
    """What all tasks of a study share; a worker gets it once."""

    families: tuple[Family, ...]
    metrics: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """Replications of one design point."""

    number: int
    """Of the point."""
    key: str
    family: int
    changes: tuple[Any, ...]
    replications: tuple[int, ...]


@dataclass(frozen=True)
class Failure:
    """Why a replication has no figures."""

    replication: int
    error: str
    """Class of the error."""
    message: str
    """One line."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a task: columns, or the first failure."""

    task: Task
    table: pa.Table | None
    failure: Failure | None
    seconds: float = 0.0
    """Time that the replications took."""
    is_worker_lost: bool = False
    """Whether the worker died whenever the task was there."""


_held = threading.local()
_shelf = Shelf(most_bytes=256 << 20)
"""Of this process: a dozen replications of a day on the strait."""


def run_task(setup: Setup, task: Task) -> Outcome:
    """Run the replications of a task.

    Parameters
    ----------
    setup : Setup
    task : Task

    Returns
    -------
    Outcome
        A failure of any kind is an outcome too, so that a study goes on.
    """
    begun = time.perf_counter()
    kept = []
    replication = task.replications[0]
    try:
        job = _job(setup, task)
        for replication in task.replications:
            kept.append((replication, simulated_rows(job, replication, setup)))
            settle()
        return Outcome(task, rows_to_table(kept), None, time.perf_counter() - begun)
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a row
        return Outcome(task, None, failure_of(error, replication), time.perf_counter() - begun)


def simulated_rows(job: Job, replication: int, setup: Setup) -> list[KeptRow]:
    """Simulate a replication and list the figures that the study keeps."""
    return list(kept_rows(job.reduce(replication), setup.metrics, setup.by))


def failure_of(error: BaseException, replication: int) -> Failure:
    """Describe an error without anything that differs from machine to machine."""
    return Failure(replication, type(error).__name__, " ".join(str(error).split()))


def _job(setup: Setup, task: Task) -> Job:
    jobs: OrderedDict[str, Job] = _held.__dict__.setdefault("jobs", OrderedDict())
    if task.key not in jobs:
        scenario = make_scenario(change_mapping(setup.families[task.family].mapping, task.changes))
        jobs[task.key] = prepare_job(scenario, scenario.run.engine, _shelf)
        while len(jobs) > _JOBS_HELD:
            jobs.popitem(last=False)
    return jobs[task.key]


def dead_worker(task: Task) -> Outcome:
    """Make an outcome of a task whose worker died each time it was tried."""
    failure = Failure(task.replications[0], "WorkerDied", "its worker process ended whenever it ran (out of memory?)")
    return Outcome(task, None, failure, is_worker_lost=True)


def batches(replications: Sequence[int], size: int) -> list[tuple[int, ...]]:
    """Cut replications into tasks."""
    return [tuple(replications[first : first + size]) for first in range(0, len(replications), size)]
