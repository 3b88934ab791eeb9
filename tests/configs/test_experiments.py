"""Every shipped experiment is valid at every point, and runs: a short day, a few points, two replications."""

from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.cli.compose import Desk, config_folder
from sim.cli.experiment import experiment_names, experiments_folder, read_experiment
from sim.cli.points import DeskSource
from sim.scenario.study import make_study
from sim.study.runner import make_plan

NAMES = experiment_names()
README = (experiments_folder() / "README.md").read_text(encoding="utf-8")


def test_there_are_experiments() -> None:
    assert "sampling_ratio" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_point_is_valid(name: str) -> None:
    asked = read_experiment([f"experiment={name}"])
    study = make_study(asked.given)
    assert study.title.name == name
    assert study.title.question_zh
    assert study.title.question_en
    plan = make_plan(study, DeskSource(Desk(config_folder(), overrides=asked.base)), (asked.beside,))
    assert len(plan.ready) > 2


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_has_a_section(name: str) -> None:
    assert f"`{name}`" in README


def test_sampling_ratio_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "s"
    factor = "study.design.factor={truck: {key: sampling.line2.truck, values: [0.0, 1.0]}}"
    short = ("run.days=0.25", "run.lead_in_h=3", "run.lead_out_h=1", "study.replications=2", "executor=serial")
    assert main(["sweep", "experiment=sampling_ratio", f"study.folder={folder}", factor, *short]) == 0
    out = capsys.readouterr().out
    assert "Qiongzhou Strait, a representative day of March 2018: inspection delay, 95th percentile" in out
    assert "6 points, 2 replications each" in out
    inspected = pd.read_parquet(folder / "results.parquet").query(
        "metric == 'inspected_ratio' and line == 'line2' and `class` == 'truck' and direction == 'all'"
    )
    assert inspected.query("`factor.truck` == 0")["value"].tolist() == [0.0, 0.0]
    assert inspected.query("`factor.truck` == 1")["value"].gt(0.4).all()
