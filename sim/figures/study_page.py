"""What the figures of a study share: its page, labels that find room, numbers with a sign."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from sim.network.tables import Floats

from .font import INK
from .page import WIDTH_IN, blank_page
from .wording import figure, wrap

HALO = [withStroke(linewidth=2.5, foreground="white")]
MOST_COLUMNS = 3
_HEADING_COLUMNS = 105
_TEXT_COLUMNS = 150
_PLACES = ((7, -10), (7, 4), (-7, 5), (-7, -11))
"""Offsets in points of a label from its dot, the best first."""


def study_page(heading: str, question: str, caption: Sequence[str], body_in: float, legend_rows: int = 0) -> Figure:
    """Make an empty page of a study.

    Parameters
    ----------
    heading : str
        A long one is broken into lines.
    question : str
        Below it.
    caption : sequence of str
        Sentences at the foot, broken into lines.
    body_in : float
        Inches for the panels.
    legend_rows : int
        That `add_legend` puts below the question.
    """
    title, below = wrap(heading, _HEADING_COLUMNS), wrap(question, _TEXT_COLUMNS)
    lines = [line for sentence in caption for line in wrap(sentence, _TEXT_COLUMNS + 10).split("\n")]
    more = title.count("\n")
    height = 1.1 + 0.25 * more + 0.22 * legend_rows + 0.17 * len(lines) + body_in
    page = blank_page(title, "", lines, height, legend_rows)
    top = 0.47 + 0.25 * more
    page.texts[1].set_text(below)
    page.texts[1].set_y(1 - top / height)
    used = 0.86 + 0.25 * more + 0.18 * below.count("\n") + 0.22 * legend_rows
    foot = (0.22 + 0.17 * len(lines)) / height
    page.get_layout_engine().set(rect=(0.008, foot, 0.984, 1 - used / height - foot))  # type: ignore[call-arg, union-attr]
    return page


def legend_top(page: Figure) -> float:
    """Inches from the top of a page to below its question, for the legend."""
    question = page.texts[1]
    lines = question.get_text().count("\n") + 1
    return float((1 - question.get_position()[1]) * page.get_figheight() + 0.08 + 0.18 * lines)


def columns_for(panels: int, most: int = MOST_COLUMNS) -> int:
    """Columns of a page for so many panels: few rows, no column that is empty throughout."""
    rows = -(-panels // most)
    return -(-panels // rows)


def title_room(columns: int) -> int:
    """Letters that fit above a panel."""
    return int(WIDTH_IN * 11.2 / columns) - 4


def signed(value: float) -> str:
    """Write a change: +1.2, −0.35, 0."""
    if value == 0:
        return "0"
    text = figure(abs(value))
    sign = "+" if value > 0 else "−"
    return f"{text[0]}{sign}{text[1:]}" if text.startswith("<") else f"{sign}{text}"


def arms(figures: Floats) -> Floats:
    """Lengths of the arms of error bars, (P, 3) to (2, P); none where a bound is unknown."""
    value, low, high = figures.T
    return np.asarray(np.nan_to_num(np.clip([value - low, high - value], 0, None)), np.float64)


def name_dots(axes: Axes, dots: Sequence[tuple[float, float, str]], avoid: Sequence[tuple[float, float]] = ()) -> int:
    """Write names beside dots, where they lie on no other name and on no dot; the first have the choice.

    Parameters
    ----------
    axes : Axes
        On a page whose layout is done.
    dots : sequence of (x, y, name)
    avoid : sequence of (x, y)
        Other dots.

    Returns
    -------
    int
        Names that found no room.
    """
    taken = [_around(axes, x, y) for x, y in [*avoid, *((x, y) for x, y, _ in dots)]]
    inside, left = axes.bbox, 0
    for x, y, name in dots:
        own = _around(axes, x, y)
        for across, up in _PLACES:
            text = axes.annotate(
                name, (x, y), textcoords="offset points", xytext=(across, up), size=8, color=INK, zorder=6,
                ha="left" if across > 0 else "right", path_effects=HALO,
            )  # fmt: skip
            text.set_in_layout(False)
            box = text.get_window_extent()
            is_free = not any(box.overlaps(other) for other in taken if other.bounds != own.bounds)
            if is_free and inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1:
                taken.append(box)
                break
            text.remove()
        else:
            left += 1
    return left


def _around(axes: Axes, x: float, y: float, reach: float = 4.0) -> Bbox:
    """Box of a dot in pixels."""
    across, up = axes.transData.transform((x, y))
    return Bbox.from_extents(across - reach, up - reach, across + reach, up + reach)
