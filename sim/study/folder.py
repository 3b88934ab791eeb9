"""The folder of one run: it appears whole, under a name that nothing had before, or not at all.

CSV files are UTF-8. They are plain ASCII (any program reads them) unless a custom network carries other
letters; then they start with a byte-order mark, without which Excel takes them for another encoding. Numbers
are written with the fewest digits that read back exactly, so equal results are equal bytes.
"""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Fault, ScenarioError

from .provenance import checkout_folder
from .simulate import Result

FOLDER_FIELD = "hydra.run.dir"
"""How the command line names the folder of a run."""
NEW_FOLDER = "must be a new folder; runs are never overwritten"
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


def runs_folder() -> Path:
    """Where runs lie unless told otherwise: `results/runs` of the checkout, else of the current directory."""
    return (checkout_folder() or Path.cwd()) / "results" / "runs"


def plans_folder() -> Path:
    """Where comparisons of plans lie unless told otherwise: `results/plans`, beside the runs."""
    return runs_folder().with_name("plans")


def new_name(scenario: str, now: datetime) -> str:
    """Name a run: scenario, local time, and six letters so that no two are alike."""
    return f"{scenario}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def refuse_folder(final: Path, field: str = FOLDER_FIELD) -> None:
    """Make sure, before anything is simulated, that a run can be written under this name, which `field` gave.

    Raises
    ------
    ScenarioError
        If the folder exists and is not empty, is part of another run, or lies where nothing can be written.
    """
    try:
        taken = os.path.lexists(final) and not (final.is_dir() and not any(final.iterdir()))
        host = next((folder for folder in final.absolute().parents if _is_run(folder)), None)
        if not taken and host is None:
            try_to_make(final.absolute())
    except OSError as error:
        rule = f"must lie in a folder that can be written to ({error.strerror})"
        raise ScenarioError(Fault(field, rule, str(final))) from None
    if taken:
        raise ScenarioError(Fault(field, NEW_FOLDER, str(final)))
    if host is not None:
        raise ScenarioError(Fault(field, f"must not lie in the folder of another run ({host.name})", str(final)))


def _is_run(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("manifest.json", "replications.csv"))


def try_to_make(final: Path, tries: int = 3) -> None:
    """Make a folder and what leads to it, and take away again what was not there before."""
    made: list[Path] = []
    try:
        for folder in [*reversed(final.parents), final, final.parent / _hidden_name()]:
            if not folder.exists():
                with suppress(FileExistsError):
                    folder.mkdir()
                    made.append(folder)
    except FileNotFoundError:
        if tries == 1:
            raise
        try_to_make(final, tries - 1)  # another run, which tries the same, has just taken away its own
    finally:
        for folder in reversed(made):
            with suppress(OSError):  # somebody has put something into it meanwhile
                folder.rmdir()


def _hidden_name() -> str:
    """Name a folder that is not complete yet."""
    return f".{secrets.token_hex(6)}.partial"


@contextmanager
def whole_folder(final: Path, placed: Callable[[Path], object] | None = None) -> Iterator[Path]:
    """Fill a folder under a hidden name beside its place, and move it there once complete and on disk.

    Parameters
    ----------
    final : Path
        Where it will stand.
    placed : callable, optional
        Told where it stands in the end. With it, a name that another process has taken meanwhile is no failure: the
        folder then stands beside it under that name with `-2`, `-3`, … appended.

    Yields
    ------
    Path
        The folder to fill.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.parent / _hidden_name()
    partial.mkdir()
    try:
        yield partial
        for path in [*sorted(partial.rglob("*")), partial]:
            _to_disk(path)
        place = _move(partial, final, may_differ=placed is not None)
        _to_disk(final.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if placed is not None:
        placed(place)


def _move(partial: Path, final: Path, may_differ: bool) -> Path:
    """Rename a folder; that takes the place of an empty folder, never of one that holds something."""
    place, number = final, 1
    while True:
        try:
            return partial.rename(place)
        except OSError as error:
            if not may_differ or not is_taken(error):
                raise
        number += 1
        place = final.with_name(f"{final.name}-{number}")


def is_taken(error: OSError) -> bool:
    """Tell whether a folder could not be put where another process has put something meanwhile."""
    return error.errno in _TAKEN


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_run(
    result: Result, final: Path, texts: Mapping[str, str], manifest: Mapping[str, Any], figures: bool = True
) -> Path:
    """Write the folder of a run.

    Parameters
    ----------
    result : Result
    final : Path
        Where it will stand; must not exist, or be empty.
    texts : mapping of str to str
        Further files by name, such as the resolved configuration.
    manifest : mapping
        Provenance, see `sim.study.provenance.manifest`.
    figures : bool
        Whether to draw the figures too.

    Returns
    -------
    Path
        Where it stands: `final`, or a name beside it where another run has taken that meanwhile.

    Raises
    ------
    OSError
        If it cannot be written; then nothing is left behind.
    """
    places: list[Path] = []
    with whole_folder(final, places.append) as folder:
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        write_json(manifest, folder / "manifest.json")
        write_csv(result.metrics, folder / "metrics.csv")
        write_csv(result.profile, folder / "profile.csv")
        write_csv(replications_frame(result), folder / "replications.csv")
        if len(result.weekly):
            write_csv(result.weekly, folder / "weekly.csv")
        if len(result.interception):
            write_csv(result.interception, folder / "interception.csv")
        if len(result.displacement):
            write_csv(result.displacement, folder / "displacement.csv")
        if figures:
            _save_figures(result, folder / "figures")
    return places[0]


def replications_frame(result: Result) -> pd.DataFrame:
    """Stack the sums of every replication, with their number (from 0) in the first column."""
    frames = [reduction.to_frame() for reduction in result.reductions]
    stacked: pd.DataFrame = pd.concat(frames, keys=range(len(frames)), names=["replication", None])
    return stacked.reset_index(level="replication").reset_index(drop=True)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV, see the top of this module for the encoding."""
    text = frame.to_csv(index=False, lineterminator="\n")
    path.write_bytes(text.encode("ascii" if text.isascii() else "utf-8-sig"))


def write_json(entries: Mapping[str, Any], path: Path) -> None:
    """Write a mapping as indented JSON."""
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _save_figures(result: Result, folder: Path) -> None:
    from sim.figures import save_figure  # noqa: PLC0415 - matplotlib takes longer than a small run

    folder.mkdir()
    for name, figure in result.figures().items():
        save_figure(figure, folder / name)
