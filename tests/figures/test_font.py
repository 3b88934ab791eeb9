"""The bundled font: whole, small, renamed, licensed, and made by one command."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure

from sim.figures.font import FAMILY, FONT_FILE, house_style
from sim.figures.make_font import SOURCE_FAMILY, gb2312, main, make_font


def test_font_holds_gb2312() -> None:
    characters = set(gb2312())
    assert sum("\u4e00" <= c <= "\u9fff" for c in characters) == 6763
    known = set(TTFont(FONT_FILE).getBestCmap())
    assert {c for c in characters if ord(c) not in known} == set()


def test_font_is_small_and_renamed() -> None:
    assert FONT_FILE.stat().st_size < 1_700_000
    table = TTFont(FONT_FILE)["name"]
    assert table.getDebugName(1) == FAMILY
    assert not {"Noto", "Source"} & {word for n in (1, 3, 4, 6) for word in table.getDebugName(n).split()}


def test_licence_lies_beside_the_font() -> None:
    text = FONT_FILE.with_name("OFL.txt").read_text(encoding="utf-8")
    assert "Reserved Font Name" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "TERMINATION" in text


def test_import_changes_nothing_global() -> None:
    code = (
        "import matplotlib as mpl; from matplotlib import font_manager as fm; before = dict(mpl.rcParams);"
        "import sim.figures; assert dict(mpl.rcParams) == before;"
        f"assert {FAMILY!r} not in fm.fontManager.get_font_names()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_style_ends_with_its_context() -> None:
    before = dict(mpl.rcParams)
    with house_style():
        assert mpl.rcParams["font.family"] == [FAMILY, "DejaVu Sans"]
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("title", ["$x_{$", "$\\frac{$ and $5"])
def test_a_dollar_sign_is_a_letter(title: str) -> None:
    with house_style():
        page = Figure()
        page.text(0.1, 0.5, title)
        page.subplots().set_xlabel(title)
        page.savefig(BytesIO(), format="svg")


def test_source_must_hold_the_family(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=SOURCE_FAMILY):
        make_font(FONT_FILE, tmp_path / "font.otf")
    assert list(tmp_path.iterdir()) == []


def test_command_needs_a_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "SOURCE.ttc" in capsys.readouterr().err


@pytest.mark.slow
def test_font_is_made_the_same_again(tmp_path: Path) -> None:
    source = TTFont(FONT_FILE, recalcTimestamp=False)
    source["name"].setName(SOURCE_FAMILY, 1, 3, 1, 0x409)
    source.save(tmp_path / "source.otf")
    made = [tmp_path / "a.otf", tmp_path / "b.otf"]
    sizes = [make_font(tmp_path / "source.otf", path) for path in made]
    assert made[0].read_bytes() == made[1].read_bytes()
    assert sizes[0] == made[0].stat().st_size
    again = TTFont(made[0])
    assert again["name"].getDebugName(1) == FAMILY
    assert again.getBestCmap().keys() == TTFont(FONT_FILE).getBestCmap().keys()
