"""Which number plans differ in, and what they are called."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.study.changes import Factor, changes_of, factor_of
from sim.study.plans import Plan, name_plans


def plan(folder: str = "a", **config: Any) -> Plan:
    return Plan(Path(folder), {"zh": "甲", "en": "A plan"}, config, pd.DataFrame(), 0.95)


@pytest.mark.parametrize(
    ("configs", "factor"),
    [
        ([{"a": {"x": 1}}, {"a": {"x": 2.5}}], Factor("a.x", (1.0, 2.5))),
        ([{"a": {"x": 1, "y": 1}}, {"a": {"x": 2, "y": 2}}], Factor("a.*", (1.0, 2.0))),
        ([{"a": [1, 5]}, {"a": [1, 6]}], Factor("a.1", (5.0, 6.0))),
        ([{"x": 1, "run": {"workers": 1}}, {"x": 2, "run": {"workers": 2}}], Factor("x", (1.0, 2.0))),
        ([{"a": {"x": 1, "y": 1}}, {"a": {"x": 2, "y": 3}}], None),
        ([{"x": "s"}, {"x": "t"}], None),
        ([{"x": True}, {"x": False}], None),
        ([{"x": 1}, {}], None),
        ([{"x": 1}, {"x": 1}], None),
        ([{"x": 1}, {"x": 2}, {"x": 1}], None),
    ],
)
def test_the_one_number_that_differs(configs: list[dict[str, Any]], factor: Factor | None) -> None:
    assert factor_of(configs) == factor


def test_names_are_never_alike() -> None:
    plans = [plan("x/0"), plan("y/0"), plan("y/1")]
    assert name_plans(plans, None, "en") == ["A plan (0) [1]", "A plan (0) [2]", "A plan (1)"]
    assert name_plans(plans[:1], None, "zh") == ["甲"]
    assert name_plans(plans, Factor("k", (1.0, 0.25, 3.0)), "en") == ["k = 1", "k = 0.25", "k = 3"]


def test_changes_are_listed_by_what_they_strengthen() -> None:
    first = {
        "strengthening": {"more": {"covers": ["sampling", "staffing"]}},
        "sampling": {"line1": {"any": 0.1}},
        "staffing": {"dog": [{"servers": 1}]},
        "run": {"days": 1, "workers": 2},
    }
    second = {
        **first,
        "sampling": {"line1": {"any": 0.1, "car": 0.2}},
        "run": {"days": 2, "workers": 1},
        "title": {"zh": "x"},
    }
    third = {**first, "staffing": {"dog": [{"servers": 2}]}}
    rows = changes_of([first, second, third], ["a", "b", "c"]).itertuples(index=False)
    assert [tuple(row) for row in rows] == [
        ("b", "", "run.days", 1, 2),
        ("b", "more", "sampling.line1.car", None, 0.2),
        ("c", "more", "staffing.dog.0.servers", 1, 2),
    ]
    assert changes_of([first], ["a"]).empty
