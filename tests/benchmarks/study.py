"""What a study costs beside its simulations, and how its memory grows with the number of points.

`python -m tests.benchmarks.study [points] [replications]`: a sweep of a `march_2018` day, in this process, so that all
time is seen. Shares of one run's processor time, not seconds: machines differ.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.cli import main
from sim.study import worker
from sim.study.executors import task
from sim.study.runner import paired, tables
from tests.study.tiny import RATE

MODEL = (
    (worker, "compile_network"), (task, "simulated_rows"), (tables, "kept_figures"), (paired, "differences"),
)  # fmt: skip
"""Workload, engine and metrics, and what they leave to be cleared away: everything else is the machinery."""
PARTS = (
    (worker, "draw_workload"), (worker, "reduce_pieces"), (task, "kept_rows"),
)  # fmt: skip
"""Parts of `simulated_rows`; the engine is part of `reduce_pieces`, which asks it for one piece after the other."""


class Clock:
    """Processor time inside some functions."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            found = function(*given, **named)
            if hasattr(found, "__next__"):
                found = list(found)
            self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - begun
            return found

        return timed


@contextmanager
def timed_model() -> Iterator[Clock]:
    clock = Clock()
    before = [(place, name, getattr(place, name)) for place, name in (*MODEL, *PARTS)]
    for place, name, function in before:
        setattr(place, name, clock.around(name, function))
    try:
        yield clock
    finally:
        for place, name, function in before:
            setattr(place, name, function)


def overhead(points: int, replications: int) -> None:
    ratios = [round(n / points, 6) for n in range(points)]
    with tempfile.TemporaryDirectory() as folder, timed_model() as clock:
        asked = [
            "sweep", "experiment=sampling_ratio", f"study.folder={folder}/s", f"study.replications={replications}",
            f"study.design={{kind: grid, factor: {{truck: {{key: sampling.line2.truck, values: {ratios}}}}}}}",
            "study.tradeoffs=[]", "study.crossings=[]", "executor=serial", "study.audit=0",
        ]  # fmt: skip
        begun = time.process_time()
        assert main(asked) == 0
        total = time.process_time() - begun
    model = sum(clock.spent[name] for _, name in MODEL)
    for name, seconds in sorted(clock.spent.items(), key=lambda item: -item[1]):
        print(f"{name:20} {seconds / total:6.1%}")
    print(f"{'machinery':20} {1 - model / total:6.1%} of {total:.1f} s of processor time")


def peak_memory(points: int) -> int:
    """Peak resident size in MB of a driver with so many points of a small queue."""
    code = (
        "import sys, tempfile; from pathlib import Path; from tests.benchmarks.study import drive; "
        f"drive({points})"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    return int(done.stdout)


def drive(points: int) -> None:
    """Run a study of many points of two short replications, and print the peak resident size in MB."""
    from tests.study.test_executors import run
    from tests.study.tiny import queue_plan

    values = [20.0 + 20.0 * n / points for n in range(points)]
    plan = queue_plan(replications=2, design={"kind": "grid", "factor": {"rate": {"key": RATE, "values": values}}})
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder) / "s", plan, kind="serial", batch=2)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]] or [12, 5]
    overhead(*given)
    for count in (50, 500, 2000):
        print(f"{count:5} points: {peak_memory(count)} MB at the peak")
