"""Work for a pool that spends nearly all its time on sending results."""

import threading
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from sim.network.tables import Floats
from sim.study.worker import _leave_with_driver


def start(_scenario: Any, _engine: str, stop: Connection) -> None:
    """Make a worker ready without a scenario."""
    threading.Thread(target=_leave_with_driver, args=(stop,), daemon=True).start()


def send(_replication: int) -> Floats:
    """Return 24 MB."""
    return np.zeros(3_000_000)
