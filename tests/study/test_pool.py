"""A pool ends soon when its driver or a worker goes in the midst of a result."""

import multiprocessing
import os
import signal
import time
from collections import deque
from typing import Any, cast

import pytest

from sim.study import PoolError, pool
from sim.study.worker import Job

from . import large_results


class NoJob:
    scenario = None
    engine = "none"


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Results of a pool that has begun to send them."""
    monkeypatch.setattr(pool, "start_worker", large_results.start)
    monkeypatch.setattr(pool, "reduce_in_worker", large_results.send)
    running = pool.run_replications(cast(Job, NoJob()), range(100_000), workers=2)
    next(running)
    yield running
    running.close()


def test_the_driver_goes_while_workers_send(results: Any) -> None:
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 30
    assert not multiprocessing.active_children()


def test_a_worker_is_killed_while_it_sends(results: Any) -> None:
    killed = multiprocessing.active_children()[0].pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    begun = time.monotonic()
    with pytest.raises(PoolError, match="a worker process ended unexpectedly"):
        deque(results, maxlen=0)
    assert time.monotonic() - begun < 30
    assert not multiprocessing.active_children()
