"""`strait report`: refusals that write nothing, and the page that `strait sweep` leaves behind."""

import json
from pathlib import Path

import pytest
import yaml

from sim.cli import main
from tests.study.tiny import contents

from .conftest import Strait
from .test_sweep import ASKED, STUDY


@pytest.fixture
def out(strait: Strait, desk: Path) -> Path:
    """Folder of a finished study."""
    (desk / "tiny_study.yaml").write_text(yaml.safe_dump(STUDY | ASKED), encoding="utf-8")
    assert strait("sweep", f"experiment={desk / 'tiny_study.yaml'}", "executor=serial", "study.folder=out").code == 0
    return Path("out")


def test_sweep_writes_the_page_of_its_study(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(out)
    assert b'content="strait report"' in before["report.html"]
    assert main(["report", "out"]) == 0
    assert capsys.readouterr().out == "out/report.html\n"
    assert contents(out) == before


def test_a_page_of_ours_is_replaced(out: Path) -> None:
    assert main(["report", "out", "--output", "mine.html", "--language", "zh"]) == 0
    first = Path("mine.html").read_bytes()
    assert main(["report", "out", "--output", "mine.html", "--language", "en"]) == 0
    assert Path("mine.html").read_bytes() != first
    assert [path.name for path in Path().iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["out", "--output", "taken.html"], "--output must be a new file, or a page that strait report wrote; got 'taken.html'"),
        (["out", "--output", "folder.html"], "--output must be a new file, or a page that strait report wrote; got 'folder.html'"),
        (["out", "--output", "link.html"], "--output must be a new file, or a page that strait report wrote; got 'link.html'"),
        (["out", "--output", "out/results.csv"], "--output must end in .html; got 'out/results.csv'"),
        (["out", "--output", "none/a.html"], "--output must lie in a folder that can be written to; got 'none/a.html'"),
        (["out", "--output", "out/points/a.html"], "--output must not lie among the files of a study; got 'out/points/a.html'"),
        (["out", "--output", ""], "--output must be the name of a file; got ''"),
        (["out", "--language", "fr"], "--language must be one of zh, en; got 'fr'"),
        (["none"], "report must be given the folder of a study or of a run; got 'none'"),
        (["folder.html"], "report must be given the folder of a study or of a run; got 'folder.html'"),
        ([], "command line must be `strait report FOLDER`; got 'nothing'"),
        (["out", "more"], "report must be one folder, --language and --output; got 'more'"),
        (["out", "--nope"], "report must be one folder, --language and --output; got '--nope'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], line: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken.html").write_text("precious", encoding="utf-8")
    Path("folder.html").mkdir()
    Path("link.html").symlink_to("out/report.html")
    before = contents(Path())
    assert main(["report", *arguments]) == 2
    assert capsys.readouterr().err == f"{line}\n"
    assert contents(Path()) == before


def test_a_study_that_is_not_finished_is_refused(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "report.html").unlink()
    path = out / "manifest.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(entries | {"state": "interrupted"}), encoding="utf-8")
    next((out / "points").iterdir()).unlink()
    assert main(["report", "out"]) == 2
    assert capsys.readouterr().err == (
        "study.folder must be finished (1 of 2 points are); the sweep's command goes on from there; got 'out'\n"
    )
    assert not (out / "report.html").exists()


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("results.parquet", None, "must hold the tables of a study (results.parquet is missing)"),
        ("results.parquet", b"PAR1 nonsense", "must hold the tables of a study ("),
        ("points.jsonl", b"{", "must hold the points of a study ("),
        ("manifest.json", b"{}", "must hold a manifest.json that a study wrote"),
    ],
)
def test_a_damaged_folder_is_refused(
    name: str, data: bytes | None, line: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / name).unlink()
    if data is not None:
        (out / name).write_bytes(data)
    before = contents(out)
    assert main(["report", "out"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"study.folder {line}")
    assert told.count("\n") == 1
    assert contents(out) == before


def test_a_damaged_run_is_refused(strait: Strait, capsys: pytest.CaptureFixture[str]) -> None:
    assert strait("run", "hydra.run.dir=one").code == 0
    Path("one/metrics.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["report", "one"]) == 2
    assert "metrics.csv lacks the column" in capsys.readouterr().err
    assert not Path("one/report.html").exists()


def test_sweep_leaves_a_file_of_somebody_else_alone(out: Path, strait: Strait, desk: Path) -> None:
    (out / "report.html").write_text("precious", encoding="utf-8")
    done = strait("sweep", f"experiment={desk / 'tiny_study.yaml'}", "executor=serial", "study.folder=out")
    assert done.code == 0
    assert "note: the page was not written: report must be a new file, or a page that strait report wrote" in done.err
    assert (out / "report.html").read_text(encoding="utf-8") == "precious"


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--help"]) == 0
    assert capsys.readouterr().out.startswith("strait report FOLDER [--language zh|en] [--output FILE.html]")
