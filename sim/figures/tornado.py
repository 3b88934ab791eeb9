"""Tornado: the lowest and the highest change that each factor makes, the strongest on top."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from .font import GREY, INK
from .page import PALETTE, WIDTH_IN
from .study_page import Sheet, arms, columns_for, draw_panels
from .wording import Texts, text_columns, wrap_evenly

_BAR_IN = 0.46
_LABEL_COLUMNS, _SETTING_COLUMNS = 34, 18
_MOST_COLUMNS = 2


@dataclass(frozen=True)
class End:
    """Where one value of a factor leads."""

    setting: str
    value: float
    low: float
    high: float
    """Change from the base, with its interval"""


@dataclass(frozen=True)
class Swing:
    """What one factor does."""

    factor: str
    ends: tuple[End, End]
    """The lowest and the highest change; the base itself (no setting) where all changes are on one side."""


@dataclass(frozen=True)
class TornadoPanel:
    """One block."""

    title: str
    """With the figure of the base."""
    swings: Sequence[Swing]
    """The strongest first."""


@dataclass(frozen=True)
class Tornadoes:
    """What a tornado shows."""

    panels: Sequence[TornadoPanel]
    figure: str
    axis: str
    """Label of the change with its unit."""
    question: str
    replications: int


def draw_tornado(shown: Tornadoes, texts: Texts) -> Figure:
    """Draw a tornado, one panel a block, each with its own order; at least one panel has a swing."""
    most = max(len(panel.swings) for panel in shown.panels)
    columns = columns_for(len(shown.panels), _MOST_COLUMNS)
    caption = [
        texts.joined([texts.intervals("caption_bars", shown.replications), texts("caption_simultaneous")]),
        texts.joined([texts("caption_tornado"), texts("caption_else_base")]),
    ]
    legend = [(Patch(color=PALETTE[1]), texts("legend_falls")), (Patch(color=PALETTE[0]), texts("legend_rises"))]
    sheet = Sheet(
        texts("title_tornado", figure=shown.figure), shown.question, caption, 0.8 + _BAR_IN * max(2, most), shown.axis,
        legend=legend, most_columns=_MOST_COLUMNS,
    )  # fmt: skip

    def draw(axes: Axes, panel: TornadoPanel) -> None:
        _draw_panel(axes, panel, most, texts)
        _leave_room(axes, shown.panels, columns)

    page, _ = draw_panels(sheet, shown.panels, draw)
    return page


def _draw_panel(axes: Axes, panel: TornadoPanel, most: int, texts: Texts) -> None:
    axes.axvline(0, color=GREY, linewidth=1.0, zorder=3)
    axes.grid(axis="y", visible=False)
    for y, swing in enumerate(panel.swings):
        below, above = swing.ends
        if not (below.setting or above.setting):
            axes.annotate(
                texts("no_change"), (0, y), xytext=(5, 0), textcoords="offset points", va="center", size=8, color=GREY
            )  # fmt: skip
        for end, side in ((below, -1), (above, 1)):
            if not end.setting:
                continue
            colour = PALETTE[0] if end.value > 0 else PALETTE[1]
            other = above if end is below else below
            inner = other.value if end.value * other.value > 0 and abs(other.value) < abs(end.value) else 0.0
            axes.barh(y, end.value - inner, left=inner, height=0.6, color=colour, linewidth=0, zorder=2)
            figures = np.array([[end.value, end.low, end.high]])
            axes.errorbar(end.value, y, xerr=arms(figures), color=INK, capsize=2.5, elinewidth=1.0, zorder=4)
            _write_setting(axes, end, y, side)
    axes.set_yticks(range(len(panel.swings)), [wrap_evenly(swing.factor, _LABEL_COLUMNS) for swing in panel.swings])
    axes.set_ylim(most - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _leave_room(axes: Axes, panels: Sequence[TornadoPanel], columns: int) -> None:
    """Leave room for the settings beside the bars of all panels."""
    wide = WIDTH_IN / columns - 2.5
    ends = [
        (end, side) for panel in panels for swing in panel.swings for end, side in zip(swing.ends, (0, 1), strict=True)
    ]
    reach = [(_edge(end, side), (0.07 * _columns(end) + 0.12) / wide, side) for end, side in ends if end.setting]
    left = first = min([0.0, *(at for at, _, _ in reach)])
    right = last = max([0.0, *(at for at, _, _ in reach)])
    for _ in range(20):  # words take a share of a width that grows with them
        span = (right - left) or 1.0
        left = min([first, *(at - share * span for at, share, side in reach if side == 0)])
        right = max([last, *(at + share * span for at, share, side in reach if side == 1)])
    margin = 0.02 * (right - left) or 1.0
    axes.set_xlim(left - margin, right + margin)


def _columns(end: End) -> int:
    return max(text_columns(line) for line in wrap_evenly(end.setting, _SETTING_COLUMNS).split("\n"))


def _edge(end: End, side: int) -> float:
    """Outer end of a bar with its interval."""
    bounds = [bound for bound in (end.value, end.low, end.high) if np.isfinite(bound)]
    return max(bounds) if side else min(bounds)


def _write_setting(axes: Axes, end: End, y: float, side: int) -> None:
    at = _edge(end, int(side > 0))
    words = wrap_evenly(end.setting, _SETTING_COLUMNS)
    axes.annotate(
        words, (at, y), xytext=(5 * side, 0), textcoords="offset points", va="center", size=8,
        ha="left" if side > 0 else "right", color=INK, zorder=5,
    )  # fmt: skip
