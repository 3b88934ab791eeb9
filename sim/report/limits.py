"""What the model may not be used for, as docs/validation.md says it."""

import re
from collections.abc import Iterator
from pathlib import Path

from .page import Text
from .words import Words


def limits_of(docs: Path, words: Words) -> Iterator[Text]:
    """Yield the limits in a language."""
    yield Text([words("limits_lead")])
    if words.language == "zh":
        yield Text([words("limits")], "warning")
    else:
        yield Text([limits_in(docs)], "warning")
    yield Text([words("limits_more")])


def limits_in(docs: Path) -> str:
    """Read what docs/validation.md says that the model may not be used for.

    Raises
    ------
    ValueError
        If it does not say so.
    """
    text = (docs / "validation.md").read_text(encoding="utf-8")
    found = re.search(r"\*\*What it may not be used for\.\*\* (.+)", text)
    if found is None:
        raise ValueError("docs/validation.md must say what the model may not be used for")
    return found[1].strip()
