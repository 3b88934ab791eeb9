"""Replications over processes: a bounded window in flight, nothing left behind, results untouched by it."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.queues import SimpleQueue
from types import ModuleType
from typing import Any

from sim.errors import StraitError
from sim.metrics import Reduction

from .interrupt import calm_interrupts
from .worker import Job, reduce_in_worker, start_worker

_WINDOW = 2
"""Replications in flight per worker: one that runs, one that waits."""

_PULSE_S = 0.2
"""How often the driver looks whether it was interrupted."""

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class PoolError(StraitError):
    """A worker process ended on its own: out of memory, or killed."""


class _Process(SpawnProcess):
    """A fresh process that does not run the caller's main module again, so that scripts need no guard."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name that multiprocessing calls
        main, before = sys.modules["__main__"], dict(os.environ)
        sys.modules["__main__"] = ModuleType("__main__")
        os.environ.update(_ONE_THREAD)  # read when the worker imports numpy; one worker, one core
        # Born deaf to Ctrl-C, which reaches the whole group: the driver decides.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            sys.modules["__main__"] = main
            for name in _ONE_THREAD:
                _put_back(name, before.get(name))


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


class _Results(SimpleQueue[Any]):
    """The way back from the workers, which the driver too can write to, and so would wait at for ever."""

    def hang_up(self) -> None:
        """Close the driver's own end for writing: with all workers gone, half a message ends as an error."""
        self._writer.close()  # type: ignore[attr-defined]


class _Context(SpawnContext):
    """Remembers what the pool makes with it."""

    def __init__(self) -> None:
        super().__init__()
        self.workers: list[_Process] = []
        self.results: list[_Results] = []

    def Process(self, *given: Any, **named: Any) -> _Process:  # type: ignore[override]  # noqa: N802 - its name
        self.workers.append(_Process(*given, **named))
        return self.workers[-1]

    def SimpleQueue(self) -> SimpleQueue[Any]:  # noqa: N802 - its name
        self.results.append(_Results(ctx=self.get_context()))
        return self.results[-1]

    def has_lost_a_worker(self) -> bool:
        """Tell whether a worker that was started has ended."""
        return any(worker.exitcode is not None for worker in self.workers if worker.pid is not None)


def run_replications(job: Job, numbers: Sequence[int], workers: int) -> Iterator[tuple[int, Reduction]]:
    """Run replications, one process or several.

    Parameters
    ----------
    job : Job
        What to run.
    numbers : sequence of int
        Replications, from 0.
    workers : int
        Processes; 1 runs here.

    Yields
    ------
    tuple of int and Reduction
        Number and sums of each replication, in order of completion.

    Raises
    ------
    PoolError
        If a worker process died.
    """
    if min(workers, len(numbers)) <= 1:
        for number in numbers:
            yield number, job.reduce(number)
        return
    try:
        yield from _run_in_pool(job, numbers, min(workers, len(numbers)))
    except BrokenProcessPool:
        raise PoolError(
            "a worker process ended unexpectedly (out of memory, or killed); run.workers=1 needs none"
        ) from None


def _run_in_pool(job: Job, numbers: Sequence[int], workers: int) -> Iterator[tuple[int, Reduction]]:
    watched, held = Pipe(duplex=False)
    context = _Context()
    pool = ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=start_worker,
        initargs=(job.scenario, job.engine, watched),
    )

    def dismiss() -> None:
        """Make all workers leave at once, whatever they do; the pool sees that they are gone."""
        held.close()
        for results in context.results:
            results.hang_up()

    def look() -> None:
        raise_if_pressed()
        if context.has_lost_a_worker():
            # A worker that died while it sent a result has left half a message, at which the pool would wait for ever.
            dismiss()

    try:
        with calm_interrupts() as raise_if_pressed:
            for number, reduction in _keep_in_flight(pool, numbers, _WINDOW * workers, look):
                raise_if_pressed()
                yield number, reduction
            pool.shutdown(wait=True)
    finally:
        dismiss()  # after a success the workers are gone already
        pool.shutdown(wait=True, cancel_futures=True)
        watched.close()


def _keep_in_flight(
    pool: ProcessPoolExecutor, numbers: Sequence[int], window: int, look: Callable[[], None]
) -> Iterator[tuple[int, Reduction]]:
    waiting = iter(numbers)
    flight: dict[Future[Reduction], int] = {}
    while True:
        for number in islice(waiting, window - len(flight)):
            flight[pool.submit(reduce_in_worker, number)] = number
        if not flight:
            return
        done, _ = wait(flight, timeout=_PULSE_S, return_when=FIRST_COMPLETED)
        look()
        for future in sorted(done, key=flight.__getitem__):
            yield flight.pop(future), future.result()
