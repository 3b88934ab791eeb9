"""Cost a vehicle of the compiled engine with a million vehicles and with ten, in turns, and how many times more the latter is.

`python -m tests.benchmarks.growth [--scope cross] [--vehicles 1000000 10000000] [--rounds 3]`; ten million take 5 GB.

Each turn of a size has four steps: numpy fills as much fresh memory as the engine takes, and gives it back; a run that
takes fresh memory; and one that uses that memory again, as the second replication of a study does. (Of itself the engine
keeps no block above 1 GiB; here it does.) The first tells what a virtual machine may add that has to ask for memory, too:
after it the second finds what was just given back. Last, a run whose record comes in pieces that nobody keeps. CPU time of
the engine alone.
"""

import argparse
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sim import arena
from sim.engine import run_engine, run_in_pieces
from sim.workload import draw_workload

from .bench import cost
from .engines import MEAN_PER_DAY, textbook_network

FILL, RUNS, PIECES = "numpy fills it", ("fresh", "used again"), "in pieces"


def measure(scope: str, sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    """Let the sizes take turns; nanoseconds a vehicle."""
    networks = [textbook_network(scope, vehicles / MEAN_PER_DAY) for vehicles in sizes]
    cases = [(network, draw_workload(network, 1, 0)) for network in networks]
    small = textbook_network(scope, 0.1)
    run_engine(small, draw_workload(small, 1, 0), "kernel")
    arena._MOST_BYTES = 2**40
    rows: list[dict[str, Any]] = []
    taken: dict[int, int] = {}

    def note(turn: int, size: int, memory: str, run: Callable[[], object]) -> None:
        ns = 1e9 * cost(run) / len(cases[size][1].arrival_tick)
        rows.append({"scope": scope, "vehicles": sizes[size], "memory": memory, "round": turn, "ns": ns})
        print(f"{scope} {sizes[size]:,}, memory {memory}: {ns:.0f} ns a vehicle", flush=True)

    for turn in range(rounds):
        for size in range(len(sizes))[:: -1 if turn % 2 else 1]:
            arena._kept.clear()
            if turn == 0:
                run_engine(*cases[size], "kernel")
                taken[size] = sum(len(block) for blocks in arena._kept.values() for block, _ in blocks)
                arena._kept.clear()
            note(turn, size, FILL, lambda size=size: np.empty(taken[size], np.uint8).fill(1))
            for memory in RUNS:
                note(turn, size, memory, lambda size=size: run_engine(*cases[size], "kernel"))
            note(turn, size, PIECES, lambda size=size: deque(run_in_pieces(*cases[size], "kernel"), maxlen=0))
    return rows


def as_markdown(rows: pd.DataFrame) -> str:
    """Write the table of costs and of their ratios to those of the smallest size, round by round."""
    lines = [
        "| scope | memory | vehicles | ns a vehicle | over the smallest | least | most |",
        "|---|---|---|---|---|---|---|",
    ]
    for (scope, memory), group in rows.groupby(["scope", "memory"], sort=False):
        wide = group.pivot_table(index="round", columns="vehicles", values="ns")
        for vehicles in wide.columns:
            ratio = wide[vehicles] / wide[wide.columns[0]]
            figures = f"{wide[vehicles].median():.0f} | {ratio.median():.2f} | {ratio.min():.2f} | {ratio.max():.2f}"
            lines.append(f"| {scope} | {memory} | {vehicles:,} | {figures} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scope", default="cross")
    parser.add_argument("--vehicles", type=int, nargs="+", default=[10**6, 10**7])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(as_markdown(pd.DataFrame(measure(arguments.scope, sorted(arguments.vehicles), arguments.rounds))))


if __name__ == "__main__":
    main()
