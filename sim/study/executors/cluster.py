"""Tasks over a dask cluster: one of its own on this machine, or one that is joined."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import resource_tracker
from queue import Empty, Queue
from typing import Any

from sim.errors import Fault, ScenarioError

from .task import Failure, Outcome, Setup, Task, dead_worker, run_task
from .threads import PULSE_S, WINDOW

_CONNECT_S = "10s"
_GONE = "the dask scheduler has gone, or dropped its tasks; the same command goes on where this one ends"
_DEATHS = 3
"""Deaths of its worker after which a task counts as failed."""


def run_on_cluster(
    setup: Setup, tasks: Iterator[Task], where: tuple[int, str | None], check: Callable[[], None]
) -> Iterator[Outcome]:
    """Run tasks on dask workers.

    Parameters
    ----------
    setup : Setup
    tasks : iterator of Task
    where : tuple of int and (str or None)
        Workers, and the address of a scheduler to join; without one, a cluster of so many processes starts here
        and listens on the loopback interface only.
    check : callable
        Raises KeyboardInterrupt once an interrupt has come.

    Yields
    ------
    Outcome

    Raises
    ------
    ScenarioError
        If dask is not installed, the scheduler cannot be reached, or it has no workers.
    """
    workers, address = where
    with _quiet(), _told_in_one_line(), _client(workers, address) as client:
        size = WINDOW * (workers if address is None else max(1, sum(client.nthreads().values())))
        # NOTE the setup is a task, not scattered data: when the worker that holds it dies, dask makes it again.
        shared = client.submit(_given, setup, pure=False)
        suspects: list[Task] = []
        for outcome in _keep_in_flight(client, tasks, (size, shared), check):
            # A worker that dies takes along tasks that only waited there: the one to blame is found by running alone.
            if outcome.is_worker_lost:
                suspects.append(outcome.task)
            else:
                yield outcome
        yield from _keep_in_flight(client, iter(suspects), (1, shared), check)


def _given(setup: Setup) -> Setup:
    return setup


def _keep_in_flight(
    client: Any, tasks: Iterator[Task], more: tuple[int, Any], check: Callable[[], None]
) -> Iterator[Outcome]:
    size, shared = more
    finished: Queue[Any] = Queue()
    flight: dict[Any, Task] = {}
    while True:
        for task in islice(tasks, size - len(flight)):
            future = client.submit(run_task, shared, task, pure=False)
            flight[future] = task
            future.add_done_callback(finished.put)
        if not flight:
            return
        try:
            future = finished.get(timeout=PULSE_S)
        except Empty:
            check()
            _refuse_without_scheduler(client)
            continue
        task = flight.pop(future)
        yield _outcome(future, task)
        future.release()
        check()


def _outcome(future: Any, task: Task) -> Outcome:
    from distributed import KilledWorker  # noqa: PLC0415 - an extra that few install

    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status in ("cancelled", "lost"):
        raise ConnectionError(_GONE)
    error = future.exception()
    if isinstance(error, KilledWorker):
        return dead_worker(task)
    return Outcome(task, None, Failure(task.replications[0], type(error).__name__, " ".join(str(error).split())))


def _refuse_without_scheduler(client: Any) -> None:
    if client.status not in ("running", "connecting"):
        raise ConnectionError(_GONE)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """Turn whatever connection breaks when the scheduler dies into one line."""
    try:
        yield
    except OSError as error:
        raise ConnectionError(_GONE) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep dask from logging: what matters is told by the outcome of a task, or by one line."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def refuse_cluster(address: str | None) -> None:
    """Make sure that dask is installed and, where it is to be joined, that a scheduler answers and has workers.

    Raises
    ------
    ScenarioError
        If not.
    """
    _dask()
    if address is not None:
        with _joined(address):
            pass


def _dask() -> tuple[Any, Any]:
    try:
        import dask  # noqa: PLC0415 - an extra that few install
        import distributed  # noqa: PLC0415
    except ImportError:
        rule = "must be serial, threads or processes unless dask is installed: pip install 'strait[cluster]'"
        raise ScenarioError(Fault("executor.kind", rule, "dask")) from None
    return dask, distributed


@contextmanager
def _joined(address: str) -> Iterator[Any]:
    _, distributed = _dask()
    try:
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        rule = f"must be a dask scheduler that answers ({type(error).__name__})"
        raise ScenarioError(Fault("executor.address", rule, address)) from None
    with client:
        if not client.nthreads():
            raise ScenarioError(Fault("executor.address", "must have at least one worker", address))
        yield client


@contextmanager
def _client(workers: int, address: str | None) -> Iterator[Any]:
    """Join a scheduler, or start a cluster; leave nothing behind."""
    if address is not None:
        with _joined(address) as client:
            yield client
        return
    dask, distributed = _dask()
    with dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS - 1}):
        with _deaf_children():
            cluster = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
            )  # fmt: skip
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes that Ctrl-C, which reaches the whole group, does not end: the driver decides.

    NOTE the tracker of multiprocessing lifts the mask of the thread that starts it, so it is started before.
    """
    resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
