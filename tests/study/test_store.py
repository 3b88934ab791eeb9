"""The store: the same bytes whatever came first, nothing believed that is damaged."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.errors import ScenarioError
from sim.metrics.histogram import Histogram
from sim.metrics.kept import KeptRow
from sim.study.store import StudyFolder, alone_in, look_into
from sim.study.store.file import read_name, read_stored, write_table, write_whole
from sim.study.store.schema import SCHEMA, in_order, kept_metrics, replications_in, rows_to_table

KEY = "a" * 20


def row(metric: str, station: str, value: float, histogram: Histogram | None = None) -> KeptRow:
    return KeptRow((metric, "all", "all", "line1", station, "all"), "all", value, 2.0, float("nan"), histogram)


def replication(number: int) -> pa.Table:
    spread = Histogram(np.array([0, number + 3], np.int16), np.array([5, 1]), 40 + number)
    rows = [row("wait", f"s{number % 3}", number / 7, spread), row("officer_hours", "all", number + 0.1)]
    return rows_to_table([(number, rows)])


def opened(folder: Path) -> StudyFolder:
    store = StudyFolder(folder)
    store.open()
    return store


def stored_bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def filled(folder: Path, tasks: list[list[int]], n: int = 6) -> StudyFolder:
    folder.mkdir()
    store = opened(folder)
    for task in tasks:
        store.add(KEY, in_order([replication(number) for number in task]), n)
    return store


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    filled(tmp_path / "whole", [[0, 1, 2, 3, 4, 5]])
    return stored_bytes(tmp_path / "whole")


@pytest.mark.parametrize("tasks", [[[5], [3], [4], [0], [2], [1]], [[3, 4, 5], [0, 1, 2]], [[1, 2], [5], [0, 3, 4]]])
def test_order_and_size_of_tasks_change_no_byte(
    tasks: list[list[int]], tmp_path: Path, whole: dict[str, bytes]
) -> None:
    filled(tmp_path / "other", tasks)
    assert stored_bytes(tmp_path / "other") == whole
    assert [name.split("/")[0] for name in whole] == ["points"]


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    store = filled(tmp_path / "s", [[0, 1, 2, 3, 4, 5]])
    table = store.read(KEY, 6)
    assert table.schema.equals(SCHEMA)
    assert table.equals(in_order([replication(number) for number in range(6)]))
    wait, hours = kept_metrics(table, 6, 1.0)
    assert [key[4] for key in wait.keys] == ["s0", "s1", "s2"]
    assert wait.numerators[4].tolist() == [0.0, 4 / 7, 0.0]
    assert wait.denominators[4].tolist() == [0.0, 2.0, 0.0]
    own = wait.spreads.histogram(4, 1)
    assert own is not None
    assert (own.bins.tolist(), own.counts.tolist(), own.maximum) == ([0, 7], [5, 1], 44)
    assert wait.spreads.histogram(4, 0) is None
    assert hours.numerators[:, 0].tolist() == [0.1, 1.1, 2.1, 3.1, 4.1, 5.1]


def test_a_folder_is_read_in_pandas_with_one_call(tmp_path: Path) -> None:
    filled(tmp_path / "s", [[0, 1, 2, 3, 4, 5]]).add("b" * 20, replication(0), 1)
    frame = pd.read_parquet(tmp_path / "s" / "points")
    assert len(frame) == 14


def test_resumed_after_any_loss_it_is_the_same(tmp_path: Path, whole: dict[str, bytes]) -> None:
    filled(tmp_path / "s", [[0], [4, 5]])
    (tmp_path / "s" / "points" / f".{KEY}-r6-{'0' * 16}.parquet.123.tmp").write_bytes(b"torn")
    store = opened(tmp_path / "s")
    assert store.missing(KEY, 6) == [1, 2, 3]
    assert not store.finished(KEY, 6)
    assert store.counts([KEY, "b" * 20], 6) == (0, 3)
    assert store.add(KEY, in_order([replication(n) for n in (1, 2, 3)]), 6)
    assert store.counts([KEY, "b" * 20], 6) == (1, 6)
    assert stored_bytes(tmp_path / "s") == whole


@pytest.mark.parametrize("place", [0, 5, 700, -1])
@pytest.mark.parametrize("tasks", [[[0, 1, 2, 3, 4, 5]], [[0, 1], [2, 3, 4]]])
def test_a_flipped_byte_is_found_and_redone(
    place: int, tasks: list[list[int]], tmp_path: Path, whole: dict[str, bytes]
) -> None:
    filled(tmp_path / "s", tasks)
    path = next(p for p in sorted((tmp_path / "s").rglob("*")) if p.suffix == ".parquet")
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))
    assert look_into(tmp_path / "s").damaged == [path.name]
    assert path.exists()
    store = opened(tmp_path / "s")
    assert store.damaged == [path.name]
    assert not path.exists()
    missing = store.missing(KEY, 6)
    assert missing
    store.add(KEY, in_order([replication(number) for number in missing]), 6)
    assert stored_bytes(tmp_path / "s") == whole


def test_a_truncated_file_is_found(tmp_path: Path) -> None:
    filled(tmp_path / "s", [[0, 1, 2, 3, 4, 5]])
    path = next((tmp_path / "s" / "points").iterdir())
    path.write_bytes(path.read_bytes()[:-20])
    assert look_into(tmp_path / "s").damaged == [path.name]


def test_leftovers_of_a_kill_between_two_writes_go(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = tmp_path / "s"
    store = filled(folder, [[0, 1], [2, 3, 4, 5]])
    write_table(in_order([replication(0), replication(1)]), store.parts, KEY, "p0")
    write_table(in_order([replication(n) for n in range(4)]), store.points, KEY, "r4")
    assert len(stored_bytes(folder)) == 3
    assert opened(folder).finished(KEY, 6)
    assert stored_bytes(folder) == whole


def test_more_replications_go_on_from_those_that_are_there(tmp_path: Path, whole: dict[str, bytes]) -> None:
    filled(tmp_path / "s", [[0, 1, 2, 3]], n=4)
    store = opened(tmp_path / "s")
    assert store.missing(KEY, 6) == [4, 5]
    store.add(KEY, in_order([replication(4), replication(5)]), 6)
    assert stored_bytes(tmp_path / "s") == whole
    assert store.missing(KEY, 3) == []
    assert replications_in(store.read(KEY, 3)) == [0, 1, 2]


def test_names_say_what_they_are(tmp_path: Path) -> None:
    stored = write_table(replication(3), tmp_path, KEY, "p3")
    assert read_name(stored.path) == stored
    assert not stored.is_whole
    assert stored.number == 3
    assert read_name(tmp_path / "x.parquet") is None
    table = read_stored(stored)
    assert table is not None
    other = write_table(table.drop(["level"]), tmp_path, KEY, "p4")
    assert read_stored(other) is None


def test_a_file_is_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(b"old", tmp_path / "f")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(b"new", tmp_path / "f")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("f", b"old")]


def test_two_drivers_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        alone_in(tmp_path),
        pytest.raises(ScenarioError, match="must not be in use by another sweep"),
        alone_in(tmp_path),
    ):
        raise AssertionError
    with alone_in(tmp_path):
        pass
