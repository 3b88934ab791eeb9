"""Every point of a design in two figures: the Pareto front, its knee, and what is dominated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.network.tables import Floats, Ints

from .dots import name_dots
from .page import PALETTE
from .study_page import CAPTION_COLUMNS, Sheet, arms, draw_panels
from .wording import Texts, pack, text_columns

_PANEL_IN = 4.1
_LONGEST_NAME = 16
_KNEE_PT = 12.0
_LOOKS: dict[str, dict[str, Any]] = {
    "legend_front": {"color": PALETTE[0], "marker": "o", "linewidth": 1.3, "markersize": 4.5},
    "legend_in_doubt": {
        "color": PALETTE[5], "marker": "s", "linestyle": "none", "markersize": 4.5, "markerfacecolor": "white",
    },
    "legend_beaten": {"color": "#8d99a3", "marker": "x", "linestyle": "none", "markersize": 4.5},
    "legend_knee": {
        "color": PALETTE[1], "marker": "o", "linestyle": "none", "markerfacecolor": "none", "markersize": _KNEE_PT,
        "markeredgewidth": 1.8,
    },
}  # fmt: skip
"""How the points look, by the text of the legend: marks of different shapes, for readers of a print without colours."""
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
    """Draw the points of each block and their front."""
    tags = _tags(shown.panels)
    told = [
        texts.joined(
            [texts.intervals("caption_bars", shown.replications), texts("caption_names", factors=shown.named)]
        ),
        texts.joined([texts("caption_front"), texts("caption_knee_front")]),
    ]
    key = [texts("key_entry", tag=tag, name=name) for name, tag in tags.items() if tag != name]
    title = texts("title_front", gain=shown.names[0], price=shown.names[1])
    sheet = Sheet(
        title, shown.question, [*told, *pack(key, CAPTION_COLUMNS, texts("key_between"))], _PANEL_IN, shown.price,
        shown.gain, _legend(texts), shared=(),
    )  # fmt: skip
    page, panels = draw_panels(sheet, shown.panels, _draw_points)
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
    for look, which, order in (
        ("legend_beaten", known & panel.is_beaten & ~is_front, 2),
        ("legend_in_doubt", known & ~panel.is_beaten & ~is_front, 3),
        ("legend_front", known & is_front, 4),
    ):
        gain, price = panel.gain[which], panel.price[which]
        axes.errorbar(
            price[:, 0], gain[:, 0], xerr=arms(price), yerr=arms(gain), capsize=0, elinewidth=0.8, zorder=order,
            **{**_LOOKS[look], "linestyle": "none"},
        )  # fmt: skip
    x, y = panel.price[panel.front, 0], panel.gain[panel.front, 0]
    axes.step(x, y, where="post", color=PALETTE[0], linewidth=1.3, zorder=3)
    if panel.knee >= 0:
        axes.plot(panel.price[panel.knee, 0], panel.gain[panel.knee, 0], zorder=5, **_LOOKS["legend_knee"])
    axes.margins(0.1)


def _name_front(axes: Axes, panel: FrontPanel, tags: Mapping[str, str]) -> None:
    """Name the points of the front: knee and ends first, the others where there is room."""
    ends = [panel.knee, *panel.front[[0, -1]].tolist()] if len(panel.front) else []
    order = [p for p in dict.fromkeys([*ends, *panel.front.tolist()]) if p >= 0]
    rest = [p for p in range(len(panel.gain)) if p not in order and np.isfinite(panel.gain[p, 0] + panel.price[p, 0])]
    dots = [(float(panel.price[p, 0]), float(panel.gain[p, 0]), tags[panel.names[p]]) for p in order]
    reach = [_KNEE_PT / 2 + 1 if p == panel.knee else 3.0 for p in order]
    name_dots(axes, dots, [(float(panel.price[p, 0]), float(panel.gain[p, 0])) for p in rest], reach)


def _legend(texts: Texts) -> list[tuple[Artist, str]]:
    return [(Line2D([], [], **look), texts(key)) for key, look in _LOOKS.items()]


__all__ = ["FrontPanel", "Fronts", "draw_front"]
