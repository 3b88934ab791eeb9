"""What the figures of a study share: its page, labels that find room, numbers with a sign."""

from collections.abc import Sequence
from typing import Any

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
_HEADING_COLUMNS, _QUESTION_COLUMNS, _CAPTION_COLUMNS = 98, 150, 176
_PLACES = ((-9, 5), (9, -11), (9, 4), (-9, -12))
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
    title, below = wrap(heading[:1].upper() + heading[1:], _HEADING_COLUMNS), wrap(question, _QUESTION_COLUMNS)
    lines = [line for sentence in caption for line in wrap(sentence, _CAPTION_COLUMNS).split("\n")]
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
    """Write a change: +1.2, −0.35, 0, ≈0."""
    if abs(value) < 0.005:
        return "0" if value == 0 else "≈0"
    return f"{'+' if value > 0 else '−'}{figure(abs(value))}"


def label_axes(panels: Any, x: str, y: str = "", room: int = 124) -> None:
    """Label the lowest panel of each column, and the first of each row; the rest share their axes.

    Parameters
    ----------
    panels : ndarray of Axes, shape (rows, columns)
    x, y : str
        With their units; broken into lines where they are long.
    room : int
        Letters that fit below all panels of a row together.
    """
    rows, columns = panels.shape
    for column in range(columns):
        shown = [axes for axes in panels[:, column] if axes.get_visible()]
        shown[-1].set_xlabel(wrap(x, room // columns), linespacing=1.2)
        shown[-1].tick_params(labelbottom=True)
    for row in range(rows):
        if y:
            panels[row, 0].set_ylabel(wrap(y, 40))


def arms(figures: Floats) -> Floats:
    """Lengths of the arms of error bars, (P, 3) to (2, P); none where a bound is unknown."""
    value, low, high = figures.T
    return np.asarray(np.nan_to_num(np.clip([value - low, high - value], 0, None)), np.float64)


def name_dots(axes: Axes, dots: Sequence[tuple[float, float, str]], avoid: Sequence[tuple[float, float]] = ()) -> int:
    """Write names beside dots, where they lie on no other name and on no named dot; the first have the choice.

    Parameters
    ----------
    axes : Axes
        On a page whose layout is done.
    dots : sequence of (x, y, name)
    avoid : sequence of (x, y)
        Other dots; a name that finds no room elsewhere lies on them.

    Returns
    -------
    int
        Names that found no room.
    """
    taken = [_around(axes, x, y) for x, y, _ in dots]
    others = [_around(axes, x, y) for x, y in avoid]
    left = 0
    for place, (x, y, name) in enumerate(dots):
        apart = taken[:place] + taken[place + 1 :]
        box = _write_name(axes, (x, y, name), apart + others) or _write_name(axes, (x, y, name), apart)
        left += box is None
        taken += [box] if box is not None else []
    return left


def _write_name(axes: Axes, dot: tuple[float, float, str], taken: Sequence[Bbox]) -> Bbox | None:
    """Write a name at the first place that is free; None where none is."""
    x, y, name = dot
    inside = axes.bbox
    for across, up in _PLACES:
        text = axes.annotate(
            name, (x, y), textcoords="offset points", xytext=(across, up), size=8, color=INK, zorder=6,
            ha="left" if across > 0 else "right", path_effects=HALO,
        )  # fmt: skip
        text.set_in_layout(False)
        box = text.get_window_extent()
        fits = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
        if fits and not any(box.overlaps(other) for other in taken):
            return box
        text.remove()
    return None


def _around(axes: Axes, x: float, y: float, reach: float = 4.0) -> Bbox:
    """Box of a dot in pixels."""
    across, up = axes.transData.transform((x, y))
    return Bbox.from_extents(across - reach, up - reach, across + reach, up + reach)
