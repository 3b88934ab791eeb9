"""One replication, and the process that runs many of them: keys come in, sums go out."""

import os
import threading
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait

from sim.engine import run_engine, run_in_pieces
from sim.metrics import Reduction, reduce_pieces
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario import Scenario
from sim.scenario.draws import of_replication
from sim.workload import Workload, draw_workload
from sim.workload.shelf import Shelf


@dataclass(frozen=True, eq=False)
class Job:
    """A scenario, compiled, with the engine to run it on."""

    scenario: Scenario
    network: Network
    engine: str
    shelf: Shelf | None = None
    """Workloads of other design points."""

    def network_of(self, replication: int) -> Network:
        """Return the network of a replication (number from 0): its own where replications draw parameters."""
        drawn = of_replication(self.scenario, replication)
        return self.network if drawn is self.scenario else compile_network(drawn)

    def workload(self, replication: int) -> Workload:
        """Draw the units of a replication (number from 0)."""
        return draw_workload(self.network_of(replication), self.scenario.run.seed, replication)

    def record(self, replication: int) -> Record:
        """Simulate a replication; the same record whenever and wherever it is asked for."""
        return self.run(replication)[2]

    def run(self, replication: int) -> tuple[Network, Workload, Record]:
        """Simulate a replication and return what it ran on, too."""
        network, workload = self._drawn(replication)
        return network, workload, run_engine(network, workload, self.engine)

    def reduce(self, replication: int) -> Reduction:
        """Simulate a replication and keep its sums and histograms only: its record is never there as a whole."""
        network, workload = self._drawn(replication)
        cost = self.scenario.world.cost if self.scenario.world is not None else None
        return reduce_pieces(network, workload, run_in_pieces(network, workload, self.engine), cost)

    def _drawn(self, replication: int) -> tuple[Network, Workload]:
        network, key = self.network_of(replication), (self.scenario.run.seed, replication)
        if self.shelf is not None and network is self.network:
            return network, self.shelf.take(network, key, draw_workload)
        return network, draw_workload(network, *key)


def prepare_job(scenario: Scenario, engine: str, shelf: Shelf | None = None) -> Job:
    """Compile a scenario once for many replications."""
    return Job(scenario, compile_network(scenario), engine, shelf)


_held: list[Job] = []
"""The job of this worker process; empty in every other process."""


def start_worker(scenario: Scenario, engine: str, stop: Connection) -> None:
    """Make a fresh process ready: it compiles its network once, and never outlives its driver.

    Parameters
    ----------
    scenario : Scenario
    engine : str
    stop : Connection
        Its other end is held by the driver alone; when that closes, the worker leaves at once.
    """
    watch_driver(stop)
    _held[:] = [prepare_job(scenario, engine)]


def watch_driver(stop: Connection) -> None:
    """Leave this process as soon as the driver dies or closes its end of `stop`."""
    threading.Thread(target=_leave_with_driver, args=(stop,), daemon=True).start()


def _leave_with_driver(stop: Connection) -> None:
    driver = parent_process()
    wait([stop, *([driver.sentinel] if driver is not None else [])])
    os._exit(1)


def reduce_in_worker(replication: int) -> Reduction:
    """Run one replication of the job that `start_worker` prepared."""
    return _held[0].reduce(replication)
