"""A small study and a small run of the tiny desk, made once, with titles that try to break the page."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.cli import main
from tests.cli.conftest import write_desk

ROOT = Path(__file__).resolve().parents[2]
NASTY = "<script>alert('x')</script> & \"q\""
RATE = "network.arrivals.car.rate_per_h"
WAIT = {"metric": "wait", "statistic": "p95", "line": "gate"}
STUDY: dict[str, Any] = {
    "title": {
        "name": "tiny_study",
        "zh": f"小研究 {NASTY}",
        "en": f"A tiny study {NASTY}",
        "question_zh": "车辆每小时多少辆时等待超过一分钟？",
        "question_en": "At what rate does the wait pass a minute?",
    },
    "base": ["scenario=tiny"],
    "design": {
        "kind": "one_at_a_time",
        "across": {"servers": {"key": "network.stations.desk.servers", "values": [2, 3]}},
        "factor": {
            "rate": {"key": RATE, "values": [40.0, 90.0]},
            "trucks": {"key": "network.arrivals.truck.rate_per_h", "values": [10.0, 25.0]},
        },
    },
    "replications": 4,
    "outputs": {"metrics": ["wait", "arrivals", "utilisation"]},
    "crossings": [
        {
            "factor": "rate",
            "figure": {"metric": "wait", "statistic": "mean", "line": "gate"},
            "threshold": 0.5,
            "also": [{"metric": "arrivals", "statistic": "mean"}],
        }
    ],
    "tradeoffs": [{"factor": "rate", "gain": {"metric": "arrivals", "statistic": "mean"}, "price": [WAIT]}],
}


DRAWN: dict[str, Any] = {
    "title": {"name": "tiny_drawn", "zh": "抽样的小研究", "en": "A tiny drawn study"},
    "base": ["scenario=tiny", "run.days=0.1"],
    "design": {
        "kind": "latin_hypercube",
        "points": 4,
        "factor": {"rate": {"key": RATE, "low": 20.0, "high": 90.0, "zh": "流量", "en": "cars an hour"}},
    },
    "replications": 2,
    "outputs": {"metrics": ["wait", "arrivals"]},
}


def call(*arguments: str) -> None:
    """Run a command that must succeed."""
    assert main(list(arguments)) == 0


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that holds `study`, `run` and the desk they were made on; not to be changed."""
    folder = tmp_path_factory.mktemp("report")
    before = Path.cwd()
    os.chdir(folder)
    try:
        desk = str(write_desk(folder / "desk"))
        (folder / "tiny_study.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
        asked = (f"experiment={folder / 'tiny_study.yaml'}", "executor=serial", "study.folder=study")
        call("sweep", *asked, "--config-path", desk)
        call("run", "hydra.run.dir=run", f"{RATE}=70.0", "--config-path", desk)
        call("report", "run")
    finally:
        os.chdir(before)
    return folder


@pytest.fixture(scope="session")
def drawn(made: Path) -> Path:
    """Folder of a study whose points are drawn from a range; not to be changed."""
    path = made / "tiny_drawn.yaml"
    path.write_text(yaml.safe_dump(DRAWN), encoding="utf-8")
    folder = made / "drawn"
    call(
        "sweep", f"experiment={path}", "executor=serial", f"study.folder={folder}", "--config-path", str(made / "desk")
    )
    return folder


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """Copy of the study's folder that a test may change."""
    return Path(shutil.copytree(made / "study", tmp_path / "study"))


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """Copy of the run's folder that a test may change."""
    return Path(shutil.copytree(made / "run", tmp_path / "run"))
