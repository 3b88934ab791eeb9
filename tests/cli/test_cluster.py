"""The guide's scheduler and two workers, for real: a worker dies in the midst of a sweep, then the scheduler."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from sim.cli import main
from sim.study.executors.cluster import _client
from tests.study.tiny import contents

from .test_kill import all_gone, arguments, descendants, home, undisturbed, wait_for  # noqa: F401 - fixtures

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def commands_of_the_guide(port: int) -> list[list[str]]:
    """Commands of the guide that start dask, on a port that is free."""
    lines = [line.strip() for line in re.findall(r"^    (dask .*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)]
    assert [line.split()[1] for line in lines] == ["scheduler", "worker", "worker"]
    dask = str(Path(sys.executable).with_name("dask"))
    return [[dask, *line.replace("8786", str(port)).split()[1:]] for line in lines]


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        kill_with_children(process)


def kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """End a worker as a machine that loses power would: its nanny first, so that nobody starts it again."""
    below = descendants(process.pid)
    process.kill()
    process.wait()
    for pid in below:
        try:
            Path(f"/proc/{pid}").stat()
            os.kill(pid, 9)
        except OSError:
            continue
    assert all_gone(below)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and the processes: scheduler, worker, worker."""
    port = free_port()
    with ExitStack() as stack:
        processes = [stack.enter_context(started(command)) for command in commands_of_the_guide(port)]
        yield f"tcp://127.0.0.1:{port}", processes


def listening(pids: list[int]) -> set[str]:
    """Addresses, as /proc writes them, at which processes listen."""
    inodes = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                inodes.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in inodes:
                found.add(cells[1].partition(":")[0])
    return found


LOOPBACK = {"0100007F"}


@pytest.mark.slow
def test_a_cluster_of_ones_own_listens_on_the_loopback_interface_only() -> None:
    with _client(1, None) as client:
        assert client.nthreads()
        assert listening([os.getpid(), *descendants(os.getpid())]) == LOOPBACK


def wait_for_workers(address: str, count: int) -> None:
    code = f"from distributed import Client; Client({address!r}, timeout='300s').wait_for_workers({count}, timeout=300)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600, stderr=subprocess.DEVNULL)


def sweep_on(address: str, home: Path, folder: Path, *more: str) -> subprocess.Popen[str]:  # noqa: F811
    asked = [*arguments(home, folder, "dask", 1), f"executor.address={address}", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_one_worker_of_two_is_killed_in_the_midst(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], home: Path, tmp_path: Path, undisturbed: dict[str, bytes]  # noqa: F811
) -> None:  # fmt: skip
    address, processes = cluster
    wait_for_workers(address, 2)
    assert listening([pid for p in processes for pid in (p.pid, *descendants(p.pid))]) == LOOPBACK
    folder = tmp_path / "s"
    sweep = sweep_on(address, home, folder)
    wait_for(sweep, folder, 3)  # type: ignore[arg-type]
    is_in_the_midst = sweep.poll() is None
    kill_with_children(processes[1])
    out, err = sweep.communicate(timeout=600)
    assert (sweep.returncode, err) == (0, "")
    assert "3 points, 6 replications each" in out
    assert is_in_the_midst
    assert contents(folder) == undisturbed


@pytest.mark.slow
def test_the_scheduler_dies(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], home: Path, tmp_path: Path, undisturbed: dict[str, bytes]  # noqa: F811
) -> None:  # fmt: skip
    address, processes = cluster
    wait_for_workers(address, 2)
    folder = tmp_path / "s"
    sweep = sweep_on(address, home, folder)
    wait_for(sweep, folder, 3)  # type: ignore[arg-type]
    kill_with_children(processes[0])
    _, err = sweep.communicate(timeout=600)
    assert sweep.returncode == 1
    assert "Traceback" not in err
    assert "the same command goes on" in err
    assert main(arguments(home, folder, "serial", 1)) == 0
    assert contents(folder) == undisturbed


def test_a_scheduler_that_does_not_answer_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setattr("sim.study.executors.cluster._CONNECT_S", "1s")
    address = f"tcp://127.0.0.1:{free_port()}"
    assert main([*arguments(home, tmp_path / "s", "dask", 1), f"executor.address={address}"]) == 2
    assert capsys.readouterr().err.startswith("executor.address must be a dask scheduler that answers")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("address", ["nonsense", "foo://127.0.0.1:1", "tls://127.0.0.1:1"])
def test_what_is_no_address_gets_one_line(address: str, home: Path, tmp_path: Path) -> None:  # noqa: F811
    out, err = sweep_on(address, home, tmp_path / "s").communicate(timeout=600)
    assert out == ""
    assert err.startswith("executor.address must be a dask scheduler that answers")
    assert err.count("\n") == 1
    assert not (tmp_path / "s").exists()
