"""A few lines that stand for more values than fit into memory are refused before any of them is built."""

from pathlib import Path

import pytest
import yaml

from sim.cli.refusal import repetition_fault
from sim.errors import ScenarioError
from sim.study.aliases import MOST_REPEATED, TooManyAliases, counting_aliases
from sim.study.plans import read_config

from .conftest import Strait

TENFOLD = 9
ALIASES = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]\n" + "".join(
    f"a{n}: &a{n} [{', '.join(10 * [f'*a{n - 1}'])}]\n" for n in range(1, TENFOLD)
)
REFERENCES = {"a0": list(range(10))} | {f"a{n}": 10 * [f"${{a{n - 1}}}"] for n in range(1, TENFOLD)}
TEXTS = {"a0": "word"} | {f"a{n}": 10 * (f"${{a{n - 1}}}") for n in range(1, TENFOLD)}
LINE = f"must not repeat more than {MOST_REPEATED:,} values by aliases; got the alias *a3\n"


def test_aliases_of_a_stored_scenario(tmp_path: Path, strait: Strait) -> None:
    (tmp_path / "bomb.yaml").write_text(ALIASES, encoding="utf-8")
    done = strait("check", f"scenario={tmp_path}/bomb.yaml")
    assert (done.code, done.err) == (2, f"bomb.yaml line 5 column 45 {LINE}")


def test_aliases_of_a_scenario_that_hydra_finds(desk: Path, strait: Strait) -> None:
    (desk / "scenario" / "tiny.yaml").write_text(ALIASES, encoding="utf-8")
    done = strait("run")
    assert (done.code, done.err) == (2, f"tiny.yaml line 5 column 45 {LINE}")


def test_aliases_of_an_experiment(tmp_path: Path, strait: Strait) -> None:
    (tmp_path / "bomb.yaml").write_text(ALIASES, encoding="utf-8")
    done = strait("sweep", f"experiment={tmp_path}/bomb.yaml")
    assert (done.code, done.err) == (2, f"bomb.yaml line 5 column 45 {LINE}")


def test_aliases_of_a_run_folder(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(ALIASES, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"^plans must name run folders \(config.yaml repeats more than 100,000 "):
        read_config(tmp_path)


@pytest.mark.parametrize("settings", [REFERENCES, TEXTS], ids=["lists", "texts"])
def test_references(settings: dict[str, object], tmp_path: Path, strait: Strait) -> None:
    (tmp_path / "bomb.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = strait("check", f"scenario={tmp_path}/bomb.yaml")
    assert done.code == 2
    assert f"must not repeat more than {MOST_REPEATED:,} values by references; got " in done.err
    assert done.err.count("\n") == 1


def test_what_aliases_repeat_is_counted_to_the_value() -> None:
    loader = counting_aliases(yaml.SafeLoader)
    half = MOST_REPEATED // 2 - 1
    text = f"a: &a [{', '.join(half * ['1'])}]\nb: [*a, *a]\n"  # the list itself counts as one
    assert len(yaml.load(text, loader)["b"]) == 2
    with pytest.raises(TooManyAliases):
        yaml.load(text.replace("[1,", "[1, 1,"), loader)


def test_what_references_repeat_is_counted_to_the_value() -> None:
    half = MOST_REPEATED // 2 - 1
    assert repetition_fault({"a": {"b": half * [1]}, "c": ["${a.b}", "${a.b}"]}) is None
    assert repetition_fault({"a": (MOST_REPEATED - 2) * [1], "c": {"d": "${..a}"}}) is None
    assert repetition_fault({"a": {"e": MOST_REPEATED * [1], "c": "${.e}"}}) is not None
    assert repetition_fault({"a": [MOST_REPEATED * [1]], "c": {"d": "${..a[0]}"}}) is not None
    assert repetition_fault({"a": "${b}", "b": "${a}", "c": "${nowhere.at.all}", "d": "${a.0}"}) is None
