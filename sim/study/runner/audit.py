"""A random share of the replications is simulated again and compared bit for bit."""

import math
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import numpy as np

from sim.errors import StraitError
from sim.scenario.study import Executor
from sim.study.design import Ready
from sim.study.executors import Task, outcomes_of
from sim.study.interrupt import calm_interrupts
from sim.study.store import StudyFolder
from sim.study.store.schema import by_replication, in_order

from .plan import Plan


class AuditError(StraitError):
    """A replication came out otherwise when it was run again: results depend on something that they must not."""


def audit_plan(
    plan: Plan, store: StudyFolder, executor: Executor, replications: int, share: float | None = None
) -> int:
    """Run a random share of finished replications again.

    Parameters
    ----------
    plan : Plan
    store : StudyFolder
    executor : Executor
    replications : int
        Of every finished point.
    share : float, optional
        In [0, 1]; default the study's own. At least one replication is run, unless it is 0.

    Returns
    -------
    int
        How many replications were compared.

    Raises
    ------
    AuditError
        Naming the points and replications that differ.
    """
    finished = [ready for ready in plan.ready if store.finished(ready.key, replications)]
    wanted = plan.study.audit if share is None else share
    drawn = _draw(finished, replications, wanted)
    differing = []
    with calm_interrupts() as check:
        for number, replication in _again(plan, store, executor, (drawn, check)):
            differing.append(f"point {number} replication {replication}")
    if differing:
        raise AuditError(f"not the same when simulated again: {', '.join(sorted(differing)[:10])}")
    return len(drawn)


def _draw(finished: Sequence[Ready], replications: int, share: float) -> list[tuple[Ready, int]]:
    """Draw pairs of point and replication: the same ones for the same finished points."""
    total = len(finished) * replications
    count = min(total, math.ceil(share * total))
    seed = int(sha256("".join(ready.key for ready in finished).encode()).hexdigest()[:16], 16)
    if not count:
        return []
    places = np.sort(np.random.default_rng(seed).choice(total, size=count, replace=False)).tolist()
    return [(finished[place // replications], place % replications) for place in places]


def _again(
    plan: Plan, store: StudyFolder, executor: Executor, more: tuple[Sequence[tuple[Ready, int]], Callable[[], None]]
) -> Iterator[tuple[int, int]]:
    """Yield point and replication wherever the second time is not as the first."""
    drawn, check = more
    tasks = (Task(r.point.number, r.key, r.family, r.changes, (replication,)) for r, replication in drawn)
    for outcome in outcomes_of(executor, plan.setup, tasks, check):
        task = outcome.task
        replication = task.replications[0]
        stored = dict(by_replication(store.read(task.key, replication + 1)))[replication]
        if outcome.table is None or not in_order([stored]).equals(in_order([outcome.table])):
            yield task.number, replication
