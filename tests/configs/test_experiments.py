"""Every shipped experiment is valid at every point, and runs: a short day, a few points, two replications."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

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


CROSSING = "[{factor: truck, figure: {metric: inspection_delay, statistic: p95, line: line2, vehicle_class: truck}, threshold: 30.0}]"
SHORT = ("run.days=0.25", "run.lead_in_h=3", "run.lead_out_h=1", "study.replications=2", "executor=serial")


def trimmed(name: str) -> dict[str, Any]:
    """The experiment with one scenario and the first and last value of each factor, or 16 points that are drawn."""
    given: dict[str, Any] = dict(read_experiment([f"experiment={name}"]).given)
    design = dict(given["design"])
    for part in ("across", "factor"):
        design[part] = {key: _ends(factor) for key, factor in design.get(part, {}).items()}
    if design["kind"] == "grid":
        design.pop("across")
    if "points" in design:
        design["points"] = 16
    if given.get("sliders"):
        sliders = given["sliders"]
        factor = {key: _ends(slider) for key, slider in sliders["factor"].items()}
        given["sliders"] = sliders | {"factor": factor}
    return given | {"design": design, "baseline": 1}


def _ends(factor: dict[str, Any]) -> dict[str, Any]:
    listed = factor.get("packages") or factor.get("values")
    if not listed:
        return factor
    if factor.get("key") == "scenario":
        return factor | {"values": listed[:1]}
    ends = [*listed][:: max(1, len(listed) - 1)]
    return factor | ({"packages": {key: listed[key] for key in ends}} if "packages" in factor else {"values": ends})


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment, folder = tmp_path / f"{name}.yaml", tmp_path / "s"
    given = trimmed(name)
    experiment.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    assert main(["sweep", f"experiment={experiment}", f"study.folder={folder}", *SHORT]) == 0
    assert capsys.readouterr().err == ""
    points = pd.read_parquet(folder / "results.parquet")["point"].unique()
    assert len(points) == len(pd.read_csv(folder / "design.csv", encoding="utf-8-sig")) >= 3
    if given.get("crossings") or given.get("sliders"):
        for language in ("zh", "en"):
            assert (folder / f"answer_{language}.txt").read_text(encoding="utf-8")


def test_sampling_ratio_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "s"
    factor = "study.design.factor={truck: {key: sampling.line2.truck, values: [0.0, 1.0]}}"
    asked = (f"study.crossings={CROSSING}", "study.tradeoffs=[]")
    assert main(["sweep", "experiment=sampling_ratio", f"study.folder={folder}", factor, *asked, *SHORT]) == 0
    out = capsys.readouterr().out
    assert "Qiongzhou Strait, a representative day of March 2018: inspection delay, 95th percentile" in out
    assert "6 points, 2 replications each" in out
    inspected = pd.read_parquet(folder / "results.parquet").query(
        "metric == 'inspected_ratio' and line == 'line2' and `class` == 'truck' and direction == 'all'"
    )
    assert inspected.query("`factor.truck` == 0")["value"].tolist() == [0.0, 0.0]
    assert inspected.query("`factor.truck` == 1")["value"].gt(0.4).all()
