"""Every point of a design in two figures: the Pareto front, its knee, and what is dominated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.network.tables import Floats, Ints

from .page import PALETTE, add_legend
from .study_page import arms, columns_for, label_axes, legend_top, name_dots, study_page, title_room
from .wording import Texts, text_columns, wrap

_PANEL_IN = 4.1
_LONGEST_NAME = 16
_PALE = "#b9c2ca"
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class FrontPanel:
    """One block of points."""

    title: str
    gain: Floats
    """(P, 3) value, low, high"""
    price: Floats
    """(P, 3)"""
    names: Sequence[str]
    front: Ints
    """Positions of the points that no other beats, from the lowest price up."""
    knee: int
    """Position of a point; -1: none"""
    is_beaten: Flags
    """(P,) dominated for sure"""


@dataclass(frozen=True, eq=False)
class Fronts:
    """What a front shows."""

    panels: Sequence[FrontPanel]
    gain: str
    price: str
    """Labels of the axes with their units."""
    names: tuple[str, str]
    """The same without."""
    named: str
    """What the names of the points are values of."""
    question: str
    replications: int


def draw_front(shown: Fronts, texts: Texts) -> Figure:
    """Draw the points of each block and their front.

    Parameters
    ----------
    shown : Fronts
        At least one panel.
    texts : Texts
        Words.

    Returns
    -------
    Figure
    """
    columns = columns_for(len(shown.panels))
    rows = -(-len(shown.panels) // columns)
    tags = _tags(shown.panels)
    key = texts.listed([f"{tag} {name}" for name, tag in tags.items() if tag != name])
    caption = [
        texts.joined(
            [texts.intervals("caption_bars", shown.replications), texts("caption_names", factors=shown.named)]
        ),
        texts.joined([texts("caption_front"), texts("caption_knee_front")]),
        *([key] if key else []),
    ]
    page = study_page(
        texts("title_front", gain=shown.names[0], price=shown.names[1]), shown.question, caption, _PANEL_IN * rows, 1
    )
    panels = page.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        _draw_points(axes, panel)
        axes.set_title(wrap(panel.title, title_room(columns)))
    for axes in panels.flat[len(shown.panels) :]:
        axes.set_visible(False)
    label_axes(panels, shown.price, shown.gain)
    _legend(page, texts)
    page.draw_without_rendering()
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        _name_front(axes, panel, tags)
    return page


def _tags(panels: Sequence[FrontPanel]) -> dict[str, str]:
    """Give the points of all fronts their names, or numbers where these are long: the same name, the same number."""
    names = list(dict.fromkeys(panel.names[place] for panel in panels for place in panel.front))
    if all(text_columns(name) <= _LONGEST_NAME for name in names):
        return {name: name for name in names}
    return {name: str(number) for number, name in enumerate(names, start=1)}


def _draw_points(axes: Axes, panel: FrontPanel) -> None:
    is_front = np.zeros(len(panel.gain), bool)
    is_front[panel.front] = True
    known = np.isfinite(panel.gain[:, 0]) & np.isfinite(panel.price[:, 0])
    for which, colour, order in (
        (known & panel.is_beaten & ~is_front, _PALE, 2),
        (known & ~panel.is_beaten & ~is_front, PALETTE[5], 3),
        (known & is_front, PALETTE[0], 4),
    ):
        gain, price = panel.gain[which], panel.price[which]
        axes.errorbar(
            price[:, 0], gain[:, 0], xerr=arms(price), yerr=arms(gain), linestyle="none", color=colour, marker="o",
            markersize=4.5 if order == 4 else 3.5, capsize=0, elinewidth=0.8, zorder=order,
        )  # fmt: skip
    x, y = panel.price[panel.front, 0], panel.gain[panel.front, 0]
    axes.step(x, y, where="post", color=PALETTE[0], linewidth=1.3, zorder=3)
    if panel.knee >= 0:
        axes.plot(
            panel.price[panel.knee, 0], panel.gain[panel.knee, 0], "o", markersize=12, markerfacecolor="none",
            markeredgecolor=PALETTE[1], mew=1.8, zorder=5,
        )  # fmt: skip
    axes.margins(0.1)


def _name_front(axes: Axes, panel: FrontPanel, tags: Mapping[str, str]) -> None:
    """Name the points of the front: knee and ends first, the others where there is room."""
    ends = [panel.knee, *panel.front[[0, -1]].tolist()] if len(panel.front) else []
    order = [p for p in dict.fromkeys([*ends, *panel.front.tolist()]) if p >= 0]
    rest = [p for p in range(len(panel.gain)) if p not in order and np.isfinite(panel.gain[p, 0] + panel.price[p, 0])]
    dots = [(float(panel.price[p, 0]), float(panel.gain[p, 0]), tags[panel.names[p]]) for p in order]
    name_dots(axes, dots, [(float(panel.price[p, 0]), float(panel.gain[p, 0])) for p in rest])


def _legend(page: Figure, texts: Texts) -> None:
    looks: dict[str, dict[str, Any]] = {
        "legend_front": {"color": PALETTE[0], "marker": "o", "linewidth": 1.3},
        "legend_in_doubt": {"color": PALETTE[5], "marker": "o", "linestyle": "none"},
        "legend_beaten": {"color": _PALE, "marker": "o", "linestyle": "none"},
        "legend_knee": {
            "color": PALETTE[1],
            "marker": "o",
            "linestyle": "none",
            "markerfacecolor": "none",
            "markersize": 11,
        },
    }
    handles = [Line2D([], [], **{"markersize": 4.5, **look}) for look in looks.values()]
    add_legend(page, handles, [texts(key) for key in looks], top=legend_top(page))
    page.legends[0].set_zorder(5)


__all__ = ["FrontPanel", "Fronts", "draw_front"]
