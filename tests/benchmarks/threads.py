"""Two threads against one: the same replications of the compiled engine, in turn, in one process.

`python -m tests.benchmarks.threads [--rounds R] [--replications N] [--scenario S ...]`

Wall time, for that is what threads save: on a machine that others use too, two threads may get no more of it than one. So it is
noted what others took (of both processors, where `/proc/stat` tells), and ratios are given of all rounds and of those in which
that was less than 5 %. The whole work of a study is timed (`run_task` without its files): drawing the workload, the engine, and
with `metrics` the sums.
"""

import argparse
import gc
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from sim import load_scenario
from sim.engine import run_engine
from sim.metrics import reduce_replication
from sim.network import Network, compile_network
from sim.workload import draw_workload

from .engines import textbook_network

THREADS = 2
TEXTBOOK_DAYS = 115.0
"""Some 100,000 vehicles a replication."""
DEFAULT = ("cross", "march_2018")
QUIET = 0.05
"""Share of the processors that others may take in a round that counts."""
_STAT = Path("/proc/stat")


def works(network: Network) -> dict[str, Callable[[int], object]]:
    """What a thread does with the number of a replication."""

    def engine(replication: int) -> object:
        workload = draw_workload(network, 1, replication)
        return len(run_engine(network, workload, "kernel").sailings["ship"])

    def metrics(replication: int) -> object:
        workload = draw_workload(network, 1, replication)
        reduce_replication(network, workload, run_engine(network, workload, "kernel"), None)
        return None

    drawn = [draw_workload(network, 1, replication) for replication in range(THREADS)]

    def alone(replication: int) -> object:
        return len(run_engine(network, drawn[replication % THREADS], "kernel").sailings["ship"])

    return {"engine": alone, "workload, engine": engine, "workload, engine, metrics": metrics}


def wall(work: Callable[[int], object], threads: int, replications: int) -> float:
    """Seconds that the replications take."""
    gc.collect()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))  # so that each has its memory
        begun = time.perf_counter()
        list(pool.map(work, range(replications)))
        return time.perf_counter() - begun


def busy_seconds() -> float:
    """Seconds that all processors were busy with something other than this process; not a number where nobody tells."""
    if not _STAT.exists():
        return float("nan")
    user, nice, system, _, _, irq, softirq, steal = map(int, _STAT.read_text("utf-8").split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK") - time.process_time()


def gains(name: str, network: Network, replications: int, rounds: int) -> Iterator[dict[str, Any]]:
    """Let one and two threads take turns; yield their wall times."""
    for work, run in works(network).items():
        for turn in range(rounds):
            order = (1, THREADS) if turn % 2 else (THREADS, 1)
            busy, begun = busy_seconds(), time.perf_counter()
            times = {threads: wall(run, threads, replications) for threads in order}
            others = (busy_seconds() - busy) / (time.perf_counter() - begun) / (os.cpu_count() or 1)
            row = {"model": name, "work": work, "round": turn, "one": times[1], "two": times[THREADS]}
            yield row | {"others": others}


def measure(names: list[str], replications: int, rounds: int) -> list[dict[str, Any]]:
    """Measure scopes of the textbook model and shipped scenarios."""
    found: list[dict[str, Any]] = []
    for name in names:
        textbook = name in ("line", "cross")
        network = textbook_network(name, TEXTBOOK_DAYS) if textbook else compile_network(load_scenario(name))
        found += gains(name, network, replications, rounds)
    return found


def as_markdown(rows: pd.DataFrame) -> str:
    """Write the table of ratios."""
    lines = [
        "| model | work | rounds | s, one thread | one / two threads | least | most | others took |",
        "|---|---|---|---|---|---|---|---|",
    ]
    quiet = rows[rows["others"] < QUIET]
    for which, some in (("all", rows), ("quiet", quiet)):
        for (model, work), here in some.groupby(["model", "work"], sort=False):
            ratio = here["one"] / here["two"]
            figures = f"{here['one'].median():.2f} | {ratio.median():.2f} | {ratio.min():.2f} | {ratio.max():.2f}"
            lines.append(f"| {model} | {work} | {which}, {len(here)} | {figures} | {here['others'].median():.0%} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=8)
    parser.add_argument("--scenario", nargs="+", default=list(DEFAULT))
    arguments = parser.parse_args()
    print(as_markdown(pd.DataFrame(measure(arguments.scenario, arguments.replications, arguments.rounds))))


if __name__ == "__main__":
    main()
