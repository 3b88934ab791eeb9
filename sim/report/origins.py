"""Where the numbers of a scenario come from: the source or assumption that the configuration files state for each.

The files of `configs/` end every number with its origin (docs/data.md). A stored scenario holds the numbers alone, so
each is looked up by its place and value; what no file states was given by whoever ran the study.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]
"""Place of a value: names of mappings and numbers of list entries."""
_IDS = re.compile(r"\b[SA]\d{1,3}\b")
_ROW = re.compile(r"^\| (A\d+) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Assumption:
    """What docs/data.md says of an assumption."""

    what: str
    value: str
    reason: str
    """Range, and why."""


@dataclass(frozen=True)
class _Stated:
    value: float
    ids: tuple[str, ...]
    is_assumed: bool


@dataclass(frozen=True)
class Count:
    """How many numbers of a scenario have which origin."""

    sourced: int
    """A source, or arithmetic on one."""
    assumed: int
    other: int
    """Stated in no configuration file."""


class Origins:
    """Origins of numbers, by place and value.

    Parameters
    ----------
    configs : Path
        Folder of the configurations.
    docs : Path
        Folder that holds `data.md` and `sources.csv`.
    """

    def __init__(self, configs: Path, docs: Path) -> None:
        self._files = [dict(_stated(path, configs)) for path in sorted(configs.rglob("*.yaml"))]
        self.assumptions = {
            found[1]: Assumption(*map(_plain, found.groups()[1:]))
            for found in _ROW.finditer((docs / "data.md").read_text(encoding="utf-8"))
        }
        with (docs / "sources.csv").open(encoding="utf-8", newline="") as file:
            self.sources = {row["source_id"]: row for row in csv.DictReader(file)}

    def of(self, scenario: Mapping[str, Any], given: Sequence[str] = ()) -> dict[Where, tuple[str, ...]]:
        """Find the origin of every number of a scenario; nothing for those that no file states.

        Where several files give the same number, the file that agrees with the scenario in more places is believed.
        Settings that are `given` on the command line have no origin, though some file may hold the same number.
        """
        numbers = dict(numbers_in(scenario))
        ranked = self._ranked(numbers)
        found: dict[Where, tuple[str, ...]] = {}
        for where, value in numbers.items():
            if any(is_within(where, key.split(".")) for key in given):
                found[where] = ()
                continue
            stated = (file[where] for file in ranked if where in file)
            found[where] = next((s.ids or ("assumption",) for s in stated if s.value == value), ())
        return found

    def replaced(self, scenario: Mapping[str, Any], parts: Sequence[str]) -> list[str]:
        """Find the origins of what a setting stands in place of, in the file that agrees with the scenario most."""
        for file in self._ranked(dict(numbers_in(scenario))):
            found = [s.ids for where, s in file.items() if is_within(where, parts)]
            if found:
                return list(dict.fromkeys(name for ids in found for name in ids))
        return []

    def _ranked(self, numbers: Mapping[Where, float]) -> list[dict[Where, _Stated]]:
        return sorted(self._files, key=lambda file: -sum(numbers.get(at) == s.value for at, s in file.items()))


def is_within(where: Where, parts: Sequence[str]) -> bool:
    """Tell whether a place is a setting, or lies within it."""
    return [str(name) for name in where[: len(parts)]] == list(parts)


def count(origins: Mapping[Where, Sequence[str]]) -> Count:
    """Count the numbers of a scenario by the kind of their origin; one with a source and an assumption is assumed."""
    assumed = sum(any(name.startswith(("A", "a")) for name in ids) for ids in origins.values())
    other = sum(not ids for ids in origins.values())
    return Count(len(origins) - assumed - other, assumed, other)


def numbers_in(part: Any, where: Where = ()) -> Iterator[tuple[Where, float]]:
    """Yield every number of nested settings with its place."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from numbers_in(value, (*where, str(key)))
    elif isinstance(part, list | tuple):
        for number, value in enumerate(part):
            yield from numbers_in(value, (*where, number))
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield where, float(part)


def _stated(path: Path, configs: Path) -> Iterator[tuple[Where, _Stated]]:
    """Yield the numbers of a configuration file with what its lines state of them."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    start = () if "@package _global_" in text else path.relative_to(configs).parent.parts
    loader = yaml.SafeLoader(text)
    node = loader.get_single_node()
    for where, scalar in _scalars(node, start):
        value = loader.construct_object(scalar)
        if isinstance(value, int | float) and not isinstance(value, bool) and "defaults" not in where:
            comment = lines[scalar.start_mark.line].partition("#")[2]
            ids = tuple(dict.fromkeys(_IDS.findall(comment)))
            yield where, _Stated(float(value), ids, "assumption" in comment)


def _scalars(node: yaml.Node | None, where: Where) -> Iterator[tuple[Where, yaml.ScalarNode]]:
    if isinstance(node, yaml.ScalarNode):
        yield where, node
    elif isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            yield from _scalars(entry, (*where, number))
    elif isinstance(node, yaml.MappingNode):
        for key, entry in node.value:
            yield from _scalars(entry, (*where, str(key.value)))


def _plain(text: str) -> str:
    """Take the marks of Markdown away."""
    return text.replace("`", "").replace("**", "")
