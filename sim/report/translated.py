"""Chinese texts of assumptions and sources, each of which holds only as long as the original is what was translated."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from .origins import Assumption

_FOLDER = Path(__file__).with_name("texts")
_ROW = ("publisher", "title", "date", "note")


def translated(name: str, told: Assumption) -> tuple[str, str] | None:
    """Value and reason of an assumption in Chinese; None where there is no text, or docs/data.md says something new.

    Parameters
    ----------
    name : str
        Such as `A25`.
    told : Assumption
        What docs/data.md says now.
    """
    found = _texts("assumption_texts").get(name)
    return (found["value"], found["reason"]) if found and found["of"] == digest_of(told) else None


def digest_of(told: Assumption) -> str:
    """Digest of the English value and reason; 8 hexadecimal digits."""
    return _digest((told.value, told.reason))


def translated_source(name: str, row: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Title, publisher, and date with note of a source in Chinese; None where its row says something new.

    Parameters
    ----------
    name : str
        Such as `S02`.
    row : mapping
        Of docs/sources.csv.
    """
    found = _texts("sources").get(name)
    is_fresh = found is not None and found["of"] == _digest([row[part] for part in _ROW])
    return (found["title"], found["publisher"], found["rest"]) if found and is_fresh else None


def _digest(parts: Sequence[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:8]


@cache
def _texts(name: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((_FOLDER / f"{name}.zh.toml").read_text(encoding="utf-8"))


__all__ = ["digest_of", "translated", "translated_source"]
