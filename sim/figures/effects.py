"""Changes from a base, rung by rung: forests of paired differences, and bars of what each change buys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network.tables import Floats

from .font import GREY, INK
from .page import PALETTE
from .study_page import arms, columns_for, label_axes, signed, study_page, title_room
from .wording import Texts, wrap

_RUNG_IN = 0.23
_LEAST_IN = 1.1
_LABEL_COLUMNS = 38
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
    columns = columns_for(len(shown.panels))
    rows = -(-len(shown.panels) // columns)
    places = list(_places(shown.groups))
    height = max(_LEAST_IN, _RUNG_IN * (places[-1][0] + 1.6)) + 0.62
    page = study_page(shown.title, shown.question, shown.caption, height * rows)
    panels = page.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, panel in zip(panels.flat, shown.panels, strict=False):
        _draw_rungs(axes, panel, [y for y, _, is_rung in places if is_rung], shown.is_bars)
        axes.set_title(wrap(panel.title, title_room(columns) - 14))
        axes.tick_params(axis="y", length=0)
    for axes in panels.flat[len(shown.panels) :]:
        axes.set_visible(False)
    _name(list(panels[:, 0]), places)
    _leave_room(panels.flat[0], shown.panels)
    label_axes(panels, shown.axis)
    return page


def _places(groups: Sequence[Group]) -> Iterator[tuple[float, str, bool]]:
    """Yield height and label of headings and rungs, from the top down, and whether it is a rung."""
    y = 0.0
    for group in groups:
        if group.heading:
            lines = wrap(group.heading, _LABEL_COLUMNS).count("\n")
            yield y + 0.3 * lines, group.heading, False
            y += 1 + 0.6 * lines
        for label in group.labels:
            yield y, wrap(label, _LABEL_COLUMNS), True
            y += 1 + 0.55 * wrap(label, _LABEL_COLUMNS).count("\n")
        y += 0.35 if group.heading else 0.0


def _name(panels: Sequence[Axes], places: Sequence[tuple[float, str, bool]]) -> None:
    for axes in panels:
        labels = [wrap(label, _LABEL_COLUMNS) for _, label, _ in places]
        axes.set_yticks([y for y, _, _ in places], labels)
        for tick, (_, _, is_rung) in zip(axes.get_yticklabels(), places, strict=True):
            tick.set_fontsize(9.0)
            tick.set_color(INK if not is_rung else GREY)
        axes.set_ylim(places[-1][0] + 0.8, -0.8)


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
