"""A sweep that is killed at any moment, by any executor, resumes to the bytes of an undisturbed one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.cli import main
from tests.study.tiny import contents

from .conftest import write_desk
from .test_process import is_alive
from .test_sweep import ASKED, RATE, STUDY

FILES = 18
"""Files that an undisturbed sweep writes: 3 points of 6 replications in tasks of one."""
KINDS = [("serial", 1), ("processes", 1), ("processes", 2), ("dask", 1), ("dask", 2)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a desk, with a study whose tasks take a few hundredths of a second."""
    folder = tmp_path_factory.mktemp("home")
    desk = write_desk(folder / "desk")
    factor = {"rate": {"key": RATE, "values": [40.0, 50.0, 60.0]}}
    study: dict[str, Any] = {**STUDY, **ASKED, "replications": 6, "design": {"kind": "grid", "factor": factor}}
    study["base"] = ["scenario=tiny", "run.days=0.3"]
    (desk / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    return folder


def arguments(home: Path, folder: Path, kind: str, workers: int) -> list[str]:
    asked = [f"experiment={home}/desk/study.yaml", f"study.folder={folder}", f"executor={kind}", "executor.batch=1"]
    return ["sweep", *asked, f"executor.workers={workers}", "--config-path", f"{home}/desk"]


@pytest.fixture(scope="module")
def undisturbed(home: Path) -> dict[str, bytes]:
    assert main(arguments(home, home / "undisturbed", "serial", 1)) == 0
    found = contents(home / "undisturbed")
    assert {"results.csv", "answer_zh.txt", "figures/tradeoff_1_en.svg"} <= set(found)
    return found


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        for number in map(int, child.read_text(encoding="ascii").split()):
            found += [number, *descendants(number)]
    return found


def all_gone(processes: list[int]) -> bool:
    """Give processes a minute to end: on a busy machine dask's own need some seconds to notice."""
    deadline = time.monotonic() + 60
    while any(map(is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_alive, processes))


def files_written(folder: Path) -> int:
    """Replications on disk: each task writes a file until its point is finished, which counts for six."""
    points = {path.name[:20] for path in (folder / "points").glob("*.parquet")}
    parts = [path for path in (folder / ".parts").glob("*.parquet") if path.name[:20] not in points]
    return len(parts) + 6 * len(points)


@contextmanager
def sweeping(home: Path, folder: Path, kind: str, workers: int) -> Iterator[subprocess.Popen[str]]:
    """`strait sweep` as a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *arguments(home, folder, kind, workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(process: subprocess.Popen[str], folder: Path, files: int) -> None:
    """Wait until so many replications are on disk, or the sweep has ended."""
    deadline = time.monotonic() + 600
    while process.poll() is None and files_written(folder) < files:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kill_and_resume(home: Path, folder: Path, kind: tuple[str, int], moment: random.Random) -> None:
    """Kill a sweep once a random number of replications is on disk, a random while later; then run it to its end."""
    files, later = moment.randrange(FILES + 1), moment.random() * 0.05
    with sweeping(home, folder, *kind) as process:
        wait_for(process, folder, files)
        time.sleep(later)
        workers = descendants(process.pid)
        process.kill()
        process.wait()
        assert all_gone(workers)
    kept = files_written(folder)
    assert kept >= min(files, FILES) or process.returncode == 0
    assert main(arguments(home, folder, "serial", 1)) == 0


@pytest.mark.parametrize(("kind", "workers", "seed"), [(*kind, seed) for seed, kind in enumerate(KINDS)])
def test_killed_sweep_resumes_to_the_same_bytes(
    kind: str, workers: int, seed: int, home: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    kill_and_resume(home, tmp_path / "s", (kind, workers), random.Random(seed))
    assert contents(tmp_path / "s") == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
@pytest.mark.parametrize(("kind", "workers"), KINDS)
def test_killed_at_twenty_moments(
    kind: str, workers: int, seed: int, home: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    kill_and_resume(home, tmp_path / "s", (kind, workers), random.Random(seed))
    assert contents(tmp_path / "s") == undisturbed


@pytest.mark.slow
def test_killed_again_and_again(home: Path, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = tmp_path / "s"
    for files in (2, 7, 11, 16):
        with sweeping(home, folder, "processes", 2) as process:
            wait_for(process, folder, files)
    assert main(arguments(home, folder, "serial", 1)) == 0
    assert contents(folder) == undisturbed


def hear_interrupts() -> None:
    """Undo what a shell does to a job in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["serial", "processes", "dask"])
def test_interrupted_sweep_says_how_to_go_on(
    kind: str, home: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    folder = tmp_path / "s"
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *arguments(home, folder, kind, 2), "run.days=3"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - no threads here
    )  # fmt: skip
    wait_for(process, folder, 4)
    workers = descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    first, last = err.splitlines()[-2:]
    assert first.startswith("interrupted: ")
    assert first.endswith("the same command goes on from there")
    assert last == "interrupted"
    assert all_gone(workers)
    assert files_written(folder) >= 4
