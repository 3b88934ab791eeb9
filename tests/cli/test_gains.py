"""`strait gains`: a table, a folder, and what it refuses."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main

from .conftest import Strait

SHORT = ("scenario=march_2018", "channel=none", "run.days=0.05", "run.lead_in_h=0", "run.lead_out_h=6", "run.replications=2",
         "run.workers=1")  # fmt: skip


@pytest.mark.parametrize(("language", "word"), [("en", "+1 post: X-ray"), ("zh", "增加一个岗位：机检")])
def test_gains_prints_and_keeps_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["gains", *SHORT, f"run.language={language}", "hydra.run.dir=mine"]) == 0
    out = capsys.readouterr().out
    assert word in out
    assert out.endswith("mine\n")
    assert sorted(p.name for p in Path("mine").iterdir()) == ["config.yaml", "gains.csv", "manifest.json"]
    rows = pd.read_csv("mine/gains.csv")
    assert {"ratio", "post", "team"} == set(rows["change"])
    assert json.loads(Path("mine/manifest.json").read_text(encoding="utf-8"))["command"].startswith("strait gains ")


def test_gains_refuses_what_has_no_lines(strait: Strait) -> None:
    done = strait("gains")
    assert (done.code, done.out) == (2, "")
    assert "network.kind" in done.err
    assert not list(Path().iterdir())


def test_gains_refuses_a_grid(strait: Strait) -> None:
    done = strait("gains", "-m", "run.replications=2,3")
    assert (done.code, done.out) == (2, "")
    assert "-m" in done.err
