"""`strait compare A B`: how run B differs from run A."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.errors import Fault, ScenarioError
from sim.study.compare import compare_runs, load_run

from .manual import help_main
from .summary import CHOICE, chosen_rows, figure_name, interval, number, place_name, unit_name
from .terminal import print_table, say


def compare_main(arguments: Sequence[str]) -> None:
    """Compare two run folders and print the differences."""
    if {"-h", "--help"} & set(arguments):
        help_main(["compare"])
        return
    folders = [a for a in arguments if not a.startswith("-")]
    unknown = [a for a in arguments if a.startswith("-") and a != "--all"]
    if len(folders) != 2 or unknown:
        rule = "must be two run folders and perhaps --all"
        raise ScenarioError(Fault("compare", rule, " ".join(unknown or arguments) or "nothing"))
    a, b = (load_run(Path(folder)) for folder in folders)
    comparison = compare_runs(a, b)
    for name, run in (("A", a), ("B", b)):
        say(f"{name}: {run.manifest['scenario']}, seed {run.manifest['seed']}, n = {run.manifest['replications']}")
    say(
        "paired by replication (common random numbers)"
        if comparison.is_paired
        else "not the same seed and number of replications: Welch's interval for independent runs"
    )
    _print(comparison.differences if "--all" in arguments else _of_summary(comparison.differences))


def _of_summary(differences: pd.DataFrame) -> pd.DataFrame:
    """Keep the figures of the summary."""
    means = {metric for metric, statistic, _ in CHOICE if statistic in {"mean", "ratio"}}
    known = differences[differences["metric"].isin(means)]
    tidy = known.assign(value=known["difference"], statistic=known["metric"].map(dict(_STATISTICS)))
    return pd.DataFrame(list(chosen_rows(tidy)), columns=tidy.columns)


_STATISTICS = [(metric, statistic) for metric, statistic, _ in CHOICE if statistic in {"mean", "ratio"}]


def _print(differences: pd.DataFrame) -> None:
    rows = [
        [
            figure_name(row["metric"], "mean", "en"),
            place_name(row, {}, "en"),
            number(row["a"], row["unit"]),
            number(row["b"], row["unit"]),
            number(row["difference"], row["unit"]),
            interval(row["low"], row["high"], row["unit"]),
            unit_name(row["unit"], "en"),
        ]
        for _, row in differences.iterrows()
    ]
    print_table(["figure", "where", "A", "B", "B - A", "interval", "unit"], rows, right=(2, 3, 4, 5))
