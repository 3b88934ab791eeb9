"""`strait run`: what it writes, where, and that the numbers depend on the seed alone."""

import json
import math
import os
import re
from hashlib import sha256
from pathlib import Path

import pytest

from sim.cli import main
from sim.cli.names import in_unit
from sim.cli.summary import figure_name, with_interval
from sim.scenario import Scenario
from sim.study import Result, simulate

from .conftest import Strait


def test_run_folder_is_complete(strait: Strait) -> None:
    done = strait("run", "hydra.run.dir=mine")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("A tiny queue (2 replications, 95% intervals)\n")
    assert done.out.endswith("\nmine\n")
    names = sorted(p.name for p in Path("mine").iterdir())
    assert names == ["config.yaml", "manifest.json", "metrics.csv", "overrides.txt", "profile.csv", "replications.csv"]
    assert [p.name for p in Path().iterdir()] == ["mine"]


def test_manifest_says_where_the_numbers_come_from_and_no_folder(strait: Strait, tmp_path: Path) -> None:
    strait("run", f"hydra.run.dir={tmp_path}/deep/mine")
    text = (tmp_path / "deep" / "mine" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert (manifest["seed"], manifest["replications"], manifest["interrupted"]) == (7, 2, False)
    assert {"numpy", "simpy", "hydra-core"} <= set(manifest["packages"])
    assert manifest["wall_time_s"] > 0
    assert str(tmp_path) not in text
    assert manifest["command"].startswith("strait run hydra.run.dir=…/mine")


def test_same_seed_same_bytes(strait: Strait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    strait("run", f"hydra.run.dir={tmp_path}/first")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    strait("run", f"hydra.run.dir={tmp_path}/again")
    strait("run", f"hydra.run.dir={tmp_path}/two", "run.workers=2")
    strait("run", f"hydra.run.dir={tmp_path}/other", "run.seed=8")
    for name in ("metrics.csv", "profile.csv", "replications.csv"):
        first, again, two, other = ((tmp_path / run / name).read_bytes() for run in ("first", "again", "two", "other"))
        assert first == again == two
        assert first != other


def test_stored_configuration_runs_again(strait: Strait, tmp_path: Path) -> None:
    strait("run", "hydra.run.dir=one", "network.stations.desk.servers=3")
    (tmp_path / "far").mkdir()
    Path("one/config.yaml").rename(tmp_path / "far" / "config.yaml")
    strait("run", f"scenario={tmp_path}/far/config.yaml", "hydra.run.dir=two")
    strait("run", f"scenario={tmp_path}/far/config.yaml", "hydra.run.dir=three", "run.seed=9")
    assert Path("one/metrics.csv").read_bytes() == Path("two/metrics.csv").read_bytes()
    assert Path("one/metrics.csv").read_bytes() != Path("three/metrics.csv").read_bytes()


def test_default_place_is_new_every_time(strait: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.folder.checkout_folder", lambda: None)
    for _ in range(2):
        assert strait("run").code == 0
    runs = list(Path("results/runs").iterdir())
    assert len(runs) == 2
    assert all(run.name.startswith("tiny-20") for run in runs)


def test_sweep_writes_one_run_each_and_nothing_else(strait: Strait) -> None:
    done = strait("run", "-m", "network.stations.desk.servers=2,3", "run.seed=1,2", "hydra.run.dir=runs")
    assert done.code == 0
    assert done.out.count("A tiny queue") == 4
    assert "[3/4] network.stations.desk.servers=3 run.seed=1" in done.out
    assert [p.name for p in Path().iterdir()] == ["runs"]
    assert sorted(p.name for p in Path("runs").iterdir()) == ["0", "1", "2", "3"]
    assert len({p.read_bytes() for p in Path("runs").glob("*/metrics.csv")}) == 4


def test_flags_may_stand_between_overrides(strait: Strait) -> None:
    assert strait("check", "run.seed=1", "-m", "run.days=0.03").code == 0


def test_csv_files_are_named_by_their_digest_and_not_needed_again(strait: Strait, desk: Path) -> None:
    (desk / "times.csv").write_text("seconds\n30\n90\n", encoding="utf-8")
    file = desk / "scenario" / "tiny.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("exponential, mean_s: 60.0", "empirical, csv: times.csv"), encoding="utf-8")
    assert strait("run", "hydra.run.dir=one").code == 0
    manifest = json.loads(Path("one/manifest.json").read_text(encoding="utf-8"))
    assert manifest["csv_sha256"] == {"times.csv": sha256(b"seconds\n30\n90\n").hexdigest()}
    (desk / "times.csv").unlink()
    assert strait("run", "scenario=one/config.yaml", "hydra.run.dir=two").code == 0
    assert Path("one/metrics.csv").read_bytes() == Path("two/metrics.csv").read_bytes()


def test_figures_are_drawn(strait: Strait) -> None:
    strait("run", "run.figures=true", "run.days=0.2", "hydra.run.dir=mine")
    kinds = {p.suffix for p in Path("mine/figures").iterdir()}
    assert kinds == {".png", ".svg"}


def test_failed_write_leaves_nothing(strait: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.study.folder.write_csv", full)
    done = strait("run", "hydra.run.dir=mine")
    assert (done.code, done.err) == (1, "No space left on device\n")
    assert not list(Path().iterdir())


def test_a_name_taken_meanwhile_loses_no_result(strait: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate_slowly(scenario: Scenario) -> Result:
        for name in ("mine", "mine-2"):
            Path(name).mkdir()
            Path(name, "theirs").touch()
        return simulate(scenario)

    monkeypatch.setattr("sim.cli.run._simulate_with_bar", simulate_slowly)
    done = strait("run", "hydra.run.dir=mine")
    assert (done.code, done.err) == (0, "mine was taken by another run meanwhile; this one is kept as mine-3\n")
    assert done.out.endswith("\nmine-3\n")
    assert Path("mine-3/metrics.csv").is_file()
    assert [p.name for name in ("mine", "mine-2") for p in Path(name).iterdir()] == ["theirs", "theirs"]


def test_plus_signs_change_no_folder(strait: Strait) -> None:
    assert strait("run", "++hydra.run.dir=mine").out.endswith("\nmine\n")


def test_chinese_table(strait: Strait) -> None:
    done = strait("run", "+run.language=zh", "hydra.run.dir=mine")
    assert done.out.startswith("小（2 次重复，置信水平 95%）\n指标")


def test_chinese_label_gets_a_byte_order_mark(strait: Strait) -> None:
    strait("run", "network.stations.desk.place='闸口'", "hydra.run.dir=mine")
    assert Path("mine/metrics.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert Path("mine/metrics.csv").read_text(encoding="utf-8-sig").count("闸口") > 0


def test_config_is_printed_not_run(strait: Strait) -> None:
    done = strait("run", "--cfg", "job", "run.seed='${run.replications}'")
    assert done.code == 0
    assert "seed: ${run.replications}" in done.out
    assert "seed: 2" in strait("run", "--cfg", "job", "--resolve", "run.seed='${run.replications}'").out
    assert strait("run", "--cfg", "job", "--package", "run").out.startswith("days: 0.02\n")
    assert not list(Path().iterdir())


def test_help_lists_groups(strait: Strait) -> None:
    done = strait("run", "--help")
    assert done.code == 0
    assert "  scenario: tiny\n" in done.out


@pytest.mark.parametrize("arguments", [["help"], ["--help"], []])
def test_overview(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert "Usage: strait COMMAND" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("strait ")


def test_progress_bar_is_on_stderr_of_a_terminal_only(strait: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    done = strait("run", "hydra.run.dir=mine")
    assert "replication" in done.err
    assert "\r" not in done.out


def test_environment_of_the_caller_is_left_alone(strait: Strait) -> None:
    before = dict(os.environ)
    strait("run", "hydra.run.dir=mine", "run.workers=2")
    assert {k: v for k, v in os.environ.items() if before.get(k) != v} in ({}, {"OPENBLAS_NUM_THREADS": "1"})


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((4.0, 6.0), "5.00 ±1.00"),
        ((0.0, 9.0), "5.00 (0 .. 9.00)"),
        ((5.0, 5.0), "5.00"),
        ((math.nan, math.nan), "5.00"),
        ((4.0, math.nan), "5.00 (4.00 .. -)"),
    ],
)
def test_an_interval_with_unlike_halves_shows_its_bounds(bounds: tuple[float, float], text: str) -> None:
    assert with_interval(5.0, *bounds, unit="min") == text


def test_a_chinese_table_has_chinese_stops() -> None:
    assert with_interval(5.0, 0.0, 9.0, "min", "zh") == "5.00（0 至 9.00）"
    assert in_unit("第一道防线（岛外）", "%", "zh") == "第一道防线（岛外，%）"
    assert in_unit("合计", "%", "zh") == "合计（%）"
    assert figure_name("crossing_time", "mean", "zh") == "过海时间均值"
    assert figure_name("crossing_time", "p95", "zh") == "过海时间 95% 分位数"
    assert figure_name("crossing_time", "p95", "en") == "crossing time, 95 % quantile"


def test_a_chinese_run_has_no_english_stops(strait: Strait) -> None:
    out = strait("run", "hydra.run.dir=mine", "+run.language=zh").out
    told = out[: out.rindex("mine")]
    assert "等待时间 95% 分位数（分钟）" in told
    assert re.findall(r"[\u4e00-\u9fff] ?[,:;()]| \.\. |, ", re.sub(r"(?<=\d),(?=\d)", "", told)) == []
