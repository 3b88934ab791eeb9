"""From a page to HTML: one file with style, font and figures in it, which asks for nothing else."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.study.provenance import code_digest
from sim.version import program_version

from .font import font_face
from .page import Page, Version
from .words import LANGUAGES, Words

MARK = "strait report"
"""How a page says that it is one of ours."""
_FOLDER = Path(__file__).with_name("template")
_NAMES = {"zh": "中文", "en": "English"}
_TAGS = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class _Shown:
    """What the template needs of a page."""

    page: Page

    @property
    def language(self) -> str:
        return self.page.language

    @property
    def other(self) -> str:
        return next(name for name in LANGUAGES if name != self.page.language)

    @property
    def order(self) -> Sequence[str]:
        return LANGUAGES

    @property
    def versions(self) -> Mapping[str, Version]:
        return self.page.versions

    @property
    def words(self) -> Mapping[str, Words]:
        return {name: Words(name) for name in LANGUAGES}


def render(page: Page) -> str:
    """Write a page as HTML.

    Parameters
    ----------
    page : Page
        With a version in each of `LANGUAGES`.

    Returns
    -------
    str
        The same for the same page. All text is escaped; nothing outside the file is asked for.
    """
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    bare = _fill(page, Markup(style))
    seen = re.sub(r"data:[^\"]*", "", bare)
    return _fill(page, Markup(f"{font_face(seen)}\n{style}"))


def _fill(page: Page, style: Markup) -> str:
    environment = _environment()
    parts: Any = environment.get_template("parts.html.j2").module
    kinds: dict[str, Callable[[Any], str]] = {
        kind: getattr(parts, kind) for kind in ("text", "facts", "picture", "table")
    }
    made = {"version": program_version(), "code": code_digest()}
    template = environment.get_template("page.html.j2")
    shown = {"page": _Shown(page), "style": style, "mark": MARK, "tags": _TAGS, "names": _NAMES}
    return template.render(**shown, parts=kinds, made=made)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = unbroken
    return environment


def unbroken(text: str) -> str:
    """Keep the sign of per cent on the line of its number."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)
