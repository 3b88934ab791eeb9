"""`strait compare A B`: how run B differs from run A."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Fault, ScenarioError
from sim.study.changes import worlds_apart
from sim.study.compare import compare_runs, load_run
from sim.study.plans import read_config

from .manual import help_main
from .names import LANGUAGES, Names, language_of, names_of_configs, word
from .summary import CHOICE, chosen_rows, figure_name, interval, number
from .terminal import print_table, say

_WORDS = {
    "en": {
        "run": "{name}: {title}, seed {seed}, n = {n}", "paired": "paired by replication (common random numbers)",
        "unpaired": "not the same seed and number of replications: Welch's interval for independent runs",
        "apart": "the runs differ in {groups} too: their totals are not of the same traffic or window",
        "points": "%, points",
    },
    "zh": {
        "run": "{name}：{title}，种子 {seed}，n = {n}", "paired": "按重复逐次配对（公共随机数）",
        "unpaired": "种子或重复次数不同：按独立运行的 Welch 区间",
        "apart": "两次运行的 {groups} 也不同：合计的车流或时段不一致",
        "points": "百分点",
    },
}  # fmt: skip


def compare_main(arguments: Sequence[str]) -> None:
    """Compare two run folders and print the differences."""
    if {"-h", "--help"} & set(arguments):
        help_main(["compare"])
        return
    folders, language, is_all = _read(arguments)
    runs = [load_run(folder) for folder in folders]
    configs = [read_config(folder, "compare") for folder in folders]
    comparison = compare_runs(*runs)
    names = names_of_configs(configs, language or language_of(configs[0]))
    words = _WORDS[names.language]
    for name, run, config in zip("AB", runs, configs, strict=True):
        title = (config.get("title") or {}).get(names.language) or run.manifest["scenario"]
        say(words["run"].format(name=name, title=title, seed=run.manifest["seed"], n=run.manifest["replications"]))
    say(words["paired" if comparison.is_paired else "unpaired"])
    if apart := worlds_apart(configs):
        say(words["apart"].format(groups=word("list", names.language).join(apart)))
    _print(comparison.differences if is_all else _of_summary(comparison.differences), names)


def _read(arguments: Sequence[str]) -> tuple[list[Path], str | None, bool]:
    """Take the command line apart: two folders, the language if one is asked for, and whether all figures are."""
    given, language = list(arguments), None
    if "--language" in given:
        place = given.index("--language")
        language = given[place + 1] if place + 1 < len(given) else "nothing"
        del given[place : place + 2]
        if language not in LANGUAGES:
            raise ScenarioError(Fault("--language", f"must be one of {', '.join(LANGUAGES)}", language))
    folders = [a for a in given if not a.startswith("-")]
    unknown = [a for a in given if a.startswith("-") and a != "--all"]
    if len(folders) != 2 or unknown:
        rule = "must be given two run folders, and perhaps --language or --all"
        raise ScenarioError(Fault("compare", rule, " ".join(unknown or given) or "nothing"))
    return [Path(folder) for folder in folders], language, "--all" in given


def _of_summary(differences: pd.DataFrame) -> pd.DataFrame:
    """Keep the figures of the summary."""
    means = {metric for metric, statistic, _ in CHOICE if statistic in {"mean", "ratio"}}
    known = differences[differences["metric"].isin(means)]
    tidy = known.assign(value=known["difference"], statistic=known["metric"].map(dict(_STATISTICS)))
    return pd.DataFrame(list(chosen_rows(tidy)), columns=tidy.columns)


_STATISTICS = [(metric, statistic) for metric, statistic, _ in CHOICE if statistic in {"mean", "ratio"}]


def _print(differences: pd.DataFrame, names: Names) -> None:
    words = _WORDS[names.language]

    def unit(row: Mapping[str, Any] | pd.Series) -> str:
        written = names.unit(row["unit"], row["direction"])
        return words["points"] if written == "%" else written

    rows = [
        [
            figure_name(row["metric"], "mean", names.language),
            names.where(row),
            number(row["a"], row["unit"]),
            number(row["b"], row["unit"]),
            number(row["difference"], row["unit"]),
            interval(row["low"], row["high"], row["unit"], names.language),
            unit(row),
        ]
        for _, row in differences.iterrows()
    ]
    heads = (word(name, names.language) for name in ("metric", "where", "a", "b", "difference", "interval", "unit"))
    print_table(list(heads), rows, right=(2, 3, 4, 5))
