"""Tasks over a dask cluster: one of its own on this machine, or one that is joined."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
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
_LOST_WORKER = "60s"
"""How long a cluster of one's own waits for a worker that starts again; dask's 15 s are too short on a busy machine."""
_FETCH_S = 2.0
_LOOK_EVERY_S = 5.0
_ALONE_S = 120.0
"""How long a cluster may have no worker."""
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
        workforce = _Workforce(client, workers, check)
        for outcome in _keep_in_flight(workforce, tasks, (size, shared)):
            # A worker that dies takes along tasks that only waited there: the one to blame is found by running alone.
            if outcome.is_worker_lost:
                suspects.append(outcome.task)
            else:
                yield outcome
        yield from _keep_in_flight(workforce, iter(suspects), (1, shared))


def _given(setup: Setup) -> Setup:
    return setup


def _keep_in_flight(workforce: "_Workforce", tasks: Iterator[Task], more: tuple[int, Any]) -> Iterator[Outcome]:
    size, shared = more
    finished: Queue[Any] = Queue()
    flight: dict[Any, Task] = {}
    while True:
        for task in islice(tasks, size - len(flight)):
            future = workforce.client.submit(run_task, shared, task, pure=False)
            flight[future] = task
            future.add_done_callback(finished.put)
        if not flight:
            return
        try:
            future = finished.get(timeout=PULSE_S)
        except Empty:
            workforce.look()
            continue
        task = flight.pop(future)
        yield _outcome(future, task, workforce)
        future.release()
        workforce.check()


def _outcome(future: Any, task: Task, workforce: "_Workforce") -> Outcome:
    """Fetch what came of a task.

    NOTE a finished outcome lies with its worker; when that dies before it is fetched, the task runs again.
    """
    from distributed import KilledWorker  # noqa: PLC0415 - an extra that few install

    while True:
        try:
            outcome: Outcome = future.result(timeout=_FETCH_S)
            return outcome
        except TimeoutError:
            workforce.look()
        except KilledWorker:
            return dead_worker(task)
        except CancelledError:
            raise ConnectionError(_GONE) from None
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a result that cannot be sent becomes a row
            name, message = type(error).__name__, " ".join(str(error).split())
            return Outcome(task, None, Failure(task.replications[0], name, message))


class _Workforce:
    """Looks now and then whether there is anybody left to work."""

    def __init__(self, client: Any, count: int, check: Callable[[], None]) -> None:
        self.client, self.count, self.check = client, count, check
        self.looked = self.seen = time.monotonic()

    def look(self) -> None:
        """Start workers of an own cluster again once all have gone; give up when nobody comes for long.

        Raises
        ------
        ConnectionError
            If the scheduler has gone, or has had no worker for two minutes.
        KeyboardInterrupt
            If an interrupt has come.
        """
        self.check()
        if self.client.status not in ("running", "connecting"):
            raise ConnectionError(_GONE)
        now = time.monotonic()
        if now - self.looked < _LOOK_EVERY_S:
            return
        self.looked = now
        if self.client.nthreads():
            self.seen = now
        elif now - self.seen > _ALONE_S:
            raise ConnectionError("the dask cluster has no worker left; the same command goes on where this one ends")
        elif self.client.cluster is not None:
            # A nanny that could not start its worker again, as on a busy machine, does not come back by itself, and
            # stays on the cluster's list: at one look all are struck off, at the next as many are started.
            self.client.cluster.scale(0 if self.client.cluster.workers else self.count)


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
    client = distributed.Client.__new__(distributed.Client)
    try:
        client.__init__(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        client.status = "closed"  # NOTE else it would try to close what never opened, and complain after half a minute
        reason = error if isinstance(error, ValueError) else type(error).__name__
        rule = f"must be a dask scheduler that answers ({reason})"
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
    settings = {
        "distributed.scheduler.allowed-failures": _DEATHS - 1,
        "distributed.deploy.lost-worker-timeout": _LOST_WORKER,
    }
    with dask.config.set(settings):
        with _deaf_children():
            cluster = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                silence_logs=50,
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",  # else all interfaces
            )
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
