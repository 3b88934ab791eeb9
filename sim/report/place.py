"""Where a page goes: never over a file that is not a page of ours, and whole or not at all."""

import os
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.study.store.file import write_whole

from .render import MARK

NAME = "report.html"
"""Of the page in the folder that it is about."""


def refuse_place(final: Path, field: str = "--output") -> None:
    """Make sure that a page may be written under a name.

    Parameters
    ----------
    final : Path
    field : str
        How the command line names it.

    Raises
    ------
    ScenarioError
        If the name does not end in .html, lies in no folder that can be written to, or among the files of a study's
        points, or belongs to something that is not a page of ours.
    """
    if final.suffix != ".html":
        raise ScenarioError(Fault(field, "must end in .html", str(final)))
    folder = final.absolute().parent
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise ScenarioError(Fault(field, "must lie in a folder that can be written to", str(final)))
    if folder.name in {"points", ".parts"} and (folder.parent / "manifest.json").is_file():
        raise ScenarioError(Fault(field, "must not lie among the files of a study", str(final)))
    if os.path.lexists(final) and not is_ours(final):
        raise ScenarioError(Fault(field, "must be a new file, or a page that strait report wrote", str(final)))


def is_ours(path: Path) -> bool:
    """Tell whether a file is a page that `strait report` wrote."""
    try:
        with path.open("rb") as file:
            return not path.is_symlink() and f'content="{MARK}"'.encode() in file.read(1000)
    except OSError:
        return False


def write_page(html: str, final: Path) -> None:
    """Write a page to disk, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written; then what was there before is there still.
    """
    write_whole(html.encode(), final)
