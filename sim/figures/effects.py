"""Changes from a base, rung by rung: forests of paired differences, and bars of what each change buys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network.tables import Floats

from .font import GREY, INK
from .page import PALETTE
from .study_page import Sheet, arms, draw_panels, signed
from .wording import Texts, wrap_evenly

_RUNG_IN = 0.23
_LEAST_IN = 1.1
_LINE = 0.7
"""Height of one line of words more, in rungs."""
_BETWEEN_GROUPS = 0.35
_LABEL_COLUMNS = 40
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Group:
    """Rungs that belong together, such as the values of one factor."""

    heading: str
    """Empty: none."""
    labels: Sequence[str]


@dataclass(frozen=True, eq=False)
class EffectPanel:
    """One block."""

    title: str
    values: Floats
    """(P, 3) value, low, high of every rung, group after group; NaN where there is none"""
    notes: Sequence[str]
    """(P,) written in place of a value that is not there"""
    is_pale: Sequence[bool] = ()
    """(P,) drawn in a light colour; none unless given"""


@dataclass(frozen=True, eq=False)
class Effects:
    """What a forest or bars show."""

    title: str
    panels: Sequence[EffectPanel]
    groups: Sequence[Group]
    axis: str
    """What the values are, with their unit."""
    caption: Sequence[str]
    question: str
    is_bars: bool


def draw_effects(shown: Effects, _texts: Texts | None = None) -> Figure:
    """Draw a forest or bars, one panel a block, all with the same rungs.

    Parameters
    ----------
    shown : Effects
        At least one panel; holds all words.

    Returns
    -------
    Figure
        Markers and bars are filled where the interval does not hold 0.
    """
    rungs = list(_rungs(shown.groups))
    foot = rungs[-1].y + rungs[-1].half + 0.3
    heights = [rung.y for rung in rungs if rung.is_value]

    def draw(axes: Axes, panel: EffectPanel) -> None:
        _draw_rungs(axes, panel, heights, shown.is_bars)
        _name(axes, rungs, foot)
        _leave_room(axes, shown.panels)

    height = max(_LEAST_IN, _RUNG_IN * foot) + 0.75
    sheet = Sheet(shown.title, shown.question, shown.caption, height, shown.axis, shared=("x", "y"))
    page, _ = draw_panels(sheet, shown.panels, draw)
    return page


class _Rung(NamedTuple):
    """A line of the list of names, from the top down."""

    y: float
    half: float
    """Half its height; 0.5 for one line of words."""
    words: str
    is_value: bool
    """Else the heading of a group."""


def _rungs(groups: Sequence[Group]) -> Iterator[_Rung]:
    top = 0.0
    for number, group in enumerate(groups):
        top += _BETWEEN_GROUPS if number and group.heading else 0.0
        headings = [(group.heading, False)] if group.heading else []
        for words, is_value in [*headings, *((label, True) for label in group.labels)]:
            broken = wrap_evenly(words, _LABEL_COLUMNS)
            half = 0.5 + _LINE / 2 * broken.count("\n")
            yield _Rung(top + half, half, broken, is_value)
            top += 2 * half


def _name(axes: Axes, rungs: Sequence[_Rung], foot: float) -> None:
    axes.set_ylim(foot, -0.1)
    axes.set_yticks([rung.y for rung in rungs], [rung.words for rung in rungs], linespacing=1.15)
    for tick, rung in zip(axes.yaxis.get_major_ticks(len(rungs)), rungs, strict=True):
        tick.label1.set_color(GREY if rung.is_value else INK)
    axes.tick_params(axis="y", length=0)


def _draw_rungs(axes: Axes, panel: EffectPanel, heights: Sequence[float], is_bars: bool) -> None:
    axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
    axes.grid(axis="y", visible=False)
    values = panel.values
    known = np.isfinite(values[:, 0])
    is_sure = (values[:, 1] > 0) | (values[:, 2] < 0)
    y = np.array(heights)
    pale = np.array(panel.is_pale or [False] * len(values), bool)
    for which, is_filled in ((known & is_sure, True), (known & ~is_sure, False)):
        if is_bars:
            _draw_bars(axes, values[which], y[which], is_filled, pale[which])
        else:
            _draw_marks(axes, values[which], y[which], is_filled)
    for height, figures, note in zip(heights, values, panel.notes, strict=True):
        if np.isfinite(figures[0]):
            ends = figures[np.isfinite(figures)]
            side = 1 if figures[0] >= 0 else -1
            at = max(ends.max(), 0.0) if side > 0 else min(ends.min(), 0.0)
            _write(axes, (float(at), height), signed(float(figures[0])), side)
        elif note:
            _write(axes, (0.0, height), note, 1, GREY)


def _draw_bars(axes: Axes, values: Floats, y: Floats, is_filled: bool, pale: Flags) -> None:
    if not len(values):
        return
    rises = values[:, 0] >= 0
    colours = np.where(rises, np.where(pale, PALETTE[5], PALETTE[0]), PALETTE[1]).tolist()
    face = colours if is_filled else "white"
    axes.barh(y, values[:, 0], height=0.62, color=face, edgecolor=colours, linewidth=0.9, zorder=2)
    axes.errorbar(
        values[:, 0], y, xerr=arms(values), linestyle="none", color=INK, capsize=2.5, elinewidth=1.0, zorder=3
    )  # fmt: skip


def _draw_marks(axes: Axes, values: Floats, y: Floats, is_filled: bool) -> None:
    if not len(values):
        return
    axes.errorbar(
        values[:, 0], y, xerr=arms(values), linestyle="none", marker="s", markersize=5, color=PALETTE[0], capsize=2.5,
        markerfacecolor=PALETTE[0] if is_filled else "white", elinewidth=1.2, zorder=3,
    )  # fmt: skip


def _write(axes: Axes, where: tuple[float, float], words: str, side: int, colour: str = INK) -> None:
    axes.annotate(
        words, where, xytext=(6 * side, 0), textcoords="offset points", va="center", size=8, color=colour,
        ha="left" if side > 0 else "right",
    )  # fmt: skip


def _leave_room(axes: Axes, panels: Sequence[EffectPanel]) -> None:
    """Leave room for words on both sides where there are any."""
    whole = np.concatenate([panel.values for panel in panels])
    ends = whole[np.isfinite(whole)]
    low, high = min(0.0, float(ends.min(initial=0.0))), max(0.0, float(ends.max(initial=0.0)))
    span = (high - low) or 1.0
    longest = max(
        (len(n) for p in panels for n, v in zip(p.notes, p.values, strict=True) if not np.isfinite(v[0])), default=0
    )
    room = max(0.24, 0.016 * longest * len(panels) - high / span)
    axes.set_xlim(low - (0.24 * span if (whole[:, 0] < 0).any() else 0.04 * span), high + room * span)
