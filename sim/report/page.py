"""What a page holds, before it is written: chapters of texts, facts, tables and pictures, once for each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Text:
    """Paragraphs."""

    lines: Sequence[str]
    style: str = "plain"
    """plain, answer, note or warning."""
    language: str = ""
    """Where it is not that of the page."""
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Fact:
    """A name and what it is."""

    name: str
    value: str
    is_code: bool = False
    """Whether the value is to be copied letter by letter."""


@dataclass(frozen=True)
class Facts:
    """A list of facts."""

    entries: Sequence[Fact]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Picture:
    """A figure in the page itself."""

    title: str
    caption: str
    alternative: str
    """Told to who cannot see it."""
    source: str
    """A `data:` address."""
    kind: ClassVar[str] = "picture"


@dataclass(frozen=True)
class Column:
    """Head of a column."""

    title: str
    style: str = "words"
    """words, number, name (kept on one line) or key (of a setting)."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    text: str
    is_strong: bool = False
    language: str = ""
    """Where it is not that of the page."""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its head."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    is_folded: bool = False
    """Whether only its caption is seen until it is opened."""
    kind: ClassVar[str] = "table"


Part = Text | Facts | Picture | Table


@dataclass(frozen=True)
class Chapter:
    """A part of the page with a heading."""

    name: str
    """Of its address within the page."""
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Version:
    """The page in one language."""

    language: str
    title: str
    subtitle: str
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Page:
    """The page in every language."""

    language: str
    """In which it opens."""
    versions: Mapping[str, Version]
