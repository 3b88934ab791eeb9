"""`strait check` prints what a scenario resolves to; it runs nothing and writes nothing."""

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


@pytest.mark.parametrize("name", ["march_2018", "xuwen_2021", "custom"])
def test_shipped_scenarios_are_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"scenario={name}"]) == 0
    assert capsys.readouterr().out.endswith("valid\n")
