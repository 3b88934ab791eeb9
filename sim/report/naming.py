"""What factors and points are called in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.figures.wording import Texts
from sim.study.design import Ready
from sim.study.design.point import shown
from sim.study.runner.labels import setting_name
from sim.study.store.manifest import factor_names

from .shown import Study
from .words import Words

_TITLED = ("checkpoint", "vehicle", "port", "site", "channel", "line")
"""Groups of settings whose entries have titles."""


def key_title(key: str, mapping: Mapping[str, Any], words: Words) -> str:
    """Name a setting such as `sampling.line2.truck` by its parts, whose titles stand in a scenario's mapping."""
    group, *rest = key.lstrip("+").split(".")
    texts = Texts(words.language)
    parts = [words.known(f"group_{group}") or group]
    for part in rest:
        known = (texts.known(f"{kind}_{part}") for kind in ("field", "station", "way"))
        parts.append(_part_title(part, mapping, words) or next(filter(None, known), part.replace("_", " ")))
    return " · ".join(parts)


def _part_title(name: str, mapping: Mapping[str, Any], words: Words) -> str:
    titles = (words.title_of((mapping.get(group) or {}).get(name)) for group in _TITLED)
    return next((title for title in titles if title), "")


class Naming:
    """Names of the factors and points of a study.

    Parameters
    ----------
    study : Study
    words : Words
    """

    def __init__(self, study: Study, words: Words) -> None:
        self.study, self.words = study, words
        self._mapping = study.plan.mapping(study.bases[0])
        design = study.plan.study.design
        self.given = {**getattr(design, "across", {}), **getattr(design, "factor", {})}
        self.names = factor_names(study.plan.ready)
        self._short = self._short_titles()

    def key_title(self, key: str) -> str:
        """Name a setting such as `sampling.line2.truck` by its parts."""
        return key_title(key, self._mapping, self.words)

    def _short_titles(self) -> dict[str, str]:
        """Name factors by the last part of their setting, where it has a title and they are told apart by it."""
        single = {name: factor.keys[0] for name, factor in self.given.items() if len(factor.keys) == 1}
        titles = {name: _part_title(key.rpartition(".")[2], self._mapping, self.words) for name, key in single.items()}
        inner = [titles.get(name, "") for name in self.names if name not in self._across]
        is_clear = all(inner) and len(set(inner)) == len(inner)
        found = {name: titles[name] for name in self.names if is_clear and titles.get(name)}
        groups = {name: self.words.known(f"group_{key}") for name, key in single.items()}
        return {name: self._own_name(name) or found.get(name) or groups.get(name) or name for name in self.names}

    def _own_name(self, name: str) -> str:
        return str(getattr(self.given.get(name), self.words.language, ""))

    def has_own_name(self, name: str) -> bool:
        """Tell whether the experiment names a factor in this language."""
        return bool(self._own_name(name))

    @property
    def _across(self) -> Mapping[str, Any]:
        across: Mapping[str, Any] = getattr(self.study.plan.study.design, "across", {})
        return across

    def factor(self, name: str) -> str:
        """Name a factor."""
        return self._short.get(name, name)

    def factors_within(self) -> list[str]:
        """Factors that vary within a block."""
        return [name for name in self.names if name not in self._across]

    def setting(self, ready: Ready) -> str:
        """Say in what a point differs from its base."""
        told = [self._told(name, value) for name, value in self._changed(ready).items()]
        return self.words.joined(told) or self.words("setting_base")

    def _told(self, name: str, value: Any) -> str:
        if is_number(value):
            return self.words("equals", name=self.factor(name), value=self.value(name, value))
        return self.words("named", name=self.factor(name), what=self.value(name, value))

    def _changed(self, ready: Ready) -> dict[str, Any]:
        """Tell which factors of a point differ from its base; of one at a time, that which the point was made for."""
        plan = self.study.plan
        if plan.study.design.kind == "one_at_a_time" and plan.study.baseline == 1:
            order = [(name, v) for name, factor in plan.study.design.factor.items() for v in factor.values or ()]
            place = (ready.point.number - 1) % plan.block_size
            return dict([order[place - 1]]) if place else {}
        own, base = ready.point.factors, plan.base_of(ready).point.factors
        return {name: own.get(name) for name in self.factors_within() if own.get(name) != base.get(name)}

    def value(self, name: str, value: Any) -> str:
        """Write a value of a factor: packages, scenarios and policies by what they are called in figures."""
        if value is None or is_number(value):
            return value_text(value)
        return setting_name(self.study.plan, name, value, Texts(self.words.language))

    def settings(self, name: str) -> list[str]:
        """List the settings that a factor changes, in order."""
        factor = self.given.get(name)
        if factor is None:
            return [name]
        packages = (getattr(factor, "packages", None) or {}).values()
        return list(dict.fromkeys([*factor.keys, *(key for package in packages for key in package.settings)]))


def is_number(value: Any) -> bool:
    """Tell whether a value is a number, which a switch is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_text(value: Any) -> str:
    """Write a value of a factor."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else shown(value)


def values_text(values: Sequence[Any], words: Words) -> str:
    """List values, or the range of many numbers."""
    if len(values) > 12 and all(isinstance(value, int | float) for value in values):
        return words("many_values", n=len(values), low=value_text(min(values)), high=value_text(max(values)))
    return ", ".join(value_text(value) for value in values)
