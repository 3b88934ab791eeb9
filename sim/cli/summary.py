"""The numbers that a planner reads first, as rows of a table."""

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from sim.metrics.catalogue import BY_NAME
from sim.network import Network

from .terminal import plain_number

Choice = tuple[tuple[str, str, str], ...]

CHOICE: Choice = (
    ("arrivals", "mean", "direction"),
    ("completions", "mean", "direction"),
    ("sailings", "mean", "direction"),
    ("vehicles_per_sailing", "mean", "direction"),
    ("load_factor", "ratio", "direction"),
    ("left_behind", "mean", "direction"),
    ("crossing_time", "mean", "direction"),
    ("crossing_time", "p95", "direction"),
    ("time_in_system", "mean", "direction"),
    ("time_in_system", "p95", "direction"),
    ("yard_dwell", "mean", "direction"),
    ("wait", "mean", "line"),
    ("wait", "p95", "line"),
    ("inspection_delay", "mean", "line"),
    ("inspection_delay", "p95", "line"),
    ("utilisation", "ratio", "line"),
    ("inspected_ratio", "ratio", "line"),
    ("expected_interception", "ratio", "line"),
    ("expected_interception", "ratio", "all"),
    ("searches", "mean", "line"),
    ("officer_hours", "mean", "all"),
    ("cost", "mean", "all"),
    ("cost_per_find", "mean", "all"),
)
"""Metric, statistic, and the column that is told apart; where a network has no such rows, the total."""

_UNLESS: Mapping[str, str] = {"time_in_system": "crossing_time"}
"""Metrics that are left out where another is known."""

KEYS = ("direction", "port", "line", "station", "class")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "metric": "figure", "where": "where", "value": "value", "interval": "interval", "unit": "unit",
        "inbound": "inbound", "outbound": "outbound", "all": "all", "yard": "yard",
        "mean": "mean", "p95": "95 % quantile", "ratio": "",
        "difference": "B - A", "a": "A", "b": "B",
        "veh/day": "veh/day", "1/day": "1/day", "veh": "veh", "min": "min", "h/day": "h/day",
    },
    "zh": {
        "metric": "指标", "where": "位置", "value": "数值", "interval": "置信区间", "unit": "单位",
        "inbound": "进岛", "outbound": "出岛", "all": "合计", "yard": "待渡场",
        "mean": "均值", "p95": "95% 分位数", "ratio": "",
        "difference": "B - A", "a": "A", "b": "B",
        "veh/day": "辆/天", "1/day": "次/天", "veh": "辆", "min": "分钟", "h/day": "小时/天", "CNY/day": "元/天",
        "CNY": "元",
    },
}  # fmt: skip


def word(name: str, language: str) -> str:
    """Say a word of the table; names that have no translation stay themselves."""
    return _WORDS[language].get(name, name)


def chosen_rows(metrics: pd.DataFrame, choice: Choice = CHOICE) -> Iterator[pd.Series]:
    """Yield the rows of a tidy frame that belong in a table, in reading order."""
    known = metrics[metrics["value"].notna()]
    names = set(known["metric"])
    for metric, statistic, column in choice:
        if _UNLESS.get(metric) in names:
            continue
        rows = known[(known["metric"] == metric) & (known["statistic"] == statistic)]
        rows = rows[(rows[[key for key in KEYS if key != column]] == "all").all(axis="columns")]
        if column != "all":
            parts = rows[~rows[column].isin(["all", "none"])]
            rows = parts if len(parts) else rows[rows[column] == "all"]
        ferried = rows["direction"].isin(["inbound", "outbound"])
        yield from (row for _, row in pd.concat([rows[ferried], rows[~ferried]]).iterrows())


def summary_table(metrics: pd.DataFrame, network: Network, language: str) -> list[list[str]]:
    """Write the summary as rows of text: figure, where, value, interval, unit; without what `place_table` holds."""
    titles = titles_by_key(network, language)
    choice = tuple(line for line in CHOICE if line[2] != "line")
    return [
        [
            figure_name(row["metric"], row["statistic"], language),
            place_name(row, titles, language),
            number(row["value"], row["unit"]),
            interval(row["low"], row["high"], row["unit"]),
            unit_name(row["unit"], language),
        ]
        for row in chosen_rows(metrics, choice)
    ]


def place_table(metrics: pd.DataFrame, network: Network, language: str) -> tuple[list[str], list[list[str]]]:
    """Write header and rows of the places: gates and lines down, what is waited and done there across."""
    choice = [(m, s) for m, s, column in CHOICE if column == "line" and m != "expected_interception"]
    cells: dict[tuple[str, str, str], str] = {}
    heads: dict[tuple[str, str], str] = {}
    for row in chosen_rows(metrics, tuple((metric, statistic, "line") for metric, statistic in choice)):
        key = (row["metric"], row["statistic"])
        heads[key] = f"{figure_name(*key, language)}, {unit_name(row['unit'], language)}"
        cells[*key, row["line"]] = with_interval(row["value"], row["low"], row["high"], row["unit"])
    order = [*network.line_of_place, *dict.fromkeys(place for *_, place in cells)]
    titles = titles_by_key(network, language)["line"]
    rows = [
        [titles.get(place) or word(place, language), *(cells.get((*key, place), "-") for key in heads)]
        for place in dict.fromkeys(order)
        if any((*key, place) in cells for key in heads)
    ]
    return [word("where", language), *heads.values()], rows


def summary_header(language: str) -> list[str]:
    """Head the columns of `summary_table`."""
    return [word(name, language) for name in ("metric", "where", "value", "interval", "unit")]


def figure_name(metric: str, statistic: str, language: str) -> str:
    """Name a figure: its label and, where there are several, the statistic."""
    known = BY_NAME.get(metric)
    label = metric if known is None else known.zh if language == "zh" else known.en
    several = known is not None and len(known.statistics) > 1
    return f"{label}, {word(statistic, language)}" if several else label


def titles_by_key(network: Network, language: str) -> dict[str, Mapping[str, str]]:
    """Titles of channels, ports and places, by the column that names them."""
    by_key = {"direction": network.channel_title, "port": network.port_title, "line": network.place_title}
    return {key: names[language] for key, names in by_key.items()}


def place_name(row: Mapping[str, str] | pd.Series, titles: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Name what a row is about, by titles as from `titles_by_key`; `all` for a total."""
    named = [(titles.get(key, {}), row[key]) for key in KEYS if row[key] not in {"all", "none"}]
    parts = [names.get(name) or word(name, language) for names, name in named]
    return " ".join(parts) or word("all", language)


def unit_name(unit: str, language: str) -> str:
    """Name a unit; shares are shown in per cent."""
    return "%" if unit == "1" else word(unit, language)


def number(value: float, unit: str) -> str:
    """Write a value in its unit of display."""
    if math.isnan(value):
        return "-"
    return plain_number(100 * value if unit == "1" else value)


def with_interval(value: float, low: float, high: float, unit: str) -> str:
    """Write a value with its interval: a half-width where both halves are alike, bounds where they are not."""
    lower, upper = value - low, high - value
    if (math.isnan(low) and math.isnan(high)) or lower == upper == 0:
        return number(value, unit)
    if math.isclose(lower, upper, rel_tol=0.1):
        return f"{number(value, unit)} ±{number(max(lower, upper), unit)}"
    return f"{number(value, unit)} ({interval(low, high, unit)})"


def interval(low: float, high: float, unit: str) -> str:
    """Write an interval; an open side is a dash."""
    if math.isnan(low) and math.isnan(high):
        return "-"
    return f"{number(low, unit)} .. {number(high, unit)}"
