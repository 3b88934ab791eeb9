"""What a figure would be for other detection or prevalence: curves along one slider, panels along another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.network.tables import Floats

from .page import DASHES, PALETTE, add_legend, legend_columns
from .study_page import arms, fit_labels, legend_top, study_page
from .wording import Texts

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
    name: str
    y: str
    """Labels of the axes, and name of the figure without its unit."""
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
    title = texts("title_sliders", figure=shown.name)
    page = study_page(title, shown.subtitle, caption, 0.4 + 3.0 * len(shown.rows), legend_rows)
    panels = page.subplots(len(shown.rows), len(shown.rows[0]), squeeze=False, sharex=True, sharey=True)
    for across, row in zip(panels, shown.rows, strict=True):
        for axes, panel in zip(across, row, strict=True):
            for number, figures in enumerate(panel.figures):
                axes.errorbar(
                    shown.values, figures[:, 0], yerr=arms(figures), capsize=2, elinewidth=0.9, **_style(number)
                )
            axes.set_title(panel.title, loc="left")
            axes.set_ylim(bottom=0)
        across[0].set_ylabel(shown.y)
    for axes in panels[-1]:
        axes.set_xlabel(shown.x)
    handles = [Line2D([], [], **_style(number)) for number in range(len(shown.points))]
    add_legend(page, handles, shown.points, columns, legend_top(page))
    fit_labels(page, panels)
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
