"""Figures of a folder: found by name, in the page's language, told by their kind, others with less to say."""

from pathlib import Path

import pytest

from sim.report.pictures import KINDS, known_kind, pictures_in
from sim.report.words import LANGUAGES, Words, catalogue


def folder_of(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).write_bytes(b"<svg/>" if name.endswith("svg") else b"\x89PNG")
    return tmp_path


def test_figures_are_in_the_pages_language_and_in_order(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        "tornado_1_en.svg",
        "tradeoff_2_en.svg",
        "tradeoff_1_en.svg",
        "tradeoff_1_zh.svg",
        "odd.svg",
        "notes.txt",
    )
    found = list(pictures_in(folder, Words("en"), "95 %"))
    assert [p.title for p in found] == ["Trade-off (1)", "Trade-off (2)", "Tornado", "odd"]
    assert "95 %" in found[0].caption
    assert "written at its foot" in found[3].caption
    assert [p.title for p in pictures_in(folder, Words("zh"), "95 %")] == ["得失权衡", "odd"]
    assert list(pictures_in(tmp_path / "none", Words("en"), "95 %")) == []


def test_kinds_that_are_to_come_fall_back(tmp_path: Path) -> None:
    (found,) = pictures_in(folder_of(tmp_path, "radar_chart_3_zh.png"), Words("zh"), "95 %")
    assert found.title == "radar chart"
    assert found.source.startswith("data:image/png;base64,")


@pytest.mark.parametrize(("name", "kind"), [("heatmaps", "heatmap"), ("sensitivities", "sensitivity"), ("waits", "waits"), ("gains", "gain")])  # fmt: skip
def test_plural_names_are_known(name: str, kind: str) -> None:
    assert known_kind(name) == kind


def test_a_large_drawing_gives_way_to_a_smaller_picture(tmp_path: Path) -> None:
    (tmp_path / "map_en.svg").write_bytes(b"<svg>" + b" " * 400_000 + b"</svg>")
    (tmp_path / "map_en.png").write_bytes(b"\x89PNG")
    (found,) = pictures_in(tmp_path, Words("en"), "95 %")
    assert found.source.startswith("data:image/png")
    (tmp_path / "map_en.png").unlink()
    (found,) = pictures_in(tmp_path, Words("en"), "95 %")
    assert found.source.startswith("data:image/svg+xml")


def test_every_kind_has_a_title_and_a_caption_in_both_languages() -> None:
    for language in LANGUAGES:
        for kind in (*KINDS, "other"):
            assert {f"kind_{kind}", f"caption_{kind}"} <= set(catalogue(language))
