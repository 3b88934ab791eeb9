"""The bundled font and the look that all figures share; nothing global changes when this is imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager

FAMILY = "Qiongzhou Sans SC"
FONT_FILE = Path(__file__).with_name("fonts") / "qiongzhou-sans-sc.otf"
INK, GREY, FAINT = "#1f2933", "#5f6b76", "#d9dee3"


@cache
def _register() -> None:
    """Make the bundled font known to matplotlib, once per process."""
    font_manager.fontManager.addfont(FONT_FILE)


@contextmanager
def house_style() -> Iterator[None]:
    """Set font, sizes and colours while figures are drawn or saved.

    Matplotlib makes tick labels when it draws, so that saving needs the context as much as drawing.
    """
    _register()
    with mpl.rc_context(_SETTINGS):
        yield


_SETTINGS: Any = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,  # a planner's title may hold a dollar sign
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "axes.linewidth": 0.7,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "strait",
}
