"""`strait plans`: finished runs side by side in a table, figures and one file; whole or not at all."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main

from .conftest import Strait

COMMON = ("run.days=0.1", "run.replications=3")


@pytest.fixture
def grid(strait: Strait) -> list[str]:
    """Three runs that differ in the number of servers."""
    for servers in (2, 3, 4):
        strait("run", *COMMON, f"network.stations.desk.servers={servers}", f"hydra.run.dir=r{servers}")
    return ["r2", "r3", "r4"]


def files_of(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def test_table_file_and_figures(grid: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plans", *grid, "--output", "out"]) == 0
    out = capsys.readouterr().out
    assert "2: network.stations.desk.servers = 3, r3" in out
    assert files_of("out") == {"plans.csv", "changes.csv", "plans.png", "plans.svg", "curve.png", "curve.svg"}
    frame = pd.read_csv("out/plans.csv", keep_default_na=False, na_values=[""])
    assert frame["run"].unique().tolist() == grid
    row = next(line.split() for line in out.splitlines() if line.startswith("officer-hours"))
    hours = frame.query("metric == 'officer_hours' and line == 'all' and station == 'all'")["value"]
    assert [float(word) for word in row[-3:]] == [48.0, 72.0, 96.0]
    assert hours.tolist() == pytest.approx([48.0, 72.0, 96.0])
    one = pd.read_csv("r3/metrics.csv", keep_default_na=False, na_values=[""])
    part = frame[frame["run"] == "r3"].drop(columns=["plan", "run"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(part, one[part.columns], check_dtype=False)


def test_one_language_for_words_and_figures(grid: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plans", "--language", "zh", *grid[:1], "--output", "zh"]) == 0
    out = capsys.readouterr().out
    assert "1：小，r2" in out
    assert "查验人时" in out
    assert files_of("zh") == {"plans.csv", "plans.png", "plans.svg"}


def test_runs_that_differ_in_more_have_no_curve(strait: Strait, capsys: pytest.CaptureFixture[str]) -> None:
    strait("run", *COMMON, "hydra.run.dir=a")
    strait("run", *COMMON, "network.stations.desk.servers=3", "run.seed=8", "hydra.run.dir=b")
    assert main(["plans", "a", "b", "--output", "out"]) == 0
    assert files_of("out") == {"plans.csv", "changes.csv", "plans.png", "plans.svg"}
    assert "1: A tiny queue (a), a" in capsys.readouterr().out


def test_default_folder_is_new(grid: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.folder.checkout_folder", lambda: None)
    assert main(["plans", *grid[:2]]) == 0
    assert main(["plans", *grid[:2]]) == 0
    assert len(files_of("results/plans")) == 2


def spoil(folder: str, file: str, text: str | None) -> None:
    path = Path(folder, file)
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")


SPOILT = [
    ("metrics.csv", None, "metrics.csv: No such file or directory"),
    ("metrics.csv", "", "No columns to parse from file"),
    ("metrics.csv", "metric,unit\nwait,min\n", "metrics.csv lacks the column direction"),
    ("manifest.json", None, "manifest.json: No such file or directory"),
    ("manifest.json", "{", "Expecting property name"),
    ("manifest.json", "{}", "manifest.json lacks seed"),
    ("manifest.json", "null", "manifest.json holds no entries"),
    ("manifest.json", '{"seed": "one"}', "manifest.json has seed = 'one'"),
    ("config.yaml", None, "config.yaml: No such file or directory"),
    ("config.yaml", "a: [1", "config.yaml is not valid YAML"),
    ("config.yaml", "- 1", "config.yaml holds no settings"),
    ("config.yaml", "title: 3", "object is not subscriptable"),
]


@pytest.mark.parametrize(("file", "text", "reason"), SPOILT)
def test_a_folder_that_is_no_run(
    grid: list[str], file: str, text: str | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil("r3", file, text)
    assert main(["plans", *grid, "--output", "out"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("plans must name run folders (")
    assert reason in err
    assert err.endswith("; got 'r3'\n")
    assert err.count("\n") == 1
    assert not Path("out").exists()


def test_values_must_be_numbers(grid: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv("r3/metrics.csv", keep_default_na=False, na_values=[""], dtype=str)
    frame.assign(value="many").to_csv("r3/metrics.csv", index=False)
    assert main(["plans", *grid, "--output", "out"]) == 2
    assert "Unable to parse string" in capsys.readouterr().err


def test_runs_must_be_alike(grid: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv("r3/metrics.csv", keep_default_na=False, na_values=[""])
    frame[frame["metric"] != "wait"].to_csv("r3/metrics.csv", index=False)
    manifest = json.loads(Path("r4/manifest.json").read_text(encoding="utf-8"))
    Path("r4/manifest.json").write_text(json.dumps({**manifest, "confidence": 0.9}), encoding="utf-8")
    assert main(["plans", "r2", "r3", "r4", "../here/r2", "--output", "out"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "plans must name runs that state the same figures as r2 (not so: wait); got 'r3'",
        "plans must name runs with one level of intervals (0.95 in r2); got '0.9 in r4'",
        "plans must name each run once; got '../here/r2'",
    ]
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "plans must be given one run folder or more; got 'nothing'"),
        (["gone"], "plans must name run folders (no such folder); got 'gone'"),
        (["a", "--language", "fr"], "--language must be one of zh, en; got 'fr'"),
        (["a", "--fast"], "plans must be run folders, --language and --output; got '--fast'"),
        (["a", "--output", ""], "--output must be the name of a folder; got ''"),
        (["a", "--output"], "plans must be run folders, --language and --output; got 'expected one argument'"),
    ],
)
def test_bad_arguments(
    arguments: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["plans", *arguments]) == 2
    assert capsys.readouterr().err == f"{line}\n"
    assert not list(tmp_path.iterdir())


def test_output_is_never_overwritten(grid: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plans", *grid, "--output", "r2"]) == 2
    assert capsys.readouterr().err.startswith("--output must be a new folder; runs are never overwritten; got ")
    Path("file").write_text("in the way", encoding="utf-8")
    assert main(["plans", *grid, "--output", "file/out"]) == 2
    assert capsys.readouterr().err.startswith(
        "--output must lie in a folder that can be written to (Not a directory); got "
    )


def test_a_name_that_is_taken_meanwhile(
    grid: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def take(*_: object) -> None:
        Path("out").mkdir(exist_ok=True)
        Path("out", "theirs").write_text("theirs", encoding="utf-8")

    monkeypatch.setattr("sim.figures.save_figure", take)
    assert main(["plans", *grid, "--output", "out"]) == 2
    line = "--output must be a new folder; runs are never overwritten; got "
    assert capsys.readouterr().err.startswith(line)
    assert [path.name for path in Path("out").iterdir()] == ["theirs"]
    assert not list(Path().glob(".*.partial"))


def test_a_failure_while_writing_leaves_nothing(grid: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.figures.save_figure", fail)
    assert main(["plans", *grid, "--output", "out/here"]) == 1
    assert not list(Path("out").iterdir())


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plans", "--help"]) == 0
    assert capsys.readouterr().out.startswith("strait plans RUN [RUN ...]")
