"""The interception report as tables: by defence line, by channel, by concealment level."""

from collections.abc import Iterable, Sequence

import pandas as pd

from sim.metrics.catalogue import ALL
from sim.network import Network

from .names import beside, in_unit, word
from .summary import number, with_interval
from .terminal import print_table, say

_WORDS = {
    "en": {
        "line": "defence line", "channel": "channel", "level": "concealment", ALL: "all", "ferry": "Ferries",
        "expected_interception": "interception, %", "share_of_total": "of all, %",
        "point_gain": "+1 point gives, points", "finds_a_month": "finds in 30 days",
        "hit_rate": "drawn hits, % of searches", "false_alarm_ratio": "false alarms, %",
        "officer_hours": "officer-hours a day", "cost_per_find": "CNY a find",
        "note": "+1 point: interception in points for one more point of the line's ratios, queues unchanged. "
        "Finds: expected, with a\nprediction interval. Drawn hits: carriers drawn and found, few or none in a short "
        "run. Officer-hours: without gates.",
    },
    "zh": {
        "line": "防线", "channel": "渠道", "level": "藏匿程度", ALL: "合计", "ferry": "渡船",
        "expected_interception": "拦截率（%）", "share_of_total": "占合计（%）",
        "point_gain": "抽检率 +1 个百分点的增益（百分点）", "finds_a_month": "30 天查获数",
        "hit_rate": "实现查获率（%，占彻底检查）", "false_alarm_ratio": "误报率（%）",
        "officer_hours": "每天查验人时", "cost_per_find": "每次查获费用（元）",
        "note": "增益：该防线抽检率提高一个百分点，拦截率提高多少个百分点（排队不变）。"
        "查获数：期望值，括号内为预测区间。\n实现查获率：模拟抽出并查到的携带者，运行时间短时很少或没有。查验人时不含闸口。",
    },
}  # fmt: skip
_SHARES = ("expected_interception", "share_of_total", "point_gain", "hit_rate", "false_alarm_ratio")
_BY_LINE = (*_SHARES[:3], "finds_a_month", *_SHARES[3:], "officer_hours", "cost_per_find")


def print_report(report: pd.DataFrame, network: Network, language: str) -> None:
    """Print the report of a run; nothing where nothing is inspected."""
    if not len(report):
        return
    words = _WORDS[language]
    cells = _Cells(report, language)
    lines = [*_in_order(report, "line", dict.fromkeys(network.line_of_place.values())), ALL]
    titles = {**network.place_title[language], **network.line_title[language]}
    say()
    header = [words["line"], *(words[figure] for figure in _BY_LINE)]
    rows = [[titles.get(x, words.get(x, x)), *(cells(f, line=x) for f in _BY_LINE)] for x in lines]
    print_table(header, rows, right=range(1, len(header)))
    say(words["note"])
    _print_channels(report, network, language, lines)


def _print_channels(report: pd.DataFrame, network: Network, language: str, lines: Sequence[str]) -> None:
    """Print channels against lines, and concealment levels against channels, where there are several."""
    words, cells = _WORDS[language], _Cells(report, language)
    channels = _in_order(report, "channel", network.channel)
    titles = {**network.place_title[language], **network.line_title[language]}
    named = network.channel_title[language]
    if len(channels) > 1:
        heads = [in_unit(titles.get(x, words.get(x, x)), "%", language) for x in lines]
        rows = []
        for c in channels:
            by_line = (cells("expected_interception", line=x, channel=c) for x in lines)
            rows.append([named.get(c, words.get(c, c)), *by_line, cells("finds_a_month", channel=c)])
        say()
        print_table([words["channel"], *heads, words["finds_a_month"]], rows, right=range(1, len(heads) + 2))
    levels = _in_order(report, "level", network.level_name)
    if len(levels) > 1:
        rows = [[x, *(cells("expected_interception", level=x, channel=c) for c in (*channels, ALL))] for x in levels]
        say()
        print_table(
            [words["level"], *(in_unit(named.get(c, words.get(c, c)), "%", language) for c in (*channels, ALL))],
            rows, right=range(1, len(channels) + 2),
        )  # fmt: skip


class _Cells:
    """Looks figures up and writes them, with their interval where it tells more than the value."""

    def __init__(self, report: pd.DataFrame, language: str) -> None:
        self.language = language
        keys = report[["figure", "line", "place", "channel", "class", "level"]].itertuples(index=False, name=None)
        values = report[["value", "low", "high"]].itertuples(index=False, name=None)
        self.found = dict(zip(keys, values, strict=True))

    def __call__(self, figure: str, line: str = ALL, channel: str = ALL, level: str = ALL) -> str:
        """Write one figure."""
        found = self.found.get((figure, line, ALL, channel, ALL, level))
        if found is None:
            return "-"
        unit = "1" if figure in _SHARES else ""
        value, low, high = found
        if figure == "finds_a_month":
            bounds = word("range", self.language).format(low=f"{low:.0f}", high=f"{high:.0f}")
            return beside(number(value, unit), bounds, self.language)
        if figure == "expected_interception":
            return with_interval(value, low, high, unit, self.language)
        return number(value, unit)


def _in_order(report: pd.DataFrame, column: str, order: Iterable[str]) -> list[str]:
    """Names of a column in the network's order; without `all`."""
    there = set(report[column])
    return [name for name in dict.fromkeys(order) if name in there and name != ALL]
