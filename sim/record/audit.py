"""The auditor: holds a record against the laws of the engine, knowing no engine."""

from collections.abc import Iterator

import numpy as np

from sim.errors import RecordError
from sim.network import COMPLETED, REMOVED, Network
from sim.workload import Workload

from .closure_laws import closure_findings
from .columns import TABLES, columns_of
from .ferry_laws import Ferries, ferry_findings
from .finding import Finding
from .journey import Journeys
from .port_laws import port_findings
from .record import Record, blank_record
from .replay import replay_findings
from .station_laws import station_findings

_SHOWN = 5


def audit(network: Network, workload: Workload, record: Record) -> list[Finding]:
    """Hold a record against every law that the contract of the engines states.

    Parameters
    ----------
    network : Network
    workload : Workload
        The one the record was made from.
    record : Record

    Returns
    -------
    list of Finding
        Empty when the record is sound. Laws are exact on ticks; only where one tick holds several events whose order
        the record does not tell, every order that the contract allows is accepted.
    """
    findings = list(_shapes(network, workload, record))
    if findings:
        return findings
    journeys = Journeys(network, workload, record)
    findings = [*journeys.findings, *_conservation(workload, record)]
    for station in range(len(network.stations.name)):
        visits = journeys.visits.where(journeys.visits.station == station)
        findings += station_findings(network, station, visits)
    ferries = Ferries(network, workload, record, journeys.stays)
    findings += ferry_findings(ferries)
    findings += closure_findings(ferries)
    findings += port_findings(ferries)
    return findings + replay_findings(network, workload, record)


def check_record(network: Network, workload: Workload, record: Record) -> None:
    """Audit a record, and refuse it when a law is broken.

    Raises
    ------
    RecordError
        With the first findings, one a line.
    """
    findings = audit(network, workload, record)
    if findings:
        shown = [str(finding) for finding in findings[:_SHOWN]]
        more = [f"and {len(findings) - _SHOWN} more"] if len(findings) > _SHOWN else []
        raise RecordError("\n".join([*shown, *more]))


def _shapes(network: Network, workload: Workload, record: Record) -> Iterator[Finding]:
    """Check names, dtypes and shapes of all columns; without them no law can be read."""
    blank = blank_record(network, workload)
    for table in TABLES:
        columns = record.table(table)
        for column in columns_of(table):
            values = columns.get(column.name)
            wanted = blank.table(table)[column.name].shape if table != "sailings" else None
            if values is None or values.dtype != column.dtype or (wanted is not None and values.shape != wanted):
                text = f"expected {column.dtype.__name__} of shape {wanted or '(M,)'}"
                yield Finding("columns", f"{table}.{column.name}", "the whole column", text)
    rows = {len(values) for values in record.sailings.values()}
    if len(rows) > 1:
        yield Finding("columns", "sailings", "the whole table", f"columns of different lengths {sorted(rows)}")


def _conservation(workload: Workload, record: Record) -> Iterator[Finding]:
    """Every unit that arrived has completed, was removed, or is inside."""
    outcome = record.units["outcome"]
    counts = [int((outcome == what).sum()) for what in (COMPLETED, REMOVED, 0)]
    if sum(counts) != len(workload.arrival_tick):
        text = f"{len(workload.arrival_tick)} arrived; {counts} completed, removed, inside"
        yield Finding("conservation", "outcome", "all units", text)
    gone = record.units["exit_tick"] >= 0
    for unit in np.flatnonzero(gone != (outcome > 0))[:_SHOWN]:
        yield Finding("conservation", "exit_tick", f"unit {unit}", "has left without an outcome, or the reverse")
