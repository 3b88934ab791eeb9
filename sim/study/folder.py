"""The folder of one run: it appears whole, under a name that nothing had before, or not at all.

CSV files are UTF-8. They are plain ASCII (any program reads them) unless a custom network carries other
letters; then they start with a byte-order mark, without which Excel takes them for another encoding. Numbers
are written with the fewest digits that read back exactly, so equal results are equal bytes.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Fault, ScenarioError

from .provenance import checkout_folder
from .simulate import Result

FOLDER_FIELD = "hydra.run.dir"
"""How the command line names the folder of a run."""


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
        If the folder exists and is not empty, or lies where nothing can be written.
    """
    if final.exists() and not (final.is_dir() and not any(final.iterdir())):
        raise ScenarioError(Fault(field, "must be a new folder; runs are never overwritten", str(final)))
    above = next(folder for folder in final.absolute().parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise ScenarioError(Fault(field, "must lie in a folder that can be written to", str(final)))


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """Fill a folder under a hidden name beside its place, and move it there once complete and on disk."""
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.parent / f".{final.name}.{os.getpid()}.partial"
    partial.mkdir()
    try:
        yield partial
        for path in [*sorted(partial.rglob("*")), partial]:
            _to_disk(path)
        partial.rename(final)  # takes the place of an empty folder, never of one that holds something
        _to_disk(final.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_run(
    result: Result, final: Path, texts: Mapping[str, str], manifest: Mapping[str, Any], figures: bool = True
) -> None:
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

    Raises
    ------
    OSError
        If it cannot be written; then nothing is left behind.
    """
    with whole_folder(final) as folder:
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
