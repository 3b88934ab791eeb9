"""Displacement: the leak of plans over the band of reaction, where attempts go, and what more interception would do."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .font import INK
from .frame import names, replications
from .page import PALETTE, add_legend, blank_page, legend_columns, whole_ticks
from .wording import Texts

HEIGHT_IN = 5.6
_STRENGTHS = ("#F3B58B", PALETTE[1], "#7A3500", "#4A2000")
"""Colours of growing strengths of reaction: darker and darker, also in grey."""
DARK = (PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[6])
"""Colours on which words are white."""


def draw_displacement(
    frame: pd.DataFrame, texts: Texts, titles: Mapping[str, str] | None = None, subtitle: str = ""
) -> Figure | None:
    """Draw how carriers react to one plan or to several.

    Parameters
    ----------
    frame : DataFrame
        As `displacement_frame` returns it.
    texts : Texts
        Words.
    titles : mapping of str to str, optional
        Names of the plans, as shown.
    subtitle : str
        One line below the heading; default the plan's name, or their number.

    Returns
    -------
    Figure or None
        Of one plan its channels and what more interception on each would do; of several the leak against eta, no
        reaction beside it, and where attempts go under the last plan. None where the frame is empty.
    """
    if frame.empty:
        return None
    labels = [(titles or {}).get(plan, plan) for plan in names(frame, "plan")]
    if len(labels) == 1:
        return _one_plan(frame, texts, subtitle or labels[0])
    return _several_plans(frame, labels, texts, subtitle or texts("subtitle_plans", count=len(labels)))


def _one_plan(frame: pd.DataFrame, texts: Texts, subtitle: str) -> Figure:
    """Draw interception and share of each channel, and the marginal benefit at each eta."""
    caption = [texts(f"caption_{name}") for name in ("reaction", "benefit", "eta_band")]
    page = blank_page(texts("title_reaction"), subtitle, caption, HEIGHT_IN)
    left, right = page.subplots(1, 2, sharey=True)
    channels, etas = names(frame[frame["channel"] != "all"], "channel"), sorted(frame["eta"].unique())
    tables = {
        quantity: frame[frame["quantity"] == quantity].pivot_table(index="channel", columns="eta", values="value")
        for quantity in ("rate", "share", "benefit")
    }
    now = {name: 100 * tables[name].loc[channels, etas[0]].to_numpy(float) for name in ("rate", "share")}
    series = {texts(f"series_channel_{name}"): values for name, values in now.items()}
    _draw_bars(left, series, (PALETTE[0], "#b0bec5"), texts.percent)
    benefit = {f"η = {eta:g}": tables["benefit"].loc[channels, eta].to_numpy(float) for eta in etas}
    _draw_bars(right, benefit, _STRENGTHS, lambda value: f"{value:.2f}".replace("-", "−"))
    right.axvline(0, color=INK, linewidth=0.8)
    left.set_yticks(range(len(channels)), [texts.channel(name) for name in channels])
    left.invert_yaxis()
    left.set_xlabel(texts("axis_percent"))
    right.set_xlabel(texts("axis_benefit"))
    return page


def _draw_bars(
    axes: Axes, series: Mapping[str, np.ndarray], colours: Sequence[str], words: Callable[[float], str]
) -> None:
    """Draw a group of bars for each channel, one bar a series, with its value at its end."""
    height = 0.8 / len(series)
    for i, (label, values) in enumerate(series.items()):
        at = np.arange(len(values)) + height * (i - (len(series) - 1) / 2)
        bars = axes.barh(at, values, height=0.9 * height, color=colours[i % len(colours)], label=label)
        axes.bar_label(bars, [words(value) for value in values], padding=3, fontsize=8)
    axes.margins(x=0.14)
    axes.grid(axis="y", visible=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(series), fontsize=8.5)


def _several_plans(frame: pd.DataFrame, labels: Sequence[str], texts: Texts, subtitle: str) -> Figure:
    """Draw the leak of each plan against eta, and the shares under the last plan."""
    shown = frame.assign(**{column: 100 * frame[column] for column in ("value", "low", "high")})
    plans, notes = names(shown, "plan"), [texts("caption_displacement"), texts("caption_eta", plan=labels[-1])]
    caption = [texts.intervals("caption_bars", replications(shown)), *notes]
    columns = legend_columns([*labels, texts("series_no_reaction")])
    page = blank_page(texts("title_displacement"), subtitle, caption, HEIGHT_IN, -(-(len(labels) + 1) // columns))
    left, right = page.subplots(1, 2)
    handles = _draw_leak(left, shown[shown["quantity"] == "leak"], plans, texts)
    _draw_shares(right, shown[(shown["plan"] == plans[-1])], texts)
    add_legend(page, handles, [*labels, texts("series_no_reaction")], columns)
    return page


def _draw_leak(axes: Axes, leak: pd.DataFrame, plans: Sequence[str], texts: Texts) -> list[Artist]:
    """Draw a line a plan with bounds, and its value without reaction as a dashed level."""
    handles: list[Artist] = []
    width = max(float(leak["eta"].max()), 1.0) / 60
    for i, plan in enumerate(plans):
        rows, colour = leak[leak["plan"] == plan].sort_values("eta"), PALETTE[i % len(PALETTE)]
        value, x = rows["value"].to_numpy(float), rows["eta"].to_numpy(float) + width * (i - (len(plans) - 1) / 2)
        bounds = np.nan_to_num([value - rows["low"], rows["high"] - value])
        handles.append(axes.errorbar(x, value, yerr=bounds, color=colour, marker="o", capsize=2.5, markersize=5))  # type: ignore[arg-type]
        level = axes.axhline(value[0], color=colour, linestyle=(0, (4, 3)), linewidth=1, alpha=0.7)
    axes.set_xticks(sorted(leak["eta"].unique()))
    axes.margins(y=0.12)
    axes.set_xlabel(texts("axis_eta"))
    axes.set_ylabel(texts("axis_leak"))
    whole_ticks(axes)
    return [*handles, level]


def _draw_shares(axes: Axes, rows: pd.DataFrame, texts: Texts) -> None:
    """Draw a stacked bar for each eta: channels, and on top what is abandoned."""
    etas = sorted(rows["eta"].unique())
    share = rows[rows["quantity"] == "share"].pivot_table(index="eta", columns="channel", values="value")
    parts = {c: share[c].to_numpy(float) for c in names(rows[rows["quantity"] == "share"], "channel")}
    parts["outside"] = 100 - rows[rows["quantity"] == "attempts"].sort_values("eta")["value"].to_numpy(float)
    bottom = np.zeros(len(etas))
    for i, (channel, values) in enumerate(parts.items()):
        colour = "#cfd8dc" if channel == "outside" else PALETTE[i % len(PALETTE)]
        axes.barh(range(len(etas)), values, left=bottom, color=colour, label=texts.channel(channel), height=0.6)
        for e, value in enumerate(values):
            if value >= 6:
                ink = "white" if colour in DARK else INK
                axes.text(bottom[e] + value / 2, e, texts.percent(value), ha="center", va="center", size=8, color=ink)
        bottom = bottom + values
    axes.set_yticks(range(len(etas)), [f"η = {eta:g}" for eta in etas])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(texts("axis_attempt_share"))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=8.5)
