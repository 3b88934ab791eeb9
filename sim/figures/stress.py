"""Policies under stress: how long the way in takes to clear after a closure, what is intercepted, how long it takes."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from .page import PALETTE, blank_page
from .rungs import Series, draw_rungs, leave_room, name_rungs
from .wording import Texts, figure, wrap

PANELS = ("clearing", "peak", "interception", "delay")
_NAME_COLUMNS = 24


def draw_stress(
    rows: pd.DataFrame, names: Mapping[str, str], closed: Sequence[str], n: int, below: float, texts: Texts
) -> Figure:
    """Draw a panel for each figure with a rung for each policy.

    Parameters
    ----------
    rows : DataFrame
        panel (of `PANELS`), rung (key of `names`), value, low, high.
    names : mapping of str to str
        Policies as the reader sees them, in order.
    closed : sequence of str
        Policies that never cleared while they were watched: their clearing time is a lower bound.
    n : int
        Replications.
    below : float
        Queue that counts as cleared.
    texts : Texts
        Words.

    Returns
    -------
    Figure
    """
    caption = [texts.intervals("caption_bars", n), texts("caption_stress", count=f"{below:,.0f}")]
    page = blank_page(texts("title_stress"), texts("subtitle_stress"), caption, 2.6 + 0.42 * len(names), 0)
    panels = page.subplots(1, len(PANELS), sharey=True)
    positions = {name: number for number, name in enumerate(names)}
    for number, (axes, panel) in enumerate(zip(panels, PANELS, strict=True)):
        here = rows[rows["panel"] == panel]
        open_ended = here["rung"].isin(closed) & (panel == "clearing")
        draw_rungs(axes, here[~open_ended], positions, Series(PALETTE[number], "o"), figure)
        draw_rungs(
            axes, here[open_ended], positions, Series(PALETTE[number], ">", filled=False), lambda v: f"> {v:.0f}"
        )
        axes.set_title(texts(f"panel_stress_{panel}"))
        axes.set_xlabel(texts(f"axis_stress_{panel}"))
        leave_room([axes], 0.3)
    name_rungs(panels[0], [wrap(name, _NAME_COLUMNS) for name in names.values()])
    return page
