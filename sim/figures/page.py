"""The page that every figure stands on: heading, window, legend, caption; and axes of time."""

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from sim.network import Network

from .font import GREY, INK
from .wording import Texts, text_columns

WIDTH_IN, HEIGHT_IN = 10.9, 7.5
"""A4 landscape within its margins."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito (2008): distinguishable with any colour vision."""
DIRECTION_COLOUR = {"inbound": PALETTE[0], "outbound": PALETTE[1], "none": PALETTE[2]}
DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


def new_page(texts: Texts, title: str, network: Network, caption: Sequence[str], height: float = HEIGHT_IN) -> Figure:
    """Make an empty page about one run; `title` is a key of the texts, the rest as in `blank_page`."""
    return blank_page(texts(title), texts.window(network), caption, height)


def blank_page(
    title: str, subtitle: str, caption: Sequence[str], height: float = HEIGHT_IN, legend_rows: int = 1
) -> Figure:
    """Make an empty page.

    Parameters
    ----------
    title : str
        Heading.
    subtitle : str
        One line below it.
    caption : sequence of str
        Lines at the foot of the page: n, level of the intervals, definitions.
    height : float
        Inches.
    legend_rows : int
        Rows of the legend that `add_legend` will put into the heading.

    Returns
    -------
    Figure
        With a constrained layout between heading and caption.
    """
    page = Figure(figsize=(WIDTH_IN, height), layout="constrained")
    FigureCanvasAgg(page)
    top, foot = (0.86 + 0.22 * legend_rows) / height, (0.22 + 0.17 * len(caption)) / height
    page.get_layout_engine().set(rect=(0.008, foot, 0.984, 1 - top - foot), w_pad=0.06, h_pad=0.06)  # type: ignore[call-arg, union-attr]
    page.text(0.012, 1 - 0.12 / height, title, size=15, va="top", color=INK)
    page.text(0.012, 1 - 0.47 / height, subtitle, size=9.5, va="top", color=GREY)
    page.text(0.012, 0.1 / height, "\n".join(caption), size=8.5, va="bottom", color=GREY, linespacing=1.3)
    return page


def legend_columns(labels: Sequence[str]) -> int:
    """Find how many columns of a legend fit on the page; matplotlib fills it column by column."""
    for columns in range(len(labels), 1, -1):
        parts = np.array_split([0.62 + 0.068 * text_columns(label) for label in labels], columns)
        if sum(part.max() for part in parts) <= WIDTH_IN - 0.2:
            return columns
    return 1


def add_legend(
    page: Figure, handles: Sequence[Artist], labels: Sequence[str], columns: int | None = None, top: float = 0.73
) -> None:
    """Put one legend for the whole page into its heading, `top` inches down; at most eight columns unless told."""
    height = page.get_figheight()
    legend = page.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.009, 1 - top / height),
        ncols=columns or min(8, len(labels)), columnspacing=1.6, handlelength=2.2, borderaxespad=0,
    )  # fmt: skip
    legend.set_in_layout(False)


def shape_hours(axes: Axes, network: Network, hours: float, dense: bool = False) -> None:
    """Make a horizontal axis that counts hours from the window's start read as clock hours, or dates."""
    axes.set_xlim(0, hours)
    axes.grid(axis="x", visible=not dense)
    if hours > 48:
        step = 24 * math.ceil(hours / 24 / (2 if dense else 10))
        first = -network.start.hour % 24
        axes.xaxis.set_major_locator(FixedLocator(np.arange(first, hours - 12 if dense else hours + 1, step).tolist()))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda x, _: str((network.start + timedelta(hours=x)).strftime("%m-%d")))
        )
        return
    step = 6 if dense or hours > 24 else 3
    last = hours + (-0.5 if dense else 0.5)  # narrow panels stand side by side: 24 of one would touch 00 of the next
    axes.xaxis.set_major_locator(FixedLocator(np.arange(0, last, step).tolist()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{(network.start.hour + round(x)) % 24:02d}"))


def hour_label(texts: Texts, hours: float) -> str:
    """Name the axis that `shape_hours` made."""
    return texts("axis_date" if hours > 48 else "axis_hour")


def window_hours(network: Network) -> float:
    """Length of the observed window."""
    return (network.window_end_tick - network.window_tick) / 3.6e6


def whole_ticks(axes: Axes, bins: int = 6) -> None:
    """Few ticks at whole or half numbers on the vertical axis, which starts at zero."""
    axes.yaxis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 5, 10]))
    axes.set_ylim(bottom=0)
