"""Running a scenario mapping, for the engine's tests."""

from typing import Any, NamedTuple

import numpy as np

from sim.engine import run_engine
from sim.network import Network, compile_network
from sim.record import TABLES, Record, audit
from sim.scenario import make_scenario
from sim.workload import Workload, draw_workload

SECOND = 1000


class Run(NamedTuple):
    """A network, its workload and the record of one replication."""

    network: Network
    workload: Workload
    record: Record

    def seconds(self, table: str, column: str, row: int = 0) -> list[int]:
        """Return a column in whole seconds, -1 where missing; `row` is the slot where there are several."""
        values = self.record.table(table)[column]
        values = values[row] if values.ndim == 2 else values
        return [int(v) // SECOND if v >= 0 else -1 for v in values]

    def sailings(self, *columns: str) -> list[tuple[int, ...]]:
        """Return columns of the sailings as rows; ticks in seconds, -1 where missing."""
        table = self.record.sailings
        lists = [
            self.seconds("sailings", column) if column.endswith("_tick") else table[column].tolist()
            for column in columns
        ]
        return list(zip(*lists, strict=True))


def prepare(config: dict[str, Any]) -> tuple[Network, Workload]:
    network = compile_network(make_scenario(config))
    return network, draw_workload(network, config["run"]["seed"], 0)


def run(config: dict[str, Any]) -> Run:
    """Simulate a scenario mapping; the audit must be clean."""
    network, workload = prepare(config)
    record = run_engine(network, workload)
    assert audit(network, workload, record) == []
    return Run(network, workload, record)


def differences(one: Record, other: Record) -> list[str]:
    """Name the columns in which two records differ."""
    return [
        f"{table}.{name}"
        for table in TABLES
        for name, values in one.table(table).items()
        if not np.array_equal(values, other.table(table)[name])
    ]
