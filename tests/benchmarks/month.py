"""The whole of March 2018 in one process: rate of the engine, and memory a vehicle.

`python -m tests.benchmarks.month [--scenario march_2018_month] [overrides ...]`
"""

import argparse
import resource
import time
import tracemalloc
from dataclasses import fields

import numpy as np

from sim import load_scenario
from sim.engine import run_engine
from sim.network import Network, compile_network
from sim.record import TABLES, Record
from sim.workload import Workload, draw_workload

KILOBYTE = 1000


def peak_bytes() -> int:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def workload_bytes(workload: Workload) -> int:
    """Size of the workload's columns."""
    columns = [getattr(workload, f.name) for f in fields(workload)]
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def record_bytes(record: Record) -> int:
    """Size of the record's columns, as they were written."""
    if record.narrow is None:
        return sum(column.nbytes for table in TABLES for column in record.table(table).values())
    narrow = record.narrow
    columns = (narrow.ticks, narrow.visits, narrow.ratios, narrow.flags, narrow.base)
    return sum(column.nbytes for column in (*columns, *record.sailings.values()))


def traced_peak(network: Network, seed: int) -> int:
    """Largest memory that one replication holds at a time, Python objects included."""
    tracemalloc.start()
    run_engine(network, draw_workload(network, seed, replication=0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="march_2018_month")
    parser.add_argument("--traced", action="store_true", help="also trace allocations (slow)")
    parser.add_argument("overrides", nargs="*")
    arguments = parser.parse_args()
    scenario = load_scenario(arguments.scenario, *arguments.overrides)
    network = compile_network(scenario)
    before = peak_bytes()
    drawn = time.process_time()
    workload = draw_workload(network, scenario.run.seed, replication=0)
    started = time.process_time()
    record = run_engine(network, workload)
    ended = time.process_time()
    vehicles = len(workload.arrival_tick)
    rss = peak_bytes() - before
    print(f"{vehicles:,} vehicles, {len(record.sailings['units']):,} sailings, {arguments.scenario}")
    print(f"workload  {started - drawn:8.2f} s CPU  {vehicles / (started - drawn):12,.0f} vehicles/s")
    print(f"engine    {ended - started:8.2f} s CPU  {vehicles / (ended - started):12,.0f} vehicles/s")
    print(f"memory    {rss / vehicles:8.0f} B a vehicle, growth of the process (at most {KILOBYTE} wanted)")
    print(
        f"          {workload_bytes(workload) / vehicles:8.0f} B workload, {record_bytes(record) / vehicles:.0f} B record"
    )
    if arguments.traced:
        print(f"          {traced_peak(network, scenario.run.seed) / vehicles:8.0f} B peak of traced allocations")


if __name__ == "__main__":
    main()
