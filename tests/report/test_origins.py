"""Where numbers come from: read off the configuration files, by place and value."""

from pathlib import Path

import pytest

from sim import load_scenario
from sim.cli.compose import config_folder
from sim.cli.report import docs_folder
from sim.report.origins import Origins, count, numbers_in


@pytest.fixture(scope="module")
def origins() -> Origins:
    return Origins(config_folder(), docs_folder())


def test_origins_of_a_shipped_scenario(origins: Origins) -> None:
    mapping = load_scenario("march_2018").as_mapping()
    found = origins.of(mapping)
    assert set(found) == {where for where, _ in numbers_in(mapping)}
    assert found["sampling", "line2", "truck"] == ("A25",)
    assert found["staffing", "xinhai", "line2", "nii"] == ("A29",)
    counted = count(found)
    assert counted.sourced + counted.assumed + counted.other == len(found) > 500
    assert counted.other < 0.1 * len(found)
    assert {name for ids in found.values() for name in ids} <= {*origins.assumptions, *origins.sources, "assumption"}


def test_a_number_of_ones_own_has_no_origin(origins: Origins) -> None:
    mapping = load_scenario("march_2018", "sampling.line2.truck=0.4321").as_mapping()
    assert origins.of(mapping)["sampling", "line2", "truck"] == ()
    shipped = load_scenario("march_2018").as_mapping()
    found = origins.of(shipped, ["sampling.line2.truck"])
    assert found["sampling", "line2", "truck"] == ()
    assert found["sampling", "line2", "car"] == ("A25",)
    assert origins.replaced(mapping, ["sampling", "line2", "truck"]) == ["A25"]
    assert origins.replaced(mapping, ["sampling", "line2", "no_such_class"]) == []


def test_the_file_that_agrees_more_is_believed(tmp_path: Path) -> None:
    (tmp_path / "configs" / "fleet").mkdir(parents=True)
    (tmp_path / "configs" / "fleet" / "a.yaml").write_text("ships: 5  # S02\nspeed: 3  # S03\n", "utf-8")
    (tmp_path / "configs" / "fleet" / "b.yaml").write_text("ships: 5  # assumption A7\nspeed: 4  # A8\n", "utf-8")
    (tmp_path / "data.md").write_text("| A7 | ships of `x` | 5 | 1 to 9 |\n", "utf-8")
    (tmp_path / "sources.csv").write_text("source_id,publisher,title,date,note\nS02,p,t,2018,\n", "utf-8")
    made = Origins(tmp_path / "configs", tmp_path)
    assert made.of({"fleet": {"ships": 5, "speed": 3}}) == {("fleet", "ships"): ("S02",), ("fleet", "speed"): ("S03",)}
    assert made.of({"fleet": {"ships": 5, "speed": 4}})["fleet", "ships"] == ("A7",)
    assert made.assumptions["A7"].what == "ships of x"
    assert made.sources["S02"]["publisher"] == "p"


def test_origins_stand_on_the_page(tmp_path: Path) -> None:
    """Assumption A25 is told in both languages, with its range, where a study sweeps a sampling ratio."""
    from sim.report.sourced import texts_of
    from sim.report.words import Words

    both = {
        language: next(texts_of(["A25", "S02", "X9"], Origins(config_folder(), docs_folder()), Words(language)))
        for language in ("zh", "en")
    }
    assert [row[0].text for row in both["en"].rows] == ["A25", "S02"]
    assert (both["zh"].rows[0][1].text, both["en"].rows[0][1].text) == ("抽检率", "sampling ratios")
    assert both["en"].rows[0][3].text.startswith("0.02 to 1")
