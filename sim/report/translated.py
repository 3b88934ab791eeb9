"""Chinese texts of assumptions, each of which holds only as long as the English one is what was translated."""

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from .origins import Assumption

_FILE = Path(__file__).with_name("texts") / "assumption_texts.zh.toml"


def translated(name: str, told: Assumption) -> tuple[str, str] | None:
    """Value and reason of an assumption in Chinese; None where there is no text, or docs/data.md says something new.

    Parameters
    ----------
    name : str
        Such as `A25`.
    told : Assumption
        What docs/data.md says now.
    """
    found = _texts().get(name)
    return (found["value"], found["reason"]) if found and found["of"] == digest_of(told) else None


def digest_of(told: Assumption) -> str:
    """Digest of the English value and reason; 8 hexadecimal digits."""
    return sha256(f"{told.value}\n{told.reason}".encode()).hexdigest()[:8]


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


__all__ = ["digest_of", "translated"]
