"""The door to the engines."""

from collections.abc import Callable

from sim.network import Network
from sim.record import Record
from sim.workload import Workload

from .reference import run_reference

Engine = Callable[[Network, Workload], Record]

ENGINES: dict[str, Engine] = {"reference": run_reference}


def run_engine(network: Network, workload: Workload, engine: str = "reference") -> Record:
    """Simulate one replication with the engine of that name."""
    return ENGINES[engine](network, workload)
