"""Every number in `configs/` says where it comes from: a source of docs/sources.csv, or `assumption`."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
FILES = sorted(CONFIGS.rglob("*.yaml"))
TABLES = sorted((CONFIGS / "data").glob("*.csv"))

NUMBER = re.compile(r"(?<![\w./:-])-?\d+(?:[.:]\d+)*(?![\w/])")
TITLE = re.compile(r"^\s*(?:zh|en|title_zh|title_en):")
ORIGIN = re.compile(r"\bS\d\d\b|\bassumption\b")
ASSUMED = re.compile(r"\bassumption\b")


def parts_of(line: str) -> tuple[str, str]:
    """Split a line into its value and its comment; no value of ours holds a hash."""
    value, _, comment = line.partition("#")
    return value, comment


def unsourced_lines(text: str) -> Iterator[str]:
    """Yield the lines that hold a number and do not say where it comes from."""
    for line in text.splitlines():
        value, comment = parts_of(line)
        if not TITLE.match(value) and NUMBER.search(value) and not ORIGIN.search(comment):
            yield line.strip()


def comments_of(path: Path) -> str:
    return "\n".join(parts_of(line)[1] for line in path.read_text(encoding="utf-8").splitlines())


def names_of(path: Path, letter: str) -> set[str]:
    return set(re.findall(rf"\b{letter}\d\d?\b", comments_of(path)))


@pytest.fixture(scope="module")
def sources() -> set[str]:
    with (ROOT / "docs" / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def assumptions() -> set[str]:
    return set(re.findall(r"^\| (A\d+) \|", (ROOT / "docs" / "data.md").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(
    "line",
    [
        "mean_s: 60.0",
        "car: {mean_s: 60.0, cv: 0.5}  # a guess",
        'start: "07:00"',
        "berths: 6  # see S7",
        "weights: [1, 2]  # the hours",
        "- 5",
    ],
)
def test_a_number_without_origin_is_seen(line: str) -> None:
    assert list(unsourced_lines(line))


@pytest.mark.parametrize(
    "line",
    [
        "mean_s: 60.0  # S43",
        "cv: 0.5  # assumption A19",
        "en: March 2018",
        "- march_2018",
        "line2:",
        "# 60 s",
        "a: x/2",
    ],
)
def test_a_line_with_origin_or_without_number_passes(line: str) -> None:
    assert not list(unsourced_lines(line))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CONFIGS).as_posix())
def test_every_number_says_where_it_comes_from(path: Path) -> None:
    assert not list(unsourced_lines(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CONFIGS).as_posix())
def test_every_file_opens_with_what_it_describes(path: Path) -> None:
    first, second = path.read_text(encoding="utf-8").splitlines()[:2]
    opening = second if "@package" in first else first
    assert opening.startswith("# ")
    assert len(opening) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CONFIGS).as_posix())
def test_every_source_is_listed(path: Path, sources: set[str]) -> None:
    assert names_of(path, "S") <= sources


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(CONFIGS).as_posix())
def test_every_numbered_assumption_is_explained(path: Path, assumptions: set[str]) -> None:
    assert names_of(path, "A") <= assumptions


def test_no_assumption_is_explained_without_use(assumptions: set[str]) -> None:
    assert assumptions == {name for path in FILES for name in names_of(path, "A")}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.name)
def test_a_table_is_data_with_sources_or_is_called_illustrative(path: Path, sources: set[str]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if "source_id" in rows[0]:
        assert {name for row in rows for name in row["source_id"].split(";")} <= sources
        return
    users = [
        p.read_text(encoding="utf-8").splitlines()[0] for p in FILES if f"data/{path.name}" in p.read_text("utf-8")
    ]
    assert users
    assert all("Illustrative" in line and ASSUMED.search(line) for line in users)


def test_names_are_ascii() -> None:
    assert all(path.relative_to(CONFIGS).as_posix().isascii() for path in CONFIGS.rglob("*"))
