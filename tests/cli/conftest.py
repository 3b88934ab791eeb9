"""A tiny desk: one M/M/2 queue of half an hour, and a way to run commands on it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.cli import main

CONFIG = """\
defaults:
  - scenario: tiny
  - _self_
run:
  days: 0.02
  lead_in_h: 0
  replications: 2
  seed: 7
  workers: 1
  figures: false
"""
SCENARIO = """\
# @package _global_
title: {name: tiny, zh: 小, en: A tiny queue}
network:
  kind: custom
  classes: {car: {queue_m: 7.0}, truck: {queue_m: 19.0}}
  stations:
    desk: {place: gate, servers: 2, officers_per_server: 1.0}
  routes:
    main:
      - {do: serve, station: desk, time: {any: {family: exponential, mean_s: 60.0}}}
  arrivals:
    car: {class: car, route: main, rate_per_h: 60.0}
    truck: {class: truck, route: main, rate_per_h: 20.0}
"""


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Strait = Callable[..., Done]


def write_desk(folder: Path) -> Path:
    """Write the tiny configuration into a folder."""
    (folder / "scenario").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "scenario" / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    return folder


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of the tiny configuration; the working directory is another, empty one."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return write_desk(tmp_path / "desk")


@pytest.fixture
def strait(desk: Path, capsys: pytest.CaptureFixture[str]) -> Strait:
    """Run `strait COMMAND [arguments]` in this process on the tiny desk."""

    def run(command: str, *arguments: str) -> Done:
        code = main([command, *arguments, "--config-path", str(desk)])
        seen = capsys.readouterr()
        return Done(code, seen.out, seen.err)

    return run
