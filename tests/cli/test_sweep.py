"""`strait sweep`, `status` and `verify` on a tiny desk: tables, refusals, resuming."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from sim.cli import main
from tests.study.tiny import contents

from .conftest import Done, Strait

RATE = "network.arrivals.car.rate_per_h"
STUDY: dict[str, Any] = {
    "title": {"name": "tiny_study", "zh": "小研究", "en": "A tiny study"},
    "base": ["scenario=tiny"],
    "design": {"kind": "grid", "factor": {"rate": {"key": RATE, "values": [40.0, 60.0]}}},
    "replications": 3,
    "outputs": {"metrics": ["wait", "arrivals"]},
}
ASKED: dict[str, Any] = {
    "crossings": [
        {
            "factor": "rate",
            "figure": {"metric": "wait", "statistic": "mean", "line": "gate"},
            "threshold": 1.0,
            "also": [{"metric": "arrivals", "statistic": "mean"}],
        }
    ],
    "tradeoffs": [
        {
            "factor": "rate",
            "gain": {"metric": "arrivals", "statistic": "mean"},
            "price": [{"metric": "wait", "statistic": "p95", "line": "gate"}],
        }
    ],
}


@pytest.fixture
def experiment(desk: Path) -> Path:
    path = desk / "tiny_study.yaml"
    path.write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    return path


@pytest.fixture
def sweep(strait: Strait, experiment: Path) -> Strait:
    def run(*arguments: str) -> Done:
        return strait("sweep", f"experiment={experiment}", "executor=serial", "study.folder=out", *arguments)

    return run


def test_sweep_gives_the_figures_of_single_runs(sweep: Strait, strait: Strait) -> None:
    done = sweep()
    assert (done.code, done.err) == (0, "")
    assert "A tiny study: 2 points, 3 replications each" in done.out
    assert "1 replication was run again and came out the same, bit for bit" in done.out
    assert done.out.rstrip().endswith("out")
    strait("run", f"{RATE}=60.0", "run.replications=3", "hydra.run.dir=one")
    single = pd.read_csv("one/metrics.csv", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    swept = pd.read_parquet("out/results.parquet").query("point == 2").drop(columns=["point", "factor.rate"])
    shared = single.merge(swept, on=["metric", "direction", "port", "line", "station", "class", "statistic"])
    assert len(shared) == len(swept) > 10
    pd.testing.assert_series_equal(shared["value_x"], shared["value_y"], check_names=False, rtol=1e-13)
    pd.testing.assert_series_equal(shared["low_x"], shared["low_y"], check_names=False, rtol=1e-12)


def test_tables_open_in_excel_and_pandas(sweep: Strait) -> None:
    sweep()
    for name in ("results", "differences"):
        raw = Path(f"out/{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        text = pd.read_csv(f"out/{name}.csv", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
        pd.testing.assert_frame_equal(text, pd.read_parquet(f"out/{name}.parquet"), check_dtype=False, rtol=1e-15)
    differences = pd.read_parquet("out/differences.parquet")
    assert set(differences["point"]) == {2}
    assert differences["factor.rate"].eq(60).all()
    assert len(pd.read_parquet("out/points")) > 30


def test_same_command_again_runs_nothing_and_changes_nothing(sweep: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep("study.audit=0")
    before = contents(Path("out"))
    monkeypatch.setattr("sim.study.executors.outcomes.run_task", None)
    done = sweep("study.audit=0")
    assert done.code == 0
    assert contents(Path("out")) == before


def test_damaged_file_is_told_and_redone(sweep: Strait, strait: Strait) -> None:
    sweep()
    before = contents(Path("out"))
    path = next(Path("out/points").iterdir())
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    status = main(["status", "out"])
    assert status == 0
    assert main(["verify", "out"]) == 1
    done = sweep()
    assert done.err == (
        f"damaged: {path.name}; run the study's command again to redo them\n"
        f"note: {path.name} was damaged; what it held is run again\n"
    )
    assert contents(Path("out")) == before


def test_status_and_verify(sweep: Strait, capsys: pytest.CaptureFixture[str]) -> None:
    sweep()
    assert main(["status", "out"]) == 0
    shown = capsys.readouterr().out
    assert "points finished        2 of 2" in shown
    assert "replications finished  6 of 6" in shown
    assert "finished\n" in shown
    assert main(["verify", "out", "--share", "0.5"]) == 0
    assert capsys.readouterr().out == (
        "2 of 2 points are stored whole; 3 replications came out the same again\n"
    )  # fmt: skip


def test_manifest_names_no_folder_of_this_machine(sweep: Strait, desk: Path) -> None:
    sweep()
    text = Path("out/manifest.json").read_text(encoding="utf-8")
    entries = json.loads(text)
    assert (entries["kind"], entries["state"], entries["points"], entries["audited_replications"]) == (
        "study",
        "finished",
        2,
        1,
    )
    assert entries["study"]["design"]["factor"]["rate"]["values"] == [40.0, 60.0]
    assert str(desk) not in text


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("study.replications=0", "study.replications must be greater than or equal to 1; got 0"),
        ("study.design.factor.rate.key=network.arrivals.cra.rate_per_h", "point 1: network.arrivals.cra.rate_per_h must be a known key (did you mean 'car'?); got 'cra'"),
        ("study.design.factor.rate.values=[40.0,-1.0]", "point 2: network.arrivals.car.rate_per_h must be greater than or equal to 0; got -1.0"),
        ("study.design.factor.rate.values=[40.0,40.0]", "point 2 must differ from point 1; got 'rate=40.0'"),
        ("study.design.factor.rate.values=[40.0,'${oc.env:HOME}']", "study.design.factor.rate.values.1 must not use a resolver; only plain references such as ${run.days}; got '${oc.env:HOME}'"),
        ("study.outputs.metrics=[wiat]", "study.outputs.metrics must be names of docs/metrics.md (did you mean 'wait'?); got 'wiat'"),
        ("study.replicatoins=3", "study.replicatoins must be a known key (did you mean 'replications'?); got 'replicatoins'"),
        ("executor=gpu", "executor.kind must be 'serial', 'threads', 'processes' or 'dask'; got 'gpu'"),
        ("run.dayz=3", "run.dayz must be a known key (did you mean 'days'?); got '3'"),
        ("-m", "command line must hold no -m: the design lists the points; got '-m'"),
    ],
)  # fmt: skip
def test_bad_design_is_refused_before_anything_is_written(override: str, line: str, sweep: Strait) -> None:
    done = sweep(override)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0] == line
    assert not list(Path().iterdir())


def test_unknown_experiment_is_refused_by_name(strait: Strait) -> None:
    done = strait("sweep", "experiment=smapling_ratio")
    assert done.code == 2
    assert done.err.startswith("experiment must be one of ")
    assert strait("sweep").err.startswith("experiment must be given, one of ")
    assert "must name a readable file that ends in .yaml" in strait("sweep", "experiment=no.yaml").err


def test_store_made_by_other_code_is_refused(sweep: Strait) -> None:
    sweep()
    before = contents(Path("out"))
    path = Path("out/manifest.json")
    entries = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(entries | {"code": "0123456789abcdef"}), encoding="utf-8")
    done = sweep()
    assert done.code == 2
    assert done.err.startswith("study.folder must hold results of this code (")
    assert "0123456789abcdef" in done.err
    assert main(["verify", "out"]) == 2
    path.write_text(json.dumps(entries | {"schema": 0}), encoding="utf-8")
    assert "must hold files of schema 1" in sweep().err
    assert contents(Path("out")) == before


def test_a_folder_of_something_else_is_refused(sweep: Strait, strait: Strait) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("precious", encoding="utf-8")
    assert sweep().err == "study.folder must be a new folder, or one of a study; got 'out'\n"
    Path("out/mine.txt").rename("out/manifest.json")
    assert sweep().err == "study.folder must hold a manifest.json that a study wrote; got 'out'\n"
    assert [p.name for p in Path("out").iterdir()] == ["manifest.json"]


def test_other_packages_are_told(sweep: Strait) -> None:
    sweep()
    path = Path("out/manifest.json")
    entries = json.loads(path.read_text(encoding="utf-8"))
    entries["packages"]["numpy"] = "1.0"
    path.write_text(json.dumps(entries), encoding="utf-8")
    done = sweep()
    assert done.code == 0
    assert done.err.startswith("note: numpy 1.0 -> ")


def test_points_differ_in_options_of_groups_and_in_whole_mappings(sweep: Strait, desk: Path) -> None:
    other = (desk / "scenario" / "tiny.yaml").read_text(encoding="utf-8").replace("servers: 2", "servers: 3")
    (desk / "scenario" / "slow.yaml").write_text(other, encoding="utf-8")
    law = "{family: constant, mean_s: 60.0}"
    done = sweep(
        "study.design.factor.rate={key: scenario, values: [tiny, slow]}",
        f"study.design.factor.law={{key: network.routes.main.0.time.any, values: [{law}, "
        "{family: exponential, mean_s: 30.0}]}",
    )
    assert (done.code, done.err) == (0, "")
    frame = pd.read_parquet("out/results.parquet")
    shown = frame.drop_duplicates("point")[["factor.rate", "factor.law"]].to_numpy().tolist()
    assert shown == [
        ["tiny", '{"family": "constant", "mean_s": 60.0}'],
        ["tiny", '{"family": "exponential", "mean_s": 30.0}'],
        ["slow", '{"family": "constant", "mean_s": 60.0}'],
        ["slow", '{"family": "exponential", "mean_s": 30.0}'],
    ]


def test_references_follow_what_a_factor_changes(sweep: Strait, desk: Path) -> None:
    text = (desk / "scenario" / "tiny.yaml").read_text(encoding="utf-8")
    text = text.replace("rate_per_h: 20.0", "rate_per_h: '${network.arrivals.car.rate_per_h}'")
    (desk / "scenario" / "tiny.yaml").write_text(text, encoding="utf-8")
    assert sweep().code == 0
    frame = pd.read_parquet("out/results.parquet").query("metric == 'arrivals' and `class` == 'truck'")
    values = frame.groupby("point")["value"].first()
    assert values[2] > values[1] > 0


def test_question_is_answered_in_words_and_drawn(sweep: Strait, experiment: Path) -> None:
    experiment.write_text(yaml.safe_dump(STUDY | ASKED), encoding="utf-8")
    done = sweep("study.design.factor.rate.values=[40.0,60.0,90.0]", "run.days=0.1")
    assert (done.code, done.err) == (0, "")
    waits = mean_waits("out/results.parquet").set_index("factor.rate")["value"]
    at = 60 + (1 - waits[60]) / (waits[90] - waits[60]) * 30
    first = done.out.splitlines()[0]
    assert first.startswith(f"A tiny queue: wait, mean (gate) passes 1 min at rate = {at:.2f} (95 % interval ")
    assert "There: arrivals, mean " in first
    assert Path("out/answer_en.txt").read_text(encoding="utf-8") == f"{first}\n"
    assert Path("out/answer_zh.txt").read_text(encoding="utf-8").startswith(f"小：rate = {at:.2f} 时，")
    names = sorted(path.name for path in Path("out/figures").iterdir())
    assert names == ["tradeoff_1_en.png", "tradeoff_1_en.svg", "tradeoff_1_zh.png", "tradeoff_1_zh.svg"]
    never = sweep("study.design.factor.rate.values=[40.0,50.0]", "run.days=0.1", "study.folder=other").out
    told, there = never.splitlines()[0].split(". ", 1)
    assert told == "A tiny queue: wait, mean (gate) does not pass 1 min between rate = 40 and 50"
    labels = {"metric": "arrivals", "statistic": "mean"} | dict.fromkeys(("direction", "line", "class"), "all")
    rows = pd.read_parquet("other/results.parquet", filters=[(name, "==", value) for name, value in labels.items()])
    value, low, high = rows.set_index("factor.rate").loc[50.0, ["value", "low", "high"]]
    assert there == f"At rate = 50: arrivals, mean {value:.1f} veh/day ({low:.1f} to {high:.1f})."


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("factor", "study.crossings.0.factor must be a factor (did you mean 'rate'?); got 'raet'"),
        ("metric", "study.crossings.0.figure.metric must be one of study.outputs.metrics; got 'cost'"),
        (
            "statistic",
            "study.crossings.0.figure.statistic must be a statistic of wait: mean, p50, p95, p99, max; got 'ratio'",
        ),
    ],
)
def test_bad_question(asked: str, line: str, sweep: Strait, experiment: Path) -> None:
    entry = json.loads(json.dumps(ASKED["crossings"][0]))
    wrong = {"factor": "raet", "metric": "cost", "statistic": "ratio"}[asked]
    (entry if asked == "factor" else entry["figure"])[asked] = wrong
    experiment.write_text(yaml.safe_dump(STUDY | {"crossings": [entry]}), encoding="utf-8")
    assert sweep().err.splitlines()[0] == line


def test_each_block_has_a_base_of_its_own(sweep: Strait, desk: Path) -> None:
    other = (desk / "scenario" / "tiny.yaml").read_text(encoding="utf-8").replace("servers: 2", "servers: 3")
    (desk / "scenario" / "more.yaml").write_text(other, encoding="utf-8")
    across = "{scenario: {key: scenario, values: [tiny, more]}}"
    values = "study.design.factor.rate.values=[40.0,50.0]"
    done = sweep("study.design.kind=one_at_a_time", f"study.design.across={across}", values)
    assert (done.code, done.err) == (0, "")
    rows = mean_waits("out/differences.parquet").set_index("point")
    assert rows.index.tolist() == [2, 3, 5, 6]
    means = mean_waits("out/results.parquet").set_index("point")["value"]
    assert rows["base"].tolist() == [means[1], means[1], means[4], means[4]]
    assert means[1] > means[4]


def mean_waits(path: str) -> pd.DataFrame:
    """Mean wait at the gate, of all that come there."""
    labels = {"metric": "wait", "statistic": "mean", "line": "gate"}
    labels |= dict.fromkeys(("direction", "port", "station", "class"), "all")
    return pd.read_parquet(path, filters=[(name, "==", value) for name, value in labels.items()])


def test_checking_points_and_tables_tell_how_far_they_are(sweep: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.progress._LINE_EVERY_S", 0.0)
    told = sweep("study.replications=2").err
    assert "checked 1 of 2 points\n" in told
    assert "tables of 1 of 2 points\n" in told


def test_help_needs_no_experiment(strait: Strait) -> None:
    for command in ("sweep", "status", "verify"):
        done = strait(command, "--help") if command == "sweep" else None
        assert main([command, "--help"]) == 0
        assert done is None or done.out.startswith("strait sweep experiment=NAME")
