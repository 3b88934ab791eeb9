"""Displacement: the leak of plans over the band of reaction, and where would-be attempts go."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.network import Network

from .frame import names, replications
from .page import PALETTE, add_legend, new_page, whole_ticks
from .wording import Texts, catalogue, percent


def draw_displacement(
    frame: pd.DataFrame, network: Network, texts: Texts, titles: Mapping[str, str] | None = None
) -> Figure | None:
    """Draw the leak against eta, no reaction beside it, and shares by channel for each eta of the last plan.

    Parameters
    ----------
    frame : DataFrame
        As `displacement_frame` returns it.
    network : Network
        Whose window is named.
    texts : Texts
        Words.
    titles : mapping of str to str, optional
        Names of the plans, as shown.

    Returns
    -------
    Figure or None
        None where the frame is empty.
    """
    if frame.empty:
        return None
    shown = frame.assign(**{column: 100 * frame[column] for column in ("value", "low", "high")})
    plans, n = names(shown, "plan"), replications(shown)
    last = (titles or {}).get(plans[-1], plans[-1])
    caption = [texts.intervals("caption_bars", n), texts("caption_displacement"), texts("caption_eta", plan=last)]
    page = new_page(texts, "title_displacement", network, caption, height=5.6)
    left, right = page.subplots(1, 2)
    handles = _draw_leak(left, shown[shown["quantity"] == "leak"], plans, texts)
    _draw_shares(right, shown[(shown["plan"] == plans[-1])], texts)
    labels = [(titles or {}).get(plan, plan) for plan in plans]
    add_legend(page, handles, [*labels, texts("series_no_reaction")])
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
        words = catalogue(texts.language).get(f"channel_{channel}", channel)
        axes.barh(range(len(etas)), values, left=bottom, color=colour, label=words, height=0.6)
        for e, value in enumerate(values):
            if value >= 6:
                axes.text(bottom[e] + value / 2, e, percent(value), ha="center", va="center", size=8)
        bottom = bottom + values
    axes.set_yticks(range(len(etas)), [f"η = {eta:g}" for eta in etas])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(texts("axis_attempt_share"))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=8.5)
