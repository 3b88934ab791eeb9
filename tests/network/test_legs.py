"""What the estimator needs to know of a route: refused flags, compiled levels, prevalence of units with items."""

from copy import deepcopy

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.network import compile_network
from sim.network.legs import legs_by_source
from sim.scenario import make_scenario
from tests.strategies import scenario_of

SERVE = {"do": "serve", "station": "bay", "time": {"any": {"family": "constant", "mean_s": 5.0}}}


def alarm(name, detects, false_alarms, **more):
    return {"do": "alarm", "name": name, "detects": {"any": detects}, "false_alarms": {"any": false_alarms}, **more}


def flagged(detects, false_alarms, **more):
    """A flag, a ratio for each answer, one inspection."""
    return {
        "stations": {"bay": {}},
        "routes": {
            "main": [
                alarm("info", detects, false_alarms, otherwise="rest"),
                {"do": "select", "name": "pick", "ratio": {"any": 1.0}, "then": "in", "otherwise": "out"},
                {"do": "select", "name": "pick", "ratio": {"any": 0.1}, "label": "rest", "otherwise": "out"},
                SERVE | {"label": "in"},
                alarm("search", 0.9, 0.0, otherwise="out"),
                {"do": "exit", "removed": True},
                {"do": "exit", "label": "out"},
            ]
        },
        "arrivals": {"main": {"route": "main", "times_s": [1.0]}},
        **more,
    }


def compiled(network):
    return compile_network(make_scenario(scenario_of(network)))


def faults(network):
    try:
        compiled(network)
    except ScenarioError as error:
        return str(error).splitlines()
    return []


HIDDEN = {"concealment": {"any": {"easy": 0.5, "hard": 0.5}}}


@pytest.mark.parametrize(
    ("detects", "false_alarms", "more"),
    [(0.4, 0.0, {}), (0.9, 1.0, {}), ({"easy": 0.4, "hard": 0.0}, 0.0, HIDDEN), ({"easy": 1.0, "hard": 0.9}, 1.0, HIDDEN)],
)  # fmt: skip
def test_a_flag_that_is_sure_of_innocent_units_is_refused(detects, false_alarms, more):
    (fault,) = faults(flagged(detects, false_alarms, **more))
    assert fault.startswith("network.routes.main.info.false_alarms must lie above 0 and below 1")
    assert fault.endswith(f"got {false_alarms}")


@pytest.mark.parametrize("chances", [(0.4, 0.1), (0.0, 0.0), (1.0, 1.0), (0.0, 0.5), (1.0, 0.5)])
def test_other_flags_are_not(chances):
    assert faults(flagged(*chances)) == []


def test_nothing_is_refused_where_no_selection_follows():
    network = flagged(0.4, 0.0)
    network["routes"]["main"] = [alarm("info", 0.4, 0.0, otherwise="out"), *network["routes"]["main"][3:]]
    assert faults(network) == []


def test_weights_are_likelihood_ratios():
    first, *_ = legs_by_source(compiled(flagged(0.4, 0.1)))[0]
    assert [w.tolist() for w in first.weight.values()] == [[pytest.approx(4.0)], [pytest.approx(0.6 / 0.9)]]
    assert first.detects.tolist() == [0.0]


def test_one_name_may_not_be_met_twice():
    network = flagged(0.4, 0.1)
    network["routes"]["main"][2]["then"] = "again"
    network["routes"]["main"].insert(3, {"do": "select", "name": "pick", "ratio": {"any": 0.5}, "label": "again"})
    assert faults(network) == ["network.routes.main must use each select name once; got 'pick'"]


def test_levels_are_compiled_by_class():
    network = flagged({"hard": 0.2, "easy": 0.8}, 0.1) | {
        "classes": {"unit": {}, "box": {"items": 100}},
        "concealment": {"any": {"easy": 0.25, "hard": 0.75}, "box": {"hard": 1.0}},
        "prevalence_per_100k": {"any": 1000.0},
    }
    table = compiled(network)
    assert table.level_name == ("easy", "hard")
    assert table.level_share.tolist() == [[0.25, 0.75], [0.0, 1.0]]
    assert table.techniques.detects.shape == (2, 2, 2)
    assert table.techniques.detects[0].tolist() == [[0.8, 0.2]] * 2
    assert np.array_equal(table.techniques.detects[1], np.full((2, 2), 0.9))
    assert table.prevalence == pytest.approx([0.01, 1 - 0.99**100], rel=1e-12)


NINE = {f"level{n}": 0.125 for n in range(8)}
BAD = [
    ("concealment", {"any": {"easy": 0.5}}, "network.concealment.any must add up to 1; got 0.5"),
    ("concealment", {"unit": {}}, "network.concealment.unit must have at least 1 item"),
    ("concealment", {"any": {"easy": 1.5}}, "network.concealment.any.easy must be less than or equal to 1; got 1.5"),
    ("concealment", {"any": NINE, "unit": {"one": 1.0}}, "network.concealment must have at most 8 levels in all; got 9"),
    ("concealment", {"any": {"usual": 1.0}, "unti": {"usual": 1.0}}, "network.concealment must name one of unit (did you"),
    ("concealment", {}, "network.concealment must cover class 'unit'; got 'only none'"),
    ("detects", {"any": {"usul": 0.5}}, "network.routes.main.0.detects.any must name a concealment level, one of usual"),
    ("detects", {"any": {}}, "network.routes.main.0.detects.any must cover concealment level 'usual'; got 'only '"),
    ("detects", {"any": {"usual": 1.5}}, "network.routes.main.0.detects.any.usual must be less than or equal to 1; got 1.5"),
    ("detects", {"any": 1.5}, "network.routes.main.0.detects.any must be less than or equal to 1; got 1.5"),
    ("detects", {"any": "half"}, "network.routes.main.0.detects.any must be a valid number; got 'half'"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "fault"), BAD)
def test_bad_levels_are_refused(field, value, fault):
    network = flagged(0.4, 0.1)
    (network if field == "concealment" else network["routes"]["main"][0])[field] = value
    assert [line for line in faults(deepcopy(network)) if line.startswith(fault)], faults(network)
