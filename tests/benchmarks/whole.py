"""Either engine end to end as its user runs it: workload, engine and metrics of a replication, CPU time a vehicle.

`python -m tests.benchmarks.whole [--scenario march_2018 ...] [--rounds 5] [--replications 8]`

Each engine has a process of its own, because a run of the reference engine never loads numba: its workload is drawn and
its metrics are counted with numpy. The processes take turns with the same replications, several one after the other as a
run has them: the first of a turn finds in the processor's caches what the other process has left there. The garbage
collector works as it does for users. What happens once a process (compiling, plans of the network) is done before.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from sim import load_scenario
from sim.engine import run_in_pieces
from sim.metrics import reduce_pieces
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario.run import Cost
from sim.workload import draw_workload

ENGINES = ("reference", "kernel")
PARTS = ("workload", "engine", "metrics")
DEFAULT = ("march_2018",)
REPLICATIONS = 8
"""Of a turn."""
WHOLE = "end to end"
_BEFORE = 2
"""Replications before any is timed: the first draws with numpy, for numba is loaded by the engine."""


class Took(NamedTuple):
    """CPU seconds of replications."""

    vehicles: int
    workload: float
    engine: float
    metrics: float


def serve(name: str, engine: str) -> None:
    """Run replications whose first number and count come in, line by line, and tell what they took."""
    scenario = load_scenario(name)
    network, seed = compile_network(scenario), scenario.run.seed
    price = scenario.world.cost if scenario.world is not None else None
    for line in sys.stdin:
        first, count = map(int, line.split())
        took = np.sum([_one(network, seed, first + number, engine, price) for number in range(count)], axis=0)
        assert (engine == "reference") == ("numba" not in sys.modules)
        print(json.dumps(took.tolist()), flush=True)


def _one(network: Network, seed: int, number: int, engine: str, price: Cost | None) -> Took:
    begun = time.process_time()
    workload = draw_workload(network, seed, number)
    drawn = time.process_time()
    simulated: list[float] = []
    pieces = _clocked(run_in_pieces(network, workload, engine), simulated)
    reduce_pieces(network, workload, pieces, price)
    done = time.process_time()
    return Took(len(workload.source), drawn - begun, sum(simulated), done - drawn - sum(simulated))


def _clocked(pieces: Iterator[Record], seconds: list[float]) -> Iterator[Record]:
    """Hand pieces of a record on, and note the CPU seconds that it took to make each."""
    while True:
        begun = time.process_time()
        piece = next(pieces, None)
        seconds.append(time.process_time() - begun)
        if piece is None:
            return
        yield piece


class _Process(NamedTuple):
    """An engine that waits for numbers of replications."""

    into: IO[str]
    out: IO[str]

    def run(self, first: int, count: int) -> Took:
        self.into.write(f"{first} {count}\n")
        self.into.flush()
        return Took(*json.loads(self.out.readline()))


@contextmanager
def _started(name: str, engine: str) -> Iterator[_Process]:
    command = [sys.executable, "-m", "tests.benchmarks.whole", "--scenario", name, "--serve", engine]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: PT018
        yield _Process(process.stdin, process.stdout)
        process.stdin.close()


def measure(name: str, rounds: int, count: int) -> list[dict[str, Any]]:
    """Let the engines take turns, so many replications of a scenario each; rows as in `bench`, nanoseconds a vehicle."""
    rows = []
    with ExitStack() as stack:
        processes = {engine: stack.enter_context(_started(name, engine)) for engine in ENGINES}
        first = [process.run(0, _BEFORE) for process in processes.values()]
        for turn in range(rounds):
            for engine in ENGINES[:: -1 if turn % 2 else 1]:
                took = processes[engine].run(_BEFORE + count * turn, count)
                seconds = dict(zip(PARTS, took[1:], strict=True)) | {WHOLE: sum(took[1:])}
                rows += [
                    {
                        "scope": name,
                        "engine": _row(part, engine),
                        "vehicles": round(first[0].vehicles / _BEFORE),
                        "round": turn,
                        "ns": 1e9 * value / took.vehicles,
                    }
                    for part, value in seconds.items()
                ]
            print(f"{name} end to end: round {turn + 1} of {rounds}", flush=True)
    return rows


def _row(part: str, engine: str) -> str:
    return engine if part == "engine" else f"{part}, {engine}"


def as_markdown(rows: pd.DataFrame) -> str:
    """Write nanoseconds a vehicle, and how many times faster the kernel is, part by part; nothing without such rows."""
    if not rows["engine"].str.startswith(WHOLE).any():
        return ""
    lines = [
        "| scenario | part | reference, ns a vehicle | kernel, ns | reference / kernel | least | most |",
        "|---|---|---|---|---|---|---|",
    ]
    wide = rows.pivot_table(index=["scope", "round"], columns="engine", values="ns")
    for scope, group in wide.groupby(level="scope"):
        for part in (*PARTS, WHOLE):
            slow, fast = (group[_row(part, engine)] for engine in ENGINES)
            ratio = (slow / fast).dropna()
            if len(ratio):  # other rows of the table are of no scenario
                figures = f"{ratio.median():.1f} | {ratio.min():.1f} | {ratio.max():.1f}"
                lines.append(f"| {scope} | {part} | {slow.median():,.0f} | {fast.median():,.0f} | {figures} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and print; or run replications for another process that does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", nargs="+", default=list(DEFAULT))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=REPLICATIONS, help="of a turn")
    parser.add_argument("--serve", choices=ENGINES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.scenario[0], arguments.serve)
        return
    rows = [row for name in arguments.scenario for row in measure(name, arguments.rounds, arguments.replications)]
    print(as_markdown(pd.DataFrame(rows)))


if __name__ == "__main__":
    main()
