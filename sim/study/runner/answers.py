"""What a study asks, answered: sentences computed from its numbers, and its figures."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.figures.wording import LANGUAGES, Texts
from sim.metrics.crossing import Passage, passage
from sim.network.tables import Floats
from sim.scenario.study import Crossing, Figure, Tradeoff
from sim.study.store.file import write_whole

from .curves import Along, blocks_along, brief_label, figure_label, figures_at, panel_title, read_figure, unit_of
from .findings import findings
from .labels import factor_label
from .lines import line_title, lines_along
from .pictures import draw_pictures
from .plan import Plan
from .shown_points import question_of, with_unit
from .slider_answers import draw_slider_figure, slider_sentences


def write_answers(plan: Plan, folder: Path, replications: int) -> list[str]:
    """Write `answer_zh.txt`, `answer_en.txt` and the figures of a finished study.

    Parameters
    ----------
    plan : Plan
    folder : Path
        That holds `results.parquet`.
    replications : int
        Of every point.

    Returns
    -------
    list of str
        The answers in the language of the base, one sentence a block.
    """
    confidence = plan.run(plan.ready[0])["confidence"]
    told = {}
    for language in LANGUAGES:
        texts = Texts(language, confidence)
        told[language] = [line for c in plan.study.crossings for line in _sentences(plan, folder, c, texts)]
        told[language] += slider_sentences(plan, folder, texts)
        told[language] += findings(plan, folder, texts)
        if told[language]:
            write_whole(("\n".join(told[language]) + "\n").encode(), folder / f"answer_{language}.txt")
        _draw(plan, folder, texts, replications)
        draw_pictures(plan, folder, texts, replications)
    return told[str(plan.run(plan.ready[0])["language"])]


def _sentences(plan: Plan, folder: Path, asked: Crossing, texts: Texts) -> Iterator[str]:
    frame = read_figure(folder, asked.figure)
    for along in lines_along(plan, asked.factor):
        yield _sentence(plan, folder, asked, (along, figures_at(frame, along.points), texts))


def _sentence(plan: Plan, folder: Path, asked: Crossing, found: tuple[Along, Floats, Texts]) -> str:
    along, figures, texts = found
    values, figures = _known(along, figures)
    mapping = plan.mapping(along.base)
    words: dict[str, Any] = {
        "block": line_title(plan, along, asked.factor, texts),
        "figure": figure_label(asked.figure, mapping, texts),
        "threshold": f"{asked.threshold:g}",
        "unit": unit_of(asked.figure, texts),
        "factor": factor_label(plan, asked.factor, texts),
    }
    if not len(values):
        return texts("answer_unknown", **words)
    words |= {"first": f"{values[0]:g}", "last": f"{values[-1]:g}"}
    where = passage(values, (figures[:, 0], figures[:, 1], figures[:, 2]), asked.threshold)
    is_above = bool(figures[0, 0] > asked.threshold)
    at = float(values[0 if is_above else -1]) if math.isnan(where.at) else where.at
    also = [
        _told(along, figures_at(read_figure(folder, figure), along.points), at, (figure, mapping, texts))
        for figure in asked.also
    ]
    joined = texts.listed(also)
    if math.isnan(where.at):
        told = texts("answer_always" if is_above else "answer_never", **words)
        if also:
            told = texts("answer_there", told=told, factor=words["factor"], at=f"{at:g}", also=joined)
    else:
        interval = _range(values, where, texts)
        told = texts("answer_at", **words, at=f"{where.at:.2f}", level=texts.level, interval=interval, also=joined)
    gaps = len(along.values) - len(values)
    return texts.joined([told, texts("answer_gaps", count=gaps, points=len(along.values))]) if gaps else told


def _known(along: Along, figures: Floats) -> tuple[Floats, Floats]:
    """Take the values of a factor, (K,), at which a figure is known, and the figure there, (K, 3)."""
    known = ~np.isnan(figures[:, 0])
    return along.values[known], figures[known]


def _range(values: Floats, where: Passage, texts: Texts) -> str:
    """Write where the passage may lie, within the values that were tried."""
    first, last = float(values[0]), float(values[-1])
    low = f"< {first:g}" if where.low < first else f"{where.low:.2f}"
    high = f"> {last:g}" if where.high > last else f"{where.high:.2f}"
    return texts("range_of", low=low, high=high)


def _told(along: Along, figures: Floats, at: float, named: tuple[Figure, Any, Texts]) -> str:
    """Write a figure at the crossing, by straight lines between the points."""
    figure, mapping, texts = named
    values, figures = _known(along, figures)
    label = figure_label(figure, mapping, texts)
    if not len(values):
        return texts("answer_also_unknown", figure=label)
    value, low, high = (float(np.interp(at, values, figures[:, place])) for place in range(3))
    interval = texts("range_of", low=f"{low:.1f}", high=f"{high:.1f}")
    return texts("answer_also", figure=label, value=f"{value:.1f}", unit=unit_of(figure, texts), interval=interval)


def _draw(plan: Plan, folder: Path, texts: Texts, replications: int) -> None:
    """Draw every trade-off and the sliders into `figures/`, one file a language."""
    if not (plan.study.tradeoffs or plan.study.sliders):
        return
    from sim.figures import save_figure  # noqa: PLC0415 - matplotlib takes longer than a small study
    from sim.figures.font import house_style  # noqa: PLC0415
    from sim.figures.tradeoff import draw_tradeoff  # noqa: PLC0415

    (folder / "figures").mkdir(exist_ok=True)
    for number, asked in enumerate(plan.study.tradeoffs, start=1):
        shown = _tradeoff(plan, folder, asked, texts, replications)
        if shown is not None:
            with house_style():
                page = draw_tradeoff(shown, texts)
            save_figure(page, folder / "figures" / f"tradeoff_{number}_{texts.language}")
    if plan.study.sliders is not None:
        with house_style():
            page = draw_slider_figure(plan, folder, texts, replications)
        if page is not None:
            save_figure(page, folder / "figures" / f"sliders_{texts.language}")


def _tradeoff(plan: Plan, folder: Path, asked: Tradeoff, texts: Texts, replications: int) -> Any:
    """Gather what a trade-off figure shows; None where no block has the factor, or no point the gain."""
    from sim.figures.tradeoff import Curve, Tradeoffs  # noqa: PLC0415

    gain, prices = read_figure(folder, asked.gain), [read_figure(folder, figure) for figure in asked.price]
    curves, mapping = [], None
    for along in blocks_along(plan, asked.factor):
        mapping = mapping or plan.mapping(along.base)
        own = [figures_at(price, along.points) for price in prices]
        title = panel_title(plan, along.base, texts)
        curves.append(Curve(title, along.values, figures_at(gain, along.points), own))
    if mapping is None or all(np.isnan(curve.gain[:, 0]).all() for curve in curves):
        return None
    factor, name = factor_label(plan, asked.factor, texts), brief_label(asked.gain, mapping, texts)
    axis, *costs = (with_unit(plan, figure, texts) for figure in (asked.gain, *asked.price))
    return Tradeoffs(curves, factor, name, axis, costs, question_of(plan, texts), replications)
