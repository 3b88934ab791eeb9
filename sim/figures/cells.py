"""Numbers in the cells of a heat map, and levels on the lines across it, each where nothing runs through it."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from sim.network.tables import Floats

from .dots import HALO
from .font import INK
from .wording import figure

Line = tuple[Floats, str]
"""(N, 2) corners in the units of the axes, and the level of a line."""
_NUMBER_SIZE, _LEVEL_SIZE = 7.5, 8.5
_PAD = 2.0
"""Pixels that stay free around a number."""
_STEPS = sorted(product(np.linspace(-1, 1, 9), repeat=2), key=lambda step: step[0] ** 2 + step[1] ** 2)
"""Places of a number in its cell, from the middle out; 1 is an edge."""
_TRIED = (0.0, 0.25, 0.5, 0.75)
"""Places along each piece of a line at which its level may stand."""


def write_numbers(axes: Axes, cells: Floats, lines: Sequence[Floats]) -> list[Bbox]:
    """Write the value into every cell: in its middle, or where no line runs if there is such a place.

    Parameters
    ----------
    axes : Axes
        With the cells as its image, on a page whose layout is done.
    cells : ndarray, shape (Y, X)
        NaN where there is nothing to write.
    lines : sequence of ndarray, shape (N, 2)
        Corners of the lines, in the units of the axes.

    Returns
    -------
    list of Bbox
        Where the numbers stand, in pixels.
    """
    (image,) = axes.images
    pixels = [axes.transData.transform(line) for line in lines]
    wide, high = np.abs(axes.transData.transform((1, 1)) - axes.transData.transform((0, 0)))
    taken = []
    for (row, column), value in np.ndenumerate(cells):
        if not np.isfinite(value):
            continue
        text = axes.text(
            column, row, figure(float(value)), ha="center", va="center", size=_NUMBER_SIZE, zorder=4,
            **_colours(image, float(value)),
        )  # fmt: skip
        box = text.get_window_extent().padded(_PAD)
        room = max(0.0, (wide - box.width) / 2), max(0.0, (high - box.height) / 2)
        places = [box.translated(across * room[0], up * room[1]) for across, up in _STEPS]
        free = next((place for place in places if not any(_runs_through(line, place) for line in pixels)), box)
        middle = axes.transData.inverted().transform(((free.x0 + free.x1) / 2, (free.y0 + free.y1) / 2))
        text.set_position(tuple(middle))
        taken.append(free)
    return taken


def _colours(image: AxesImage, value: float) -> dict[str, Any]:
    """Colours of a number: dark on light, light on dark, with a rim in the colour of its cell."""
    cell = image.to_rgba(np.array([value]))[0]
    is_dark = float(np.dot(cell[:3], (0.3, 0.59, 0.11))) < 0.5
    return {
        "color": "white" if is_dark else INK,
        "path_effects": [withStroke(linewidth=3, foreground=tuple(cell))],
    }


def _runs_through(line: Floats, box: Bbox) -> bool:
    """Tell whether a line of pixels runs through a box."""
    return any(_crosses(start, end, box) for start, end in zip(line, line[1:], strict=False))


def _crosses(start: Floats, end: Floats, box: Bbox) -> bool:
    """Tell whether a straight line runs through a box (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    for at, way, low, high in zip(start, end - start, box.min, box.max, strict=True):
        if way == 0:
            if not low <= at <= high:
                return False
            continue
        near, far = sorted(((low - at) / way, (high - at) / way))
        first, last = max(first, near), min(last, far)
    return first <= last


def name_lines(axes: Axes, lines: Sequence[Line], numbers: Sequence[Bbox]) -> None:
    """Write its level on each line, where it is furthest from the numbers and from other levels and lines.

    Parameters
    ----------
    axes : Axes
    lines : sequence of (corners, level)
    numbers : sequence of Bbox
        Where numbers stand, in pixels; a line that has no room beside them goes without.
    """
    taken = list(numbers)
    pixels = [axes.transData.transform(corners) for corners, _ in lines]
    for place, (_, level) in enumerate(lines):
        text = axes.text(0, 0, level, ha="center", va="center", size=_LEVEL_SIZE, zorder=5, path_effects=HALO)
        size = text.get_window_extent().padded(_PAD)
        half = np.array([size.width / 2, size.height / 2])
        others = pixels[:place] + pixels[place + 1 :]
        best, found = 0.0, None
        for spot in _spots(pixels[place]):
            box = Bbox([spot - half, spot + half])
            inside = axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 and axes.bbox.y0 < box.y0 and box.y1 < axes.bbox.y1
            if not inside or any(_runs_through(line, box) for line in others):
                continue
            gap = min((_gap(box, other) for other in taken), default=1.0)
            if gap > best:
                best, found = gap, box
        if found is None:
            text.remove()
            continue
        taken.append(found)
        text.set_position(tuple(axes.transData.inverted().transform((found.x0 + half[0], found.y0 + half[1]))))


def _spots(line: Floats) -> list[Floats]:
    """List places along a line of pixels."""
    return [start + share * (end - start) for start, end in zip(line, line[1:], strict=False) for share in _TRIED]


def _gap(box: Bbox, other: Bbox) -> float:
    """Pixels between two boxes along the axis on which they are further apart; negative where they overlap."""
    across = max(other.x0 - box.x1, box.x0 - other.x1)
    up = max(other.y0 - box.y1, box.y0 - other.y1)
    return float(max(across, up))


__all__ = ["Line", "name_lines", "write_numbers"]
