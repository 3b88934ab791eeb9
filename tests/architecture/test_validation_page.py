"""docs/validation.md: says what the model is for, drops no target, and gives a reason for every miss."""

import re

import pytest

from .source import ROOT


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "validation.md").read_text("utf-8")


def rows(page: str) -> list[list[str]]:
    """Cells of every line of a table with six columns."""
    lines = [line for line in page.splitlines() if line.startswith("| ") and " | " in line]
    return [cells for cells in ([c.strip() for c in line.strip("|").split("|")] for line in lines) if len(cells) == 6]


def test_the_first_paragraph_says_what_the_model_may_and_may_not_be_used_for(page):
    first = next(part for part in page.split("\n\n")[1:] if not part.startswith("Made by"))
    assert "may be used for" in first
    assert "may not be used for" in first


@pytest.mark.parametrize("target", ["1", "3", "4", "5", "6"])
def test_no_target_is_dropped(page, target):
    assert any(cells[0].startswith(f"{target}: ") for cells in rows(page))


def test_every_miss_has_a_reason(page):
    missed = [cells for cells in rows(page) if cells[4] == "**no**"]
    assert missed
    assert not [cells[0] for cells in missed if cells[5] in ("", "not found")]


def test_the_dispatch_and_the_last_day_are_predicted(page):
    held = [cells for cells in rows(page) if re.search(r"20 Feb 09:30 to 21 Feb 10:30|queue, 26 Feb", cells[0])]
    assert len(held) >= 5
    assert {cells[3] for cells in held} == {"predicted"}


def test_its_figures_are_there(page):
    for name in re.findall(r"\]\((figures/[^)]+)\)", page):
        assert (ROOT / "docs" / name).is_file()


def test_a_chinese_reader_finds_use_limits_and_policies(page):
    summary = page.split("## 中文摘要")[1]
    assert all(word in summary for word in ("可用于", "不可用于", "fog_replay.zh.png", "fog_policies.zh.png"))


def test_no_number_was_left_out_of_the_words(page):
    assert not re.search(r"\{[a-z_]+\}", page)
    assert "nan" not in re.findall(r"[a-z]+", page)
