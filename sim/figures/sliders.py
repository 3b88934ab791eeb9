"""What a figure would be for other detection or prevalence: curves along one slider, panels along another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.network.tables import Floats

from .page import DASHES, PALETTE, add_legend, blank_page, legend_columns
from .wording import Texts, wrap

MOST_CURVES = 7
_MARKERS = "osD^vPX"


@dataclass(frozen=True, eq=False)
class SliderPanel:
    """One block at one value of the second slider."""

    title: str
    figures: Sequence[Floats]
    """One (V, 3) a point of the design: value, low, high at each value of the first slider, in the unit of display."""


@dataclass(frozen=True, eq=False)
class SliderCurves:
    """What a figure of sliders shows."""

    rows: Sequence[Sequence[SliderPanel]]
    """One row a block."""
    values: Floats
    """(V,) rising; of the first slider"""
    x: str
    y: str
    points: Sequence[str]
    """Names of the points of the design, at most `MOST_CURVES`."""
    subtitle: str
    kept: str
    """What the other sliders are; empty where there are none."""
    replications: int


def draw_sliders(shown: SliderCurves, texts: Texts) -> Figure:
    """Draw curves along the first slider.

    Parameters
    ----------
    shown : SliderCurves
    texts : Texts
        Words.

    Returns
    -------
    Figure
    """
    caption = [texts.intervals("caption_bars", shown.replications), texts("caption_sliders")]
    if shown.kept:
        caption.append(texts("caption_sliders_kept", kept=shown.kept))
    columns = legend_columns(shown.points)
    legend_rows = -(-len(shown.points) // columns)
    height = 1.9 + 0.22 * legend_rows + 0.17 * len(caption) + 3.0 * len(shown.rows)
    page = blank_page(texts("title_sliders"), shown.subtitle, caption, height, legend_rows)
    panels = page.subplots(len(shown.rows), len(shown.rows[0]), squeeze=False, sharex=True, sharey=True)
    room = 120 // len(shown.rows[0])
    for across, row in zip(panels, shown.rows, strict=True):
        for axes, panel in zip(across, row, strict=True):
            for number, figures in enumerate(panel.figures):
                value, low, high = figures.T
                arms = np.nan_to_num(np.clip([value - low, high - value], 0, None))
                axes.errorbar(shown.values, value, yerr=arms, capsize=2, elinewidth=0.9, **_style(number))
            axes.set_title(wrap(panel.title, room))
            axes.set_ylim(bottom=0)
        across[0].set_ylabel(wrap(shown.y, 34))
    for axes in panels[-1]:
        axes.set_xlabel(wrap(shown.x, room))
    handles = [Line2D([], [], **_style(number)) for number in range(len(shown.points))]
    add_legend(page, handles, shown.points, columns)
    return page


def _style(number: int) -> dict[str, Any]:
    return {
        "color": PALETTE[number % len(PALETTE)],
        "marker": _MARKERS[number % len(_MARKERS)],
        "linestyle": DASHES[number % len(DASHES)],
        "markersize": 4.5,
        "linewidth": 1.6,
    }  # fmt: skip


__all__ = ["MOST_CURVES", "SliderCurves", "SliderPanel", "draw_sliders"]
