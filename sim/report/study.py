"""The page of a study: question, answer, figures, tables, design, assumptions, failures, limits, provenance."""

from collections.abc import Iterator
from pathlib import Path

from .design import design_of
from .further import further_of
from .limits import limits_of
from .origins import Origins
from .page import Cell, Chapter, Column, Facts, Page, Part, Table, Text, Version
from .pictures import pictures_in
from .provenance import provenance_of
from .results import MOST_ROWS, Reader, differences_of, results_of, spans_of
from .shown import Study, load_study
from .sourced import origins_of
from .words import LANGUAGES

_FEW = 20
"""Replications below which a statement about a 95 % quantile is doubtful (docs/guides/sweep.md)."""


def study_page(folder: Path, configs: Path, docs: Path, language: str | None = None) -> Page:
    """Gather the page of a finished study.

    Parameters
    ----------
    folder : Path
        Of the study.
    configs : Path
        Folder of the configurations, whose comments say where numbers come from.
    docs : Path
        Folder that holds `data.md`, `sources.csv` and `validation.md`.
    language : str, optional
        In which the page opens; default that of the study's base.

    Returns
    -------
    Page
        The same for the same folder.

    Raises
    ------
    ScenarioError
        If the folder is not one of a finished study.
    """
    study = load_study(folder)
    opens = language or str(study.plan.run(study.plan.ready[0])["language"])
    origins = Origins(configs, docs)
    return Page(opens, {name: _version(study, origins, docs, name) for name in LANGUAGES})


def _version(study: Study, origins: Origins, docs: Path, language: str) -> Version:
    reader = Reader.of(study, language)
    words, title = reader.words, study.plan.study.title
    n = study.replications
    chapters: dict[str, list[Part]] = {
        "answer": list(_answers(reader)),
        "figures": _pictures(reader),
        "results": list(results_of(reader)),
        "differences": list(differences_of(reader)),
        "more": list(further_of(reader)),
        "design": list(design_of(reader)),
        "origins": list(origins_of(reader, origins)),
        "failures": list(_failures(reader)),
        "limits": list(limits_of(docs, words)),
        "provenance": list(_provenance(reader)),
    }
    return Version(
        language,
        title.zh if language == "zh" else title.en,
        words("subtitle_study", points=len(study.plan.ready), replications=n),
        [Chapter(name, words(f"chapter_{name}"), parts) for name, parts in chapters.items() if parts],
    )


def _pictures(reader: Reader) -> list[Part]:
    found: list[Part] = [*pictures_in(reader.study.folder / "figures", reader.words, reader.study.level)]
    return found or [Text([reader.words("no_figures")])]


def _answers(reader: Reader) -> Iterator[Part]:
    study, words, title = reader.study, reader.words, reader.study.plan.study.title
    question = title.question_zh if words.language == "zh" else title.question_en
    if question:
        yield Text([words("question", question=question)], "question")
    paths = sorted(study.folder.glob(f"answer*_{words.language}.txt"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if lines:
        yield Text(lines, "answer")
    elif spans := list(spans_of(reader)):
        yield Text([words("span_none")], "note")
        yield Text(spans, "answer")
    yield Text([words("answer_computed", level=study.level)], "note")
    warnings = list(_warnings(reader))
    if warnings:
        yield Text(warnings, "warning")


def _warnings(reader: Reader) -> Iterator[str]:
    """Yield what a reader must know before believing the answer."""
    study, words = reader.study, reader.words
    if study.replications == 1:
        yield words("one_replication")
    elif study.replications < _FEW and any(f.statistic == "p95" for f in [*study.asked, *study.totals]):
        yield words("few_replications", n=study.replications)
    if not study.manifest.get("is_exact", True):
        yield words("not_exact")
    if failed := study.rows_in("failures.csv"):
        yield words("some_failed", failed=len(failed), points=len(study.plan.ready))


def _failures(reader: Reader) -> Iterator[Part]:
    words, rows = reader.words, reader.study.rows_in("failures.csv")
    if not rows:
        yield Text([words("no_failures")])
        return
    ready = {str(r.point.number): r for r in reader.study.plan.ready}
    heads = ("column_point", "column_setting", "column_replication", "column_error", "column_message")
    cells = [
        [
            Cell(row["point"]),
            Cell(reader.naming.setting(ready[row["point"]]) if row["point"] in ready else ""),
            Cell(row["replication"]),
            Cell(row["error"], language="en"),
            Cell(row["message"], language="en"),
        ]
        for row in rows[:MOST_ROWS]
    ]
    file = "failures.csv"
    cut = words("note_rows", shown=MOST_ROWS, rows=len(rows), file=file) if len(rows) > MOST_ROWS else ""
    yield Table(words("table_failures"), [Column(words(head)) for head in heads], cells, cut)


def _provenance(reader: Reader) -> Iterator[Part]:
    study = reader.study
    seed = int(study.plan.run(study.plan.ready[0])["seed"])
    yield Facts(list(provenance_of(study.folder, study.manifest, seed, reader.words)))
