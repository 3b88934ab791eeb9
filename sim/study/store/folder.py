"""The folder of a study: which replications of which points are finished, whatever happened to the process."""

import fcntl
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from sim.errors import Fault, ScenarioError

from .file import Stored, is_intact, read_name, read_stored, write_table
from .schema import first_replications, in_order, replications_in

FOLDER_FIELD = "study.folder"
"""How the command line names the folder of a study."""


def _is_half_written(path: Path) -> bool:
    """Tell whether a file is what a killed process left of a table or manifest: `.NAME.PROCESS.tmp` or `.csv`."""
    return re.fullmatch(r"\..+\.\d+\.(tmp|csv)", path.name) is not None


class StudyFolder:
    """Files of finished replications.

    `points/` holds one file a finished design point, `.parts/` those of points in the making, which are merged and
    removed when their point is finished. Only the driver writes.

    Parameters
    ----------
    path : Path
        Must exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.points, self.parts = path / "points", path / ".parts"
        self._files: dict[str, list[Stored]] = {}
        self._numbers: dict[Path, tuple[int, ...]] = {}
        """Replications in each file of `.parts`."""
        self.damaged: list[str] = []
        """Names of files that were found damaged and taken away."""

    def open(self) -> None:
        """Look at what is there: damaged files and those of interrupted writes are taken away."""
        for folder in (self.points, self.parts):
            folder.mkdir(exist_ok=True)
        for path in [*self.look(), *filter(_is_half_written, self.path.iterdir())]:
            path.unlink()
        for key, files in self._files.items():
            self._files[key] = self._tidied(files)

    def look(self) -> list[Path]:
        """Look at what is there without touching it; returns what should not be there."""
        unfit = []
        for path in sorted(path for folder in (self.points, self.parts) for path in folder.glob("*")):
            stored = read_name(path)
            if stored is not None and is_intact(stored):
                self._files.setdefault(stored.key, []).append(stored)
                continue
            unfit.append(path)
            if stored is not None:
                self.damaged.append(path.name)
        return unfit

    def _tidied(self, files: list[Stored]) -> list[Stored]:
        """Take away what a larger file of the same point holds too: a killed process left it."""
        whole = max((f for f in files if f.is_whole), key=lambda f: f.number, default=None)
        kept = []
        for stored in files:
            if whole is not None and stored is not whole and max(self._replications(stored)) < whole.number:
                self._take_away(stored)
            else:
                kept.append(stored)
        return kept

    def _take_away(self, stored: Stored) -> None:
        stored.path.unlink()
        self._numbers.pop(stored.path, None)

    def _replications(self, stored: Stored) -> Sequence[int]:
        if stored.is_whole:
            return range(stored.number)
        if stored.path not in self._numbers:
            self._numbers[stored.path] = tuple(replications_in(self._read(stored)))
        return self._numbers[stored.path]

    def finished(self, key: str, replications: int) -> bool:
        """Tell whether a point has a file with at least so many replications."""
        return any(f.is_whole and f.number >= replications for f in self._files.get(key, ()))

    def missing(self, key: str, replications: int) -> list[int]:
        """List the replications that a point lacks, of so many."""
        if self.finished(key, replications):
            return []
        have = self._have(key)
        return [number for number in range(replications) if number not in have]

    def _have(self, key: str) -> set[int]:
        return {number for stored in self._files.get(key, ()) for number in self._replications(stored)}

    def add(self, key: str, table: pa.Table, replications: int) -> bool:
        """Keep finished replications of a point.

        Parameters
        ----------
        key : str
            Of the point.
        table : Table
            Of the replications of one task.
        replications : int
            How many the point is to have.

        Returns
        -------
        bool
            Whether the point is finished by them.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        new = replications_in(table)
        if set(range(replications)) <= self._have(key) | set(new):
            self._finish(key, [*self._tables(key), table], replications)
            return True
        stored = write_table(table, self.parts, key, f"p{new[0]}")
        self._files.setdefault(key, []).append(stored)
        self._numbers[stored.path] = tuple(new)
        return False

    def _finish(self, key: str, tables: Iterable[pa.Table], replications: int) -> None:
        before = self._files.get(key, [])
        parts = list(tables)
        whole = first_replications(in_order(parts) if len(parts) > 1 else parts[0], replications)
        stored = write_table(whole, self.points, key, f"r{replications}")
        self._files[key] = [stored]
        for old in before:
            if old.path != stored.path:
                self._take_away(old)

    def _tables(self, key: str) -> list[pa.Table]:
        return [self._read(stored) for stored in self._files.get(key, ())]

    def _read(self, stored: Stored) -> pa.Table:
        table = read_stored(stored)
        if table is None:
            raise OSError(f"{stored.path.name} was damaged while the study ran; the same command finds and redoes it")
        return table

    def read(self, key: str, replications: int) -> pa.Table:
        """Read the first replications of a finished point, in order."""
        files = [f for f in self._files[key] if f.is_whole and f.number >= replications]
        return first_replications(self._read(files[0]), replications)

    def counts(self, keys: Iterable[str], replications: int) -> tuple[int, int]:
        """Count finished points, and finished replications of all points."""
        finished, done = 0, 0
        for key in keys:
            missing = len(self.missing(key, replications))
            finished += missing == 0
            done += replications - missing
        return finished, done


def look_into(path: Path) -> StudyFolder:
    """Look at the folder of a study without changing it."""
    store = StudyFolder(path)
    store.look()
    return store


@contextmanager
def alone_in(path: Path) -> Iterator[None]:
    """Make sure that no other process writes into the folder of a study; ends with the process, however it ends.

    Raises
    ------
    ScenarioError
        If one does.
    """
    with (path / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ScenarioError(Fault(FOLDER_FIELD, "must not be in use by another sweep", path.name)) from None
        yield
