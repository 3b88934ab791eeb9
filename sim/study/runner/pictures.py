"""Heat maps, fronts, gains, forests, tornadoes and indices of a finished study, gathered from its tables and drawn."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sim.figures.wording import Texts

from .plan import Plan

_KINDS = ("heatmaps", "fronts", "gains", "forests", "tornadoes", "sensitivities")

_OURS = re.compile(r"(heatmap|front|gain|forest|tornado|sensitivity)_\d+_[a-z]+\.(png|svg)")


def draw_pictures(plan: Plan, folder: Path, texts: Texts, replications: int) -> None:
    """Draw whatever a study asks for into `figures/`, one file a figure and language.

    Parameters
    ----------
    plan : Plan
    folder : Path
        That holds the tables of the study.
    texts : Texts
        Words of one language.
    replications : int
        Of every point.
    """
    if not any(getattr(plan.study, kind) for kind in _KINDS):
        _take_away(folder / "figures", texts.language, set())
        return
    from sim.figures import save_figure  # noqa: PLC0415 - matplotlib takes longer than a small study
    from sim.figures.font import house_style  # noqa: PLC0415

    (folder / "figures").mkdir(exist_ok=True)
    drawn = set()
    with house_style():
        for name, page in _pages(plan, folder, texts, replications):
            drawn.add(f"{name}_{texts.language}")
            save_figure(page, folder / "figures" / f"{name}_{texts.language}")
    _take_away(folder / "figures", texts.language, drawn)


def _take_away(folder: Path, language: str, drawn: set[str]) -> None:
    """Take away figures of earlier questions, which a report would take for this study's."""
    for path in folder.glob(f"*_{language}.*"):
        if _OURS.fullmatch(path.name) and path.stem not in drawn:
            path.unlink()


def _pages(plan: Plan, folder: Path, texts: Texts, replications: int) -> Iterator[tuple[str, Any]]:
    """Yield the name of every figure with its page; those that have nothing to show are left out."""
    about = (plan, folder, texts, replications)
    for kind, (name, gather, draw) in _kinds().items():
        for number, asked in enumerate(getattr(plan.study, kind), start=1):
            shown = gather(about, number, asked)
            if shown is not None:
                yield f"{name}_{number}", draw(shown, texts)


def _kinds() -> dict[str, tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """By field of a study: name of its files, what gathers, what draws."""
    from sim.figures.effects import draw_effects  # noqa: PLC0415
    from sim.figures.front import draw_front  # noqa: PLC0415
    from sim.figures.heatmap import draw_heatmap  # noqa: PLC0415
    from sim.figures.sensitivity import draw_sensitivity  # noqa: PLC0415
    from sim.figures.tornado import draw_tornado  # noqa: PLC0415

    from .shown_changes import shown_forest, shown_gains, shown_tornado  # noqa: PLC0415
    from .shown_points import shown_front, shown_heat, shown_indices  # noqa: PLC0415

    return {
        "heatmaps": ("heatmap", shown_heat, draw_heatmap),
        "fronts": ("front", shown_front, draw_front),
        "gains": ("gain", shown_gains, draw_effects),
        "forests": ("forest", shown_forest, draw_effects),
        "tornadoes": ("tornado", shown_tornado, draw_tornado),
        "sensitivities": ("sensitivity", shown_indices, draw_sensitivity),
    }
