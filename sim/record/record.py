"""What was seen in one replication: every unit, every step, every sailing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.network import Network
from sim.workload import Workload

from .columns import columns_of
from .narrow import Narrow

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Record:
    """Columns of one replication; their names, dtypes and units stand in `sim.record.columns`.

    A row of serves holds the steps of a name (such as `line2/nii`), shared by all ports, and those of other names that
    never lie on one route with it; which step and station it was follows from the unit's route (`target_of_slot`).
    Rows of selects and alarms likewise.
    """

    units: Columns
    """(N,)"""
    serves: Columns
    """(serve rows, N)"""
    selects: Columns
    """(select rows, N)"""
    alarms: Columns
    """(alarm rows, N)"""
    sailings: Columns
    """(M,) in order of opening"""
    first: int = 0
    """Number of the workload's unit in the first column: not 0 in the pieces of a record"""
    narrow: Narrow | None = None
    """The same as `units` to `alarms`, as the compiled engine wrote it"""

    def table(self, name: str) -> Columns:
        """Return a table by its name in `sim.record.columns.TABLES`."""
        columns: Columns = getattr(self, name)
        return columns


def blank_record(network: Network, workload: Workload) -> Record:
    """Allocate the record of a workload with everything missing (-1), arrivals filled in, no sailing yet."""
    n = len(workload.arrival_tick)
    shapes: dict[str, tuple[int, ...]] = {
        "units": (n,),
        "serves": (network.serves.count, n),
        "selects": (network.selects.count, n),
        "alarms": (network.alarms.count, n),
        "sailings": (0,),
    }
    tables: dict[str, Columns] = {
        table: {c.name: np.full(shape, -1, c.dtype) for c in columns_of(table)} for table, shape in shapes.items()
    }
    tables["units"]["arrival_tick"][:] = workload.arrival_tick
    tables["units"]["outcome"][:] = 0
    return Record(tables["units"], tables["serves"], tables["selects"], tables["alarms"], tables["sailings"])


def with_sailings(record: Record, rows: Sequence[Mapping[str, int]]) -> Record:
    """Return the record with its sailings table filled from one mapping a sailing."""
    sailings: Columns = {
        c.name: np.array([row.get(c.name, -1) for row in rows], c.dtype) for c in columns_of("sailings")
    }
    return Record(record.units, record.serves, record.selects, record.alarms, sailings)


def route_steps(network: Network, source: int) -> range:
    """Return the rows of `network.steps` that the units of a source may take."""
    first = int(network.sources.first_step[source])
    route = network.steps.route[first]
    last = first
    while last < len(network.steps.kind) and network.steps.route[last] == route:
        last += 1
    return range(first, last)


def target_of_slot(network: Network, kind: int, slots: int) -> NDArray[np.int64]:
    """Tell which station, rule or technique a slot means on each source's route.

    Parameters
    ----------
    network : Network
    kind : int
        StepKind of the slots: SERVE, SELECT or ALARM.
    slots : int
        Number of slots of that kind.

    Returns
    -------
    ndarray of int64, shape (slots, I)
        Index of the station, rule or technique; -1 where the route does not have the slot.
    """
    steps = network.steps
    targets = np.full((slots, len(network.sources.name)), -1, np.int64)
    for source in range(len(network.sources.name)):
        for step in route_steps(network, source):
            if steps.kind[step] == kind:
                targets[steps.slot[step], source] = steps.target[step]
    return targets
