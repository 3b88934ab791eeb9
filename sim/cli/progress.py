"""How far a study is, on stderr: a bar with the time left on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import tqdm

from sim.study.runner import Progress, State

from .terminal import warn

AnyPoint = TypeVar("AnyPoint")
_LINE_EVERY_S = 30.0


def points_shown(points: Sequence[AnyPoint], doing: str = "checked") -> Iterator[AnyPoint]:
    """Hand the points of a design on; show how many, where it takes long."""
    if sys.stderr.isatty():
        yield from tqdm(points, desc=doing, unit="point", delay=1.0, leave=False)
        return
    told = time.monotonic()
    for number, point in enumerate(points):
        if time.monotonic() - told >= _LINE_EVERY_S:
            told = time.monotonic()
            warn(f"{doing} {number:,} of {len(points):,} points")
        yield point


@contextmanager
def progress_shown(name: str) -> Iterator[Progress]:
    """Show progress while a study runs."""
    if sys.stderr.isatty():
        with tqdm[None](desc=name, unit="replication", leave=False, smoothing=0.1) as bar:
            yield lambda state: _move(bar, state)
    else:
        lines = _Lines()
        yield lines.tell


def _move(bar: Any, state: State) -> None:
    if bar.total != state.replications:
        bar.total = state.replications
        bar.initial = bar.n = state.finished_replications  # the time left counts what this process does
        bar.refresh()
    failed = f", {state.failed_points} failed" if state.failed_points else ""
    bar.set_postfix_str(f"points {state.finished_points}/{state.points}{failed}", refresh=False)
    bar.update(state.finished_replications - bar.n)


class _Lines:
    """Writes a line every half minute."""

    def __init__(self) -> None:
        self.begun = self.told = time.monotonic()
        self.before: int | None = None

    def tell(self, state: State) -> None:
        """Write how far a study is, unless that was done just now."""
        now = time.monotonic()
        if self.before is None:
            self.before = state.finished_replications
        if now - self.told < _LINE_EVERY_S:
            return
        self.told = now
        done = state.finished_replications - self.before
        left = (now - self.begun) / done * (state.replications - state.finished_replications) if done else None
        text = "" if left is None else f", {tqdm.format_interval(left)} left"
        warn(
            f"points {state.finished_points}/{state.points}, "
            f"replications {state.finished_replications}/{state.replications}, {state.failed_points} failed{text}"
        )
