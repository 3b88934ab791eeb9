"""Sobol indices of the factors of a study: what each explains alone, and with others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.network.tables import Floats

from .font import GREY, INK
from .page import PALETTE
from .study_page import Sheet, arms, draw_panels
from .wording import Texts, wrap_evenly

_BAR_IN = 0.46
_LABEL_COLUMNS, _REFUSAL_COLUMNS = 38, 64
_WHOLE = 100.0


@dataclass(frozen=True, eq=False)
class SensitivityPanel:
    """One block."""

    title: str
    """With how good the fit is, on a line of its own."""
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
    """Draw first and total indices, one panel a block, each with its own order; one without indices says why."""
    caption = [
        texts("caption_sobol_fit", points=shown.points, n=shown.replications, level=texts.level),
        texts("caption_sobol"),
    ]
    told = [panel for panel in shown.panels if not panel.refusal]
    most = max((len(panel.factors) for panel in told), default=0)
    legend = [(Patch(color=PALETTE[0]), texts("legend_first")), (Patch(color=PALETTE[5]), texts("legend_total"))]
    ends = np.concatenate([np.stack([p.first, p.total]).reshape(-1, 3) for p in told]) if told else np.zeros((1, 3))
    room = 1.08 * float(np.nanmax(ends)) + 2.0

    def draw(axes: Axes, panel: SensitivityPanel) -> None:
        if panel.refusal:
            _refuse(axes, panel.refusal)
        else:
            _draw_indices(axes, panel, most)
            _shape(axes, room)

    sheet = Sheet(
        texts("title_sensitivity", figure=shown.figure), shown.question, caption, 1.1 + _BAR_IN * max(1, most),
        texts("axis_sobol") if told else "", legend=legend if told else (), most_columns=2,
    )  # fmt: skip
    page, _ = draw_panels(sheet, shown.panels, draw)
    return page


def _shape(axes: Axes, room: float) -> None:
    """Give the axis room for the numbers beside the bars, but no tick and no line beyond the whole variance."""
    axes.set_xlim(0, room)
    if room > _WHOLE:
        axes.set_xticks(np.arange(0, _WHOLE + 1, 20))
        axes.spines["bottom"].set_bounds(0, _WHOLE)


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
    axes.set_yticks(y, [wrap_evenly(name, _LABEL_COLUMNS) for name in panel.factors])
    axes.set_ylim(most - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _refuse(axes: Axes, words: str) -> None:
    axes.grid(visible=False)
    axes.tick_params(left=False, labelleft=False, bottom=False, labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.text(0, 0.5, wrap_evenly(words, _REFUSAL_COLUMNS), transform=axes.transAxes, va="center", color=GREY, size=9.5)
