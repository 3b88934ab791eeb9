"""Every option of every group composes into a valid scenario and compiles."""

import re
from pathlib import Path

import pytest

from sim import load_scenario
from sim.network import compile_network

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
NOT_GROUPS = {"data", "scenario"}
OPTIONS = sorted(
    (path.parent.name, path.stem) for path in CONFIGS.glob("*/*.yaml") if path.parent.name not in NOT_GROUPS
)
SCENARIOS = sorted(path.stem for path in (CONFIGS / "scenario").glob("*.yaml"))


def chosen_by(scenario: str) -> set[tuple[str, str]]:
    """List the (group, option) pairs that a scenario's own file chooses."""
    text = (CONFIGS / "scenario" / f"{scenario}.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"^  - (?:override )?/(\w+): (\w+)$", text, re.MULTILINE))


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_compiles(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.title.name == name
    assert scenario.title.zh
    assert scenario.title.en
    assert compile_network(scenario).horizon_tick > 0


@pytest.mark.parametrize(("group", "option"), OPTIONS, ids=lambda part: part)
def test_option_compiles(group: str, option: str) -> None:
    home = next((name for name in SCENARIOS if (group, option) in chosen_by(name)), "march_2018")
    assert compile_network(load_scenario(home, f"{group}={option}")).horizon_tick > 0


def test_a_custom_network_leaves_the_world_aside() -> None:
    assert load_scenario("march_2018", "network=mmc").world is None


@pytest.mark.parametrize(
    "override",
    ["sampling.line2.truck=0.4", "staffing.xinhai.line2.nii=2", "sampling.line1.car=0.05", "run.replications=30"],
)
def test_documented_override_changes_its_value(override: str) -> None:
    field, value = override.split("=")
    before, after = load_scenario("march_2018").as_mapping(), load_scenario("march_2018", override).as_mapping()
    for key in field.split("."):
        before, after = before[key], after[key]
    assert before != after or field == "run.replications"
    assert float(after) == float(value)
