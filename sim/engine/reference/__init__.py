"""The reference engine: SimPy, one generator per vehicle, the authority on what happens.

Read `story.Teller.story` first, then `station.Station`, then `harbour.Terminal`; the laws are in `sim.engine.rules`.
Door: `run_reference`.
"""

from sim.network import Network, StepKind
from sim.record import Record, blank_record, with_sailings
from sim.workload import Workload

from .clock import Clock
from .harbour import Harbour
from .station import Roster, Station
from .story import Arrivals, Teller, build_steps

__all__ = ["run_reference"]


def run_reference(network: Network, workload: Workload) -> Record:
    """Simulate one replication on SimPy; a pure function of its arguments.

    Parameters
    ----------
    network : Network
    workload : Workload
        Drawn for the same network.

    Returns
    -------
    Record
    """
    clock = Clock()
    record = blank_record(network, workload)
    stations = _build_stations(network, clock)
    steps = build_steps(network, workload, record, stations)
    harbour = Harbour(clock, network, workload, record)
    for number, step in enumerate(steps):
        if step.kind == StepKind.BOARD:
            step.terminal = harbour.terminals[network.steps.target[number]]
    teller = Teller(clock, record)
    Arrivals(clock, workload, [steps[first] for first in network.sources.first_step], teller)
    clock.run(until=network.horizon_tick)
    return with_sailings(record, harbour.rows)


def _build_stations(network: Network, clock: Clock) -> list[Station]:
    table = network.stations
    priorities = 1 + int(network.steps.priority.max(initial=0))
    stations = []
    for s, limit in enumerate(table.queue_limit.tolist()):
        shifts = slice(table.shift_pointer[s], table.shift_pointer[s + 1])
        station = Station(clock, limit, priorities)
        Roster(
            clock,
            station,
            s,
            list(zip(table.shift_tick[shifts].tolist(), table.shift_servers[shifts].tolist(), strict=True)),
        )
        stations.append(station)
    return stations
