"""Memory of one replication of the compiled engine, in bytes a vehicle; each measurement in a process of its own.

`python -m tests.benchmarks.memory SCOPE|SCENARIO [vehicles]`: what the process grew by at the most, and what of it stays;
with a record, and with one whose pieces are dropped as they come. Needs Linux (`/proc`).
"""

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd

from sim import load_scenario
from sim.engine import run_engine, run_in_pieces
from sim.network import Network, compile_network
from sim.workload import Workload, draw_workload

from .engines import MEAN_PER_DAY, textbook_network
from .month import record_bytes, workload_bytes
from .textbook import SCOPES

T = TypeVar("T")
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_SMALL = 0.001
"""Days of a run that brings the machine code into memory."""


class Memory(NamedTuple):
    """Bytes a vehicle."""

    name: str
    vehicles: int
    workload: float
    record: float
    state: float
    """What the kernel takes beside the record: largest growth of the process while it ran, less the record"""
    dropped: float
    """Largest growth of the process while the record came in pieces that nobody kept"""


def resident_bytes(field: str) -> int:
    """Read VmRSS (now) or VmHWM (the most so far)."""
    line = next(line for line in _STATUS.read_text("utf-8").splitlines() if line.startswith(field))
    return 1024 * int(line.split()[1])


def grown_by(work: Callable[[], T]) -> tuple[int, T]:
    """Do something; tell by how many bytes the process grew meanwhile, at the most."""
    gc.collect()
    _CLEAR.write_text("5", "utf-8")  # the most so far is now what there is now
    before = resident_bytes("VmRSS")
    done = work()
    return resident_bytes("VmHWM") - before, done


def with_record(network: Network, workload: Workload) -> tuple[float, float]:
    """Simulate and keep the record; return its bytes a vehicle and what the process grew by beside it."""
    count = len(workload.arrival_tick)
    grown, record = grown_by(lambda: run_engine(network, workload, "kernel"))
    kept = record_bytes(record)
    return kept / count, (grown - kept) / count


def without_record(network: Network, workload: Workload) -> tuple[float, float]:
    """Simulate and drop each piece of the record; return what the process grew by, in bytes a vehicle, and a check."""
    count = len(workload.arrival_tick)
    grown, units = grown_by(
        lambda: sum(len(r.units["arrival_tick"]) for r in run_in_pieces(network, workload, "kernel"))
    )
    return grown / count, units / count


MEASURES = {"with": with_record, "without": without_record}


def measure_here(name: str, vehicles: int, measure: str, seed: int = 1) -> tuple[int, float, float, float]:
    """Run one replication in this process, after a small one; return vehicles, the workload's bytes and a measure."""
    if name in SCOPES:
        network, small = textbook_network(name, vehicles / MEAN_PER_DAY), textbook_network(name, _SMALL)
    else:
        network = compile_network(load_scenario(name))
        small = compile_network(load_scenario(name, f"run.days={_SMALL}", "run.lead_in_h=1"))
    run_engine(small, draw_workload(small, seed, 0), "kernel")
    workload = draw_workload(network, seed, 0)
    count = len(workload.arrival_tick)
    return count, workload_bytes(workload) / count, *MEASURES[measure](network, workload)


def measure_apart(name: str, vehicles: int) -> Memory:
    """Run one replication in a fresh process, and one more without a record in another."""
    found = {}
    for measure in MEASURES:
        asked = [sys.executable, "-m", "tests.benchmarks.memory", name, str(vehicles), measure]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        found[measure] = json.loads(done.stdout)
    dropped, is_whole = found["without"][2:]
    assert is_whole == 1
    return Memory(name, *found["with"], dropped)


def as_markdown(rows: pd.DataFrame) -> str:
    """Write the table of bytes a vehicle."""
    lines = ["| model | vehicles | workload, B | record, B | kernel beside it, B | kernel without a record, B |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| {m.name} | {m.vehicles:,} | {m.workload:.0f} | {m.record:.0f} | {m.state:.0f} | {m.dropped:.0f} |"
        for m in rows.itertuples()
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure one model and print its table, or one of the measures as JSON."""
    name, vehicles = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10**6
    if len(sys.argv) > 3:
        print(json.dumps(measure_here(name, vehicles, sys.argv[3])))
    else:
        print(as_markdown(pd.DataFrame([measure_apart(name, vehicles)])))


if __name__ == "__main__":
    main()
