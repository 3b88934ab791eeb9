"""What rows of tables are about, in the reader's language: from a network, or from the settings of stored runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.network import Network

LANGUAGES = ("zh", "en")
KEYS = ("direction", "port", "line", "station", "class")
_GROUPS = {"direction": ("channel",), "port": ("port", "site"), "line": ("checkpoint",), "class": ("vehicle",)}
"""Groups of settings that name the values of a column."""


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "metric": "figure", "where": "where", "value": "value", "interval": "interval", "unit": "unit",
        "inbound": "inbound", "outbound": "outbound", "all": "all", "yard": "yard",
        "of_mean": "{label}, mean", "of_p95": "{label}, 95 % quantile", "in_unit": "{what}, {unit}",
        "range": "{low} .. {high}", "beside": "{value} ({more})", "list": ", ", "parts": "; ",
        "difference": "B - A", "a": "A", "b": "B", "busiest": "utilisation of the busiest station",
        "veh/day": "veh/day", "1/day": "1/day", "veh": "veh", "min": "min", "h/day": "h/day",
    },
    "zh": {
        "metric": "指标", "where": "位置", "value": "数值", "interval": "置信区间", "unit": "单位",
        "inbound": "进岛", "outbound": "出岛", "all": "合计", "yard": "待渡场",
        "of_mean": "{label}均值", "of_p95": "{label} 95% 分位数", "in_unit": "{what}（{unit}）",
        "range": "{low} 至 {high}", "beside": "{value}（{more}）", "list": "、", "parts": "；",
        "difference": "B - A", "a": "A", "b": "B", "busiest": "最忙查验点利用率",
        "veh/day": "辆/天", "1/day": "次/天", "veh": "辆", "min": "分钟", "h/day": "小时/天", "CNY/day": "元/天",
        "CNY": "元",
    },
}  # fmt: skip


def word(name: str, language: str) -> str:
    """Say a word of the table; names that have no translation stay themselves."""
    return _WORDS[language].get(name, name)


def in_unit(what: str, unit: str, language: str) -> str:
    """Head a column whose cells have no unit; where a Chinese bracket ends it already, the unit stands in that."""
    if language == "zh" and what.endswith("）"):
        return f"{what[:-1]}，{unit}）"
    return word("in_unit", language).format(what=what, unit=unit)


def beside(value: str, more: str, language: str) -> str:
    """Write something with more in brackets after it."""
    return word("beside", language).format(value=value, more=more)


@dataclass(frozen=True)
class Names:
    """Titles by column and name, and what is counted in each channel."""

    language: str
    titles: Mapping[str, Mapping[str, str]]
    counted: Mapping[str, str]

    def where(self, row: Mapping[str, str] | pd.Series) -> str:
        """Name what a row is about; `all` for a total."""
        named = [(self.titles.get(key, {}), row[key]) for key in KEYS if row[key] not in {"all", "none"}]
        return " ".join(titles.get(name) or word(name, self.language) for titles, name in named) or word(
            "all", self.language
        )

    def unit(self, unit: str, direction: str = "") -> str:
        """Name a unit; shares are shown in per cent, and a channel counts in its own unit."""
        if unit == "1":
            return "%"
        if direction in self.counted and unit.partition("/")[0] == "veh":
            return self.counted[direction] + word(unit, self.language).removeprefix(word("veh", self.language))
        return word(unit, self.language)


def names_of_network(network: Network, language: str) -> Names:
    """Names of a network's places, ports and channels."""
    by_key = {"direction": network.channel_title, "port": network.port_title, "line": network.place_title}
    titles: dict[str, Mapping[str, str]] = {key: titles[language] for key, titles in by_key.items()}
    return Names(language, titles, network.channel_unit[language])


def names_of_configs(configs: Sequence[Mapping[str, Any]], language: str) -> Names:
    """Names of what stored runs have, by their settings."""
    titles = {key: titles_in(configs, language, groups) for key, groups in _GROUPS.items()}
    channels = {name: channel for config in configs for name, channel in (config.get("channel") or {}).items()}
    counted = {name: unit for name, channel in channels.items() if (unit := channel.get(f"unit_{language}"))}
    return Names(language, titles, counted)


def titles_in(configs: Sequence[Mapping[str, Any]], language: str, groups: Sequence[str]) -> dict[str, str]:
    """Collect the titles that groups of settings give, in their order; a later group names things anew."""
    return {
        name: title
        for group in groups
        for config in configs
        for name, settings in (config.get(group) or {}).items()
        if (title := settings.get(f"title_{language}"))
    }


def language_of(config: Mapping[str, Any]) -> str:
    """Language that a run was told to speak."""
    spoken = config.get("run", {}).get("language")
    return spoken if spoken in LANGUAGES else "en"
