"""The words of the page, one catalogue a language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.figures.wording import per_cent_in

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).with_name("texts")


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """Read a catalogue: text by key, placeholders in braces."""
    return MappingProxyType(tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Words:
    """The words of one version of the page."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Look a text up and fill its placeholders."""
        return per_cent_in(catalogue(self.language)[key].format(**values), self.language)

    def known(self, key: str) -> str | None:
        """Look a text up that may not be there."""
        return catalogue(self.language).get(key)

    def joined(self, parts: list[str]) -> str:
        """List things one after another."""
        return self("comma").join(parts)

    def title_of(self, entry: Any) -> str:
        """Title that a settings entry gives itself, or nothing."""
        return str(entry.get(f"title_{self.language}") or "") if isinstance(entry, Mapping) else ""
