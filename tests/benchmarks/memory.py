"""Memory of one replication of the compiled engine, in bytes a vehicle; each measurement in a process of its own.

`python -m tests.benchmarks.memory SCOPE|SCENARIO [vehicles]`: what the process grew by at the most, and what of it stays.
Needs Linux (`/proc`).
"""

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sim import load_scenario
from sim.engine import run_engine
from sim.network import Network, compile_network
from sim.workload import draw_workload

from .engines import MEAN_PER_DAY, textbook_network
from .month import record_bytes, workload_bytes
from .textbook import SCOPES

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


def resident_bytes(field: str) -> int:
    """Read VmRSS (now) or VmHWM (the most so far)."""
    line = next(line for line in _STATUS.read_text("utf-8").splitlines() if line.startswith(field))
    return 1024 * int(line.split()[1])


def measure_here(name: str, network: Network, small: Network, seed: int = 1) -> Memory:
    """Run one replication in this process, after a small one."""
    run_engine(small, draw_workload(small, seed, 0), "kernel")
    workload = draw_workload(network, seed, 0)
    gc.collect()
    _CLEAR.write_text("5", "utf-8")  # the most so far is now what there is now
    before = resident_bytes("VmRSS")
    record = run_engine(network, workload, "kernel")
    grown = resident_bytes("VmHWM") - before
    count = len(workload.arrival_tick)
    kept = record_bytes(record)
    return Memory(name, count, workload_bytes(workload) / count, kept / count, (grown - kept) / count)


def measure_apart(name: str, vehicles: int) -> Memory:
    """Run one replication in a fresh process."""
    asked = [sys.executable, "-m", "tests.benchmarks.memory", name, str(vehicles)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return Memory(*json.loads(done.stdout))


def as_markdown(rows: pd.DataFrame) -> str:
    """Write the table of bytes a vehicle."""
    lines = ["| model | vehicles | workload, B | record, B | kernel beside it, B |", "|---|---|---|---|---|"]
    lines += [
        f"| {m.name} | {m.vehicles:,} | {m.workload:.0f} | {m.record:.0f} | {m.state:.0f} |" for m in rows.itertuples()
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure one model and print it as JSON."""
    name, vehicles = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10**6
    if name in SCOPES:
        network, small = textbook_network(name, vehicles / MEAN_PER_DAY), textbook_network(name, _SMALL)
    else:
        network = compile_network(load_scenario(name))
        small = compile_network(load_scenario(name, f"run.days={_SMALL}", "run.lead_in_h=1"))
    print(json.dumps(measure_here(name, network, small)))


if __name__ == "__main__":
    main()
