"""Names beside dots, each where it lies on nothing else, with a thin line to its dot where it had to go further off."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from .font import GREY, INK

HALO = [withStroke(linewidth=2.5, foreground="white")]
_NEAR = ((-9, 5), (9, -11), (9, 4), (-9, -12))
"""Offsets in points of a name from its dot, the best first."""
_FAR = tuple(
    (float(reach * np.cos(angle)), float(reach * np.sin(angle)))
    for reach in (20, 30, 42)
    for angle in np.radians([135, -45, 45, -135, 110, -70, 70, -110, 160, -20, 20, -160])
)


def name_dots(
    axes: Axes,
    dots: Sequence[tuple[float, float, str]],
    avoid: Sequence[tuple[float, float]] = (),
    reach: Sequence[float] = (),
) -> int:
    """Write names beside dots, where they lie on no other name and on no named dot; the first have the choice.

    Parameters
    ----------
    axes : Axes
        On a page whose layout is done.
    dots : sequence of (x, y, name)
    avoid : sequence of (x, y)
        Other dots; a name that finds no room elsewhere lies on them.
    reach : sequence of float, optional
        Half the size of the mark of each dot, in points; default 3.

    Returns
    -------
    int
        Names that found no room.
    """
    marks = [_around(axes, x, y, r) for (x, y, _), r in zip(dots, reach or [3.0] * len(dots), strict=True)]
    others = [_around(axes, x, y, 3.0) for x, y in avoid]
    names: list[Bbox] = []
    for place, dot in enumerate(dots):
        apart = [*names, *marks[:place], *marks[place + 1 :]]
        own = [marks[place]]
        box = (
            _write(axes, dot, _NEAR, [*apart, *own, *others])
            or _write(axes, dot, _FAR, [*apart, *others])
            or _write(axes, dot, (*_NEAR, *_FAR), apart)
        )
        names += [box] if box is not None else []
    return len(dots) - len(names)


def _write(
    axes: Axes, dot: tuple[float, float, str], places: Sequence[tuple[float, float]], taken: Sequence[Bbox]
) -> Bbox | None:
    """Write a name at the first place that is free; None where none is."""
    x, y, name = dot
    inside = axes.bbox
    for across, up in places:
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 3}
        text = axes.annotate(
            name, (x, y), textcoords="offset points", xytext=(across, up), size=8, color=INK, zorder=6,
            ha="left" if across > 0 else "right", path_effects=HALO,
            arrowprops=line if (across, up) not in _NEAR else None,
        )  # fmt: skip
        text.set_in_layout(False)
        box = text.get_window_extent()  # with the line that leads to it
        fits = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
        if fits and not any(box.overlaps(other) for other in taken):
            return box
        text.remove()
    return None


def _around(axes: Axes, x: float, y: float, reach: float) -> Bbox:
    """Box of a dot in pixels, `reach` points around its middle."""
    across, up = axes.transData.transform((x, y))
    page = axes.get_figure(root=True)
    half = reach * (page.dpi if page is not None else 100.0) / 72
    return Bbox.from_extents(across - half, up - half, across + half, up + half)


__all__ = ["HALO", "name_dots"]
