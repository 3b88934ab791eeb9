"""The bundled Chinese font, cut down to the characters of one page: for readers whose machine has no Chinese font."""

import base64
import io
from functools import lru_cache

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from sim.figures.font import FONT_FILE

FAMILY = "strait"
"""Name of the font within the page."""


def font_face(text: str) -> str:
    """Write a style rule that holds the font for the Chinese characters of a text.

    Parameters
    ----------
    text : str
        Everything that the page says.

    Returns
    -------
    str
        A CSS rule; the same for the same characters.
    """
    wanted = "".join(sorted(letter for letter in set(text) if 0x2E80 <= ord(letter) <= 0xFFEF))
    if not wanted:
        return ""
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-display: block; unicode-range: U+2E80-FFEF; '
        f'src: url("data:font/woff;base64,{_cut(wanted)}") format("woff"); }}'
    )


@lru_cache(maxsize=4)
def _cut(wanted: str) -> str:
    """Cut the font down to some characters, as base64 of a WOFF file."""
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [1, 13, 14]  # the licence travels with the font
    font = TTFont(FONT_FILE, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=wanted)
    subsetter.subset(font)
    font.flavor = "woff"
    whole = io.BytesIO()
    font.save(whole)
    return base64.b64encode(whole.getvalue()).decode("ascii")
