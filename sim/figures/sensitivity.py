"""Sobol indices of the factors of a study: what each explains alone, and with others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.network.tables import Floats

from .font import GREY, INK
from .page import PALETTE, add_legend
from .study_page import arms, columns_for, label_axes, legend_top, study_page, title_room
from .wording import Texts, wrap

_BAR_IN = 0.46
_LABEL_COLUMNS = 30


@dataclass(frozen=True, eq=False)
class SensitivityPanel:
    """One block."""

    title: str
    fit: str
    """How good the fit is, in words."""
    factors: Sequence[str]
    """The strongest first."""
    first: Floats
    total: Floats
    """(D, 3) value, low, high, in per cent"""
    refusal: str
    """Why no index is shown; empty where they are."""


@dataclass(frozen=True, eq=False)
class SensitivityPage:
    """What a figure of indices shows."""

    panels: Sequence[SensitivityPanel]
    figure: str
    question: str
    points: int
    replications: int


def draw_sensitivity(shown: SensitivityPage, texts: Texts) -> Figure:
    """Draw first and total indices, one panel a block, each with its own order.

    Parameters
    ----------
    shown : SensitivityPage
        At least one panel.
    texts : Texts
        Words.

    Returns
    -------
    Figure
        A panel without indices says why in a line.
    """
    columns = columns_for(len(shown.panels), 2)
    rows = -(-len(shown.panels) // columns)
    most = max(len(panel.factors) for panel in shown.panels)
    level = f"{100 * texts.confidence:g} %"
    caption = [
        texts("caption_sobol_fit", points=shown.points, n=shown.replications, level=level),
        texts("caption_sobol"),
    ]
    body = (0.95 + _BAR_IN * max(2, most)) * rows
    page = study_page(texts("title_sensitivity", figure=shown.figure), shown.question, caption, body, 1)
    panels = page.subplots(rows, columns, squeeze=False, sharex=True)
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        if panel.refusal:
            _refuse(axes, panel.refusal, columns)
        else:
            _draw_indices(axes, panel, most)
        axes.set_title(wrap(panel.title, title_room(columns) - 16) + "\n" + panel.fit)
        axes.set_xlim(0, 112)
    for axes in panels.flat[len(shown.panels) :]:
        axes.set_visible(False)
    label_axes(panels, texts("axis_sobol"))
    handles = [Patch(color=PALETTE[0]), Patch(color=PALETTE[5])]
    add_legend(page, handles, [texts("legend_first"), texts("legend_total")], top=legend_top(page))
    return page


def _draw_indices(axes: Axes, panel: SensitivityPanel, most: int) -> None:
    axes.grid(axis="y", visible=False)
    y = np.arange(len(panel.factors), dtype=np.float64)
    for offset, figures, colour in ((-0.19, panel.first, PALETTE[0]), (0.19, panel.total, PALETTE[5])):
        axes.barh(y + offset, figures[:, 0], height=0.36, color=colour, linewidth=0, zorder=2)
        axes.errorbar(
            figures[:, 0], y + offset, xerr=arms(figures), linestyle="none", color=INK, capsize=2, elinewidth=0.9,
            zorder=3,
        )  # fmt: skip
        for height, (value, _, high) in zip(y + offset, figures, strict=True):
            axes.annotate(
                f"{value:.0f}" if value >= 1 or value == 0 else "<1", (max(value, high), height), xytext=(5, 0),
                textcoords="offset points", va="center", size=7.5, color=INK,
            )  # fmt: skip
    axes.set_yticks(y, [wrap(name, _LABEL_COLUMNS) for name in panel.factors])
    axes.set_ylim(most - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _refuse(axes: Axes, words: str, columns: int) -> None:
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylim(1, 0)
    axes.text(
        0.5, 0.5, wrap(words, title_room(columns) - 24), transform=axes.transAxes, ha="center", va="center",
        color=GREY, size=9.5,
    )  # fmt: skip
