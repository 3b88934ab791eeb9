"""Sliders: weighted anew as if simulated with other detection, prevalence and shares; what cannot be changed is refused."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.cli.compose import Desk, config_folder
from sim.cli.points import DeskSource
from sim.cli.sweep import sweep
from sim.errors import ScenarioError
from sim.scenario.study import make_study
from sim.study.runner import make_plan

# Nobody carries (1 in 10^11), so that no removal feeds back; two levels of concealment at both port lines and on the road.
BASE = [
    "scenario=march_2018_hidden", "channel=road_posts", "run=day", "run.engine=kernel", "run.days=0.25", "run.lead_in_h=4",
    "run.lead_out_h=20", "threat.prevalence_per_100k.any=1e-6", "+threat.prevalence_per_100k.car=3e-6",
]  # fmt: skip
CHANGED = {
    "detection.nii.detects.any": {"easy": 0.9, "hard": 0.1},
    "detection.look.detects.any": {"easy": 0.4, "hard": 0.2},
    "threat.concealment.any": {"easy": 0.25, "hard": 0.75},
    "threat.prevalence_per_100k.car": 8e-6,
}
KEYS = ["point", "metric", "direction", "port", "line", "station", "class", "statistic"]


def study(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": {"name": "slid", "zh": "滑块", "en": "Sliders"},
        "base": BASE,
        "design": {"kind": "grid", "factor": {"truck": {"key": "sampling.line2.truck", "values": [0.2, 0.7]}}},
        "replications": 3,
        "outputs": {"metrics": ["expected_interception", "expected_finds", "interception_sum"]},
        "sliders": {
            "factor": {"all": {"packages": {"as_is": {"settings": {"detection.nii.detects.any": {"easy": 0.85, "hard": 0.35}}},
                                            "changed": {"settings": CHANGED}}}},
            "figure": {"metric": "expected_interception", "statistic": "ratio"},
        },
    }  # fmt: skip
    return given | more


def swept(path: Path, given: dict[str, Any], *overrides: str) -> Path:
    experiment = path.with_suffix(".yaml")
    experiment.write_text(yaml.safe_dump(given), encoding="utf-8")
    return sweep(str(experiment), "executor=serial", "study.audit=0", f"study.folder={path}", *overrides)


def test_sliders_equal_another_simulation(tmp_path: Path) -> None:
    slid = pd.read_parquet(swept(tmp_path / "slid", study()) / "sliders.parquet")
    as_is = pd.read_parquet(tmp_path / "slid" / "results.parquet")
    changed = [f"{key}={_text(value)}" for key, value in CHANGED.items()]
    plain = {name: part for name, part in study().items() if name != "sliders"}
    again = pd.read_parquet(swept(tmp_path / "again", plain, *changed) / "results.parquet")
    for package, simulated in (("as_is", as_is), ("changed", again)):
        both = slid[slid["factor.all"] == package].merge(simulated, on=KEYS, suffixes=("", "_simulated"))
        assert len(both) == (slid["factor.all"] == package).sum() > 50
        assert {"line1", "line2", "road_post", "all"} == set(both["line"])
        for column in ("value", "low", "high"):
            exact = both["metric"] == "expected_interception"
            np.testing.assert_allclose(both[exact][column], both[exact][f"{column}_simulated"], rtol=1e-12, atol=1e-15)
            # Finds count vehicles that did not finish, too, so they agree to the share of those.
            np.testing.assert_allclose(both[column], both[f"{column}_simulated"], rtol=2e-3, atol=1e-15)
    moved = slid.pivot_table(index=KEYS, columns="factor.all", values="value")
    assert (abs(moved["changed"] / moved["as_is"] - 1) > 0.01).mean() > 0.9


def _text(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).strip() if isinstance(value, dict) else str(value)


@cache
def source() -> DeskSource:
    return DeskSource(Desk(config_folder(), overrides=tuple(BASE)))


def slider(key: str, values: Any) -> dict[str, Any]:
    figure = {"metric": "expected_interception", "statistic": "ratio"}
    return {"factor": {"a": {"key": key, "values": values}}, "figure": figure}


OTHER = {"metric": "inspection_delay", "statistic": "p95"}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"sliders": slider("sampling.line2.truck", [0.1])}, "study.sliders.factor.a.key must be detects of a detection, or a prevalence or concealment of the threat; got 'sampling.line2.truck'"),
        ({"sliders": slider("detection.nii.false_alarms.any", [0.1])}, "study.sliders.factor.a.key must be detects of a detection, or a prevalence or concealment of the threat; got 'detection.nii.false_alarms.any'"),
        ({"sliders": slider("detection.nij.detects.any", [0.1])}, "study.sliders: detection.nij.detects.any must be a known key (did you mean 'nii'?); got 'nij'"),
        ({"sliders": slider("detection.nii.detects.any", [1.5])}, "study.sliders: detection.nii.detects.any must be less than or equal to 1; got 1.5"),
        ({"sliders": slider("detection.nii.detects.any", [0.5]) | {"figure": OTHER}}, "study.sliders.figure.metric must be one of expected_interception, expected_finds, of all directions; got 'inspection_delay'"),
        ({"outputs": {"metrics": ["expected_interception"]}}, "study.outputs.metrics must hold what sliders need; got 'interception_sum'"),
        ({"outputs": {"metrics": ["expected_interception", "interception_sum"], "by": ["line"]}}, "study.outputs.by must hold what sliders need; got 'class'"),
    ],
)  # fmt: skip
def test_bad_sliders(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        make_plan(make_study(study(**given)), source())
    assert str(caught.value).splitlines()[0] == line
