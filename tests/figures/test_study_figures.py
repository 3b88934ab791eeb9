"""Figures of studies: legible in both languages with long names and many panels, and true to their numbers."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures.effects import EffectPanel, Effects, Group, draw_effects
from sim.figures.font import house_style
from sim.figures.front import FrontPanel, Fronts, draw_front
from sim.figures.heatmap import Heat, HeatPanel, draw_heatmap
from sim.figures.sensitivity import SensitivityPage, SensitivityPanel, draw_sensitivity
from sim.figures.study_page import signed
from sim.figures.tornado import End, Swing, Tornadoes, TornadoPanel, draw_tornado
from sim.figures.wording import LANGUAGES, Texts, figure, pack, wrap, wrap_evenly
from sim.metrics.front import pareto_front

from .test_figures import assert_legible, words_of

QUESTION = {
    "zh": "第二道防线的货车抽检率提高到多少时，95% 分位的查验延误会超过 30 分钟？此时拦截率是多少？",
    "en": "At what truck ratio at line 2 does the p95 inspection delay pass 30 minutes, and what is reached there?",
}
DELAY = {
    "zh": "海口港口查验 · 集装箱车查验延误 95% 分位数",
    "en": "inspection delay, 95th percentile (container truck, Haikou check)",
}
FACTORS = {
    "zh": ["集装箱车抽检率（海口港口查验）", "人工查验位数量（秀英港海口港口查验）", "大雾"],
    "en": ["Container truck ratio, Haikou check", "Servers (Search bays), Haikou check in Xiuying", "Fog"],
}
BLOCK = {"zh": "2018年春节一周（不含大雾停航）", "en": "Week of the Spring Festival 2018, without the fog"}


def drawn(draw: Any, *given: Any) -> Figure:
    with house_style():
        page: Figure = draw(*given)
    assert_legible(page)
    return page


def bounds(value: Any, half: Any) -> np.ndarray:
    value = np.asarray(value, float)
    return np.stack([value, value - half, value + half], axis=-1)


def heat(language: str, blocks: int, wide: int, high: int, levels: tuple[float, ...]) -> Heat:
    x, y = np.meshgrid(np.linspace(0, 1, wide), np.linspace(0, 1, high))
    cells = 10 + 50 * x + 20 * y
    cells[0, 0] = np.nan
    panel = HeatPanel(BLOCK[language], cells, bounds(80 * x * (0.4 + y), 2.0))
    name = DELAY[language]
    axis = FACTORS[language]
    return Heat(
        [panel] * blocks, axis[0], axis[1], [f"{v:g}" for v in np.linspace(0, 1, wide).round(3)],
        [f"{v:g}" for v in np.linspace(0, 1, high).round(3)], name, f"{name} (min)", name, levels, "min",
        QUESTION[language], 20,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("blocks", "wide", "high"), [(1, 11, 11), (2, 6, 5), (3, 9, 2), (1, 40, 30)])
def test_heatmap_is_legible(language: str, blocks: int, wide: int, high: int) -> None:
    page = drawn(draw_heatmap, heat(language, blocks, wide, high, (15.0, 30.0, 60.0, 500.0)), Texts(language))
    assert sum(axes.get_visible() for axes in page.axes) == blocks + 1  # and the scale of colours
    words = [text for text, _ in words_of(page)]
    assert {"zh": "500 min（未达到）", "en": "500 min (not reached)"}[language] in words


def test_cells_that_a_line_may_run_through_are_hatched() -> None:
    lines = bounds([[10.0, 20.0], [28.5, 40.0]], 2.0)
    panel = HeatPanel("x", np.ones((2, 2)), lines)
    shown = Heat([panel], "a", "b", ["0", "1"], ["0", "1"], "f", "f (%)", "delay", (30.0,), "min", "?", 20)
    with house_style():
        page = draw_heatmap(shown, Texts("en"))
    hatched = [p for p in page.axes[0].patches if isinstance(p, Rectangle) and p.get_hatch()]
    assert [p.get_xy() for p in hatched] == [(-0.5, 0.5)]  # 28.5 alone, in the upper left
    assert "30" in [text.get_text() for text in page.axes[0].texts]


def test_a_heatmap_needs_no_lines() -> None:
    shown = Heat(
        [HeatPanel("x", np.ones((2, 2)), None)], "a", "b", ["0", "1"], ["0", "1"], "f", "f", "", (), "", "?", 2
    )
    page = drawn(draw_heatmap, shown, Texts("en"))
    assert not page.legends


def front(language: str, blocks: int, points: int, name: str) -> Fronts:
    generator = np.random.default_rng(2)
    price, gain = generator.uniform(1, 60, points), generator.uniform(10, 40, points)
    best = pareto_front(gain, price)
    names = [f"{name}{n}" for n in range(points)]
    panel = FrontPanel(BLOCK[language], bounds(gain, 1.0), bounds(price, 3.0), names, best, int(best[1]), gain < 20)
    axis = DELAY[language]
    return Fronts([panel] * blocks, axis, axis, (axis, axis), " / ".join(FACTORS[language]), QUESTION[language], 20)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("blocks", "points"), [(1, 12), (2, 60), (3, 200), (4, 12)])
def test_front_is_legible(language: str, blocks: int, points: int) -> None:
    shown = front(language, blocks, points, "0.1 / ")
    page = drawn(draw_front, shown, Texts(language))
    panel = shown.panels[0]
    assert panel.names[panel.knee] in [text.get_text() for text in page.axes[0].texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_are_numbered_below_the_panels(language: str) -> None:
    shown = front(language, 2, 30, f"{FACTORS[language][0]}: ")
    page = drawn(draw_front, shown, Texts(language))
    panel = shown.panels[0]
    number = panel.front.tolist().index(panel.knee) + 1
    assert str(number) in [text.get_text() for text in page.axes[0].texts]
    entry = Texts(language)("key_entry", tag=str(number), name=panel.names[panel.knee])
    assert any(entry in line for line in page.texts[2].get_text().split("\n"))


def effects(language: str, blocks: int, is_bars: bool, scale: float) -> Effects:
    groups = [Group(FACTORS[language][n], [f"{v:g}" for v in (0.1, 0.3, 0.5)]) for n in range(3)]
    value = scale * np.array([1.0, 4.0, -2.0, 0.0, 0.5, 0.001, np.nan, 3.0, -0.2])
    note = {"zh": "查验人时不变", "en": "officer-hours unchanged"}[language]
    panel = EffectPanel(BLOCK[language], bounds(value, scale * 0.6), [note] * 9, [False] * 8 + [True])
    caption = [QUESTION[language] * 2]
    return Effects(
        DELAY[language], [panel] * blocks, groups, f"{DELAY[language]} (min)", caption, QUESTION[language], is_bars
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_bars", [False, True])
@pytest.mark.parametrize(("blocks", "scale"), [(1, 1.0), (2, 1e4), (3, 1e-2)])
def test_effects_are_legible(language: str, is_bars: bool, blocks: int, scale: float) -> None:
    page = drawn(draw_effects, effects(language, blocks, is_bars, scale))
    assert len(page.axes) == blocks


def test_effects_without_headings_have_their_names_at_the_rungs() -> None:
    values = bounds([1.0, -1.0], 0.5)
    shown = Effects("x", [EffectPanel("p", values, ["", ""])], [Group("", ["a: 1", "b: 2"])], "y", ["z"], "?", True)
    page = drawn(draw_effects, shown)
    assert [label.get_text() for label in page.axes[0].get_yticklabels()] == ["a: 1", "b: 2"]


def test_figures_in_which_nothing_changes_can_be_drawn() -> None:
    none = np.full((2, 3), np.nan)
    panel = EffectPanel("p", none, ["officer-hours unchanged"] * 2)
    page = drawn(draw_effects, Effects("x", [panel], [Group("", ["a: 1", "b: 2"])], "y", ["z"], "?", True))
    assert [text for text, _ in words_of(page)].count("officer-hours unchanged") == 2
    still = End("", 0.0, np.nan, np.nan)
    drawn(
        draw_tornado, Tornadoes([TornadoPanel("p", [Swing("a", (still, still))])], "f", "f (min)", "?", 5), Texts("en")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_tornado_is_legible(language: str, blocks: int) -> None:
    still = End("", 0.0, np.nan, np.nan)
    swings = [
        Swing(FACTORS[language][0], (End("rule systematic, every 5", -4.0, -5.0, -3.0), End("1", 30.0, 28.0, 33.0))),
        Swing(FACTORS[language][1], (still, End("3", 2.0, -1.0, 5.0))),
        Swing(FACTORS[language][2], (End("yes", -0.5, -0.6, -0.4), still)),
        Swing(FACTORS[language][2], (still, still)),
    ]
    shown = Tornadoes(
        [TornadoPanel(BLOCK[language], swings)] * blocks, DELAY[language], DELAY[language], QUESTION[language], 20
    )
    page = drawn(draw_tornado, shown, Texts(language))
    words = [text for text, _ in words_of(page)]
    assert words.count({"zh": "无变化", "en": "no change"}[language]) == blocks


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_sensitivity_is_legible(language: str, blocks: int) -> None:
    first, total = bounds([60.0, 12.0, 0.2], 3.0), bounds([80.0, 30.0, 0.0], 5.0)
    texts = Texts(language)
    fit = texts("fit_words", q2="0.97", noise="1.4")
    good = SensitivityPanel(f"{BLOCK[language]}\n{fit}", FACTORS[language], first, total, "")
    why = texts("refusal_q2", q2="0.31", least="0.7")
    none = np.full((3, 3), np.nan)
    bad = SensitivityPanel(f"{BLOCK[language]}\n{texts('fit_unknown')}", FACTORS[language], none, none, why)
    shown = SensitivityPage([good, bad, good][:blocks], DELAY[language], QUESTION[language], 64, 10)
    page = drawn(draw_sensitivity, shown, texts)
    assert sum("0.31" in text.replace("\n", "") for text, _ in words_of(page)) == (blocks > 1)


@pytest.mark.parametrize(
    ("value", "words"), [(1.24, "+1.2"), (-0.351, "−0.35"), (0.0, "0"), (-0.001, "≈0"), (12345.0, "+12,345")]
)
def test_changes_have_a_sign(value: float, words: str) -> None:
    assert signed(value) == words


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("人工查验位数量（北岸港口查验）", 29, "人工查验位数量（北岸港口查\n验）"),
        ("每十万辆小客车携带车辆（其余 5）", 31, "每十万辆小客车携带车辆（其余\n5）"),
        ("第二道防线每港彻查组（公路港）", 23, "第二道防线每港彻查组\n（公路港）"),
        ("always inspected: 20 %, nobody else", 20, "always inspected:\n20 %, nobody else"),
        ("one\ntwo three", 9, "one\ntwo three"),
    ],
)
def test_lines_break_where_nothing_is_torn_apart(text: str, columns: int, lines: str) -> None:
    assert wrap(text, columns) == lines


def test_lines_of_a_label_are_of_about_the_same_length() -> None:
    assert wrap_evenly("Change of expected interception from the base (percentage points)", 60) == (
        "Change of expected interception\nfrom the base (percentage points)"
    )
    assert wrap_evenly("short", 30) == "short"


def test_entries_of_a_key_are_not_broken() -> None:
    assert pack(["1: one way", "2: other way", "3: third"], 24, "  ") == ["1: one way  2: other way", "3: third"]
    assert pack(["1: longer than a line"], 12, "  ") == ["1: longer", "than a line"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_runs_through_a_number_of_a_heatmap(language: str) -> None:
    shown = heat(language, 1, 8, 4, (15.0, 30.0, 60.0))
    with house_style():
        page = draw_heatmap(shown, Texts(language))
    page.canvas.draw()  # type: ignore[attr-defined]
    axes = page.axes[0]
    lines = [
        axes.transData.transform(path)
        for collection in axes.collections
        for whole in collection.get_paths()
        for path in whole.to_polygons(closed_only=False)
    ]
    cells = {figure(float(value)) for value in shown.panels[0].cells.flat if np.isfinite(value)}
    numbers = [text.get_window_extent() for text in axes.texts if text.get_text() in cells]
    assert len(lines) >= 3
    assert len(numbers) == np.isfinite(shown.panels[0].cells).sum()
    fine = [np.concatenate([np.linspace(a, b, 200) for a, b in zip(line, line[1:], strict=False)]) for line in lines]
    assert not any(box.contains(*spot) for box in numbers for line in fine for spot in line)


def test_the_axis_of_shares_ends_at_the_whole() -> None:
    sure = SensitivityPanel("b", ["a"], bounds([99.0], 1.0), bounds([99.5], 0.5), "")
    axes = drawn(draw_sensitivity, SensitivityPage([sure], "f", "?", 64, 10), Texts("en")).axes[0]
    assert max(axes.get_xticks()) == 100
    small = SensitivityPanel("b", ["a"], bounds([20.0], 1.0), bounds([30.0], 2.0), "")
    axes = drawn(draw_sensitivity, SensitivityPage([small], "f", "?", 64, 10), Texts("en")).axes[0]
    assert 32 < axes.get_xlim()[1] < 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_a_row_stand_at_one_height(language: str) -> None:
    names = ["5 %", "20 %, nobody else of all that pass the check of the line is inspected, however long it takes"]
    panels = [EffectPanel(name, bounds([1.0], 0.5), [""]) for name in names]
    page = drawn(draw_effects, Effects("x", panels, [Group("", ["a"])], "y", ["z"], "?", False))
    titles = [axes.get_title("left") for axes in page.axes]
    assert titles[1].count("\n") == titles[0].count("\n") > 0
