"""How it looks: one module a figure; tidy frames in, matplotlib figures out.

Nothing global is changed at import. Doors: `draw_figures`, `draw_plan_figures`, `draw_reaction`, `draw_weekly`,
`save_figure`; the figures of one run are listed in `FIGURES`, those of several runs in `PLAN_FIGURES`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.network import Network

from .arrivals import draw_arrivals
from .curve import draw_curve
from .displacement import draw_displacement
from .font import house_style
from .interception import draw_interception
from .plans import Plans, draw_plans
from .queues import draw_queues
from .replay import ReplayCurves, draw_replay
from .ships import draw_ships
from .strait_map import draw_map
from .stress import draw_stress
from .waits import draw_waits
from .weeks import draw_weeks
from .wording import Texts

__all__ = [
    "FIGURES",
    "PLAN_FIGURES",
    "Plans",
    "ReplayCurves",
    "draw_figures",
    "draw_plan_figures",
    "draw_reaction",
    "draw_replay",
    "draw_stress",
    "draw_weekly",
    "save_figure",
]

Draw = Callable[[pd.DataFrame, pd.DataFrame, Network, Texts], Figure | None]

FIGURES: dict[str, Draw] = {
    "map": draw_map,
    "arrivals": draw_arrivals,
    "queues": draw_queues,
    "waits": draw_waits,
    "ships": draw_ships,
    "interception": draw_interception,
}

PLAN_FIGURES: dict[str, Callable[[Plans, Texts], Figure | None]] = {"plans": draw_plans, "curve": draw_curve}


def draw_figures(
    metrics: pd.DataFrame,
    profile: pd.DataFrame,
    network: Network,
    language: str = "en",
    titles: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> dict[str, Figure]:
    """Draw every figure that applies.

    Parameters
    ----------
    metrics, profile : DataFrame
        Tidy frames of a summary.
    network : Network
        What they were measured on.
    language : str
        zh or en.
    titles : mapping of str to str, optional
        Name of the scenario by language.
    confidence : float
        Level of the intervals in the frames, which the captions state.

    Returns
    -------
    dict of str to Figure
        By name; figures that have nothing to show are left out.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    texts = Texts(language, confidence, (titles or {}).get(language, ""))
    with house_style():
        drawn = {name: draw(metrics, profile, network, texts) for name, draw in FIGURES.items()}
    return {name: page for name, page in drawn.items() if page is not None}


def draw_plan_figures(plans: Plans, language: str = "en", confidence: float = 0.95) -> dict[str, Figure]:
    """Draw every figure of several runs that applies; by name, parameters as in `draw_figures`."""
    texts = Texts(language, confidence)
    with house_style():
        drawn = {name: draw(plans, texts) for name, draw in PLAN_FIGURES.items()}
    return {name: page for name, page in drawn.items() if page is not None}


def draw_reaction(
    displacement: pd.DataFrame, language: str = "en", confidence: float = 0.95, titles: Mapping[str, str] | None = None
) -> dict[str, Figure]:
    """Draw how carriers may react to one plan or several; `titles` names the plans, the rest as in `draw_figures`."""
    with house_style():
        page = draw_displacement(displacement, Texts(language, confidence), titles)
    return {} if page is None else {"displacement": page}


def draw_weekly(
    weekly: pd.DataFrame,
    network: Network,
    language: str = "en",
    titles: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> dict[str, Figure]:
    """Draw a long window week by week; nothing without weeks. Parameters as in `draw_figures`."""
    with house_style():
        page = draw_weeks(weekly, network, Texts(language, confidence, (titles or {}).get(language, "")))
    return {} if page is None else {"weeks": page}


def save_figure(figure: Figure, stem: Path) -> None:
    """Write a figure as `stem`.png (150 dpi) and `stem`.svg; equal figures give equal bytes."""
    with house_style():
        figure.savefig(stem.with_name(f"{stem.name}.png"), dpi=150, metadata={"Software": None})
        figure.savefig(stem.with_name(f"{stem.name}.svg"), metadata={"Date": None})
