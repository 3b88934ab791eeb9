"""The page of one run: what came out, figures, tables, settings with their origins, limits, provenance."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sim.figures import draw_figures, draw_reaction, draw_weekly, save_figure
from sim.network import Network
from sim.scenario import Scenario

from .limits import limits_of
from .naming import key_title
from .numbers import scale_of, with_interval
from .origins import Origins, count
from .page import Cell, Chapter, Column, Fact, Facts, Page, Part, Table, Text, Version
from .pictures import pictures_in
from .provenance import provenance_of
from .sourced import given_settings, texts_of
from .words import LANGUAGES, Words

_TOLD = (
    ("expected_interception", "ratio", "all"),
    ("inspection_delay", "p95", "all"),
    ("crossing_time", "p95", "inbound"),
    ("completions", "mean", "inbound"),
)
"""Metric, statistic and direction of the sentences that stand first."""


@dataclass(frozen=True, eq=False)
class Run:
    """What a run folder holds."""

    folder: Path
    scenario: Scenario
    network: Network
    manifest: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]
    """By the name of the file: metrics, profile, weekly, displacement; the last two may be empty."""
    tables: Mapping[str, Sequence[Table]]
    """Of the summary, by language."""

    @property
    def level(self) -> str:
        """Level of the intervals, as it is written."""
        return f"{100 * float(self.manifest['confidence']):g} %"


def run_page(run: Run, configs: Path, docs: Path, language: str | None = None) -> Page:
    """Gather the page of a run; folders and language as in `study_page`.

    Parameters
    ----------
    run : Run
    configs, docs : Path
    language : str, optional

    Returns
    -------
    Page
        The same for the same folder.
    """
    origins = Origins(configs, docs)
    versions = {name: _version(run, origins, docs, Words(name)) for name in LANGUAGES}
    return Page(language or run.scenario.run.language, versions)


def _version(run: Run, origins: Origins, docs: Path, words: Words) -> Version:
    title, seed = run.scenario.title, run.scenario.run.seed
    chapters: dict[str, list[Part]] = {
        "answer": list(_answers(run, words)),
        "figures": _pictures(run, words),
        "summary": list(run.tables[words.language]),
        "origins": list(_settings(run, origins, words)),
        "limits": list(limits_of(docs, words)),
        "provenance": [Facts([*_engine(run, words), *provenance_of(run.folder, run.manifest, seed, words)])],
    }
    return Version(
        words.language,
        title.zh if words.language == "zh" else title.en,
        words("subtitle_run", replications=run.manifest["replications"], seed=seed),
        [Chapter(name, words(f"chapter_{name}"), parts) for name, parts in chapters.items() if parts],
    )


def _answers(run: Run, words: Words) -> Iterator[Part]:
    lines = []
    for metric, statistic, direction in _TOLD:
        row = _total(run.frames["metrics"], metric, statistic, direction)
        if row is not None:
            scale = scale_of(str(row["unit"]))
            value, low, high = (scale * float(row[name]) for name in ("value", "low", "high"))
            opening, _, _ = words("in_brackets", text="|").partition("|")
            shown, *interval = with_interval((value, low, high), words).partition(opening)
            lines.append(words(f"run_{metric}", value=shown, interval="".join(interval)))
    if lines:
        yield Text(lines, "answer")
        yield Text([words("run_computed", n=run.manifest["replications"], level=run.level)], "note")
    warnings = list(_warnings(run, words))
    if warnings:
        yield Text(warnings, "warning")


def _warnings(run: Run, words: Words) -> Iterator[str]:
    if run.manifest.get("interrupted"):
        wanted = run.manifest.get("replications_wanted")
        yield words("run_interrupted", n=run.manifest["replications"], wanted=wanted)
    if run.manifest["replications"] == 1:
        yield words("one_replication")


def _total(metrics: pd.DataFrame, metric: str, statistic: str, direction: str) -> Mapping[str, Any] | None:
    """Find a total; None where the run has none."""
    found = metrics[(metrics["metric"] == metric) & (metrics["statistic"] == statistic)]
    found = found[
        (found["direction"] == direction) & (found[["port", "line", "station", "class"]] == "all").all(axis=1)
    ]
    rows = [row for row in found.to_dict("records") if math.isfinite(float(row["value"]))]
    return {str(key): value for key, value in rows[0].items()} if rows else None


def _pictures(run: Run, words: Words) -> list[Part]:
    """Draw the figures of the run in a language: its folder holds them in one."""
    title, spoken = run.scenario.title, words.language
    titles, confidence = {"zh": title.zh, "en": title.en}, float(run.manifest["confidence"])
    frames = run.frames
    pages = draw_figures(frames["metrics"], frames["profile"], run.network, spoken, titles, confidence)
    if len(frames["weekly"]):
        pages |= draw_weekly(frames["weekly"], run.network, spoken, titles, confidence)
    if len(frames["displacement"]):
        pages |= draw_reaction(frames["displacement"], spoken, confidence, {title.name: titles[spoken]})
    with TemporaryDirectory() as folder:
        for name, page in pages.items():
            save_figure(page, Path(folder) / name)
        return [*pictures_in(Path(folder), words, run.level)]


def _settings(run: Run, origins: Origins, words: Words) -> Iterator[Part]:
    """Write what the planner has set, what it stands in place of, and a count of all other numbers."""
    mapping = run.scenario.as_mapping()
    path = run.folder / "overrides.txt"
    given = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = origins.of(mapping, given_settings(given))
    yield Text([words("origins_lead")])
    ids: list[str] = []
    rows = []
    for line in given:
        key, _, value = line.partition("=")
        key = key.lstrip("+~")
        stated = origins.replaced(mapping, key.split(".")) if "." in key else []
        ids += stated
        rows.append(
            [Cell(key_title(key, mapping, words)), Cell(key, language="en"), Cell(value), Cell(", ".join(stated))]
        )
    if rows:
        heads = ("column_factor", "column_setting_key", "column_value", "column_stated")
        columns = [Column(words(head), "key" if head == "column_setting_key" else "words") for head in heads]
        yield Table(words("run_settings"), columns, rows)
    else:
        yield Text([words("run_no_settings")])
    yield from texts_of(ids, origins, words)
    counted = count(found)
    numbers = {"sourced": counted.sourced, "assumed": counted.assumed, "other": counted.other}
    yield Text([words("run_counted", all=len(found), **numbers)])


def _engine(run: Run, words: Words) -> Iterator[Fact]:
    yield Fact(words("provenance_engine"), str(run.manifest.get("engine")))
