"""A figure over two factors as coloured cells, with lines along which a second one has the same value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke

from sim.network.tables import Floats

from .font import GREY, INK
from .page import DASHES, add_legend
from .study_page import HALO, columns_for, label_axes, legend_top, study_page, title_room
from .wording import Texts, figure, wrap

_COLOURS = "viridis"
_MOST_NUMBERED = 14
"""Cells beside each other that have room for numbers in one of two columns."""
_PANEL_IN = 3.9
_HATCH = "/////"


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
    """Draw a heat map, one panel a block.

    Parameters
    ----------
    shown : Heat
        At least one panel.
    texts : Texts
        Words.

    Returns
    -------
    Figure
        Cells whose interval of the second figure holds a level are hatched: the line may run through them.
    """
    columns = columns_for(len(shown.panels), 2)
    rows = -(-len(shown.panels) // columns)
    has_lines = any(panel.lines is not None for panel in shown.panels)
    page = study_page(
        texts("title_heatmap", figure=shown.name, x=shown.x, y=shown.y),
        shown.question, list(_caption(shown, texts, has_lines)), _PANEL_IN * rows, int(has_lines),
    )  # fmt: skip
    panels = page.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    known = np.concatenate([panel.cells[np.isfinite(panel.cells)] for panel in shown.panels])
    scale = Normalize(float(known.min()), float(known.max())) if len(known) else Normalize(0, 1)
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        image = _draw_cells(axes, panel.cells, scale)
        _shape(axes, shown, wrap(panel.title, title_room(columns) - 8), columns)
    for axes in panels.flat[len(shown.panels) :]:
        axes.set_visible(False)
    label_axes(panels, shown.x, shown.y)
    page.colorbar(image, ax=panels, label=wrap(shown.figure, 46), fraction=0.04, pad=0.015).outline.set_visible(False)
    if has_lines:
        _legend(page, shown, texts)
    page.draw_without_rendering()
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        if panel.lines is not None:
            _draw_levels(axes, panel.lines, shown)
    return page


def _caption(shown: Heat, texts: Texts, has_lines: bool) -> list[str]:
    told = [texts("caption_means", n=shown.replications), texts("caption_else_base")]
    if has_lines:
        level = f"{100 * texts.confidence:g} %"
        told.append(texts("caption_levels", figure=shown.lines))
        told.append(texts("caption_hatched", level=level))
    return [texts.joined(told[:2]), *([texts.joined(told[2:])] if has_lines else [])]


def _shape(axes: Axes, shown: Heat, title: str, columns: int) -> None:
    axes.set_title(title)
    step = -(-len(shown.x_values) // (_MOST_NUMBERED * 2 // columns))
    axes.set_xticks(range(0, len(shown.x_values), step), list(shown.x_values)[::step])
    axes.set_yticks(range(0, len(shown.y_values), step), list(shown.y_values)[::step])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_cells(axes: Axes, cells: Floats, scale: Normalize) -> AxesImage:
    high, wide = cells.shape
    image = axes.imshow(
        np.ma.masked_invalid(cells), norm=scale, cmap=_COLOURS, origin="lower", aspect="auto", interpolation="nearest"
    )  # fmt: skip
    for edge in range(1, wide):
        axes.axvline(edge - 0.5, color="white", linewidth=0.8)
    for edge in range(1, high):
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)
    for (row, column), value in np.ndenumerate(cells):
        if not np.isfinite(value):
            axes.text(column, row, "–", ha="center", va="center", color=GREY, size=8)
        elif wide <= _MOST_NUMBERED:
            dark = (
                sum(c * w for c, w in zip(colormaps[_COLOURS](scale(value))[:3], (0.3, 0.59, 0.11), strict=True)) < 0.5
            )
            halo = [withStroke(linewidth=3, foreground=colormaps[_COLOURS](scale(value)))]
            axes.text(
                column, row, figure(float(value)), ha="center", va="center", size=7.5, zorder=4,
                color="white" if dark else INK, path_effects=halo,
            )  # fmt: skip
    return image


def _draw_levels(axes: Axes, lines: Floats, shown: Heat) -> None:
    """Hatch the cells that a line may run through, draw the lines, and write their levels between the numbers."""
    value, low, high = np.moveaxis(lines, -1, 0)
    holds = [(low <= level) & ((high >= level) | np.isnan(high)) for level in shown.levels]
    for row, column in np.argwhere(np.any(holds, axis=0)):
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch=_HATCH, edgecolor=(1, 1, 1, 0.55), linewidth=0)
        )  # fmt: skip
    if min(value.shape) < 2:
        return
    placed: list[tuple[float, float]] = []
    for level, dashes in zip(shown.levels, DASHES, strict=False):
        if not _is_passed(lines, level):
            continue
        axes.contour(np.ma.masked_invalid(value), [level], colors="white", linewidths=3.4)
        lines_drawn = axes.contour(
            np.ma.masked_invalid(value), [level], colors=INK, linewidths=1.5, linestyles=[dashes]
        )
        spot = _free_spot(axes, lines_drawn.get_paths()[0].to_polygons(closed_only=False), placed)
        if spot is not None:
            placed.append(spot)
            axes.text(*spot, f"{level:g}", ha="center", va="center", size=8.5, zorder=5, path_effects=HALO)


def _is_passed(lines: Floats | None, level: float) -> bool:
    """Tell whether a level lies between two cells of a block."""
    if lines is None or not np.isfinite(lines[..., 0]).any():
        return False
    return bool(np.nanmin(lines[..., 0]) < level < np.nanmax(lines[..., 0]))


def _free_spot(axes: Axes, paths: Sequence[Any], placed: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Find the place on a line that is furthest from the numbers in the cells, and not on another level's."""
    pixels = np.abs(axes.transData.transform((1, 1)) - axes.transData.transform((0, 0)))
    best, found = 0.0, None
    for path in paths:
        for start, end in zip(path, path[1:], strict=False):
            for share in (0.0, 0.25, 0.5, 0.75):
                spot = np.asarray(start) + share * (np.asarray(end) - np.asarray(start))
                away = np.abs(spot - np.round(spot)) * pixels / _pixels(axes, 22, 12)
                others = [np.abs(spot - other) * pixels / _pixels(axes, 22, 12) for other in placed]
                room = min(float(gap.max()) for gap in (away, *others))
                if room > best:
                    best, found = room, (float(spot[0]), float(spot[1]))
    return found if best >= 1 else None


def _pixels(axes: Axes, across: float, up: float) -> Floats:
    """Points to pixels of the page that the axes stand on."""
    figure_of = axes.get_figure(root=True)
    dpi = figure_of.dpi if figure_of is not None else 100.0
    return np.array([across, up]) * dpi / 72


def _legend(page: Figure, shown: Heat, texts: Texts) -> None:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=INK, linewidth=1.5, linestyle=dashes)  # type: ignore[arg-type]
        for _, dashes in zip(shown.levels, DASHES, strict=False)
    ]
    passed = [[_is_passed(panel.lines, level) for panel in shown.panels] for level in shown.levels]
    levels = [f"{level:g} {shown.unit}" for level in shown.levels]
    labels = [
        words if any(where) else texts("legend_not_reached", level=words)
        for words, where in zip(levels, passed, strict=True)
    ]
    handles.append(Patch(facecolor=GREY, edgecolor="white", hatch=_HATCH, linewidth=0))
    add_legend(page, handles, [*labels, texts("legend_hatched")], top=legend_top(page))
