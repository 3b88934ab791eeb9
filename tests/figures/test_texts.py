"""The two tables of texts agree, and the bundled font can write all of them."""

import math
from string import Formatter

import pytest
from fontTools.ttLib import TTFont

from sim import load_scenario
from sim.figures import FIGURES, PLAN_FIGURES
from sim.figures.font import FONT_FILE
from sim.figures.wording import (
    LANGUAGES,
    Texts,
    catalogue,
    figure,
    per_cent_in,
    percent,
    quoted,
    with_digits,
)
from sim.metrics.catalogue import METRICS
from sim.network import compile_network
from sim.record.columns import COLUMNS


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(catalogue("zh")) == list(catalogue("en"))


def test_both_languages_have_the_same_placeholders() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert {k: placeholders(v) for k, v in zh.items()} == {k: placeholders(v) for k, v in en.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_title(language: str) -> None:
    assert {f"title_{name}" for name in (*FIGURES, *PLAN_FIGURES)} <= set(catalogue(language))


@pytest.mark.parametrize("scenario", ["march_2018", "xuwen_2021"])
def test_font_can_write_every_text(scenario: str) -> None:
    known = set(TTFont(FONT_FILE).getBestCmap())
    network = compile_network(load_scenario(scenario))
    words = [text for language in LANGUAGES for text in catalogue(language).values()]
    words += [
        text
        for titles in (network.port_title, network.place_title, network.line_title, network.channel_title)
        for t in titles.values()
        for text in t.values()
    ]
    words += [text for titles in network.class_title.values() for text in titles]
    words += [label for item in (*METRICS, *COLUMNS) for label in (item.zh, item.en)]
    assert {letter for text in words for letter in text if letter != "\n" and ord(letter) not in known} == set()


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match=r"language must be one of .*; got 'fr'"):
        catalogue("fr")


def test_unknown_names_are_shown_as_they_are() -> None:
    texts = Texts("zh")
    assert texts.station("xinhai/line2/nii") == "机检"
    assert texts.station("post/booth_7") == "booth_7"
    assert texts.direction("sideways") == "sideways"


@pytest.mark.parametrize(
    ("value", "words"),
    [(12345.6, "12,346"), (345.4, "345"), (99.96, "100"), (34.52, "34.5"), (0.996, "1.0"), (0.35, "0.35"), (0.001, "<0.01"),
     (0, "0")],
)  # fmt: skip
def test_figures_are_rounded(value: float, words: str) -> None:
    assert figure(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (95.0, "95 %"),
        (9.96, "10 %"),
        (4.52, "4.5 %"),
        (0.12, "0.1 %"),
        (0.012, "0.012 %"),
        (0, "0 %"),
        (99.9, "100 %"),
    ],
)
def test_percentages_are_rounded(value: float, words: str) -> None:
    assert percent(value) == words


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((30.612, 30.41, 30.81), ("30.6", "30.4", "30.8")),
        ((1.258, 1.252, 1.264), ("1.258", "1.252", "1.264")),
        ((-0.3, -0.9, 0.04), ("−0.3", "−0.9", "0.0")),
        ((5260.4, 5200.0, 5320.0), ("5,260", "5,200", "5,320")),
        ((2.0, 2.0, 2.0), ("2.0", "2.0", "2.0")),
        ((-3.0, math.nan, math.nan), ("−3.0", "?", "?")),
    ],
)
def test_estimates_have_the_digits_that_their_intervals_warrant(
    bounds: tuple[float, float, float], words: tuple[str, str, str]
) -> None:
    assert with_digits(*bounds) == words


def test_names_with_stops_of_their_own_are_quoted() -> None:
    assert quoted("Line 2: all wait") == "“Line 2: all wait”"
    assert quoted("第二道防线：队满也等候") == "“第二道防线：队满也等候”"
    assert quoted("base") == "base"


def test_per_cent_is_written_as_each_language_does() -> None:
    assert per_cent_in("95 % and 3 %", "en") == "95 % and 3 %"
    assert per_cent_in("95 % 与（%）", "zh") == "95% 与（%）"


def test_captions_name_replications_and_level() -> None:
    assert "12" in Texts("en", 0.9).intervals("caption_bars", 12)
    assert "90% " in Texts("zh", 0.9).intervals("caption_bars", 12)
    assert "99.9 %" in Texts("en", 0.999).intervals("caption_band", 12)
    assert Texts("en").intervals("caption_bars", 1) == catalogue("en")["caption_single"]
