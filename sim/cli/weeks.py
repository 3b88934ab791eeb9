"""The weekly table, as printed."""

import math

import pandas as pd

from .terminal import plain_number, print_table, say

_HEADER = {
    "en": ("week from", "days", "in: came", "crossed", "sailings", "backlog", "closed",
           "out: came", "crossed", "sailings", "backlog", "closed"),
    "zh": ("周起始日", "天数", "进岛：到达", "通过", "航次", "最大积压", "停航",
           "出岛：到达", "通过", "航次", "最大积压", "停航"),
}  # fmt: skip
_FIGURES = ("arrivals", "completions", "sailings", "in_system_highest", "closed_ratio")


def weekly_rows(weekly: pd.DataFrame, language: str = "en") -> list[list[str]]:
    """Lay a weekly frame out as rows of text: first day, days, then five figures inbound and five outbound."""
    values = weekly.set_index(["week", "direction", "metric"])["value"]
    per_cent = "%" if language == "zh" else " %"
    rows = []
    for week, start, days in weekly[["week", "start", "days"]].drop_duplicates().itertuples(index=False, name=None):
        cells = [start, f"{days:g}"]
        for direction in ("inbound", "outbound"):
            for figure in _FIGURES:
                value = float(values.get((week, direction, figure), float("nan")))
                told = f"{100 * value:.1f}{per_cent}" if figure == "closed_ratio" else plain_number(value)
                cells.append("" if math.isnan(value) else told)
        rows.append(cells)
    return rows


def print_weeks(weekly: pd.DataFrame, language: str) -> None:
    """Print the weekly table; nothing where there are no weeks."""
    if not weekly.empty:
        say()
        print_table(_HEADER[language], weekly_rows(weekly, language), right=range(1, len(_HEADER[language])))
