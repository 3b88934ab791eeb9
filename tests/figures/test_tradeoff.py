"""Trade-off figures: legible in both languages, for one panel or many, with points that lie together or apart."""

import numpy as np
import pytest

from sim.figures.font import house_style
from sim.figures.tradeoff import Curve, Tradeoffs, draw_tradeoff
from sim.figures.wording import LANGUAGES, Texts

from .test_figures import assert_legible

QUESTION = {
    "zh": "第二道防线的货车抽检率提高到多少时，95% 分位的查验延误会超过 30 分钟？此时拦截率是多少？",
    "en": "At what truck ratio at line 2 does the p95 inspection delay pass 30 minutes, and what is reached there?",
}
LABEL = {
    "zh": "第二道防线（海口） · 集装箱车查验延误 95% 分位数（分钟）",
    "en": "inspection delay, 95th percentile [container truck, Line 2 (Haikou)], min",
}
TITLE = {"zh": "2018年春节一周（不含大雾停航）", "en": "Week of the Spring Festival 2018, without the fog"}


def with_bounds(value: np.ndarray, half: float) -> np.ndarray:
    return np.column_stack([value, value - half, value + half])


def curve(language: str, points: int, prices: int, spread: float) -> Curve:
    ratio = np.linspace(0, 1, points)
    own = [with_bounds(spread * (ratio ** (2 + p)) * 50, 2.0) for p in range(prices)]
    if prices > 1:
        own[1][0, 2] = np.nan
    return Curve(TITLE[language], ratio, with_bounds(15 + 40 * np.sqrt(ratio), 1.5), own)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("blocks", "prices", "points", "spread"), [(1, 1, 5, 1.0), (2, 2, 11, 1.0), (3, 3, 21, 0.01)])
def test_tradeoff_is_legible(language: str, blocks: int, prices: int, points: int, spread: float) -> None:
    curves = [curve(language, points, prices, spread) for _ in range(blocks)]
    shown = Tradeoffs(
        curves, "truck", LABEL[language], LABEL[language], [LABEL[language]] * prices, QUESTION[language], 20
    )
    with house_style():
        page = draw_tradeoff(shown, Texts(language))
    assert_legible(page)
    assert len(page.axes) == blocks * prices


def rings(price_half: float) -> int:
    ratio = np.linspace(0, 1, 9)
    price = with_bounds(50 * ratio**3, price_half)
    shown = Tradeoffs([Curve("x", ratio, with_bounds(ratio, 0.01), [price])], "truck", "g", "gain", ["price"], "?", 20)
    with house_style():
        page = draw_tradeoff(shown, Texts("en"))
    return sum(line.get_markersize() == 13 for line in page.axes[0].lines)


def test_the_knee_is_marked_only_where_the_price_moves_for_sure() -> None:
    assert rings(price_half=1.0) == 1
    assert rings(price_half=60.0) == 0
