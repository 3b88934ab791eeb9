"""Trade-off curves: what is gained against what it costs, along the values of one factor, with the knee marked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.metrics.crossing import knee
from sim.network.tables import Floats

from .dots import HALO
from .page import PALETTE
from .study_page import arms, fit_labels, study_page
from .wording import Texts

_PANEL_IN = 3.5


@dataclass(frozen=True, eq=False)
class Curve:
    """Figures of one block of points along a factor."""

    title: str
    factor: Floats
    """(P,) rising"""
    gain: Floats
    """(P, 3) value, low, high, in the unit of display"""
    prices: Sequence[Floats]
    """(P, 3) each"""


@dataclass(frozen=True, eq=False)
class Tradeoffs:
    """What a trade-off figure shows."""

    curves: Sequence[Curve]
    """One row of panels each."""
    factor: str
    name: str
    gain: str
    """Name of what is gained, and the label of the vertical axis with its unit."""
    prices: Sequence[str]
    """Labels of the horizontal axes, one column of panels each."""
    subtitle: str
    replications: int


def draw_tradeoff(shown: Tradeoffs, texts: Texts) -> Figure:
    """Draw a trade-off.

    Parameters
    ----------
    shown : Tradeoffs
        At least one curve and one price.
    texts : Texts
        Words.

    Returns
    -------
    Figure
    """
    caption = [
        texts.intervals("caption_bars", shown.replications),
        texts("caption_tradeoff", factor=shown.factor),
        texts("caption_knee"),
    ]
    rows, columns = len(shown.curves), len(shown.prices)
    page = study_page(texts("title_tradeoff", gain=shown.name), shown.subtitle, caption, 0.3 + _PANEL_IN * rows)
    panels = page.subplots(rows, columns, squeeze=False, sharex="col", sharey=True)
    for row, curve in enumerate(shown.curves):
        for column, price in enumerate(curve.prices):
            axes = panels[row, column]
            _draw_curve(axes, curve, price)
            axes.set_title(curve.title, loc="left")
            axes.set_xlabel(shown.prices[column] if row == rows - 1 else "")
        panels[row, 0].set_ylabel(shown.gain)
    fit_labels(page, panels)
    return page


def _draw_curve(axes: Axes, curve: Curve, price: Floats) -> None:
    x, y = price[:, 0], curve.gain[:, 0]
    axes.errorbar(
        x, y, xerr=arms(price), yerr=arms(curve.gain), color=PALETTE[0], linewidth=1.6, marker="o", markersize=4,
        capsize=2, elinewidth=0.9, ecolor=PALETTE[5],
    )  # fmt: skip
    bend = knee(x, y)
    if bend >= 0 and abs(x[-1] - x[0]) > arms(price)[:, [0, -1]].max():  # else the price has not moved for sure
        axes.plot(x[bend], y[bend], "o", markersize=13, markerfacecolor="none", markeredgecolor=PALETTE[1], mew=1.8)
    axes.margins(0.12)
    for place in _apart(axes, x, y):
        axes.annotate(
            f"{curve.factor[place]:g}", (x[place], y[place]), textcoords="offset points", xytext=(7, -10), size=8,
            path_effects=HALO,
        )  # fmt: skip


def _apart(axes: Axes, x: Floats, y: Floats) -> list[int]:
    """Choose points whose numbers do not lie on each other: both ends, then whatever is far enough from those kept."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    places = np.column_stack([(x - left) / (right - left), (y - bottom) / (top - bottom)])
    kept: list[int] = []
    for place in [0, len(x) - 1, *range(1, len(x) - 1)]:
        gaps = np.abs(places[kept] - places[place]) if kept else np.zeros((0, 2))
        if place not in kept and all(gap[0] > 0.11 or gap[1] > 0.09 for gap in gaps):
            kept.append(place)
    return kept


__all__ = ["Curve", "Tradeoffs", "draw_tradeoff"]
