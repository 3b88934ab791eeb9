"""The door to the engines."""

from collections.abc import Callable

from ..network import Network
from ..record import Record
from ..workload import Workload
from .reference import run_reference

Engine = Callable[[Network, Workload], Record]

ENGINES: dict[str, Engine] = {"reference": run_reference}


def run_engine(network: Network, workload: Workload, engine: str = "reference") -> Record:
    """Simulate one replication with the engine of that name."""
    return ENGINES[engine](network, workload)
