"""`strait report FOLDER`: one page of a study or a run, in both languages, that opens without a network."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from sim.errors import Fault, ScenarioError
from sim.network import Network, compile_network
from sim.study.compare import read_csv, read_manifest
from sim.study.plans import read_config, read_plan

from .compose import config_folder, load_scenario
from .manual import plain_help
from .names import LANGUAGES, names_of_network
from .summary import place_table, summary_header, summary_table
from .terminal import say, shown_path

if TYPE_CHECKING:
    from sim.report import Page, Run
    from sim.report.page import Table


def report_main(arguments: Sequence[str]) -> None:
    """Write the page of a folder; nothing has been written when an argument or the folder is refused."""
    if {"-h", "--help"} & set(arguments):
        say(plain_help("report"))
        return
    given = _parsed(arguments)
    say(shown_path(write_report(Path(given.folder), given.language, given.output)))


def write_report(folder: Path, language: str | None = None, output: str | None = None) -> Path:
    """Write the page of a finished study or of a run.

    Parameters
    ----------
    folder : Path
        Of the study or run.
    language : str, optional
        In which it opens, zh or en; default that of the folder's scenario.
    output : str, optional
        File to write; default `report.html` in the folder.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        If the folder is not one of a finished study or a run, or the file may not be written.
    """
    from sim.report import NAME, refuse_place, render, write_page  # noqa: PLC0415 - takes its time

    page = _page(folder, language)
    final = Path(output) if output is not None else folder / NAME
    refuse_place(final, "--output" if output is not None else "report")
    write_page(render(page), final.absolute())
    return final.absolute()


def _page(folder: Path, language: str | None) -> Page:
    from sim.report import run_page, study_page  # noqa: PLC0415 - matplotlib takes its time

    if (folder / "config.yaml").is_file():
        return run_page(_read_run(folder), config_folder(), docs_folder(), language)
    if not (folder / "manifest.json").is_file():
        raise ScenarioError(Fault("report", "must be given the folder of a study or of a run", str(folder)))
    return study_page(folder, config_folder(), docs_folder(), language)


def _read_run(folder: Path) -> Run:
    """Read a run folder, and make the tables that `strait run` prints in both languages."""
    from sim.report import Run  # noqa: PLC0415 - as above

    plan = read_plan(folder, read_config(folder, "report"))
    scenario = load_scenario(folder / "config.yaml")
    network = compile_network(scenario)
    frames = {"metrics": plan.metrics} | {name: _frame(folder / f"{name}.csv") for name in _FRAMES}
    tables = {language: list(_tables(plan.metrics, network, language, plan.confidence)) for language in LANGUAGES}
    return Run(folder, scenario, network, read_manifest(folder), frames, tables)


_FRAMES = ("profile", "weekly", "displacement")


def _frame(path: Path) -> pd.DataFrame:
    return read_csv(path) if path.is_file() else pd.DataFrame()


def _tables(metrics: pd.DataFrame, network: Network, language: str, confidence: float) -> list[Table]:
    from sim.report.page import Cell, Column, Table  # noqa: PLC0415 - as above
    from sim.report.words import Words  # noqa: PLC0415 - as above

    words, names = Words(language), names_of_network(network, language)
    places, place_rows = place_table(metrics, network, names)
    made = [
        (
            words("table_summary", level=f"{100 * confidence:g} %"),
            summary_header(language),
            summary_table(metrics, names),
        ),
        (words("table_places"), places, place_rows),
    ]
    return [
        Table(
            caption,
            [Column(head, "number" if _holds_numbers(rows, place) else "words") for place, head in enumerate(header)],
            [[Cell(_unbroken(text)) for text in row] for row in rows],
        )
        for caption, header, rows in made
        if rows
    ]


def _unbroken(text: str) -> str:
    """Keep the ends of an interval on one line."""
    return re.sub(r" (\.\.|至) ", "\u00a0\\1\u00a0", text)


def _holds_numbers(rows: Sequence[Sequence[str]], place: int) -> bool:
    return place > 0 and all(row[place] == "-" or row[place][:1].isdigit() for row in rows)


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
