"""The generated pages of `docs/` are what `make docs` would write now."""

import pytest

from sim.record import COLUMNS

from .source import ROOT


@pytest.mark.parametrize("name", ["columns.md", "metrics.md", "scenario.md", "study.md"])
def test_page_is_in_step(name):
    from docs.generate import PAGES

    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == "\n".join(PAGES[name]()) + "\n", "run `make docs`"


def test_every_column_is_on_the_page_in_both_languages():
    page = (ROOT / "docs" / "columns.md").read_text("utf-8")
    for column in COLUMNS:
        assert column.zh
        assert column.en
        assert f"| `{column.name}` |" in page
