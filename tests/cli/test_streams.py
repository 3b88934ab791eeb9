"""Streams that cannot take what is printed: another encoding, closed, full, or a reader that has left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = f"{sys.executable} -m sim check --config-path"
RUN = f"{sys.executable} -m sim run hydra.run.dir=mine --config-path"


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **environment}
    )


def test_letters_that_the_terminal_lacks_become_question_marks(desk: Path) -> None:
    done = shell(f"{CHECK} {desk} +run.language=zh", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tiny??\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_result(closed: str, desk: Path) -> None:
    done = shell(f"{RUN} {desk} {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    names = {path.name for path in Path("mine").iterdir()}
    assert {"manifest.json", "metrics.csv"} <= names
    assert Path("mine/metrics.csv").read_text(encoding="utf-8").startswith("metric,")


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_a_fault_that_nobody_can_read_keeps_its_code(stderr: str, desk: Path) -> None:
    assert shell(f"{CHECK} {desk} run.sede=1 {stderr}").returncode == 2


def test_full_output_is_one_line(desk: Path) -> None:
    done = shell(f"{CHECK} {desk} >/dev/full")
    assert (done.returncode, done.stderr) == (1, "No space left on device\n")
