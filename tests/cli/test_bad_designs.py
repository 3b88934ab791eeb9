"""Designs that would eat time or memory, or that say less than they seem to, are refused before work starts."""

from pathlib import Path

import pytest
import yaml

from tests.cli.test_sweep import RATE, STUDY

from .conftest import Strait

MANY = list(range(1, 1001))
DESIGNS = [
    (
        {"kind": "grid", "factor": {
            "a": {"key": RATE, "values": MANY}, "b": {"key": "run.seed", "values": MANY}, "c": {"key": "run.days", "values": MANY},
        }},
        "study.design must have at most 1,000,000 points; got '1,000,000,000'",
    ),
    (
        {"kind": "latin_hypercube", "points": 1_000_000, "factor": {"a": {"key": RATE, "low": 1.0, "high": 2.0}},
         "across": {"b": {"key": "run.seed", "values": [1, 2]}}},
        "study.design must have at most 1,000,000 points; got '2,000,000'",
    ),
    (
        {"kind": "one_at_a_time", "factor": {"a": {"key": RATE, "values": MANY}},
         "across": {"b": {"key": "run.seed", "values": MANY}}},
        "study.design must have at most 1,000,000 points; got '1,001,000'",
    ),
    (
        {"kind": "grid", "factor": {"a": {"key": RATE, "values": [1.0]}, "b": {"key": RATE, "values": [2.0]}}},
        f"study.design.factor.b.key must not change {RATE}, which a changes; got '{RATE}'",
    ),
    (
        {"kind": "grid", "factor": {"a": {"key": [RATE, f"+{RATE}"], "values": [1.0]}}},
        f"study.design.factor.a.key must not change {RATE}, which a changes; got '{RATE}'",
    ),
    (
        {"kind": "one_at_a_time", "factor": {"a": {"key": RATE, "values": [1.0]}},
         "across": {"b": {"key": RATE, "values": [1.0, 2.0]}}},
        f"study.design.factor.a.key must not change {RATE}, which b changes; got '{RATE}'",
    ),
]  # fmt: skip
TABLES = [
    (f"{RATE}\n{'9' * 5000}\n", f"point 1: {RATE} must be a valid number; got '999"),
    (f"{RATE}\n{'[' * 100_000}\n", f"point 1: {RATE} must be a valid number; got '[[["),
    (f'{RATE}\n"40\n', "study.design.csv must name a readable UTF-8 table; got "),
    (f"{RATE},+{RATE}\n40,41\n", "study.design.csv must have a header of different settings; got "),
]


def _refused(study: object, line: str, desk: Path, strait: Strait) -> None:
    (desk / "bad.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    done = strait("sweep", f"experiment={desk}/bad.yaml", "study.folder=out", "executor=serial")
    assert done.code == 2
    assert done.err.startswith(line), done.err[:300]
    assert done.err.count("\n") == 1
    assert not Path("out").exists()


@pytest.mark.parametrize(("design", "line"), DESIGNS, ids=range(len(DESIGNS)))
def test_design(design: dict[str, object], line: str, desk: Path, strait: Strait) -> None:
    _refused(STUDY | {"design": design}, line + "\n", desk, strait)


@pytest.mark.parametrize(("text", "line"), TABLES, ids=range(len(TABLES)))
def test_table(text: str, line: str, desk: Path, strait: Strait) -> None:
    (desk / "points.csv").write_text(text, encoding="utf-8")
    _refused(STUDY | {"design": {"kind": "csv", "csv": str(desk / "points.csv")}}, line, desk, strait)


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("study.folder=" + 300 * "x", "study.folder must lie in a folder that can be written to (File name too long)"),
        ("study.folder=/proc/nothing", "study.folder must lie in a folder that can be written to ("),
        ("run.days=" + 5000 * "9", "run.days must not have a number of thousands of digits; got '999"),
    ],
    ids=["name too long", "no folder there", "digits"],
)
def test_override(override: str, line: str, desk: Path, strait: Strait) -> None:
    (desk / "good.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    done = strait("sweep", f"experiment={desk}/good.yaml", "study.folder=out", "executor=serial", override)
    assert done.code == 2
    assert done.err.startswith(line), done.err[:300]
    assert done.err.count("\n") == 1
    assert not Path("out").exists()


def test_file_that_is_not_utf8_is_named(desk: Path, strait: Strait) -> None:
    (desk / "gbk.yaml").write_bytes("title: 琼州".encode("gbk"))
    done = strait("sweep", f"experiment={desk}/gbk.yaml")
    assert done.code == 2
    assert done.err.startswith("gbk.yaml must be UTF-8 text; got ")
