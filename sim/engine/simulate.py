"""The door to the engines."""

from collections.abc import Callable
from importlib.util import find_spec

from sim.errors import Fault, ScenarioError
from sim.network import Network
from sim.record import Record
from sim.workload import Workload

from .reference import run_reference

Engine = Callable[[Network, Workload], Record]


def run_kernel(network: Network, workload: Workload) -> Record:
    """Simulate one replication with the compiled engine; it needs numba."""
    from .kernel import simulate  # noqa: PLC0415 - numba takes longer to load than a small run

    return simulate(network, workload)


ENGINES: dict[str, Engine] = {"reference": run_reference, "kernel": run_kernel}


def run_engine(network: Network, workload: Workload, engine: str = "reference") -> Record:
    """Simulate one replication with the engine of that name."""
    return ENGINES[engine](network, workload)


def refuse_engine(name: str) -> None:
    """Make sure that there is an engine of that name, and that it can run here.

    Raises
    ------
    ScenarioError
        With one line that says which engines there are, or what the compiled one needs.
    """
    if name not in ENGINES:
        raise ScenarioError(Fault("run.engine", f"must be one of {', '.join(ENGINES)}", name))
    if name == "kernel" and find_spec("numba") is None:
        raise ScenarioError(Fault("run.engine", "needs the package numba (pip install numba), or take reference", name))
