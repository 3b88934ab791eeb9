"""In which settings plans differ: the one number of a grid, or a list of all, by what they strengthen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

_ASIDE = ("title.", "run.workers", "run.language", "run.figures", "line.", "strengthening.")
"""Settings that make no plan."""
_TRAFFIC = ("vehicle", "port", "fleet", "ferry", "demand", "calendar", "channel", "onward")
_WINDOW = ("run.days", "run.lead_in_h", "run.lead_out_h")


@dataclass(frozen=True)
class Factor:
    """The one number that plans differ in."""

    name: str
    """Its key; where several settings have the same number, what their keys share and `*`."""
    numbers: tuple[float, ...]
    """By plan."""


def factor_of(configs: Sequence[Mapping[str, Any]]) -> Factor | None:
    """Find the one number that plans differ in; None when they differ in more, or in something else.

    Several settings count as one where each plan has the same number in all of them: references of a configuration
    to one value are stored as numbers.
    """
    flat = [dict(_leaves(config)) for config in configs]
    keys = sorted(set().union(*flat))
    changed = [k for k in keys if not k.startswith(_ASIDE) and len({repr(settings.get(k)) for settings in flat}) > 1]
    found = [{settings.get(key) for key in changed} for settings in flat]
    if not changed or not all(len(values) == 1 and _is_number(*values) for values in found):
        return None
    numbers = tuple(float(number) for values in found for number in values if number is not None)
    return Factor(_shared(changed), numbers) if len(set(numbers)) == len(numbers) else None


def changes_of(configs: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    """List what each plan sets otherwise than the first.

    Parameters
    ----------
    configs : sequence of mapping
        Every setting of each plan, nested; `strengthening` of the first says what each group of settings strengthens.
    names : sequence of str
        By plan.

    Returns
    -------
    DataFrame
        Columns plan, strengthening (empty for settings of no strengthening), setting (dotted key), before (in the first
        plan), after; either is None where a plan lacks the setting.
    """
    strengthens = {
        group: name
        for name, part in (configs[0].get("strengthening") or {}).items()
        for group in part.get("covers", ())
    }
    first, *others = [dict(_leaves(config)) for config in configs]
    rows = [
        (name, strengthens.get(key.split(".")[0], ""), key, first.get(key), settings.get(key))
        for name, settings in zip(names[1:], others, strict=True)
        for key in sorted({*first, *settings})
        if not key.startswith(_ASIDE) and repr(first.get(key)) != repr(settings.get(key))
    ]
    return pd.DataFrame(rows, columns=["plan", "strengthening", "setting", "before", "after"], dtype=object)


def worlds_apart(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name the groups of settings that say who comes, when and how, in which runs differ; no plan changes those."""
    return [
        name
        for name in (*_TRAFFIC, *_WINDOW)
        if len({repr(sorted(_leaves(_part(config, name)), key=repr)) for config in configs}) > 1
    ]


def _part(config: Mapping[str, Any], name: str) -> Any:
    part: Any = config
    for key in name.split("."):
        part = (part or {}).get(key)
    return part


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _leaves(part: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every setting with its key; lists count their entries from 0."""
    if isinstance(part, Mapping):
        entries = [(str(name), value) for name, value in part.items()]
    elif isinstance(part, list):
        entries = [(str(number), value) for number, value in enumerate(part)]
    else:
        yield key, part
        return
    for name, value in entries:
        yield from _leaves(value, f"{key}.{name}" if key else name)


def _shared(keys: Sequence[str]) -> str:
    if len(keys) == 1:
        return keys[0]
    parts = [key.split(".") for key in keys]
    same = 0
    while all(len(p) > same and p[same] == parts[0][same] for p in parts):
        same += 1
    return ".".join([*parts[0][:same], "*"])
