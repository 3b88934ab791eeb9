"""Cut the bundled font out of Noto Sans CJK SC: `python -m sim.figures.make_font SOURCE.ttc`.

Keeps the characters of GB 2312 and the signs of `EXTRA`, and renames the family, because a modified font should not
pass for the original. Needs fontTools, which matplotlib brings along. Door: `make_font`.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

from .font import FAMILY, FONT_FILE

SOURCE_FAMILY = "Noto Sans CJK SC"
EXTRA = "".join(map(chr, range(0x20, 0x7F))) + "°±²³·×÷–—‘’“”…‰€−≈≠≤≥→←↑↓λρμσ■□▲▼◆●○✓"


def gb2312() -> Iterator[str]:
    """Characters of GB 2312: 6,763 Chinese characters, and its signs and alphabets."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # not every cell of the table is taken


def make_font(source: Path, target: Path = FONT_FILE) -> int:
    """Write the subset.

    Parameters
    ----------
    source : Path
        Collection (`.ttc`) or font that holds Noto Sans CJK SC Regular.
    target : Path
        OpenType file to write.

    Returns
    -------
    int
        Size of the file, bytes.

    Raises
    ------
    LookupError
        If the source does not hold the family.
    """
    font = _face(source)
    subsetter = Subsetter(_options())
    subsetter.populate(text="".join(gb2312()) + EXTRA)
    subsetter.subset(font)
    _rename(font)
    font.save(target)
    return target.stat().st_size


def _face(source: Path) -> TTFont:
    faces = TTCollection(source).fonts if source.suffix == ".ttc" else [TTFont(source)]
    for face in faces:
        if face["name"].getDebugName(1) == SOURCE_FAMILY:
            face.recalcTimestamp = False  # the same source gives the same bytes
            return face
    raise LookupError(f"{source} does not hold {SOURCE_FAMILY}")


def _options() -> Options:
    options = Options()
    options.layout_features = ["kern"]  # locl would keep the Japanese and Korean forms, twice the size
    options.drop_tables += ["GSUB", "BASE", "VORG", "vhea", "vmtx"]  # nothing is written vertically
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    options.name_languages = [0x409]
    return options


def _rename(font: TTFont) -> None:
    """Put the new family into the name table and the outlines' own header."""
    plain = FAMILY.replace(" ", "")
    for number, text in {1: FAMILY, 3: f"{plain}-Regular subset", 4: FAMILY, 6: f"{plain}-Regular"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    outlines = font["CFF "].cff
    outlines.fontNames[0] = f"{plain}-Regular"
    outlines.topDictIndex[0].FullName = outlines.topDictIndex[0].FamilyName = FAMILY


def main(arguments: Sequence[str]) -> int:
    """Make the font from the source that the command names."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sim.figures.make_font SOURCE.ttc\n")
        return 2
    sys.stdout.write(f"{FONT_FILE.name}: {make_font(Path(arguments[0])):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
