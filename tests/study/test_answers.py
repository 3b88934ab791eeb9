"""Answers in words from made-up tables: along every line of a grid, at the ends of a range, over sliders."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.compose import Desk, config_folder
from sim.cli.points import DeskSource
from sim.figures.wording import Texts
from sim.scenario.study import make_study
from sim.study.runner import Plan, make_plan, write_answers
from sim.study.runner.curves import block_title

BASE = ("scenario=march_2018", "channel=none", "run.engine=kernel")
DAY = "Qiongzhou Strait, a representative day of March 2018"
SCANNERS = {"key": "staffing.xinhai.line2.nii", "values": [1, 2, 3], "zh": "扫描设备", "en": "scanners"}
TRUCK = {"key": "sampling.line2.truck", "values": [0.1, 0.3, 0.5], "zh": "抽检率", "en": "ratio"}
DELAY = {"metric": "inspection_delay", "statistic": "p95", "line": "line2"}
INTERCEPTION = {"metric": "expected_interception", "statistic": "ratio"}
CROSSING = {"factor": "truck", "figure": DELAY, "threshold": 30.0, "also": [INTERCEPTION]}


@cache
def source() -> DeskSource:
    return DeskSource(Desk(config_folder(), overrides=BASE))


def plan(**more: Any) -> Plan:
    given: dict[str, Any] = {
        "title": {"name": "made_up", "zh": "虚构", "en": "Made up"},
        "base": list(BASE),
        "design": {"kind": "grid", "factor": {"scanners": SCANNERS, "truck": TRUCK}},
        "replications": 20,
        "outputs": {"metrics": ["inspection_delay", "expected_interception"]},
    }
    return make_plan(make_study(given | more), source())


def write_results(path: Path, figures: dict[str, list[float]], **more: Any) -> None:
    """Write a table with an interval of one unit on both sides."""
    rows = []
    for name, values in figures.items():
        labels = {"metric": name, "statistic": "p95" if name == "inspection_delay" else "ratio", "direction": "all"}
        labels |= {"port": "all", "line": "line2" if name == "inspection_delay" else "all", "station": "all"}
        width = 1.0 if name == "inspection_delay" else 0.01
        rows += [
            {"point": point, **labels, "class": "all", "value": value, "low": value - width, "high": value + width}
            for point, value in enumerate(values, start=1)
        ]
    frame = pd.DataFrame(rows)
    for column, values in more.items():
        frame[column] = values
    frame.to_parquet(path)


def answers(made: Plan, folder: Path) -> list[str]:
    told = write_answers(made, folder, 20)
    assert (folder / "answer_en.txt").read_text(encoding="utf-8").splitlines() == told
    return told


def test_points_without_figures_are_left_out_of_the_answer_and_told(tmp_path: Path) -> None:
    nan = math.nan
    delays = [nan, 20.0, 40.0, nan, nan, 55.0, nan, nan, nan]
    write_results(
        tmp_path / "results.parquet",
        {"inspection_delay": delays, "expected_interception": [nan, 0.2, 0.3, nan, nan, nan, nan, nan, nan]},
    )
    one, two, three = answers(plan(crossings=[CROSSING]), tmp_path)
    figure = "inspection delay, 95th percentile (Haikou check)"
    assert f"{figure} passes 30 min at ratio = " in one
    assert one.endswith("1 of the 3 points have no such figure and are left out.")
    assert "is not known. 2 of the 3 points have no such figure" in two
    assert three == (f"{DAY} · scanners = 3: no point has {figure}, so that nothing can be said of 30 min and ratio.")
    chinese = (tmp_path / "answer_zh.txt").read_text(encoding="utf-8")
    assert "nan" not in chinese
    assert "没有一个点有" in chinese


def test_every_line_of_a_grid_is_answered(tmp_path: Path) -> None:
    delays = [10.0, 20.0, 40.0, 35.0, 45.0, 55.0, 5.0, 6.0, 7.0]
    write_results(
        tmp_path / "results.parquet",
        {"inspection_delay": delays, "expected_interception": [0.1, 0.2, 0.3, 0.15, 0.25, 0.35, 0.12, 0.22, 0.32]},
    )
    one, two, three = answers(plan(crossings=[CROSSING]), tmp_path)
    figure = "inspection delay, 95th percentile (Haikou check)"
    assert one == (
        f"{DAY} · scanners = 1: {figure} passes 30 min at ratio = 0.40 (95 % interval 0.39 to 0.41). "
        "There: expected interception 25.0 % (24.0 to 26.0)."
    )
    assert two == (
        f"{DAY} · scanners = 2: {figure} lies above 30 min from ratio = 0.1 on. "
        "At ratio = 0.1: expected interception 15.0 % (14.0 to 16.0)."
    )
    assert three == (
        f"{DAY} · scanners = 3: {figure} does not pass 30 min between ratio = 0.1 and 0.5. "
        "At ratio = 0.5: expected interception 32.0 % (31.0 to 33.0)."
    )
    chinese = (tmp_path / "answer_zh.txt").read_text(encoding="utf-8").splitlines()
    assert chinese[2] == (
        "琼州海峡 2018年3月 代表日 · 扫描设备 = 3：抽检率从 0.1 到 0.5，海口港口查验 · 查验延误 95% 分位数都不超过 30 分钟。"
        "抽检率 = 0.5 时：期望拦截率 32.0%（31.0 至 33.0）。"
    )


def test_a_block_is_named_by_its_package() -> None:
    packages = {
        "few": {"zh": "一台", "en": "one scanner", "settings": {"staffing.xinhai.line2.nii": 1}},
        "many": {"settings": {"staffing.xinhai.line2.nii": 3, "staffing.xiuying.line2.nii": 2}},
    }
    across = {"staff": {"packages": packages, "zh": "警力", "en": "staff"}}
    made = plan(design={"kind": "one_at_a_time", "across": across, "factor": {"truck": TRUCK}})
    first, second = (made.base_of(block[0]) for block in made.blocks)
    assert block_title(made, first, Texts("en")) == f"{DAY} · staff: one scanner"
    assert block_title(made, second, Texts("en")) == f"{DAY} · staff: many"
    assert block_title(made, first, Texts("zh")) == "琼州海峡 2018年3月 代表日 · 警力：一台"


def test_sliders_are_told_by_their_bounds(tmp_path: Path) -> None:
    sliders = {"scanner": {"key": "detection.nii.detects.any", "values": [0.3, 0.6], "zh": "检出率", "en": "detection"}}
    made = plan(
        design={"kind": "one_at_a_time", "factor": {"truck": {**TRUCK, "values": [0.5, 0.1]}}},
        outputs={"metrics": ["expected_interception", "interception_sum"]},
        sliders={"factor": sliders, "figure": INTERCEPTION},
    )
    low, high = tmp_path / "low.parquet", tmp_path / "high.parquet"
    write_results(low, {"expected_interception": [0.2, 0.4, 0.1]}, **{"factor.scanner": 0.3})
    write_results(high, {"expected_interception": [0.25, 0.65, 0.13]}, **{"factor.scanner": 0.6})
    pd.concat([pd.read_parquet(low), pd.read_parquet(high)]).to_parquet(tmp_path / "sliders.parquet")
    assert answers(made, tmp_path) == [
        f"{DAY}: expected interception, in %, over all values of detection: 10 to 13 at ratio = 0.1; "
        "20 to 25 at ratio = 0.2; 40 to 65 at ratio = 0.5."
    ]
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["sliders_en.png", "sliders_en.svg", "sliders_zh.png", "sliders_zh.svg"]
