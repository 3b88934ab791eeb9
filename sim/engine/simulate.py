"""The door to the engines."""

from collections.abc import Callable, Iterator
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


def _kernel_pieces(network: Network, workload: Workload) -> Iterator[Record]:
    from .kernel import simulate_in_pieces  # noqa: PLC0415 - likewise

    return simulate_in_pieces(network, workload)


ENGINES: dict[str, Engine] = {"reference": run_reference, "kernel": run_kernel}


def run_engine(network: Network, workload: Workload, engine: str = "reference") -> Record:
    """Simulate one replication with the engine of that name."""
    return ENGINES[engine](network, workload)


def run_in_pieces(network: Network, workload: Workload, engine: str = "reference") -> Iterator[Record]:
    """Simulate one replication, and hand its record out in pieces, so that it need not be held as a whole.

    Parameters
    ----------
    network : Network
    workload : Workload
    engine : str
        The reference engine's record is its only piece.

    Yields
    ------
    Record
        Of units `first`, `first` + 1, ...; together all units, in order. Each unit of a piece has left, but for those
        of the last, which has all sailings: the others have none. Its arrays are valid until the next is asked for.
    """
    if engine == "kernel":
        yield from _kernel_pieces(network, workload)
    else:
        yield run_engine(network, workload, engine)


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
