"""Figures of a folder as parts of the page: found by their names, told what they show by their kind."""

import base64
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .page import Picture
from .words import LANGUAGES, Words

KINDS = (
    "tradeoff", "heatmap", "front", "gain", "forest", "tornado", "sensitivity",
    "map", "interception", "waits", "queues", "arrivals", "ships", "weeks", "displacement",
)  # fmt: skip
"""Kinds that have a caption of their own, in the order of the page; any other follows with a caption that says less."""
_NAME = re.compile(rf"(?P<kind>[A-Za-z]\w*?)(?:_(?P<number>\d+))?(?:_(?P<language>{'|'.join(LANGUAGES)}))?")
_LARGEST_SVG = 300_000
"""Bytes; of a larger drawing and its picture of points the smaller file is taken."""
_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def pictures_in(folder: Path, words: Words, level: str) -> Iterator[Picture]:
    """Yield the figures of a folder that are in a language, or in none.

    Parameters
    ----------
    folder : Path
        May be missing.
    words : Words
    level : str
        Of the intervals.

    Yields
    ------
    Picture
        By kind, then by number.
    """
    found = sorted(_found(folder, words.language), key=lambda entry: entry[0])
    often = Counter(kind for (_, kind, _), _ in found)
    for (_, kind, number), path in found:
        yield picture(path.read_bytes(), path.suffix, (kind, number if often[kind] > 1 else 0), (words, level))


def _found(folder: Path, language: str) -> Iterator[tuple[tuple[int, str, int], Path]]:
    for stem in sorted({path.stem for path in folder.glob("*") if path.suffix in _TYPES}):
        match = _NAME.fullmatch(stem)
        if match is None or match["language"] not in (None, language):
            continue
        kind = known_kind(match["kind"])
        place = KINDS.index(kind) if kind in KINDS else len(KINDS)
        yield (place, kind, int(match["number"] or 0)), _smaller(folder / stem)


def known_kind(name: str) -> str:
    """Find the kind of a figure by its name, which may stand in the plural."""
    singular = {f"{kind}s": kind for kind in KINDS} | {"sensitivities": "sensitivity"}
    return singular.get(name, name)


def _smaller(stem: Path) -> Path:
    """Choose the drawing, or the picture of points where the drawing is large or missing."""
    drawing, points = stem.with_name(f"{stem.name}.svg"), stem.with_name(f"{stem.name}.png")
    if not (drawing.is_file() and points.is_file()):
        return drawing if drawing.is_file() else points
    if drawing.stat().st_size <= _LARGEST_SVG:
        return drawing
    return min(drawing, points, key=lambda path: path.stat().st_size)


def picture(data: bytes, suffix: str, named: tuple[str, int], told: tuple[Words, str]) -> Picture:
    """Put a figure into the page.

    Parameters
    ----------
    data : bytes
        Of the file.
    suffix : str
        `.svg` or `.png`.
    named : tuple of str and int
        Kind, and its number among several of the kind, else 0.
    told : tuple of Words and str
        The language, and the level of the intervals.
    """
    (kind, number), (words, level) = named, told
    entry = kind if kind in KINDS else "other"
    title = words(f"kind_{entry}", name=kind.replace("_", " "))
    title = words("figure_title", title=title, number=number) if number else title
    caption = words(f"caption_{entry}", level=level)
    source = f"data:{_TYPES[suffix]};base64,{base64.b64encode(data).decode('ascii')}"
    return Picture(title, caption, words("figure_alternative", title=title, caption=caption), source)
