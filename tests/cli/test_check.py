"""`strait check` prints what a scenario resolves to; it runs nothing and writes nothing."""

import re
from pathlib import Path

import pytest

from sim.cli import main

from .conftest import Strait


def test_tables_of_the_tiny_network(strait: Strait) -> None:
    done = strait("check", "run.days=1")
    assert (done.code, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["none", "-", "1,440", "480", "1,920"] in rows
    # 80 units an hour of 60 s each are 4/3 servers in use.
    assert ["desk", "2", "-", "1.33", "car", "1.00,", "truck", "0.333"] in rows
    assert rows[-1] == ["valid"]
    assert not list(Path().iterdir())


def test_what_is_one_is_said_so(strait: Strait) -> None:
    head = strait("check", "run.days=1", "run.replications=1").out.splitlines()[1]
    assert head == "1 day from 2018-01-01 00:00, lead-in 0 h, lead-out 0 h, 1 replication, seed 7"


@pytest.mark.parametrize("name", ["march_2018", "xuwen_2021", "fog_2018_02"])
def test_chinese_output_is_chinese(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"scenario={name}", "run.language=zh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{name}：")
    assert out.endswith("有效\n")
    assert re.findall(r"[A-Za-z]+", out.removeprefix(name)) == []


def test_what_has_no_title_keeps_its_name(strait: Strait) -> None:
    rows = [line.split() for line in strait("check", "run.days=1", "+run.language=zh").out.splitlines()]
    assert ["无", "-", "1,440", "480", "1,920"] in rows
    assert ["desk", "2", "-", "1.33", "car", "1.00、truck", "0.333"] in rows


@pytest.mark.parametrize("name", ["march_2018", "xuwen_2021", "custom"])
def test_shipped_scenarios_are_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"scenario={name}"]) == 0
    assert capsys.readouterr().out.endswith("valid\n")
