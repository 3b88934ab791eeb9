"""Bad input of the strait's scenario: the field as the planner writes it, the rule, the value, one line each."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.cli.compose import Desk, config_folder, plain_mapping
from sim.errors import ScenarioError
from sim.scenario import make_scenario


@cache
def march() -> dict[str, Any]:
    return plain_mapping(Desk(config_folder(), overrides=("scenario=march_2018",)))


def faults_with(*changes: tuple[str, Any], folders: tuple[Path, ...] = ()) -> list[str]:
    config = deepcopy(march())
    for where, value in changes:
        *path, last = [int(part) if part.isdigit() else part for part in where.split(".")]
        here: Any = config
        for part in path:
            here = here[part]
        if value is None:
            del here[last]
        else:
            here[last] = value
    try:
        make_scenario(config, folders)
    except ScenarioError as error:
        return str(error).splitlines()
    return []


def first(*keys: str) -> str:
    """Walk the scenario along keys; `*` takes the first key there, so that the test does not fix names."""
    here, path = march(), []
    for key in keys:
        path.append(next(iter(here)) if key == "*" else key)
        here = here[path[-1]]
    return ".".join(path)


LEVELS = ("threat.concealment", {"any": {"easy": 0.5, "hard": 0.5}})
LEVEL_CASES = [
    (
        (("threat.concealment", {"any": {"easy": 0.5, "hard": 0.4}}),),
        "threat.concealment.any must add up to 1; got 0.9",
    ),
    ((("threat.concealment", {"truck": {"easy": 1.0}}),), "threat.concealment must cover class "),
    ((("threat.concealment", {"any": {"easy": 1.0}, "trck": {"easy": 1.0}}),), "threat.concealment must name one of "),
    (
        (LEVELS, ("detection.nii.detects", {"any": {"easy": 0.8, "hart": 0.1}})),
        "detection.nii.detects.any must name a concealment level, one of easy, hard (did you mean 'hard'?); got 'hart'",
    ),
    (
        (LEVELS, ("detection.nii.detects", {"any": {"easy": 0.8}})),
        "detection.nii.detects.any must cover concealment level 'hard'; got 'only easy'",
    ),
    (
        (("detection.nii.group", {"items": 3, "bad": 4, "opened": 1}),),
        "detection.nii.group.bad must not exceed items (3)",
    ),
    ((("detection.nii.per_item", "yes please"),), "detection.nii.per_item must be a valid boolean"),
    ((("vehicle.truck.items", 0),), "vehicle.truck.items must be greater than or equal to 1; got 0"),
]


@pytest.mark.parametrize(("changes", "fault"), LEVEL_CASES)
def test_bad_levels_and_groups(changes: tuple[tuple[str, Any], ...], fault: str) -> None:
    found = faults_with(*changes)
    assert [line for line in found if line.startswith(fault)], found


def test_levels_may_differ_by_class() -> None:
    both = {"easy": 0.8, "hard": 0.1}
    levels = ("threat.concealment", {"any": {"easy": 1.0}, "truck": {"easy": 0.5, "hard": 0.5}})
    assert faults_with(levels, ("detection.nii.detects", {"any": {"easy": 0.8}, "truck": both})) == []


def test_scenario_is_valid() -> None:
    assert faults_with() == []


POLICIES: dict[str, dict[str, Any]] = {
    "systematic": {"rule": "systematic", "every": 5},
    "risk": {"rule": "risk", "top_share": 0.1, "d_prime": 1.0, "ratio": 0.05},
    "exemption": {"rule": "exemption", "ratio": 0.2, "after": "line1"},
    "skip_lot": {"rule": "skip_lot", "clean": 20, "ratio": 0.1},
    "quota": {"rule": "quota", "per_hour": 12},
}
FLAGS = {"sensitivity": {"any": 0.3}, "specificity": {"any": 0.99}, "ratio": {"any": 1.0}}
BAD_POLICIES = [
    ("systematic", "every", 0, "be greater than or equal to 1; got 0"),
    ("systematic", "every", 2.5, "be a valid integer; got 2.5"),
    ("systematic", "evry", 2, "be a known key (did you mean 'every'?); got 'evry'"),
    ("risk", "top_share", 0.0, "be greater than 0; got 0.0"),
    ("risk", "top_share", 1.1, "be less than or equal to 1; got 1.1"),
    ("risk", "d_prime", -1.0, "be greater than or equal to 0; got -1.0"),
    ("risk", "d_prime", float("inf"), "be a finite number; got inf"),
    ("risk", "ratio", [0.1] * 3, "have at least 24 items"),
    ("exemption", "factor", 1.5, "be less than or equal to 1; got 1.5"),
    ("exemption", "ratio", {"any": 0.1}, "be a valid number; got {'any': 0.1}"),
    ("exemption", "after", "line2", "name one of line1 (did you mean 'line1'?); got 'line2'"),
    ("exemption", "after", "gate", "name one of line1"),
    ("skip_lot", "clean", 0, "be greater than or equal to 1; got 0"),
    ("skip_lot", "ratio", -0.1, "be greater than or equal to 0; got -0.1"),
    ("quota", "per_hour", -1, "be greater than or equal to 0; got -1"),
    ("quota", "ratio", [0.5] * 23 + [1.5], "be less than or equal to 1; got 1.5"),
]
FIVE = ("car", "coach", "truck", "container_truck", "produce_truck")
BAD_FLAGS = [
    ("sensitivity", {"any": 1.2}, "sensitivity.any must be less than or equal to 1; got 1.2"),
    ("sensitivity", dict.fromkeys(FIVE, 0.2), "sensitivity must cover class 'hazardous'; got 'only car, coach, "),
    ("sensitivity", {"lorry": 0.2, "any": 0.2}, "sensitivity must name one of car, "),
    ("specificity", {"any": -0.2}, "specificity.any must be greater than or equal to 0; got -0.2"),
    (
        "specificity",
        {"any": 1.0},
        "specificity.any must be less than 1 where sensitivity is more than 0; got 1.0",
    ),
    (
        "specificity",
        {"any": 0.9, "truck": 1.0},
        "specificity.truck must be less than 1 where sensitivity is more than 0; got 1.0",
    ),
    ("ratio", {"any": {"rule": "quota"}}, "ratio.any must be a valid number; got {'rule': 'quota'}"),
    ("ratio", dict.fromkeys(FIVE, 1.0), "ratio must cover class 'hazardous'"),
    ("joint", {"share": 0.5}, "joint.uplift must be given; got nothing"),
    ("joint", {"share": 1.5, "uplift": 2.0}, "joint.share must be less than or equal to 1; got 1.5"),
    ("joint", {"gd": {"share": 0.5, "uplift": 0.5}}, "joint.gd.uplift must be greater than or equal to 1; got 0.5"),
    (
        "joint",
        {"gd": {"share": 0.7, "uplift": 1.0}, "gx": {"share": 0.7, "uplift": 1.0}},
        "joint must have shares of at most 1 together; got 1.4",
    ),
]


def where(field: str, value: Any) -> str:
    """Field of a fault: the last hour where the last of 24 ratios is wrong."""
    return f"{field}.23" if isinstance(value, list) and len(value) == 24 else field


CASES = [
    ("vehicle.car.deck_n", 5.0, "vehicle.car.deck_n must be a known key (did you mean 'deck_m'?); got 'deck_n'"),
    ("run.full_station", 5.0, "run.full_station must be a known key (did you mean 'station'?); got 'full_station'"),
    ("run.sead", 1, "run.sead must be a known key (did you mean 'seed'?); got 'sead'"),
    ("run.seed", None, "run.seed must be given; got nothing"),
    ("run.seed", "one", "run.seed must be a valid integer; got 'one'"),
    ("run.replications", 2.5, "run.replications must be a valid integer"),
    ("run.days", 0, "run.days must be greater than or equal to 0.001; got 0"),
    ("sampling.line2.truck", 1.7, "sampling.line2.truck must be less than or equal to 1; got 1.7"),
    ("sampling.line2.truck", -0.1, "sampling.line2.truck must be greater than or equal to 0; got -0.1"),
    ("sampling.line2.truck", float("nan"), "sampling.line2.truck must be a finite number; got nan"),
    ("sampling.line2.truck", [0.1] * 23, "sampling.line2.truck must have at least 24 items"),
    ("sampling.line2.truck", [0.1] * 23 + [2.0], "sampling.line2.truck.23 must be less than or equal to 1; got 2.0"),
    ("sampling.line2.lorry", 0.1, "sampling.line2 must name one of"),
    ("sampling.line2.truck", "many", "sampling.line2.truck must be a valid number; got 'many'"),
    ("sampling.line2.truck", {"every": 5}, "sampling.line2.truck.rule must be given; got nothing"),
    (
        "sampling.line2.truck",
        {"rule": "systematik", "every": 5},
        "sampling.line2.truck.rule must be one of systematic, risk, exemption, skip_lot, quota "
        "(did you mean 'systematic'?); got 'systematik'",
    ),
    *[
        (
            "sampling.line2.truck",
            POLICIES[rule] | {field: value},
            f"sampling.line2.truck.{where(field, value)} must {line}",
        )
        for rule, field, value, line in BAD_POLICIES
    ],
    ("information", {"line3": FLAGS}, "information must name one of line1, line2, "),
    *[
        ("information", {"line1": FLAGS | {field: value}}, f"information.line1.{line}")
        for field, value, line in BAD_FLAGS
    ],
    (
        "staffing.haian.line9",
        {},
        "staffing.haian.line9 must name a place that vehicles reach (did you mean 'haian.line",
    ),
    ("staffing.nowhere", {"foo": {}}, "staffing.nowhere.foo must name a place that vehicles reach; got 'foo'"),
    ("vehicle.car.deck_m", -5.0, "vehicle.car.deck_m must be greater than 0; got -5.0"),
    ("run.lead_in_h", -1, "run.lead_in_h must be greater than or equal to 0; got -1"),
    ("calendar.start", "2018-03-01T00:30:00", "calendar.start must be a full hour; got 2018-03-01T00:30:00"),
    ("threat.adaptation.eta", -1, "threat.adaptation.eta must be a list in [brackets]; got -1"),
    ("vehicle.car", [1], "vehicle.car must hold settings by name; got [1]"),
    ("vehicle", 3, "vehicle must hold settings by name; got 3"),
    ("cost.officer_hour_cny", True, "cost.officer_hour_cny must be a valid number; got True"),
    ("run.language", "fr", "run.language must be 'zh' or 'en'; got 'fr'"),
]


@pytest.mark.parametrize(("where", "value", "line"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_one_line(where: str, value: Any, line: str) -> None:
    found = faults_with((where, value))
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize("rule", POLICIES)
@pytest.mark.parametrize("ratio", [0.4, [0.1] * 12 + [0.9] * 12])
def test_every_policy_is_valid_and_survives_a_round_trip(rule: str, ratio: Any) -> None:
    policy = POLICIES[rule] | ({} if rule == "systematic" else {"ratio": ratio})
    scenario = make_scenario(deepcopy(march()) | {"sampling": march()["sampling"] | {"line2": {"any": policy}}})
    assert scenario.world is not None
    stored = scenario.as_mapping()
    assert {k: stored["sampling"]["line2"]["any"][k] for k in policy} == policy
    assert make_scenario(stored) == scenario


def test_the_same_sensitivity_at_nought_needs_no_innocents() -> None:
    silent = FLAGS | {"sensitivity": {"any": 0.0}, "specificity": {"any": 1.0}}
    assert faults_with(("information", {"line1": silent})) == []


def test_negative_service_time() -> None:
    place = first("checkpoint", "*", "primary", "*", "service", "*")
    found = faults_with((place, {"family": "constant", "mean_s": -1.0}))
    assert found == [f"{place}.mean_s must be greater than or equal to 0; got -1.0"]


def test_unknown_law_names_the_nearest() -> None:
    place = first("checkpoint", "*", "primary", "*", "service", "*")
    (found,) = faults_with((place, {"family": "lognormale", "mean_s": 1.0, "cv": 0.5}))
    assert found.startswith(f"{place}.family must be one of constant, ")
    assert found.endswith("(did you mean 'lognormal'?); got 'lognormale'")


def test_class_without_service_time() -> None:
    place = first("checkpoint", "*", "primary", "*")
    station = march()["checkpoint"][place.split(".")[1]]["primary"][place.split(".")[3]]
    served = (station.get("classes") or list(march()["vehicle"]))[-1]
    time = {name: {"family": "constant", "mean_s": 1.0} for name in march()["vehicle"] if name != served}
    found = faults_with((f"{place}.service", time))
    assert found
    assert found[0].startswith(f"{place}.service must give a service time for class {served!r}; got ")


def test_berth_without_ship() -> None:
    name = first("ferry", "*").split(".")[1]
    ends = march()["ferry"][name]["ends"]
    found = faults_with((f"ferry.{name}.ships", dict.fromkeys(march()["ferry"][name]["ships"], 0)))
    assert f"ferry.{name}.ships must have at least one ship; got 0" in found
    sailed = {end for other, ferry in march()["ferry"].items() if other != name for end in ferry["ends"]}
    for end in set(ends) - sailed:
        assert any(line.startswith(f"port.{end}.berths must be sailed to by a service with a ship") for line in found)


def test_every_fault_is_told_at_once() -> None:
    found = faults_with(("run.days", -1), ("sampling.line2.truck", 2), ("cost.officer_hour_cny", "x"))
    assert [line.split()[0] for line in found] == ["run.days", "sampling.line2.truck", "cost.officer_hour_cny"]


HEADER = "hour,port,class,vehicles\n"
TABLES = [
    ("hour,port,class\n0,xinhai,car\n", "demand.csv counts.csv must have one column 'vehicles'; got "),
    (
        "hour,port,class,vehicles,vehicles\n0,xinhai,car,5,7\n",
        "demand.csv counts.csv must have one column 'vehicles'; ",
    ),
    (
        HEADER + "0,xinhai,car,3\n\n1,xinhai,car,5,6,7\n",
        "demand.csv counts.csv line 4 must have 4 cells like the header; got 6",
    ),
    (HEADER + "\n0,xinhai,car,x\n", "demand.csv counts.csv line 3 column 'vehicles' must be a finite number; got 'x'"),
    (HEADER, "demand.csv counts.csv must have at least one row of data; got none"),
    (
        HEADER + "0,xinhai,car,many\n",
        "demand.csv counts.csv line 2 column 'vehicles' must be a finite number; got 'many'",
    ),
    (
        HEADER + "0,xinhai,car,nan\n",
        "demand.csv counts.csv line 2 column 'vehicles' must be a finite number; got 'nan'",
    ),
    (HEADER + "0,xinhai,car,-3\n", "demand.counts.0.vehicles must be greater than or equal to 0; got -3.0"),
    (HEADER + "1,xinhai,car,3\n0,xinhai,car,3\n", "demand.counts must be sorted by hour; got hour 0 after a later one"),
    (HEADER + "0,xinhai,car,3\n0,xinhai,car,3\n", "demand.counts must have one row per hour, port and class; got "),
    (HEADER + "0,xinhay,car,3\n", "demand.counts.port must name one of "),
    (HEADER + "0,xinhai,lorry,3\n", "demand.counts.class must name one of "),
]


@pytest.mark.parametrize(("table", "line"), TABLES, ids=range(len(TABLES)))
def test_bad_csv(table: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(table, encoding="utf-8")
    found = faults_with(("demand.csv", "counts.csv"), folders=(tmp_path,))
    assert len(found) == 1
    assert found[0].startswith(line)


@pytest.mark.parametrize("name", ["nowhere.csv", "a" * 50 + "/" + "b" * 20, "c" * 300])
def test_missing_csv(name: str) -> None:
    (found,) = faults_with(("demand.csv", name))
    assert found.startswith(f"demand.csv must name a readable file; got '{name[:70]}")


def test_surplus_empty_cells_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(HEADER + "0,xinhai,car,3,,\n", encoding="utf-8")
    assert faults_with(("demand.csv", "counts.csv"), folders=(tmp_path,)) == []


def test_no_line_is_told_twice() -> None:
    closure = {"start": "2018-03-01T01:00", "end": "2018-03-01T02:00", "ports": ["nowhere", "nowhere"]}
    (found,) = faults_with(("calendar.closures", [closure]))
    assert found.startswith("calendar.closures.0.ports must name one of ")


def test_a_key_named_like_a_law_stays_in_the_path() -> None:
    network = {
        "kind": "custom",
        "stations": {"exit": {"servers": -1}},
        "routes": {"main": [{"do": "exit"}]},
        "arrivals": {"main": {"route": "main", "rate_per_h": 1.0}},
    }
    head = {"title": {"name": "t", "zh": "t", "en": "t"}, "run": march()["run"], "network": network}
    with pytest.raises(ScenarioError) as caught:
        make_scenario(head)
    assert str(caught.value).startswith("network.stations.exit.servers must be greater than or equal to 0; got -1")
