"""Two threads against one: the same replications of the compiled engine, in turn, in one process.

`python -m tests.benchmarks.threads [--rounds R] [--replications N] [--scenario S ...]`

Wall time, for that is what threads save: on a machine that others use too, the ratio says less than it could. The whole work of
a study is timed (`run_task` without its files): drawing the workload, the engine, and with `metrics` the sums.
"""

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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


def gains(name: str, network: Network, replications: int, rounds: int) -> Iterator[dict[str, Any]]:
    """Let one and two threads take turns; yield their wall times."""
    for work, run in works(network).items():
        for turn in range(rounds):
            order = (1, THREADS) if turn % 2 else (THREADS, 1)
            times = {threads: wall(run, threads, replications) for threads in order}
            yield {"model": name, "work": work, "round": turn, "one": times[1], "two": times[THREADS]}


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
    lines = ["| model | work | s, one thread | one / two threads | least | most |", "|---|---|---|---|---|---|"]
    for (model, work), here in rows.groupby(["model", "work"], sort=False):
        ratio = here["one"] / here["two"]
        figures = f"{here['one'].median():.2f} | {ratio.median():.2f} | {ratio.min():.2f} | {ratio.max():.2f}"
        lines.append(f"| {model} | {work} | {figures} |")
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
