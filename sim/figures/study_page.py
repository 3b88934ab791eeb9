"""What the figures of a study share: a page with a panel for each block, labels within their room, signed numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.network.tables import Floats

from .page import add_legend, blank_page
from .wording import figure, text_columns, wrap, wrap_evenly

MOST_COLUMNS = 3
_SHORTEST = 10
"""Columns below which no label is broken further."""
CAPTION_COLUMNS = 176
_HEADING_COLUMNS, _QUESTION_COLUMNS = 98, 150
_LINE_IN = 0.18
"""Height of a line of a title or of the label of an axis."""


@dataclass(frozen=True)
class Sheet:
    """A page of a study but for what its panels show."""

    heading: str
    question: str
    caption: Sequence[str]
    """Sentences at the foot."""
    panel_in: float
    """Height of a row of panels (in)."""
    x: str
    y: str = ""
    """Labels of the axes with their units."""
    legend: Sequence[tuple[Artist, str]] = ()
    most_columns: int = MOST_COLUMNS
    shared: tuple[str, ...] = ("x",)
    """Axes that all panels share: x, y."""


Draw = Callable[[Axes, Any], Any]
Add = Callable[[Figure, Any], Any]


def draw_panels(sheet: Sheet, panels: Sequence[Any], draw: Draw, add: Add | None = None) -> tuple[Figure, Any]:
    """Make a page with a panel for each block, side by side and below each other.

    Parameters
    ----------
    sheet : Sheet
    panels : sequence
        What they show; each has a `title`.
    draw : callable
        Draws one of them; called again if labels turn out to need a higher page.
    add : callable, optional
        Adds to the page, given all axes, what stands beside them, such as a scale of colours.

    Returns
    -------
    tuple of Figure and ndarray of Axes, shape (rows, columns)
        Axes of which there is no panel are not visible.
    """
    page, grid, lines = _laid(sheet, panels, draw, add)
    if lines:
        page, grid, _ = _laid(replace(sheet, panel_in=sheet.panel_in + _LINE_IN * lines), panels, draw, add)
    return page, grid


def _laid(sheet: Sheet, panels: Sequence[Any], draw: Draw, add: Add | None) -> tuple[Figure, Any, int]:
    """Lay a page out; also tells how many lines more than one its labels take in a row of panels."""
    columns = columns_for(len(panels), sheet.most_columns)
    rows = -(-len(panels) // columns)
    page = study_page(sheet.heading, sheet.question, sheet.caption, sheet.panel_in * rows, int(bool(sheet.legend)))
    grid = page.subplots(rows, columns, squeeze=False, sharex="x" in sheet.shared, sharey="y" in sheet.shared)
    for axes, panel in zip(grid.flat, panels, strict=False):
        draw(axes, panel)
        axes.set_title(panel.title, loc="left")
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    _label_axes(grid, sheet.x, sheet.y)
    if sheet.legend:
        add_legend(page, [h for h, _ in sheet.legend], [words for _, words in sheet.legend], top=legend_top(page))
    if add is not None:
        add(page, grid)
    return page, grid, fit_labels(page, grid)


def _label_axes(grid: Any, x: str, y: str) -> None:
    """Label the lowest panel of each column, and the first of each row; the rest share their axes."""
    for column in grid.T:
        lowest = [axes for axes in column if axes.get_visible()][-1]
        lowest.set_xlabel(x, linespacing=1.2)
        lowest.tick_params(labelbottom=True)
    for row in grid:
        row[0].set_ylabel(y)


def fit_labels(page: Figure, grid: Any) -> int:
    """Break titles and labels of axes into lines that are no longer than their panels, titles of a row into as many.

    Parameters
    ----------
    page : Figure
    grid : ndarray of Axes, shape (rows, columns)

    Returns
    -------
    int
        Lines beside the first that titles and labels of a row take, at most.
    """
    page.draw_without_rendering()
    most = 0
    for row in grid:
        shown = [axes for axes in row if axes.get_visible()]
        titles = [axes.set_title(axes.get_title("left"), loc="left", linespacing=1.25) for axes in shown]
        for title, axes in zip(titles, shown, strict=True):
            _fit(page, title, axes.bbox.width)
            _fit(page, axes.xaxis.label, axes.bbox.width)
            _fit(page, axes.yaxis.label, axes.bbox.height)
        lines = max(title.get_text().count("\n") for title in titles)
        for title in titles:
            title.set_text(title.get_text() + "\n" * (lines - title.get_text().count("\n")))
        most = max(most, lines + max(axes.get_xlabel().count("\n") for axes in shown))
    return most


def _fit(page: Figure, label: Text, room: float) -> None:
    """Break a label into lines of so many pixels."""
    words, font = label.get_text(), label.get_fontproperties()
    renderer: Any = page.canvas.get_renderer()  # type: ignore[attr-defined]
    columns, tried = text_columns(words), words
    while columns > _SHORTEST:
        tried = wrap_evenly(words, columns)
        lines = tried.split("\n")
        if max(renderer.get_text_width_height_descent(line, font, False)[0] for line in lines) <= room:
            break
        columns = min(columns, max(map(text_columns, lines))) - 1
    label.set_text(tried)


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
    lines = [line for sentence in caption for line in wrap(sentence, CAPTION_COLUMNS).split("\n")]
    more = title.count("\n")
    height = 1.1 + 0.25 * more + 0.22 * legend_rows + 0.17 * len(lines) + body_in
    page = blank_page(title, "", lines, height, legend_rows)
    top = 0.47 + 0.25 * more
    page.texts[1].set_text(below)
    page.texts[1].set_linespacing(1.3)
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


def signed(value: float) -> str:
    """Write a change: +1.2, −0.35, 0, ≈0."""
    if abs(value) < 0.005:
        return "0" if value == 0 else "≈0"
    return f"{'+' if value > 0 else '−'}{figure(abs(value))}"


def arms(figures: Floats) -> Floats:
    """Lengths of the arms of error bars, (P, 3) to (2, P); none where a bound is unknown."""
    value, low, high = figures.T
    return np.asarray(np.nan_to_num(np.clip([value - low, high - value], 0, None)), np.float64)
