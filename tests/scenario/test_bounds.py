"""Every number of a scenario has a least and a greatest value; what they allow can be computed."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.network import compile_network
from sim.scenario import Scenario, make_scenario
from sim.workload.laws import quantile_ticks

HEAD = {
    "title": {"name": "tiny", "zh": "小", "en": "tiny"},
    "run": {"days": 0.1, "lead_in_h": 0, "replications": 2, "seed": 1},
}
TIME = {"any": {"family": "lognormal", "mean_s": 60.0, "cv": 0.5}}
NETWORK = {
    "kind": "custom",
    "start": "2018-03-01T00:00",
    "stations": {"desk": {"servers": 1, "priority": {"any": 0}}},
    "closures": [{"start": "2018-03-01T01:00", "end": "2018-03-01T02:00"}],
    "routes": {"main": [{"do": "serve", "station": "desk", "time": TIME}]},
    "arrivals": {"main": {"route": "main", "rate_per_h": 10.0}},
    "day_cv": 0.0,
}


def scenario_with(where: str = "", value: Any = None) -> Scenario:
    config: Any = deepcopy(HEAD | {"network": NETWORK})
    if where:
        *path, last = [int(part) if part.isdigit() else part for part in where.split(".")]
        here = config
        for part in path:
            here = here[part]
        here[last] = value
    return make_scenario(config)


def numbers(part: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every number of a JSON schema with its place."""
    if isinstance(part, dict):
        if part.get("type") in ("number", "integer"):
            yield path, part
        for key, inner in part.items():
            yield from numbers(inner, f"{path}.{key}")
    elif isinstance(part, list):
        for inner in part:
            yield from numbers(inner, path)


def test_every_number_has_both_bounds() -> None:
    found = list(numbers(Scenario.model_json_schema(), ""))
    least, most = {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}
    assert len(found) > 100
    unbounded = {path for path, schema in found if not (least & set(schema) and most & set(schema))}
    # Values of other settings, which have the bounds of those.
    elsewhere = (".$defs.Draws.properties.rows", ".$defs.Handover.properties.saturation")
    assert {path for path in unbounded if not path.startswith(elsewhere)} == set()


DAY = "network.routes.main.0.time.any"
CASES = [
    ("run.days", 1e-9, "run.days must be greater than or equal to 0.001; got 1e-09"),
    ("run.days", 1e30, "run.days must be less than or equal to 400; got 1e+30"),
    ("run.lead_in_h", 10**30, "run.lead_in_h must be less than or equal to 9600; got 1000"),
    ("run.workers", 10_000, "run.workers must be less than or equal to 1024; got 10000"),
    ("run.replications", 2**40, "run.replications must be less than or equal to 1000000; got 1099511627776"),
    ("run.confidence", 1 - 1e-16, "run.confidence must be less than or equal to 0.999; got 0.9999999999999999"),
    ("run.confidence", 1e-300, "run.confidence must be greater than or equal to 0.5; got 1e-300"),
    (f"{DAY}.mean_s", 1e308, f"{DAY}.mean_s must be less than or equal to 31622400; got 1e+308"),
    (f"{DAY}.cv", 1e30, f"{DAY}.cv must be less than or equal to 20; got 1e+30"),
    (f"{DAY}.cv", 1e-300, f"{DAY}.cv must be greater than or equal to 0.001; got 1e-300"),
    ("network.day_cv", 1e-300, "network.day_cv must be 0 or at least 0.001; got 1e-300"),
    (
        "network.stations.desk.priority.any",
        2**40,
        "network.stations.desk.priority.any must be less than or equal to 1000; got 1099511627776",
    ),
    (
        "network.arrivals.main.rate_per_h",
        1e308,
        "network.arrivals.main.rate_per_h must be less than or equal to 10000000; got 1e+308",
    ),
    ("network.start", "0001-01-01T00:00", "network.start must lie in the years 1990 to 2100; got 0001-01-01T00:00:00"),
    (
        "network.start",
        "2018-03-01T00:00Z",
        "network.start must be a local time without a zone; got 2018-03-01T00:00:00+00:00",
    ),
    (
        "network.prevalence_per_100k",
        {"any": 1e-308},
        "network.prevalence_per_100k.any must be 0 or at least 1e-06; got 1e-308",
    ),
    ("title.name", "a" * 101, "title.name must have at most 100 characters; got 'aaaa"),
    ("title.en", "two\nlines", "title.en must match pattern '^[^\\x00-\\x1f\\x7f]*$'; got 'two\\nlines'"),
    ("network.start", 1, "network.start must be a date and a time such as 2018-03-01T08:00; got 1"),
    ("network.start", "1.5", "network.start must be a date and a time such as 2018-03-01T08:00; got 1.5"),
    (
        "network.arrivals.main",
        {"route": "main"},
        "network.arrivals.main must have exactly one of rate_per_h, hourly_per_h, times_s; got none",
    ),
    (
        DAY,
        {"family": "triangular", "low_s": 3.0, "mode_s": 2.0, "high_s": 1.0},
        f"{DAY} must have low_s, mode_s and high_s that do not fall; got 3.0, 2.0, 1.0",
    ),
    (
        "network.closures.0.start",
        "2018-03-01T00:00+08:00",
        "network.closures.0.start must be a local time without a zone; got 2018-03-01T00:00:00+08:00",
    ),
]


@pytest.mark.parametrize(("where", "value", "line"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_beyond_a_bound(where: str, value: Any, line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_with(where, value)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("family", "law"),
    [
        ("constant", (31_622_400.0,)),
        ("exponential", (31_622_400.0,)),
        ("lognormal", (31_622_400.0, 20.0)),
        ("lognormal", (31_622_400.0, 0.001)),
        ("gamma", (31_622_400.0, 20.0)),
        ("gamma", (31_622_400.0, 0.001)),
        ("triangular", (0.0, 31_622_400.0, 31_622_400.0)),
    ],
)
def test_no_duration_within_the_bounds_leaves_64_bits(family: str, law: tuple[float, ...]) -> None:
    ticks = quantile_ticks(np.array([0.0, 0.5, 1 - 2.0**-53]), family, law)
    assert (np.diff(ticks) >= 0).all()
    assert 1 <= ticks[0] <= ticks[-1] < 2**61


def test_more_units_than_a_machine_holds_are_refused() -> None:
    crowded = scenario_with("network.arrivals.main.batch", 1_000_000)
    with pytest.raises(ScenarioError) as caught:
        compile_network(crowded)
    assert str(caught.value) == "run.days must be so short that at most 20,000,000 units come; got 24000000"
