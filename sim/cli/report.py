"""`strait report FOLDER`: one page of a study or a run, in both languages, that opens without a network."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from sim.errors import Fault, ScenarioError

from .compose import config_folder
from .manual import plain_help
from .names import LANGUAGES
from .terminal import say, shown_path


def report_main(arguments: Sequence[str]) -> None:
    """Write the page of a folder; nothing has been written when an argument or the folder is refused."""
    if {"-h", "--help"} & set(arguments):
        say(plain_help("report"))
        return
    given = _parsed(arguments)
    say(shown_path(write_report(Path(given.folder), given.language, given.output)))


def write_report(folder: Path, language: str | None = None, output: str | None = None) -> Path:
    """Write the page of a finished study.

    Parameters
    ----------
    folder : Path
        Of the study.
    language : str, optional
        In which it opens, zh or en; default that of the study.
    output : str, optional
        File to write; default `report.html` in the folder.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        If the folder is not one of a finished study, or the file may not be written.
    """
    from sim.report import NAME, refuse_place, render, study_page, write_page  # noqa: PLC0415 - takes its time

    if not folder.is_dir():
        raise ScenarioError(Fault("report", "must be given the folder of a study", str(folder)))
    page = study_page(folder, config_folder(), docs_folder(), language)
    final = Path(output).absolute() if output is not None else folder.absolute() / NAME
    refuse_place(final, "--output" if output is not None else "report")
    write_page(render(page), final)
    return final


def docs_folder() -> Path:
    """Find the documents that the page quotes: `sim/docs` of an installed package, else `docs` of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "docs"
    return inside if inside.is_dir() else package.parent / "docs"


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="strait report", add_help=False, allow_abbrev=False)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--language")
    parser.add_argument("--output")
    parser.error = _refuse  # type: ignore[method-assign]
    given = parser.parse_args(list(arguments))
    if given.folder is None:
        raise ScenarioError(Fault("command line", "must be `strait report FOLDER`", "nothing"))
    if given.language not in (None, *LANGUAGES):
        raise ScenarioError(Fault("--language", f"must be one of {', '.join(LANGUAGES)}", given.language))
    if given.output == "":
        raise ScenarioError(Fault("--output", "must be the name of a file", given.output))
    return given


def _refuse(message: str) -> NoReturn:
    raise ScenarioError(Fault("report", "must be one folder, --language and --output", message.rpartition(": ")[2]))
