"""What happens to a run whose process is interrupted or killed; tab completion in a real shell."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "sim", "run", "run.days=0.1", "run.replications=100000", "hydra.run.dir=mine")

pytestmark = pytest.mark.slow


def _hear_interrupts() -> None:
    """Undo what a shell does to a job in the background: there Ctrl-C is ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """`strait run` as a process group of its own, with a terminal for its progress bar."""

    def __init__(self, desk: Path, *overrides: str) -> None:
        self.terminal, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 120))
        self.process = subprocess.Popen(
            [*COMMAND, *overrides, "--config-path", str(desk)],
            stdout=subprocess.PIPE, stderr=theirs, text=True, start_new_session=True,
            preexec_fn=_hear_interrupts,  # noqa: PLW1509 - no threads here
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def wait_for(self, finished: int) -> None:
        """Read the progress bar until so many replications are finished."""
        while not any(int(n) >= finished for n in re.findall(r"(\d+)/100000 ", self.seen)):
            if not self.read(60):
                raise AssertionError(f"no progress: {self.seen!r}")

    def read(self, seconds: float) -> bool:
        """Read what there is on the terminal; False at its end or when nothing comes."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            self.seen += os.read(self.terminal, 65536).decode()
        except OSError:  # the other end is closed
            return False
        return True

    def end(self) -> str:
        """Wait for the process and return its output; `seen` then holds all of stderr."""
        deadline = time.monotonic() + 180
        while self.read(60):
            assert time.monotonic() < deadline, "goes on after the signal"
        return self.process.communicate(timeout=60)[0]


@contextmanager
def running(desk: Path, *overrides: str) -> Iterator[Running]:
    run = Running(desk, *overrides)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.communicate()
        os.close(run.terminal)


def children(pid: int) -> list[int]:
    """List the processes that a process has started and that are alive."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text(encoding="ascii").split()] if listed.exists() else []


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(processes: list[int]) -> bool:
    """Give processes ten seconds to end."""
    deadline = time.monotonic() + 10
    while any(map(is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(is_alive, processes))


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 2)])
def test_interrupted_run_keeps_what_is_finished(number: signal.Signals, workers: int, desk: Path) -> None:
    with running(desk, f"run.workers={workers}") as run:
        run.wait_for(4)
        workers_seen = children(run.process.pid)
        os.killpg(run.process.pid, number) if number == signal.SIGINT else run.process.send_signal(number)
        out = run.end()
    assert run.process.returncode == 130
    assert "Traceback" not in run.seen
    told = [line for line in run.seen.splitlines() if line.startswith("interrupted")]
    assert told[0].startswith("interrupted: kept the first ")
    assert told[1] == "interrupted"
    manifest = json.loads(Path("mine/manifest.json").read_text(encoding="utf-8"))
    assert manifest["interrupted"]
    assert 2 <= manifest["replications"] < manifest["replications_wanted"] == 100000
    assert f"({manifest['replications']} replications" in out
    assert not Path("mine/figures").exists()
    assert [p.name for p in Path().iterdir()] == ["mine"]
    assert all_gone(workers_seen)


def test_killed_run_leaves_no_folder_and_no_process(desk: Path) -> None:
    with running(desk, "run.workers=2") as run:
        run.wait_for(1)
        workers_seen = children(run.process.pid)
        assert len(workers_seen) >= 2
        run.process.kill()
        run.process.wait()
        assert all_gone(workers_seen)
    assert not list(Path().iterdir())


def test_interrupt_before_anything_is_finished_writes_nothing(desk: Path) -> None:
    with running(desk, "run.workers=1", "run.days=30") as run:
        while "0/100000" not in run.seen:
            assert run.read(60)
        run.process.send_signal(signal.SIGINT)
        assert run.end() == ""
    assert run.process.returncode == 130
    assert run.seen.rstrip().endswith("interrupted")
    assert not list(Path().iterdir())


@pytest.mark.parametrize("pause_s", [0.0, 0.4, 0.8])
def test_two_interrupts_while_workers_start_print_no_traceback(pause_s: float, desk: Path) -> None:
    with running(desk, "run.workers=4") as run:
        while len(children(run.process.pid)) < 5:
            assert run.process.poll() is None
            time.sleep(0.001)
        time.sleep(pause_s)
        workers_seen = children(run.process.pid)
        os.killpg(run.process.pid, signal.SIGINT)
        time.sleep(0.4)  # the driver has heard the first and would wait for the workers
        with suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGINT)
        run.end()
    assert "Traceback" not in run.seen
    assert all_gone(workers_seen)


def test_killed_worker_leaves_what_is_finished(desk: Path) -> None:
    with running(desk, "run.workers=2") as run:
        run.wait_for(4)
        os.kill(children(run.process.pid)[-1], signal.SIGKILL)
        run.end()
    assert run.process.returncode == 1
    told = [line for line in run.seen.splitlines() if "Traceback" in line or "kept" in line or "worker" in line]
    assert told[0].startswith("interrupted: kept the first ")
    assert told[1].startswith("a worker process ended unexpectedly (out of memory, or killed)")
    assert json.loads(Path("mine/manifest.json").read_text(encoding="utf-8"))["interrupted"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("strait ru", "run"),
        ("strait run scen", "scenario="),
        ("strait run scenario=march", "scenario=march_2018"),
        ("strait check run.rep", "run.replications="),
    ],
)
def test_tab_completion(line: str, answer: str, tmp_path: Path) -> None:
    strait = Path(sys.executable).with_name("strait")
    if not strait.exists():
        pytest.skip("the command is not installed")
    script = (
        f'eval "$(strait -sc install=bash)"; COMP_LINE="{line}"; COMP_POINT=${{#COMP_LINE}}; '
        'COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); hydra_bash_completion; echo "${COMPREPLY[@]}"'
    )
    path = f"{strait.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.stderr == ""
    assert answer in done.stdout.split()
