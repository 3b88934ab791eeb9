"""Names of factors, values and points; coordinates of factors as the design draws them."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from sim.figures.wording import LANGUAGES, Texts, catalogue
from sim.scenario.policy import Policy
from sim.scenario.study import Factor, make_study
from sim.study.design import Family, Point, Ready
from sim.study.design.expand import _spread, points_of
from sim.study.runner.labels import changed_factors, factor_label, setting_name
from sim.study.runner.plan import Plan
from sim.study.runner.sensitive import coordinates, dimension_of
from sim.study.runner.values import value_text

CONFIGS = Path(__file__).parents[2] / "configs"
MAPPING = {
    "vehicle": {"truck": {"title_zh": "货车", "title_en": "Truck"}},
    "checkpoint": {"line2": {"title_zh": "海口港口查验", "title_en": "Haikou check"}},
    "port": {"xinhai": {"title_zh": "新海港", "title_en": "Xinhai"}},
}
FACTORS: dict[str, dict[str, Any]] = {
    "truck": {"key": "sampling.line2.truck", "values": [0.1, 0.3]},
    "bays": {"key": "staffing.xinhai.line2.bay", "values": [5]},
    "scanners": {"key": ["staffing.xinhai.line2.nii", "staffing.xiuying.line2.nii"], "values": [2]},
    "named": {"key": "threat.x", "values": [1], "zh": "威胁", "en": "Threat"},
    "fog_share": {"key": "weather.fog_share", "values": [0.5]},
}


def plan_of(design: dict[str, Any]) -> Plan:
    study = make_study(
        {
            "title": {"name": "x", "zh": "x", "en": "x"},
            "base": [],
            "design": design,
            "replications": 2,
            "outputs": {"metrics": ["wait"]},
        }
    )
    return Plan(study, [Ready(point, "", 0, ()) for point in points_of(study.design)], [Family(MAPPING)])


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("truck", "Truck ratio, Haikou check", "货车抽检率（海口港口查验）"),
        ("bays", "Servers (Search bays), Haikou check in Xinhai", "人工查验位数量（新海港海口港口查验）"),
        ("scanners", "Servers (X-ray), Haikou check", "机检数量（海口港口查验）"),
        ("named", "Threat", "威胁"),
        ("fog_share", "fog share", "fog share"),
    ],
)
def test_factors_are_called_what_they_set(name: str, en: str, zh: str) -> None:
    plan = plan_of({"kind": "one_at_a_time", "factor": FACTORS})
    assert factor_label(plan, name, Texts("en")) == en
    assert factor_label(plan, name, Texts("zh")) == zh


def test_packages_are_called_by_their_titles() -> None:
    packages = {"few": {"settings": {"x.a": 1}}, "many": {"zh": "很多", "en": "Many of them", "settings": {"x.a": 2}}}
    plan = plan_of({"kind": "one_at_a_time", "factor": {"search_teams": {"packages": packages}}})
    assert factor_label(plan, "search_teams", Texts("en")) == "search teams"
    assert [setting_name(plan, "search_teams", name, Texts("zh")) for name in packages] == ["few", "很多"]
    assert changed_factors(plan, plan.ready[2]) == {"search_teams": "many"}


def test_a_point_changes_what_it_was_made_for() -> None:
    # Two factors of the same key differ from the base together; only one of them was changed.
    factors = {**FACTORS, "policy": {"key": "sampling.line2.truck", "values": [{"rule": "systematic", "every": 5}]}}
    across = {"scenario": {"key": "scenario", "values": ["a", "b"]}}
    plan = plan_of({"kind": "one_at_a_time", "across": across, "factor": factors})
    found = [changed_factors(plan, ready) for ready in plan.ready]
    assert found[:3] == [{}, {"truck": 0.1}, {"truck": 0.3}]
    assert found[plan.block_size - 1] == {"policy": {"rule": "systematic", "every": 5}}
    assert found[plan.block_size :] == found[: plan.block_size]


def test_a_point_of_a_grid_changes_what_differs_from_the_base() -> None:
    plan = plan_of(
        {"kind": "grid", "factor": {"a": {"key": "x.a", "values": [1, 2]}, "b": {"key": "x.b", "values": [3, 4]}}}
    )
    assert [changed_factors(plan, ready) for ready in plan.ready] == [{}, {"b": 4}, {"a": 2}, {"a": 2, "b": 4}]


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0.30000000000000004, "0.3", "0.3"),
        (5, "5", "5"),
        (True, "yes", "是"),
        (None, "none", "无"),
        ("skip", "skip", "skip"),
        ("systematic", "systematic", "等距抽检"),
        ("truck", "Truck", "货车"),
        ({"rule": "systematic", "every": 5}, "one in 5, systematic", "等距抽检，每 5 辆抽 1 辆"),
        (
            {"rule": "exemption", "ratio": 0.2, "after": "line2"},
            "ratio 0.2, times 0 after Haikou check",
            "抽检率 0.2，在海口港口查验查过的乘以 0",
        ),
        ({"rule": "quota", "per_hour": 6}, "ratio 1, at most 6 an hour", "抽检率 1，每小时至多 6 辆"),
        ({"family": "constant", "other_thing": 3}, "law constant, other thing 3", "分布 常数、other thing 3"),
        ([0.1, 0.2], "0.1, 0.2", "0.1、0.2"),
        ([0.1] * 23 + [0.4], "by hour, 0.1 to 0.4", "分小时 0.1 至 0.4"),
        ("x" * 80, "x" * 59 + "…", "x" * 59 + "…"),
    ],
)
def test_values_are_written_for_readers(value: Any, en: str, zh: str) -> None:
    assert value_text(value, Texts("en"), MAPPING) == en
    assert value_text(value, Texts("zh"), MAPPING) == zh


def test_every_policy_and_every_relief_has_a_phrase() -> None:
    policies = [get_args(model.model_fields["rule"].annotation)[0] for model in get_args(get_args(Policy)[0])]
    for language in LANGUAGES:
        for rule in policies:
            assert {f"policy_{rule}", f"value_{rule}"} <= set(catalogue(language))
        relief = {"station": "nii", "above": 10, "below": 3, "factor": 0.5}
        assert all(
            text in value_text(relief, Texts(language)) for text in ("10", "3", "0.5", Texts(language).station("nii"))
        )


def test_options_of_the_shipped_groups_have_names() -> None:
    groups = ("sampling", "detection", "threat", "information", "checkpoint", "channel", "staffing")
    names = {path.stem for group in groups for path in (CONFIGS / group).glob("*.yaml")} - {"measured_example"}
    for language in LANGUAGES:
        assert {f"value_{name}" for name in names} - set(catalogue(language)) == set()


@pytest.mark.parametrize(
    ("given", "most"),
    [
        ({"low": 2.0, "high": 6.0}, 8),
        ({"low": 0.1, "high": 100.0, "scale": "log"}, 8),
        ({"low": 1.0, "high": 4.0, "is_whole": True}, 3),
        ({"low": 1.0, "high": 64.0, "is_whole": True, "scale": "log"}, 8),
        ({"values": [10, 20, "many"]}, 2),
        ({"values": [10]}, 1),
    ],
)
def test_coordinates_are_those_that_the_design_draws(given: dict[str, Any], most: int) -> None:
    factor = Factor.model_validate({"key": "x.a", **given})
    u = np.linspace(0.001, 0.999, 41)
    points = [Ready(Point(n, {"a": _spread(factor, v)}, ()), "", 0, ()) for n, v in enumerate(u.tolist(), start=1)]
    dimension = dimension_of(factor)
    assert dimension.most == most
    assert coordinates(factor, "a", points) == pytest.approx(dimension.place(u), abs=1e-5)
    assert np.abs(dimension.place(u)).max() <= 1 + 1e-9
