"""Designs: which points they list, and which are refused before anything runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.scenario.study import Design, make_study
from sim.study.design import change_mapping, points_of
from sim.study.design.validate import _differences, point_key

from .tiny import RATE, QueueSource, queue_plan, queue_study


def design(**given: Any) -> Design:
    return make_study(queue_study().model_dump() | {"design": given}).design


def factors(**given: Any) -> list[dict[str, Any]]:
    return [dict(point.factors) for point in points_of(design(**given))]


SCREENED = {"figure": {"metric": "wait", "statistic": "mean"}, "best": "lowest", "indifference": 1.0, "most": 9}
A = {"key": "run.days", "values": [1.0, 2.0]}
B = {"key": ["sampling.line1.car", "sampling.line2.car"], "values": [0.1, 0.2, 0.3]}


def test_grid_lists_every_combination() -> None:
    found = factors(kind="grid", factor={"a": A, "b": B})
    assert found == [{"a": a, "b": b} for a in (1.0, 2.0) for b in (0.1, 0.2, 0.3)]


def test_a_factor_sets_all_of_its_keys() -> None:
    point = points_of(design(kind="grid", factor={"b": B}))[1]
    assert point.number == 2
    assert point.settings == (("sampling.line1.car", 0.2), ("sampling.line2.car", 0.2))
    assert point.label() == "b=0.2"


PACKAGES = {
    "plain": {"settings": {"sampling.line1.car": 0.1}},
    "staffed": {"en": "with staff", "settings": {"sampling.line1.car": 0.2, "staffing.haian.line1.bay": 6}},
}


def test_a_package_sets_keys_to_different_values() -> None:
    points = points_of(design(kind="grid", factor={"a": A, "plan": {"packages": PACKAGES}}))
    assert [dict(point.factors) for point in points[:2]] == [{"a": 1.0, "plan": "plain"}, {"a": 1.0, "plan": "staffed"}]
    assert points[1].settings == (("run.days", 1.0), ("sampling.line1.car", 0.2), ("staffing.haian.line1.bay", 6))
    factor = design(kind="grid", factor={"plan": {"packages": PACKAGES}}).factor["plan"]
    assert [factor.called(value, "en") for value in ("plain", "staffed")] == ["plain", "with staff"]
    again = design(**design(kind="grid", factor={"plan": {"packages": PACKAGES}}).model_dump())
    assert again.factor["plan"] == factor


def test_one_at_a_time_begins_with_the_base() -> None:
    found = factors(kind="one_at_a_time", factor={"a": A, "b": B})
    assert found == [{}, {"a": 1.0}, {"a": 2.0}, {"b": 0.1}, {"b": 0.2}, {"b": 0.3}]


RANGES = {
    "x": {"key": "run.days", "low": 1.0, "high": 3.0},
    "y": {"key": "run.seed", "low": 1, "high": 1000, "scale": "log", "is_whole": True},
    "z": {"key": "sampling.line1.car", "values": [0.1, 0.2, 0.3, 0.4]},
}


def test_latin_hypercube_has_one_point_in_each_stratum() -> None:
    found = factors(kind="latin_hypercube", points=8, seed=3, factor=RANGES)
    strata = np.sort([int((row["x"] - 1) / 2 * 8) for row in found])
    assert strata.tolist() == list(range(8))
    logs = np.sort([int(np.log(row["y"]) / np.log(1000) * 4) for row in found])
    assert logs.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert sorted(row["z"] for row in found) == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4]
    assert all(isinstance(row["y"], int) for row in found)


def test_sobol_is_balanced_in_every_pair() -> None:
    found = factors(kind="sobol", points=16, seed=1, factor={name: RANGES[name] for name in ("x", "z")})
    cells = {(int((row["x"] - 1) / 2 * 4), round(row["z"] * 10)) for row in found}
    assert len(cells) == 16


def test_a_drawn_design_depends_on_its_seed_alone() -> None:
    first, again, other = (factors(kind="sobol", points=4, seed=seed, factor=RANGES) for seed in (1, 1, 2))
    assert first == again != other


def test_table(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        f'\ufeff{RATE},scenario,sampling.line2.truck\n20,march_2018,0.5\n\n1e1,x,"{{""kind"": ""relief""}}"\n',
        encoding="utf-8",
    )
    points = points_of(design(kind="csv", csv="p.csv"), (tmp_path,))
    assert points[0].settings == ((RATE, 20), ("scenario", "march_2018"), ("sampling.line2.truck", 0.5))
    assert points[1].settings == ((RATE, 10.0), ("scenario", "x"), ("sampling.line2.truck", {"kind": "relief"}))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1\n", "study.design.csv p.csv line 2 must have 2 cells; got 1"),
        ("a,a\n1,2\n", "study.design.csv must have a header of different settings; got ['a']"),
        ("a b\n1\n", "study.design.csv must have a header of different settings; got ['a b']"),
        ("a\n", "study.design.csv must have at least one row of data; got 'p.csv'"),
        ("a,b\n1,2\n1,3\n1,2\n", "point 3 must differ from point 1; got 'a=1 b=2'"),
    ],
)
def test_bad_table(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        points_of(design(kind="csv", csv="p.csv"), (tmp_path,))
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"replications": 0}, "study.replications must be greater than or equal to 1; got 0"),
        ({"design": {"kind": "gird"}}, "study.design.kind must be one of grid, one_at_a_time, latin_hypercube, sobol, csv (did you mean 'grid'?); got 'gird'"),
        ({"design": {"kind": "sobol", "points": 6, "factor": RANGES}}, "study.design.points must be a power of 2; got 6"),
        ({"design": {"kind": "grid", "factor": RANGES}}, "study.design.factor.x.values must be given in a design of this kind; got a range"),
        ({"design": {"kind": "sobol", "points": 4, "factor": {"x": {"key": "a", "low": 2.0, "high": 1.0}}}}, "study.design.factor.x.high must be above low; got 1"),
        ({"design": {"kind": "sobol", "points": 4, "factor": {"x": {"key": "a", "low": 0.0, "high": 1.0, "scale": "log"}}}}, "study.design.factor.x.low must be above 0 on a log scale; got 0"),
        ({"design": {"kind": "grid", "factor": {"x": {"values": [1.0]}}}}, "study.design.factor.x.key must be given, or packages; got neither"),
        ({"design": {"kind": "grid", "factor": {"x": {"key": "a", "packages": PACKAGES}}}}, "study.design.factor.x.packages must be given without key and values; got both"),
        ({"desing": 1}, "study.desing must be a known key (did you mean 'design'?); got 'desing'"),
        ({"replications": 4, "screening": SCREENED}, "study.replications must be 5 or more before points are dropped; got 4"),
        ({"replications": 9, "screening": SCREENED | {"figure": {"metric": "wait", "statistic": "p95"}}}, "study.screening.figure.statistic must be mean or ratio; got 'p95'"),
        ({"precision": {"targets": [{"metric": "wait", "absolute": 1.0}], "most": 3}}, "study.precision.most must be at least replications; got 3"),
    ],
)  # fmt: skip
def test_bad_study(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        queue_study(**given)
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"outputs": {"metrics": ["wiat"]}}, "study.outputs.metrics must be names of docs/metrics.md (did you mean 'wait'?); got 'wiat'"),
        ({"outputs": {"metrics": ["wait"], "by": ["class"]}}, "study.outputs.by must hold line for the metric wait; got 'class'"),
        ({"baseline": 4}, "study.baseline must be one of 3 points; got 4"),
        ({"precision": {"targets": [{"metric": "cost", "absolute": 1.0}], "most": 9}}, "study.precision.targets.0.metric must be one of study.outputs.metrics; got 'cost'"),
    ],
)  # fmt: skip
def test_bad_plan(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        queue_plan(**given)
    assert str(caught.value) == line


def test_a_value_refused_at_point_731_is_named() -> None:
    values = [20.0 + n / 100 for n in range(1000)]
    values[730] = -1.0
    with pytest.raises(ScenarioError) as caught:
        queue_plan(design={"kind": "grid", "factor": {"rate": {"key": RATE, "values": values}}})
    assert str(caught.value).startswith("point 731: network.arrivals.main.rate_per_h must be")
    assert "got -1.0" in str(caught.value)


def test_two_ways_to_write_one_point_are_one_point() -> None:
    with pytest.raises(ScenarioError) as caught:
        queue_plan(design={"kind": "grid", "factor": {"rate": {"key": RATE, "values": [20.0, 20]}}})
    assert str(caught.value) == "point 2 must differ from point 1; got 'rate=20'"


def test_a_point_is_made_again_from_what_travels() -> None:
    plan = queue_plan()
    for ready, rate in zip(plan.ready, (20.0, 30.0, 40.0), strict=True):
        assert plan.mapping(ready) == QueueSource().scenario([(RATE, rate)]).as_mapping()
        assert len(ready.changes) <= 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 5}, "d": 3}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": [1, 2]}, {"a": [1, 3]}),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_changes_make_the_new_mapping_and_leave_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = repr(old)
    changes = tuple(_differences(old, new))
    assert repr(change_mapping(old, changes)) == repr(new)
    assert repr(old) == before


def test_key_depends_on_what_replications_depend_on() -> None:
    mapping = QueueSource().scenario([]).as_mapping()
    key = point_key(mapping, {"code": "a"})
    run = mapping["run"]
    assert (
        point_key({**mapping, "run": {**run, "replications": 99, "workers": 7, "language": "zh"}}, {"code": "a"}) == key
    )
    assert point_key({**mapping, "title": {}}, {"code": "a"}) == key
    assert point_key({**mapping, "run": {**run, "seed": 99}}, {"code": "a"}) != key
    assert point_key(mapping, {"code": "b"}) != key


def test_a_design_is_repeated_across_scenarios() -> None:
    scenario = {"key": "scenario", "values": ["x", "y"]}
    found = factors(kind="one_at_a_time", factor={"a": A}, across={"scenario": scenario})
    assert found == [
        {"scenario": "x"}, {"scenario": "x", "a": 1.0}, {"scenario": "x", "a": 2.0},
        {"scenario": "y"}, {"scenario": "y", "a": 1.0}, {"scenario": "y", "a": 2.0},
    ]  # fmt: skip


def test_factors_that_stay_have_the_value_of_the_base() -> None:
    plan = queue_plan(design={"kind": "one_at_a_time", "factor": {"rate": {"key": RATE, "values": [20.0, 30.0]}}})
    assert [dict(ready.point.factors) for ready in plan.ready] == [{"rate": 48.0}, {"rate": 20.0}, {"rate": 30.0}]


def test_a_grid_is_repeated_across_scenarios() -> None:
    given = {
        "kind": "grid",
        "across": {"scenario": {"key": "scenario", "values": ["march", "festival"]}},
        "factor": {"a": {"key": "x.a", "values": [1, 2]}, "b": {"key": "x.b", "values": [3, 4]}},
    }
    points = points_of(design(**given))
    assert [point.factors["scenario"] for point in points] == ["march"] * 4 + ["festival"] * 4
    assert [(point.factors["a"], point.factors["b"]) for point in points] == [(1, 3), (1, 4), (2, 3), (2, 4)] * 2
    assert points[4].settings == (("scenario", "festival"), ("x.a", 1), ("x.b", 3))
