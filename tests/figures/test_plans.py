"""Figures of several runs: legible for two to eight plans with long names, whatever lines there are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.figures import Plans, draw_plan_figures
from sim.figures.page import legend_columns
from sim.figures.plans import NAME_COLUMNS
from sim.figures.wording import LANGUAGES, Texts, text_columns, wrap

from .conftest import COLUMNS
from .test_figures import assert_legible

LONG = {
    "zh": "加强方案：更多设备、更高抽检比例与人员信息系统（第二轮征求意见稿）",
    "en": "A strengthened plan with more equipment, higher ratios and the information system",
}
PLACES = ("gate", "line1", "line2", "line3", "coast_patrol", "parcel_hub")
TITLES = {
    "zh": dict(
        zip(PLACES, ("港口闸口", "第一道防线（岛外）", "第二道防线（海口）", "第三道防线（岛内）"), strict=False)
    ),
    "en": dict(zip(PLACES, ("Gate", "Line 1 (north shore)", "Line 2 (Haikou)", "Line 3 (island)"), strict=False)),
}


def rows_of(plan: str, places: Sequence[str], level: float, n: int = 4) -> pd.DataFrame:
    """Figures of one plan; each place but the gate adds as much as the next."""
    lines = [place for place in places if place != "gate"]
    parts = [("expected_interception", "1", "all", "ratio", level * len(lines))]
    parts += [("expected_interception", "1", line, "ratio", level) for line in lines]
    parts += [("officer_hours", "h/day", "all", "mean", 100.0 * len(places))]
    parts += [("officer_hours", "h/day", place, "mean", 100.0) for place in places]
    parts += [
        ("inspection_delay", "min", "all", "mean", 40 * level),
        ("inspection_delay", "min", "all", "p95", 400 * level),
    ]
    parts += [("backlog", "veh", "all", "mean", 900 * level), ("unfinished", "veh", "all", "mean", 100 * level)]
    full = [
        (metric, unit, "all", "all", line, "all", "all", statistic, value, 0.9 * value, 1.1 * value, n)
        for metric, unit, line, statistic, value in parts
    ]
    return pd.DataFrame(full, columns=COLUMNS).assign(plan=plan)


def plans_of(names: Sequence[str], places: Sequence[str] = PLACES[:3], language: str = "en") -> Plans:
    frames = [rows_of(name, places, 0.02 * (number + 1)) for number, name in enumerate(names)]
    return Plans(pd.concat(frames, ignore_index=True), TITLES[language])


def grid_of(count: int, language: str, places: Sequence[str] = PLACES[:3]) -> Plans:
    names = [f"sampling.line1.* = {0.1 * (n + 1):g}" for n in range(count)]
    values = {name: 0.1 * (n + 1) for n, name in enumerate(names)}
    return Plans(plans_of(names, places).metrics, TITLES[language], "sampling.line1.*", values)


def widths(page: Figure, panel: int) -> list[list[float]]:
    """Lengths of the bars of each place, by plan."""
    return [[bar.get_width() for bar in group] for group in page.axes[panel].containers if hasattr(group, "patches")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("places", [PLACES[:2], PLACES], ids=len)
def test_plans_with_long_names_are_legible(count: int, places: Sequence[str], language: str) -> None:
    names = [f"{LONG[language]} {number}" for number in range(count)]
    pages = draw_plan_figures(plans_of(names, places, language), language)
    assert set(pages) == {"plans"}
    assert_legible(pages["plans"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("places", [PLACES[:2], PLACES[:3], PLACES], ids=len)
def test_curve_is_legible(places: Sequence[str], language: str) -> None:
    pages = draw_plan_figures(grid_of(8, language, places), language)
    assert set(pages) == {"plans", "curve"}
    for page in pages.values():
        assert_legible(page)


def test_stacked_parts_add_up_to_the_total() -> None:
    page = draw_plan_figures(plans_of(["a", "b", "c"], PLACES[:4]))["plans"]
    bars = np.array(widths(page, 0))
    assert bars.shape == (4, 3)  # the gate intercepts nothing
    assert bars.sum(axis=0) == pytest.approx([6, 12, 18])
    assert [text.get_text() for text in page.axes[0].texts] == ["6.0 %", "12 %", "18 %"]
    assert np.array(widths(page, 2)).sum(axis=0) == pytest.approx([400, 400, 400])


def test_a_plan_without_a_line_has_no_part_there() -> None:
    metrics = pd.concat([rows_of("a", PLACES[:2], 0.02), rows_of("b", PLACES[:4], 0.02)])
    bars = widths(draw_plan_figures(Plans(metrics, TITLES["en"]))["plans"], 0)
    assert bars == pytest.approx(np.array([[0, 0], [2, 2], [0, 2], [0, 2]]))


def test_curve_follows_the_values_in_their_order() -> None:
    grid = grid_of(3, "en")
    shuffled = Plans(grid.metrics.iloc[::-1], grid.place_title, grid.factor, grid.values)
    total = draw_plan_figures(shuffled)["curve"].axes[0].containers[0].lines[0]
    assert total.get_xdata() == pytest.approx([0.1, 0.2, 0.3])
    assert total.get_ydata() == pytest.approx([4, 8, 12])


def test_every_series_of_a_curve_has_a_colour_of_its_own() -> None:
    page = draw_plan_figures(grid_of(3, "en", PLACES[:4]))["curve"]
    series = [bars.lines[0].get_color() for axes in page.axes for bars in axes.containers]
    assert len(series) >= 7
    assert len(set(series)) == len(series)


def test_only_panels_with_figures_are_drawn() -> None:
    metrics = plans_of(["a", "b"]).metrics
    page = draw_plan_figures(Plans(metrics[metrics["metric"] == "officer_hours"]))["plans"]
    assert len(page.axes) == 1
    assert_legible(page)
    assert draw_plan_figures(Plans(metrics[metrics["metric"] == "backlog"])) == {}


def test_caption_states_the_replications_of_all_plans() -> None:
    metrics = pd.concat([rows_of("a", PLACES[:3], 0.1, n=4), rows_of("b", PLACES[:3], 0.1, n=20)])
    page = draw_plan_figures(Plans(metrics), "en", 0.9)["plans"]
    assert any("4–20 replications" in text.get_text() and "90 %" in text.get_text() for text in page.texts)
    assert "1 次" in Texts("zh").intervals_of("caption_bars", [1, 1])


@pytest.mark.parametrize("text", [*LONG.values(), "demand.vehicles_per_day.inbound = 10268", "x" * 60, "a b", ""])
def test_wrapped_names_lose_nothing(text: str) -> None:
    lines = wrap(text, NAME_COLUMNS).split("\n")
    assert max(map(text_columns, lines)) <= NAME_COLUMNS
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_names_break_at_blanks_and_dots() -> None:
    assert wrap("two words", 5) == "two\nwords"
    assert wrap("demand.inbound = 0.25", 10) == "demand.\ninbound =\n0.25"
    assert wrap("琼州海峡", 4) == "琼州\n海峡"


def test_wide_legends_take_more_rows() -> None:
    assert legend_columns(["a", "b", "c"]) == 3
    assert legend_columns([LONG["zh"]] * 4) == 2
    assert legend_columns(["x" * 200] * 2) == 1
