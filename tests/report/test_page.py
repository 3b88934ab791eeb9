"""The page as a file: whole, self-contained, accessible, in both languages, and the same for the same folder."""

import base64
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from sim.cli import main
from sim.report.origins import Origins
from sim.report.sourced import texts_of
from sim.report.translated import translated, translated_source
from sim.report.words import Words, catalogue

from .conftest import NASTY, ROOT
from .markup import Element, parsed, versions

FOLDERS = pytest.mark.parametrize("folder", ["study", "run"])


def page_of(made: Path, folder: str) -> str:
    return (made / folder / "report.html").read_text(encoding="utf-8")


@FOLDERS
def test_it_asks_for_nothing_outside_itself(made: Path, folder: str) -> None:
    html = page_of(made, folder)
    page = parsed(html)
    tags = {element.tag for element in page.all()}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base", "video", "audio", "source"}
    for element in page.all():
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "srcset", "action", "poster", "data", "background"}:
                assert value.startswith(("data:image/", "#")), value[:80]
    style = page.all("style")[0].text
    assert "@import" not in style
    assert all(address.startswith('"data:font/woff') for address in re.findall(r"url\(([^)]{0,40})", style))
    policy = next(m.attributes for m in page.all("meta") if m.attributes.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'")
    assert len(html) < 5_000_000


@FOLDERS
def test_its_figures_ask_for_nothing_either(made: Path, folder: str) -> None:
    sources = [image.attributes["src"] for image in parsed(page_of(made, folder)).all("img")]
    assert sources
    for source in sources:
        kind, _, data = source.partition(";base64,")
        if kind == "data:image/svg+xml":
            drawing = base64.b64decode(data).decode()
            assert "<script" not in drawing
            assert not re.findall(r'(?:href|src)="(?!#|data:)', drawing)
        else:
            assert base64.b64decode(data)[1:4] == b"PNG"


@FOLDERS
def test_every_address_within_it_is_there_once(made: Path, folder: str) -> None:
    page = parsed(page_of(made, folder))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    asked = {a.attributes["href"][1:] for a in page.all("a")} | {x.attributes["for"] for x in page.all("label")}
    asked |= {section.attributes["aria-labelledby"] for section in page.all("section")}
    assert len(asked) > 10
    assert asked <= set(ids)


@FOLDERS
def test_both_languages_say_the_same(made: Path, folder: str) -> None:
    both = versions(parsed(page_of(made, folder)))
    assert list(both) == ["zh-CN", "en"]
    shapes = [
        [(e.tag, e.attributes.get("class", "")) for e in version.all() if e.tag != "wbr"] for version in both.values()
    ]
    counted = [
        {tag: sum(t == tag for t, _ in shape) for tag in ("section", "figure", "table", "tr", "dt")} for shape in shapes
    ]
    assert counted[0] == counted[1]
    assert min(counted[0]["section"], counted[0]["table"]) > 1
    heads = {language: [h.text for h in version.all("h2")] for language, version in both.items()}
    assert all(re.search(r"[\u4e00-\u9fff]", head) for head in heads["zh-CN"])
    assert not any(re.search(r"[\u4e00-\u9fff]", head) for head in heads["en"])
    for version in both.values():
        assert not re.search(r"\{\w*\}", version.text)


@FOLDERS
def test_it_can_be_read_without_seeing_it(made: Path, folder: str) -> None:
    page = parsed(page_of(made, folder))
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("title")[0].text
    for version in versions(page).values():
        assert next(h.tag for h in version.all() if re.fullmatch("h[1-6]", h.tag)) == "h1"
        assert len(version.all("h1")) == 1
        assert all(len(image.attributes["alt"]) > 15 for image in version.all("img"))
        for table in version.all("table"):
            assert table.all("caption")[0].text
            assert all(th.attributes["scope"] == "col" for th in table.all("thead")[0].all("th"))
            rows = table.all("tbody")[0].all("tr")
            assert rows
            assert all(row.all("th")[0].attributes["scope"] == "row" for row in rows)
            assert {len(row.all("th")) + len(row.all("td")) for row in rows} == {len(table.all("thead")[0].all("th"))}
        assert all(frame.attributes.get("tabindex") == "0" for frame in _classed(version, "frame"))


def _classed(element: Element, name: str) -> list[Element]:
    return [e for e in element.all() if name in e.attributes.get("class", "").split()]


def test_the_language_is_chosen_without_a_script(made: Path, study: Path) -> None:
    for language in ("zh", "en"):
        assert main(["report", str(study), "--language", language]) == 0
        page = parsed((study / "report.html").read_text(encoding="utf-8"))
        radios = page.all("input")
        assert [r.attributes["type"] for r in radios] == ["radio", "radio"]
        assert [r.attributes["id"] for r in radios if "checked" in r.attributes] == [f"show-{language}"]
        assert page.all("html")[0].attributes["lang"].startswith(language)
    style = page.all("style")[0].text
    assert "#show-zh:checked ~ .version-en, #show-en:checked ~ .version-zh { display: none; }" in style


def test_texts_of_the_study_are_escaped(made: Path) -> None:
    html = page_of(made, "study")
    assert "<script" not in html
    assert f"A tiny study {NASTY}" in parsed(html).all("h1")[1].text
    assert html.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") > 2


def test_the_same_folder_gives_the_same_bytes(made: Path, study: Path, run: Path) -> None:
    for folder in (study, run):
        before = (folder / "report.html").read_bytes()
        assert main(["report", str(folder)]) == 0
        assert (folder / "report.html").read_bytes() == before
        elsewhere = shutil.copytree(folder, folder.with_name(f"{folder.name}_elsewhere"))
        assert main(["report", str(elsewhere), "--output", str(folder / "again.html")]) == 0
        assert (folder / "again.html").read_bytes() == before
        assert str(folder.parent).encode() not in before


def test_catalogues_have_the_same_keys_and_placeholders() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    for key, text in en.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", zh[key])), key


def test_the_limits_are_those_of_the_validation_page_in_both_languages() -> None:
    from sim.report.limits import limits_in

    found = {language: limits_in(ROOT / "docs", language) for language in ("en", "zh")}
    assert "hour at which a queue clears" in found["en"]
    assert "排队清空的时刻" in found["zh"]
    numbers = [set(re.findall(r"\d+,\d+", text)) for text in found.values()]
    assert numbers[0] <= numbers[1]


def test_chinese_names_are_of_assumptions_that_there_are() -> None:
    known = set(re.findall(r"^\| (A\d+) \|", (ROOT / "docs" / "data.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(catalogue("assumptions.zh")) <= known


def test_chinese_texts_hold_only_for_the_english_ones_that_they_translate() -> None:
    assumptions = Origins(ROOT / "configs", ROOT / "docs").assumptions
    texts = tomllib.loads((ROOT / "sim/report/texts/assumption_texts.zh.toml").read_text(encoding="utf-8"))
    assert set(texts) <= set(assumptions)
    fresh = [name for name in texts if translated(name, assumptions[name])]
    assert {"A19", "A21", "A23", "A24", "A25", "A26", "A29", "A37", "A38", "A42"} <= set(fresh)  # of the experiments
    told = assumptions["A25"]
    assert translated("A25", told) == (texts["A25"]["value"], texts["A25"]["reason"])
    assert translated("A25", replace(told, value="car 0.5")) is None
    assert translated("A999", told) is None


def test_sources_are_told_in_chinese_as_long_as_their_row_is_the_same() -> None:
    origins = Origins(ROOT / "configs", ROOT / "docs")
    (zh,) = texts_of(["S17"], origins, Words("zh"))
    (en,) = texts_of(["S17"], origins, Words("en"))
    assert [cell.text for cell in en.rows[0]][1:3] == ["fog report of 21 Feb 2018: 53 ro-ro ships", "Xinhua (English)"]
    assert [cell.text for cell in zh.rows[0]][2:] == ["新华社（英文）", "2018-02-21"]
    assert "53 艘" in zh.rows[0][1].text
    assert zh.note == ""
    row = origins.sources["S17"]
    assert translated_source("S17", {**row, "note": "more"}) is None
    assert translated_source("S999", row) is None
    texts = tomllib.loads((ROOT / "sim/report/texts/sources.zh.toml").read_text(encoding="utf-8"))
    assert set(texts) <= set(origins.sources)
    assert sum(translated_source(name, origins.sources[name]) is not None for name in texts) > 60


@pytest.mark.parametrize("is_new", [False, True])
def test_the_chinese_page_says_where_texts_are_english(is_new: bool) -> None:
    """An assumption whose English value changes is told in English until it is translated anew."""
    origins = Origins(ROOT / "configs", ROOT / "docs")
    if is_new:
        origins.assumptions = {"A72": replace(origins.assumptions["A72"], value="two years")}
    (zh,) = texts_of(["A72"], origins, Words("zh"))
    (en,) = texts_of(["A72"], origins, Words("en"))
    is_english = [cell.language == "en" for cell in zh.rows[0]]
    assert any(is_english) == bool(zh.note) == is_new
    assert en.note == ""
