"""A custom network whose parts do not fit together is refused, field by field."""

from copy import deepcopy
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.network import compile_network
from sim.scenario import Scenario, make_scenario

FERRY = {
    "kind": "custom",
    "ports": {"near": {"berths": 1, "yard_m": 50.0}, "far": {"berths": 1}},
    "ship_types": {"small": {"deck_m": 40.0}},
    "ferries": {
        "line": {
            "ends": ["near", "far"],
            "ships": {"small": 1},
            "departure": {"any": {"rule": "at_once"}},
            "crossing": {"low_min": 5.0, "mode_min": 5.0, "high_min": 5.0},
            "load_s": {"any": 1.0},
            "unload_s": {"any": 1.0},
        }
    },
    "stations": {"desk": {}, "bay": {}},
    "routes": {
        "main": [
            {"do": "serve", "station": "desk", "time": {"any": {"family": "constant", "mean_s": 5.0}}},
            {"do": "board", "ferry": "line", "origin": "near"},
        ]
    },
    "arrivals": {"main": {"route": "main", "rate_per_h": 10.0}},
}
AGAIN = {"do": "serve", "station": "desk", "name": "again", "time": {"any": {"family": "constant", "mean_s": 5.0}}}
WATCH = {"do": "select", "name": "s", "ratio": {"any": 0.5}}
ALARM = {"do": "alarm", "name": "a", "detects": {"any": 0.5}, "false_alarms": {"any": 0.1}}
MINUTE = {"family": "constant", "mean_s": 60.0}
RELIEF = {"station": "dask", "above": 3, "below": 1, "factor": 0.5}

CASES = [
    ("ferries.line.ends", ["near", "fur"], "network.ferries.line.ends", "must name one of near, far (did you mean"),
    ("ferries.line.ends", ["near", "near"], "network.ferries.line.ends", "must be two different ports"),
    ("ferries.line.ships", {"smal": 1}, "network.ferries.line.ships", "must name one of small (did you mean 'small'?)"),
    ("ferries.line.ships", {"small": 0}, "network.ferries.line.ships", "must have at least one ship"),
    (
        "ferries.line.departure",
        {"near": {"rule": "at_once"}},
        "network.ferries.line.departure",
        "must cover port 'far'",
    ),
    ("ferries.line.load_s", {"any": 1.0, "truck": 1.0}, "network.ferries.line.load_s", "must name one of unit"),
    ("ferries.line.unload_s", {}, "network.ferries.line.unload_s", "must cover class 'unit'"),
    ("classes", {"unit": {"deck_m": 45.0}}, "network.classes.unit.deck_m", "must fit on the ships of line (40.0 m)"),
    ("ports.near.yard_m", 0.5, "network.ports.near.yard_m", "must hold one unit (1.0 m)"),
    ("routes.main.1.ferry", "lane", "network.routes.main.1.ferry", "must name one of line (did you mean 'line'?)"),
    ("routes.main.1.origin", "nere", "network.routes.main.1.origin", "must name one of near, far"),
    ("routes.main.0.station", "dusk", "network.routes.main.0.station", "must name one of desk, bay"),
    ("routes.main.1", AGAIN, "network.routes.main", "must visit each station at most once"),
    (
        "routes.main.1",
        {**WATCH, "relief": RELIEF},
        "network.routes.main.1.relief.station",
        "must name one of desk, bay",
    ),
    (
        "routes.main.1",
        {**WATCH, "full_station": "by"},
        "network.routes.main.1.full_station",
        "must name one of desk, bay",
    ),
    (
        "routes.main.1",
        {**WATCH, "ratio": {"any": {"rule": "risk", "top_share": 0.1, "d_prime": 1.0, "ratio": 0.1}}},
        "network.routes.main.1.ratio.any.rule",
        "must not be risk in a custom network: put an alarm step",
    ),
    (
        "routes.main.1",
        {**WATCH, "ratio": {"unit": {"rule": "exemption", "ratio": 0.1, "after": "s"}}},
        "network.routes.main.1.ratio.unit.after",
        "must name a known one (there is none)",
    ),
    (
        "routes.main.0.time",
        {"unit": MINUTE, "any": MINUTE, "car": MINUTE},
        "network.routes.main.0.time",
        "must name one of unit",
    ),
    (
        "routes.main.1",
        {**WATCH, "ratio": {"any": 0.5, "car": 0.1}},
        "network.routes.main.1.ratio",
        "must name one of unit",
    ),
    (
        "routes.main.1",
        {**ALARM, "detects": {"any": 0.5, "car": 0.1}},
        "network.routes.main.1.detects",
        "must name one of unit",
    ),
    (
        "routes.main.1",
        {**ALARM, "false_alarms": {"any": 0.5, "car": 0.1}},
        "network.routes.main.1.false_alarms",
        "must name one of unit",
    ),
    (
        "routes.main",
        [{**ALARM, "label": "a"}, {"do": "exit", "label": "a"}],
        "network.routes.main.1.label",
        "must differ from the labels",
    ),
    ("stations", {}, "network.routes.main.0.station", "must name a known one (there is none)"),
    ("arrivals.main.route", "mane", "network.arrivals.main.route", "must name one of main"),
    ("arrivals.main.class", "car", "network.arrivals.main.class", "must name one of unit"),
    ("stations.desk.priority", {"car": 1}, "network.stations.desk.priority", "must name one of unit"),
    ("prevalence_per_100k", {"car": 1.0}, "network.prevalence_per_100k", "must name one of unit"),
    (
        "closures",
        [{"start": "2018-01-01T01:00", "end": "2018-01-01T02:00", "ports": ["nowhere"]}],
        "network.closures.0.ports",
        "must name one of near, far",
    ),
]


def scenario_with(where: str, value: Any) -> Scenario:
    network: Any = deepcopy(FERRY)
    here = network
    *path, last = [int(part) if part.isdigit() else part for part in where.split(".")]
    for part in path:
        here = here[part]
    here[last] = value
    return make_scenario(
        {
            "title": {"name": "tiny", "zh": "小", "en": "tiny"},
            "run": {"days": 0.1, "lead_in_h": 0, "replications": 2, "seed": 1},
            "network": network,
        }
    )


JUMPS = [
    (
        "routes.main.1",
        {**WATCH, "then": "nowhere"},
        "network.routes.main.1.then must name the label of a later step; got 'nowhere'",
    ),
    ("routes.main.1", {**WATCH, "ratio": {}}, "network.routes.main.1.ratio must cover class 'unit'; got ''"),
    ("routes.main.0.time", {}, "network.routes.main.0.time must give a service time for class 'unit'; got 'nothing'"),
]


@pytest.mark.parametrize(("where", "value", "line"), JUMPS)
def test_a_fault_that_only_shows_in_the_table_names_its_step(where: str, value: Any, line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        compile_network(scenario_with(where, value))
    assert str(caught.value) == line


def test_the_network_itself_is_valid() -> None:
    scenario_with("start", "2018-01-01T00:00")


@pytest.mark.parametrize(("where", "value", "field", "rule"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_one_fault(where: str, value: Any, field: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_with(where, value)
    assert [(fault.field, fault.rule.startswith(rule)) for fault in caught.value.faults] == [(field, True)]
