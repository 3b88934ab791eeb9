"""`strait plans RUN [RUN ...]`: finished runs side by side, as a table, as figures and as one file."""

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

import pandas as pd

from sim.errors import Fault, ScenarioError
from sim.study.changes import Factor, changes_of, factor_of, worlds_apart
from sim.study.folder import NEW_FOLDER, is_taken, new_name, plans_folder, refuse_folder, whole_folder, write_csv
from sim.study.plans import (
    ADDITIVE,
    OTHER,
    by_defence_line,
    displacement_of,
    name_plans,
    read_config,
    read_plan,
    refuse_unlike,
    stack_plans,
)

from .displacement import print_plan_reaction
from .manual import help_main
from .names import KEYS, LANGUAGES, Names, beside, language_of, names_of_configs, titles_in, word
from .summary import Choice, chosen_rows, figure_name, interval, number
from .terminal import print_table, say, shown_path

CHOICE: Choice = (
    ("expected_interception", "ratio", "all"),
    ("expected_interception", "ratio", "line"),
    ("inspected_ratio", "ratio", "line"),
    ("inspection_delay", "p95", "all"),
    ("inspection_delay", "p95", "line"),
    ("wait", "mean", "line"),
    ("completions", "mean", "direction"),
    ("backlog", "mean", "direction"),
    ("unfinished", "mean", "direction"),
    ("officer_hours", "mean", "all"),
    ("officer_hours", "mean", "line"),
    ("expected_finds", "mean", "all"),
    ("cost_per_find", "mean", "all"),
)
"""Metric, statistic, and the column that is told apart."""


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for."""

    folders: tuple[Path, ...]
    language: str | None
    final: Path


def plans_main(arguments: Sequence[str]) -> None:
    """Set runs side by side; nothing has been written when an argument is refused."""
    if {"-h", "--help"} & set(arguments):
        help_main(["plans"])
        return
    asked = _read(arguments)
    plans = [read_plan(folder, read_config(folder)) for folder in asked.folders]
    refuse_unlike(plans, {metric for metric, _, _ in CHOICE})
    language = asked.language or language_of(plans[0].config)
    configs = [plan.config for plan in plans]
    factor = factor_of(configs) if len(plans) > 1 else None
    names = name_plans(plans, factor, language)
    metrics = stack_plans(plans, names)
    lines = titles_in(configs, language, ("checkpoint", "line"))
    displacement = displacement_of(plans, names)
    changes = changes_of(configs, names)
    shown = Shown(by_defence_line(metrics, plans), lines, displacement)
    kept = {"plans": metrics, "displacement": displacement, "changes": changes}
    _save(asked.final, kept, shown, (language, plans[0].confidence), factor)
    for place, (name, plan) in enumerate(zip(names, plans, strict=True), start=1):
        say(_WORDS[language]["plan"].format(place=place, name=name, folder=shown_path(plan.folder)))
    _print_changes(changes, names, titles_in(configs, language, ("strengthening",)), language)
    if apart := worlds_apart(configs):
        say(_WORDS[language]["apart"].format(groups=word("list", language).join(apart)))
    _print(shown, names, names_of_configs(configs, language))
    if displacement.empty and any((config.get("threat") or {}).get("adaptation") for config in configs):
        say(f"\n{_WORDS[language]['no_reaction']}")
    print_plan_reaction(displacement, language)
    say(shown_path(asked.final))


def _read(arguments: Sequence[str]) -> _Asked:
    parser = argparse.ArgumentParser(prog="strait plans", add_help=False, allow_abbrev=False)
    parser.add_argument("runs", nargs="*")
    parser.add_argument("--language")
    parser.add_argument("--output")
    parser.error = _refuse  # type: ignore[method-assign]
    given = parser.parse_intermixed_args(list(arguments))
    if not given.runs:
        raise ScenarioError(Fault("plans", "must be given one run folder or more", "nothing"))
    if given.language not in (None, *LANGUAGES):
        raise ScenarioError(Fault("--language", f"must be one of {', '.join(LANGUAGES)}", given.language))
    if given.output == "":
        raise ScenarioError(Fault("--output", "must be the name of a folder", given.output))
    final = Path(given.output).absolute() if given.output else plans_folder() / new_name("plans", datetime.now())
    refuse_folder(final, "--output")
    return _Asked(tuple(Path(run) for run in given.runs), given.language, final)


def _refuse(message: str) -> NoReturn:
    raise ScenarioError(Fault("plans", "must be run folders, --language and --output", message.rpartition(": ")[2]))


class Shown(NamedTuple):
    """What the figures show."""

    metrics: pd.DataFrame
    """By defence line."""
    titles: Mapping[str, str]
    """Names of defence lines and places."""
    displacement: pd.DataFrame


def _save(
    final: Path, tables: Mapping[str, pd.DataFrame], shown: Shown, look: tuple[str, float], factor: Factor | None
) -> None:
    """Write the figures and all tables, whole or not at all; `look` is the language and the level of the intervals."""
    from sim.figures import Plans, draw_plan_figures, draw_reaction, save_figure  # noqa: PLC0415 - takes its time

    names = shown.metrics["plan"].unique().tolist()
    values = dict(zip(names, factor.numbers, strict=True)) if factor else {}
    plans = Plans(shown.metrics, shown.titles, factor.name if factor else "", values)
    pages = draw_plan_figures(plans, *look) | draw_reaction(shown.displacement, *look)
    try:
        with whole_folder(final) as folder:
            for name, table in tables.items():
                if len(table):
                    write_csv(table, folder / f"{name}.csv")
            for name, page in pages.items():
                save_figure(page, folder / name)
    except OSError as error:
        if is_taken(error):  # meanwhile: it was free when the command began
            raise ScenarioError(Fault("--output", NEW_FOLDER, str(final))) from None
        raise


_WORDS = {
    "en": {
        "plan": "{place}: {name}, {folder}",
        "changes": "{plan} changes {parts}", "other": "other settings", "others": "gates and others",
        "apart": "plans differ in {groups} too: their totals are not of the same traffic or window",
        "no_reaction": "reaction of carriers: left out, since plans have unlike channels, seeds or replications",
    },
    "zh": {
        "plan": "{place}：{name}，{folder}",
        "changes": "方案 {plan} 的改动：{parts}", "other": "其他设置", "others": "闸口等",
        "apart": "各方案的 {groups} 也不同：合计的车流或时段不一致",
        "no_reaction": "对方的调整：各方案的渠道、种子或重复次数不同，故略去",
    },
}  # fmt: skip


def _print_changes(changes: pd.DataFrame, names: Sequence[str], titles: Mapping[str, str], language: str) -> None:
    """Print how many settings each plan changes, by what they strengthen and by group of settings."""
    words = _WORDS[language]
    for place, name in enumerate(names, start=1):
        mine = changes[changes["plan"] == name]
        parts = []
        for strengthening, part in mine.groupby("strengthening", sort=False):
            groups = part["setting"].str.split(".").str[0].value_counts(sort=False)
            title = titles.get(str(strengthening), str(strengthening) or words["other"])
            counted = word("list", language).join(f"{group} {count}" for group, count in groups.items())
            parts.append(beside(title, counted, language))
        if parts:
            say(words["changes"].format(plan=place, parts=word("parts", language).join(parts)))


def _print(shown: Shown, plans: Sequence[str], names: Names) -> None:
    """Print a row for each figure and a column for each plan."""
    language = names.language
    by_line = Names(
        language, {**names.titles, "line": {**shown.titles, OTHER: _WORDS[language]["others"]}}, names.counted
    )
    table: dict[tuple[str, ...], dict[str, str]] = {}
    order = {name: place for place, name in enumerate([*shown.titles, OTHER])}
    metrics = shown.metrics.assign(order=shown.metrics["line"].map(order)).sort_values("order", kind="stable")
    for row in chosen_rows(metrics, CHOICE):
        cells = table.setdefault(tuple(row[["metric", "statistic", "unit", *KEYS]]), {})
        cells[row["plan"]] = _cell(row, language)
    rows = []
    for key, cells in table.items():
        metric, statistic, unit, *labels = key
        where = (by_line if metric in ADDITIVE else names).where(dict(zip(KEYS, labels, strict=True)))
        heads = [figure_name(metric, statistic, language), where, names.unit(unit, labels[0])]
        rows.append([*heads, *(cells.get(name, "-") for name in plans)])
    header = [*(word(name, language) for name in ("metric", "where", "unit")), *map(str, range(1, len(plans) + 1))]
    print_table(header, rows, right=range(3, 3 + len(plans)))


def _cell(row: pd.Series, language: str) -> str:
    bounds = interval(row["low"], row["high"], row["unit"], language)
    value = number(row["value"], row["unit"])
    is_sure = bounds == "-" or math.isclose(row["low"], row["high"], rel_tol=1e-9)
    return value if is_sure else beside(value, bounds, language)
