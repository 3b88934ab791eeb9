"""The numbers that a planner reads first, as rows of a table."""

import math
from collections.abc import Iterator

import pandas as pd

from sim.metrics.catalogue import BY_NAME
from sim.network import Network

from .names import KEYS, Names, beside, in_unit, word
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

_UNLESS = {"time_in_system": "crossing_time"}
"""Metrics that are left out where another is known."""


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


def summary_table(metrics: pd.DataFrame, names: Names) -> list[list[str]]:
    """Write the summary as rows of text: figure, where, value, interval, unit; without what `place_table` holds."""
    choice = tuple(line for line in CHOICE if line[2] != "line")
    return [
        [
            figure_name(row["metric"], row["statistic"], names.language),
            names.where(row),
            number(row["value"], row["unit"]),
            interval(row["low"], row["high"], row["unit"], names.language),
            names.unit(row["unit"], row["direction"]),
        ]
        for row in chosen_rows(metrics, choice)
    ]


def place_table(metrics: pd.DataFrame, network: Network, names: Names) -> tuple[list[str], list[list[str]]]:
    """Write header and rows of the places: gates and lines down, what is waited and done there across."""
    choice = [(m, s) for m, s, column in CHOICE if column == "line" and m != "expected_interception"]
    cells: dict[tuple[str, str, str], str] = {}
    heads: dict[tuple[str, str], str] = {}
    for row in chosen_rows(_with_busiest(metrics), tuple((metric, statistic, "line") for metric, statistic in choice)):
        key = (row["metric"], row["statistic"])
        what = word("busiest", names.language) if key[0] == "utilisation" else figure_name(*key, names.language)
        heads[key] = in_unit(what, names.unit(row["unit"]), names.language)
        figure = (row["value"], row["low"], row["high"])
        cells[*key, row["line"]] = with_interval(*figure, row["unit"], names.language)
    order = [*network.line_of_place, *dict.fromkeys(place for *_, place in cells)]
    rows = [
        [
            names.titles["line"].get(place) or word(place, names.language),
            *(cells.get((*key, place), "-") for key in heads),
        ]
        for place in dict.fromkeys(order)
        if any((*key, place) in cells for key in heads)
    ]
    return [word("where", names.language), *heads.values()], rows


def _with_busiest(metrics: pd.DataFrame) -> pd.DataFrame:
    """Let the utilisation of a place be that of its busiest station, which is where it breaks."""
    rows = metrics[(metrics["metric"] == "utilisation") & (metrics["port"] == "all") & metrics["value"].notna()]
    stations = rows[rows["station"] != "all"].sort_values("value", kind="stable").drop_duplicates("line", keep="last")
    if stations.empty or set(stations["line"]) <= {"none"}:
        return metrics
    return pd.concat([metrics[metrics["metric"] != "utilisation"], stations.assign(station="all")])


def summary_header(language: str) -> list[str]:
    """Head the columns of `summary_table`."""
    return [word(name, language) for name in ("metric", "where", "value", "interval", "unit")]


def figure_name(metric: str, statistic: str, language: str) -> str:
    """Name a figure: its label and, where there are several, the statistic."""
    known = BY_NAME.get(metric)
    label = metric if known is None else known.zh if language == "zh" else known.en
    several = known is not None and len(known.statistics) > 1
    return word(f"of_{statistic}", language).format(label=label) if several else label


def number(value: float, unit: str) -> str:
    """Write a value in its unit of display."""
    if math.isnan(value):
        return "-"
    return plain_number(100 * value if unit == "1" else value)


def with_interval(value: float, low: float, high: float, unit: str, language: str = "en") -> str:
    """Write a value with its interval: a half-width where both halves are alike, bounds where they are not."""
    lower, upper = value - low, high - value
    if (math.isnan(low) and math.isnan(high)) or math.isclose(low, high, rel_tol=1e-4):
        return number(value, unit)
    if math.isclose(lower, upper, rel_tol=0.1):
        return f"{number(value, unit)} ±{number(max(lower, upper), unit)}"
    return beside(number(value, unit), interval(low, high, unit, language), language)


def interval(low: float, high: float, unit: str, language: str = "en") -> str:
    """Write an interval; an open side, or one without width, is a dash."""
    if (math.isnan(low) and math.isnan(high)) or math.isclose(low, high, rel_tol=1e-9):
        return "-"
    return word("range", language).format(low=number(low, unit), high=number(high, unit))
