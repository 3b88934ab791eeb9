"""A figure over two factors as coloured cells, with lines along which a second one has the same value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from sim.network.tables import Floats

from .cells import Line, name_lines, write_numbers
from .font import GREY, INK
from .page import DASHES
from .study_page import Sheet, columns_for, draw_panels
from .wording import Texts, wrap_evenly

_COLOURS = "viridis"
_MOST_NUMBERED = 14
"""Cells beside each other that have room for numbers in one of two columns."""
_MOST_COLUMNS = 2
_PANEL_IN = 4.1
_SCALE_COLUMNS = 46
_HATCH = "////"


@dataclass(frozen=True, eq=False)
class HeatPanel:
    """One block."""

    title: str
    cells: Floats
    """(Y, X), rows from the lowest value of the vertical factor up; NaN where there is no figure"""
    lines: Floats | None
    """(Y, X, 3) value, low, high of the figure whose levels are drawn"""


@dataclass(frozen=True, eq=False)
class Heat:
    """What a heat map shows."""

    panels: Sequence[HeatPanel]
    x: str
    y: str
    """Labels of the axes."""
    x_values: Sequence[str]
    y_values: Sequence[str]
    name: str
    figure: str
    """Name of the figure, and with its unit."""
    lines: str
    levels: Sequence[float]
    unit: str
    """Of the levels."""
    question: str
    replications: int


def draw_heatmap(shown: Heat, texts: Texts) -> Figure:
    """Draw a heat map, one panel a block; cells are hatched where a line may run, as their interval holds its level."""
    has_lines = any(panel.lines is not None for panel in shown.panels)
    known = np.concatenate([panel.cells[np.isfinite(panel.cells)] for panel in shown.panels])
    scale = Normalize(float(known.min()), float(known.max())) if len(known) else Normalize(0, 1)
    columns = columns_for(len(shown.panels), _MOST_COLUMNS)
    sheet = Sheet(
        texts("title_heatmap", figure=shown.name, x=shown.x, y=shown.y), shown.question,
        list(_caption(shown, texts, has_lines)), _PANEL_IN, shown.x, shown.y,
        _legend(shown, texts) if has_lines else (), _MOST_COLUMNS, ("x", "y"),
    )  # fmt: skip

    def draw(axes: Axes, panel: HeatPanel) -> None:
        _draw_cells(axes, panel.cells, scale)
        _shape(axes, shown, columns)

    def add(page: Figure, panels: Any) -> None:
        beside = page.colorbar(panels.flat[0].images[0], ax=panels, fraction=0.04, pad=0.015)
        beside.set_label(wrap_evenly(shown.figure, _SCALE_COLUMNS))
        beside.outline.set_visible(False)

    page, panels = draw_panels(sheet, shown.panels, draw, add)
    page.draw_without_rendering()
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        lines = _draw_levels(axes, panel.lines, shown) if panel.lines is not None else []
        numbers = write_numbers(axes, panel.cells, [path for path, _ in lines]) if _has_room(panel.cells) else []
        name_lines(axes, lines, numbers)
    return page


def _has_room(cells: Floats) -> bool:
    """Tell whether cells are wide enough for numbers."""
    return bool(cells.shape[1] <= _MOST_NUMBERED)


def _caption(shown: Heat, texts: Texts, has_lines: bool) -> list[str]:
    told = [texts("caption_means", n=shown.replications), texts("caption_else_base")]
    if has_lines:
        told.append(texts("caption_levels", figure=shown.lines))
        told.append(texts("caption_hatched", level=texts.level))
    return [texts.joined(told[:2]), *([texts.joined(told[2:])] if has_lines else [])]


def _shape(axes: Axes, shown: Heat, columns: int) -> None:
    step = -(-len(shown.x_values) // (_MOST_NUMBERED * 2 // columns))
    axes.set_xticks(range(0, len(shown.x_values), step), list(shown.x_values)[::step])
    axes.set_yticks(range(0, len(shown.y_values), step), list(shown.y_values)[::step])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_cells(axes: Axes, cells: Floats, scale: Normalize) -> None:
    high, wide = cells.shape
    axes.imshow(
        np.ma.masked_invalid(cells), norm=scale, cmap=_COLOURS, origin="lower", aspect="auto", interpolation="nearest"
    )  # fmt: skip
    for edge in range(1, wide):
        axes.axvline(edge - 0.5, color="white", linewidth=0.8)
    for edge in range(1, high):
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)
    for row, column in np.argwhere(~np.isfinite(cells)):
        axes.text(column, row, "–", ha="center", va="center", color=GREY, size=8)


def _draw_levels(axes: Axes, lines: Floats, shown: Heat) -> list[Line]:
    """Hatch the cells that a line may run through, and draw the lines; returns them with their levels."""
    value, low, high = np.moveaxis(lines, -1, 0)
    holds = [(low <= level) & ((high >= level) | np.isnan(high)) for level in shown.levels]
    for row, column in np.argwhere(np.any(holds, axis=0)):
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch=_HATCH, edgecolor=(1, 1, 1, 0.4), linewidth=0)
        )  # fmt: skip
    drawn: list[Line] = []
    for level, dashes in zip(shown.levels, DASHES, strict=False):
        if min(value.shape) < 2 or not _is_passed(lines, level):
            continue
        axes.contour(np.ma.masked_invalid(value), [level], colors="white", linewidths=3.4)
        contour = axes.contour(np.ma.masked_invalid(value), [level], colors=INK, linewidths=1.5, linestyles=[dashes])
        paths = contour.get_paths()[0].to_polygons(closed_only=False)
        drawn += [(np.asarray(path), f"{level:g}") for path in paths]
    return drawn


def _is_passed(lines: Floats | None, level: float) -> bool:
    """Tell whether a level lies between two cells of a block."""
    if lines is None or not np.isfinite(lines[..., 0]).any():
        return False
    return bool(np.nanmin(lines[..., 0]) < level < np.nanmax(lines[..., 0]))


def _legend(shown: Heat, texts: Texts) -> list[tuple[Artist, str]]:
    handles = [
        Line2D([], [], color=INK, linewidth=1.5, linestyle=dashes)  # type: ignore[arg-type]
        for _, dashes in zip(shown.levels, DASHES, strict=False)
    ]
    passed = [[_is_passed(panel.lines, level) for panel in shown.panels] for level in shown.levels]
    levels = [f"{level:g} {shown.unit}" for level in shown.levels]
    labels = [
        words if any(where) else texts("legend_not_reached", level=words)
        for words, where in zip(levels, passed, strict=True)
    ]
    hatched = Patch(facecolor=GREY, edgecolor="white", hatch=_HATCH, linewidth=0)
    return [*zip(handles, labels, strict=False), (hatched, texts("legend_hatched"))]
