"""The page in a real headless browser: it opens offline, switches language by a click or a key, fits a phone, prints."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main

from .webdriver import Browser, browser, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "a browser is there")
FOLDERS = pytest.mark.parametrize("folder", ["study", "run"])
SEEN = "return [...document.querySelectorAll('main')].filter(m => m.offsetParent !== null).map(m => m.lang)"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _desktop(window: Browser) -> None:
    window.resize(1280, 900)


@FOLDERS
def test_it_asks_the_network_for_nothing(window: Browser, made: Path, folder: str) -> None:
    window.asked_for()
    window.open(made / folder / "report.html")
    asked = window.asked_for()
    assert asked[0].startswith("file://")
    assert all(address.startswith(("file://", "data:")) for address in asked)
    assert sum(address.startswith("file://") for address in asked) == 1


@FOLDERS
def test_a_click_changes_the_language(window: Browser, made: Path, folder: str) -> None:
    window.open(made / folder / "report.html")
    assert window.run(SEEN) == ["en"]
    window.click("label[for=show-zh]")
    assert window.run(SEEN) == ["zh-CN"]
    assert "结论" in window.run("return document.body.innerText")
    assert "Answer" not in window.run("return document.body.innerText")
    window.click("label[for=show-en]")
    assert window.run(SEEN) == ["en"]


def test_a_key_changes_the_language(window: Browser, made: Path) -> None:
    window.open(made / "study" / "report.html")
    window.run("document.getElementById('show-en').focus()")
    arrow = [{"type": "keyDown", "value": "\ue012"}, {"type": "keyUp", "value": "\ue012"}]
    window.call("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": arrow}])
    assert window.run(SEEN) == ["zh-CN"]


@FOLDERS
def test_figures_and_the_chinese_font_are_there(window: Browser, made: Path, folder: str) -> None:
    window.open(made / folder / "report.html")
    window.click("label[for=show-zh]")
    window.run("return document.fonts.ready.then(() => 1)")
    sizes = window.run("return [...document.images].filter(i => i.offsetParent).map(i => [i.naturalWidth, i.width])")
    assert sizes
    assert all(natural > 100 and shown > 500 for natural, shown in sizes)
    assert window.run("return [...document.fonts].map(f => [f.family.replaceAll('\"', ''), f.status])") == [
        ["strait", "loaded"]
    ]


@FOLDERS
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_of_the_window(window: Browser, made: Path, folder: str, width: int) -> None:
    window.resize(width, 800)
    window.open(made / folder / "report.html")
    for language in ("zh", "en"):
        window.click(f"label[for=show-{language}]")
        assert window.run("return document.documentElement.scrollWidth") <= width
        small = window.run(
            "return [...document.querySelectorAll('p, td, th, dd, figcaption')].filter(e => e.offsetParent && "
            "parseFloat(getComputedStyle(e).fontSize) < 12).length"
        )
        assert small == 0


def test_tables_of_figures_fit_a_window_of_1200_pixels(window: Browser, made: Path) -> None:
    window.resize(1200, 800)
    window.open(made / "study" / "report.html")
    for language in ("zh", "en"):
        window.click(f"label[for=show-{language}]")
        window.run("document.querySelectorAll('details').forEach(d => d.open = true); return 1")
        wide = window.run(
            "return [...document.querySelectorAll('.chapter-results .frame, .chapter-differences .frame')]"
            ".filter(f => f.offsetParent && f.scrollWidth > f.clientWidth + 1).map(f => f.textContent.slice(0, 60))"
        )
        assert wide == []


def test_indices_with_their_bounds_fit_a_window_of_1200_pixels(window: Browser, study: Path) -> None:
    head = (
        "sensitivity,factor,metric,statistic,direction,line,class,less,first,first_low,first_high,"
        "total,total_low,total_high,trend,q2,noise_ratio"
    )
    less = "expected_interception ratio all gate all"
    numbers = ["0.00998436,0.00642248,0.0189578,0.0100108,0.0069702,0.0323746,-0.00238312,0.968876,0.000880361"]
    numbers += ["0.562692,0.504092,0.566461,0.579074,0.517213,0.585735,0.76283,0.904112,0.200016"]
    rows = [
        f"1,rate,wait,p95,inbound,gate,car,,{numbers[0]}",
        f"2,the ratio at the second line,expected_interception,ratio,all,desk,all,{less},{numbers[1]}",
    ]
    (study / "sensitivity.csv").write_text("\n".join([head, *rows]), "utf-8-sig")
    assert main(["report", str(study)]) == 0
    window.resize(1200, 800)
    window.open(study / "report.html")
    for language in ("zh", "en"):
        window.click(f"label[for=show-{language}]")
        window.run("document.querySelectorAll('details').forEach(d => d.open = true); return 1")
        sizes = window.run(
            "return [...document.querySelectorAll('.chapter-more .frame')].filter(f => f.offsetParent)"
            ".map(f => [f.scrollWidth, f.clientWidth])"
        )
        assert len(sizes) == 1
        assert all(needed <= room for needed, room in sizes)


def test_contrast_is_enough(window: Browser, made: Path) -> None:
    """WCAG 2.2, 1.4.3: text has a contrast of 4.5 or more to what it stands on."""
    window.open(made / "study" / "report.html")
    pairs = window.run(
        """
        const found = [];
        for (const e of document.querySelectorAll('main *, .bar label')) {
          if (!e.offsetParent || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
          let below = e;
          while (below && getComputedStyle(below).backgroundColor === 'rgba(0, 0, 0, 0)') below = below.parentElement;
          found.push([getComputedStyle(e).color, below ? getComputedStyle(below).backgroundColor : 'rgb(255, 255, 255)']);
        }
        return found;
        """
    )
    assert len(pairs) > 50
    for text, ground in set(map(tuple, pairs)):
        light, dark = sorted((_luminance(text), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@FOLDERS
def test_it_prints(window: Browser, made: Path, folder: str) -> None:
    window.open(made / folder / "report.html")
    paper = {"width": 21.0, "height": 29.7}
    printed = base64.b64decode(window.call("POST", "/print", page=paper, background=True))
    assert printed.startswith(b"%PDF")
    assert 1 < printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") < 40
