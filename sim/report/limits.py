"""What the model may not be used for, as docs/validation.md says it."""

import re
from collections.abc import Iterator
from pathlib import Path

from sim.figures.wording import per_cent_in

from .page import Text
from .words import Words


def limits_of(docs: Path, words: Words) -> Iterator[Text]:
    """Yield the limits in a language."""
    yield Text([words("limits_lead")])
    yield Text([per_cent_in(limits_in(docs, words.language), words.language)], "warning")
    yield Text([words("limits_more")])


_LIMITS = {"en": r"\*\*What it may not be used for\.\*\* (.+)", "zh": r"\*\*不可用于\*\*：(.+)"}


def limits_in(docs: Path, language: str) -> str:
    """Read what docs/validation.md says in a language (en, zh) that the model may not be used for.

    Raises
    ------
    ValueError
        If it does not say so.
    """
    text = (docs / "validation.md").read_text(encoding="utf-8")
    found = re.search(_LIMITS[language], text)
    if found is None:
        raise ValueError(f"docs/validation.md must say what the model may not be used for; it does not in {language}")
    return found[1].strip()
