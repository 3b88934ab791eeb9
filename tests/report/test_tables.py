"""The numbers of the page are those of the tables beside it, rounded as they are shown."""

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.cli import main
from sim.report.naming import Naming
from sim.report.numbers import decimals_of, decimals_of_all, decimals_without_zero, rounded, with_interval
from sim.report.shown import load_study
from sim.report.words import Words

from .markup import Element, parsed, versions

NAN = float("nan")
COLUMNS = (
    ("wait", "mean", "gate"),
    ("arrivals", "mean", "all"),
    ("wait", "p95", "gate"),
)
"""What the study asks about, in the order in which it does."""


def numbers(cell: str) -> list[tuple[float, int]]:
    """Read the numbers of a cell with their decimals."""
    found = re.findall(r"[−-]?[\d,]+(?:\.\d+)?", cell)
    return [(float(n.replace("−", "-").replace(",", "")), len(n.partition(".")[2])) for n in found]


def tables_of(version: Element, chapter: str) -> list[Element]:
    (section,) = (s for s in version.all("section") if f"chapter-{chapter}" == s.attributes["class"])
    return section.all("table")


def cells_of(row: Element) -> list[str]:
    return [c.text for c in row.children if isinstance(c, Element)]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("name", "chapter", "number"), [("results", "results", "value"), ("differences", "differences", "difference")])  # fmt: skip
def test_every_number_is_that_of_the_table(made: Path, language: str, name: str, chapter: str, number: str) -> None:
    frame = pd.read_csv(made / "study" / f"{name}.csv", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    frame = frame[(frame["port"] == "all") & (frame["station"] == "all") & (frame["class"] == "all")]
    frame = frame[frame["direction"] == "all"].set_index(["point", "metric", "statistic", "line"])
    version = versions(parsed((made / "study" / "report.html").read_text("utf-8")))[language]
    compared = 0
    for table in tables_of(version, chapter)[:2]:
        for row in table.all("tbody")[0].all("tr"):
            point, _setting, *cells = cells_of(row)
            for cell, key in zip(cells, COLUMNS, strict=True):
                if (int(point), *key) not in frame.index:
                    assert cell == "–"
                    continue
                exact = frame.loc[(int(point), *key)]
                shown = numbers(cell)
                wanted = [exact[number], exact["low"], exact["high"]]
                assert len(shown) in (1, 3)
                for (value, decimals), true in zip(shown, wanted, strict=False):
                    assert abs(value - true) <= 0.5000001 * 10.0**-decimals
                    compared += 1
    assert compared > 30


def test_every_point_is_in_the_results_and_every_other_in_the_differences(made: Path) -> None:
    for version in versions(parsed((made / "study" / "report.html").read_text("utf-8"))).values():
        for chapter, wanted in (("results", range(1, 11)), ("differences", [2, 3, 4, 5, 7, 8, 9, 10])):
            tables = tables_of(version, chapter)[:2]
            points = [int(cells_of(row)[0]) for table in tables for row in table.all("tbody")[0].all("tr")]
            assert points == list(wanted)


def test_the_answer_is_that_of_the_study(made: Path) -> None:
    both = versions(parsed((made / "study" / "report.html").read_text("utf-8")))
    for tag, language in (("zh-CN", "zh"), ("en", "en")):
        for line in (made / "study" / f"answer_{language}.txt").read_text("utf-8").splitlines():
            assert " ".join(line.split()) in both[tag].all("section")[0].text


def test_a_study_without_a_threshold_says_what_its_figures_span(study: Path) -> None:
    for path in study.glob("answer_*.txt"):
        path.unlink()
    assert main(["report", str(study)]) == 0
    frame = pd.read_parquet(study / "results.parquet").query(
        "metric == 'arrivals' and port == 'all' and `class` == 'all'"
    )
    least = frame[frame["point"] <= 5]["value"].min()
    told = versions(parsed((study / "report.html").read_text("utf-8")))["en"].all("section")[0].text
    found = re.search(r"Arrivals: from ([\d,]+) \(", told)
    assert found is not None
    assert abs(float(found[1].replace(",", "")) - least) <= 0.5


def test_a_study_all_of_whose_points_failed_has_a_page(study: Path) -> None:
    for name in ("results", "differences"):
        schema = pq.read_schema(study / f"{name}.parquet")
        pq.ParquetWriter(study / f"{name}.parquet", schema).close()
    rows = "".join(f"{point},abc,1,ModelError,broke\n" for point in range(1, 11))
    (study / "failures.csv").write_text(f"point,key,replication,error,message\n{rows}", "utf-8-sig")
    assert main(["report", str(study)]) == 0
    version = versions(parsed((study / "report.html").read_text("utf-8")))["en"]
    assert "10 of 10 points failed" in version.all("section")[0].text
    assert len(tables_of(version, "failures")[0].all("tr")) == 11


def test_failed_points_are_told_and_left_out(study: Path) -> None:
    for name in ("results", "differences"):
        frame = pd.read_parquet(study / f"{name}.parquet")
        frame[frame["point"] != 4].to_parquet(study / f"{name}.parquet")
    (study / "failures.csv").write_text(
        "point,key,replication,error,message\n4,abc,1,ModelError,a <b> broke\n", "utf-8-sig"
    )
    assert main(["report", str(study)]) == 0
    version = versions(parsed((study / "report.html").read_text("utf-8")))["en"]
    assert "1 of 10 points failed" in version.all("section")[0].text
    assert "a <b> broke" in tables_of(version, "failures")[0].text
    assert "4 Trucks = 10" in tables_of(version, "failures")[0].text.replace("trucks", "Trucks").replace(
        "Truck =", "Trucks ="
    )
    row = next(r for r in tables_of(version, "results")[0].all("tr") if cells_of(r)[0] == "4")
    assert cells_of(row)[2:] == ["–", "–", "–"]


def test_any_other_table_of_the_folder_is_shown(study: Path) -> None:
    (study / "sensitivity.csv").write_text("factor,line,first,total\nrate,all,0.12345,0.5\n", "utf-8-sig")
    (study / "my_own.csv").write_text("a,b\n<1>,2\n", "utf-8-sig")
    assert main(["report", str(study)]) == 0
    both = versions(parsed((study / "report.html").read_text("utf-8")))
    shown = {language: [t.text for t in tables_of(version, "more")] for language, version in both.items()}
    assert shown["en"] == ["my own a b <1> 2", "Sensitivity indices factor first index total index rate 0.1235 0.5"]
    assert shown["zh-CN"][1].startswith("敏感性指数")


def test_other_tables_are_told_in_the_language_with_what_is_the_same_below(study: Path) -> None:
    lines = [
        "front,point,factors,metric,statistic,line,value,price_metric,price_statistic,is_knee",
        "1,1,rate=70,wait,p95,gate,0.51234,arrivals,mean,0",
        "1,2,rate=40,wait,p95,gate,0.3,arrivals,mean,1",
    ]
    (study / "front.csv").write_text("\n".join(lines), "utf-8-sig")
    assert main(["report", str(study)]) == 0
    both = versions(parsed((study / "report.html").read_text("utf-8")))
    (zh,), (en,) = (tables_of(both[language], "more") for language in ("zh-CN", "en"))
    assert cells_of(en.all("tr")[0]) == ["point", "setting", "value", "knee"]
    rows = [cells_of(row) for row in zh.all("tr")]
    assert rows[0] == ["设计点", "设置", "数值", "拐点"]
    assert [row[0] for row in rows[1:]] == ["1", "2"]
    assert [row[2:] for row in rows[1:]] == [["0.5123", "否"], ["0.3", "是"]]
    (section,) = (s for s in both["zh-CN"].all("section") if s.attributes["class"] == "chapter-more")
    assert "指标：等待时间 95% 分位数；" in section.text
    assert "代价：到达车辆均值" in section.text


def test_bounds_of_other_tables_stand_beside_their_values(study: Path) -> None:
    lines = [
        "sensitivity,factor,metric,line,less,first,first_low,first_high,trend",
        "1,rate,wait,gate,wait mean all desk all,0.56789,0.5,0.6,-0.123456",
        "1,trucks,wait,gate,wait mean all desk all,0.00021,0.0001,0.0003,0.5",
    ]
    (study / "sensitivity.csv").write_text("\n".join(lines), "utf-8-sig")
    assert main(["report", str(study)]) == 0
    both = versions(parsed((study / "report.html").read_text("utf-8")))
    (zh,), (en,) = (tables_of(both[language], "more") for language in ("zh-CN", "en"))
    first = [[cells_of(row)[1] for row in table.all("tr")] for table in (en, zh)]
    assert first[0] == ["first index", "0.57 (0.50 to 0.60)", "0.00021 (0.0001 to 0.0003)"]
    assert first[1] == ["一阶指数", "0.57（0.50 至 0.60）", "0.00021（0.0001 至 0.0003）"]
    assert [cells_of(row)[2] for row in en.all("tr")[1:]] == ["\u22120.1235", "0.5"]
    (section,) = (s for s in both["zh-CN"].all("section") if s.attributes["class"] == "chapter-more")
    assert "减去：Desk · 等待时间均值" in section.text
    assert "括号内为区间" in section.text


def test_few_replications_are_told(made: Path) -> None:
    both = versions(parsed((made / "study" / "report.html").read_text("utf-8")))
    assert "this study has 4" in both["en"].all("section")[0].text
    assert "本研究为 4 次" in both["zh-CN"].all("section")[0].text


def test_provenance_names_no_time_and_no_folder(made: Path) -> None:
    manifest = json.loads((made / "study" / "manifest.json").read_text("utf-8"))
    html = (made / "study" / "report.html").read_text("utf-8")
    assert manifest["started"] not in html
    assert manifest["code"] in html
    assert "executor=" not in html
    assert "study.folder=" not in html


@pytest.mark.parametrize(
    ("value", "low", "high", "decimals"),
    [
        (35.123, 32.2, 36.8, 1),  # half 2.3: two digits
        (35.123, 30.0, 41.0, 0),  # half 5.5: one digit
        (0.5, 0.45, 0.55, 2),
        (1234.5, 1000.0, 1500.0, 0),
        (20.0, NAN, NAN, 1),
        (0.01234, NAN, NAN, 4),
        (0.0, 0.0, 0.0, 0),
    ],
)
def test_decimals_follow_the_interval(value: float, low: float, high: float, decimals: int) -> None:
    assert decimals_of(value, low, high) == decimals


def test_an_interval_without_zero_is_not_written_with_zero() -> None:
    column = [(26.0, 0.3, 52.0), (13.0, -5.0, 30.0), (32.0, 10.0, 54.0)]
    assert decimals_of_all(column) == 0
    assert [decimals_without_zero(figure, 0) for figure in column] == [1, 0, 0]
    assert decimals_without_zero((-0.02, -0.04, -0.001), 0) == 2
    assert decimals_without_zero((NAN, NAN, NAN), 1) == 1
    assert decimals_of_all([]) == 0
    assert decimals_of_all([(NAN, NAN, NAN)]) == 0


def test_numbers_are_written_with_a_true_minus_and_thousands() -> None:
    assert rounded(-1234.56, 1) == "−1,234.6"
    assert rounded(-0.01, 1) == "0.0"
    assert with_interval((NAN, 0.0, 1.0), Words("en")) == "–"
    assert with_interval((5.0, NAN, NAN), Words("en")) == "5.00"
    assert with_interval((5.0, 4.5, 5.5), Words("en"), 1) == "5.0 (4.5\u00a0to\u00a05.5)"
    assert with_interval((5.0, 4.5, 5.5), Words("zh"), 1) == "5.0（4.5\u00a0至\u00a05.5）"
    assert with_interval((0.0, -1e-9, 1e-9), Words("en"), 1) == "0.0"


def test_figures_asked_are_found_however_deep(made: Path) -> None:
    study = load_study(made / "study")
    assert [(f.metric, f.statistic, f.line) for f in study.asked] == list(COLUMNS)
    assert "utilisation" in {f.metric for f in study.totals}


def test_a_drawn_design_has_no_base(drawn: Path) -> None:
    found = versions(parsed((drawn / "report.html").read_text("utf-8")))
    for language, told, words, origin in (
        ("en", "A drawn design has no base", ("In the base", "differences from the base"), "drawn from the range"),
        ("zh-CN", "抽样设计没有基准", ("基准值", "与基准之差，"), "从研究给定的范围中抽取"),
    ):
        (section,) = (s for s in found[language].all("section") if s.attributes["class"] == "chapter-differences")
        assert told in section.text
        assert not section.all("table")
        design = " ".join(
            s.text for s in found[language].all("section") if s.attributes["class"] != "chapter-differences"
        )
        assert not any(word in design for word in words)
        assert origin in design


def test_settings_that_are_no_numbers_stand_after_a_colon(made: Path) -> None:
    naming = Naming(load_study(made / "study"), Words("zh"))
    assert naming._told("rate", 40.0).endswith(" = 40")
    assert naming._told("rate", "systematic").endswith("：等距抽检")
    assert naming.value("rate", {"rule": "quota", "per_hour": 6}) == "抽检率 1，每小时至多 6 辆"
