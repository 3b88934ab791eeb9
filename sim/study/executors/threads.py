"""Tasks over threads of this process, with a bounded window in flight."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from .task import Outcome, Setup, Task, run_task

WINDOW = 2
"""Tasks in flight per worker: one that runs, one that waits."""
PULSE_S = 0.2
"""How often the driver looks whether it was interrupted."""


def run_in_threads(setup: Setup, tasks: Iterator[Task], workers: int, check: Callable[[], None]) -> Iterator[Outcome]:
    """Run tasks in threads: useful for engines that let go of the interpreter's lock."""
    pool = ThreadPoolExecutor(workers)
    try:
        flight: set[Future[Outcome]] = set()
        while True:
            flight |= {pool.submit(run_task, setup, task) for task in islice(tasks, WINDOW * workers - len(flight))}
            if not flight:
                return
            done, flight = wait(flight, timeout=PULSE_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            check()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
