"""Policies and information systems as a planner gives them: at the command line and in options."""

from typing import Any

import numpy as np
import pytest

from sim import load_scenario
from sim.cli import main
from sim.engine import run_engine
from sim.metrics import reduce_replication
from sim.network import Network, StepKind, compile_network
from sim.policy import PolicyKind, true_positive_share
from sim.record import audit, route_steps
from sim.workload import draw_workload

EVERY_FIFTH = "sampling.line2.truck={rule: systematic, every: 5}"
FLAGS = "sensitivity: {any: 0.3}, specificity: {any: 0.99}, ratio: {any: 0.9}"


def sampled(*overrides: str) -> Any:
    world = load_scenario("march_2018", *overrides).world
    assert world is not None
    return world.sampling["line2"]["truck"]


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("sampling=night_trucks",),
        ("sampling=targeted",),
        ("sampling.line2.truck={rule: skip_lot, clean: 20, ratio: 0.1}",),
    ],
    ids=["a number", "a list", "another policy", "an override"],
)
def test_a_policy_takes_the_place_of_what_was_there(before: tuple[str, ...]) -> None:
    assert sampled(*before, EVERY_FIFTH).model_dump() == {"rule": "systematic", "every": 5}


def test_what_comes_after_a_policy_takes_its_place() -> None:
    assert sampled(EVERY_FIFTH, "sampling.line2.truck=0.3") == 0.3
    assert sampled(EVERY_FIFTH, "sampling.line2.truck.every=7").every == 7


@pytest.mark.parametrize(
    "override",
    [
        "ferry.rail.departure={rule: headway, every_min: 60}",
        "ferry.rail.departure={any: {rule: headway, every_min: 60}}",
        "ferry.rail.departure.any={rule: headway, every_min: 60}",
    ],
)
def test_a_departure_rule_takes_the_place_of_what_was_there(override: str) -> None:
    world = load_scenario("march_2018", override).world
    assert world is not None
    found = {port: rule.model_dump() for port, rule in world.ferry["rail"].departure.items()}
    assert found == {"any": {"rule": "headway", "every_min": 60.0}}


CASES = [
    (
        "ferry.rail.departure={rule: headway, longest_wait_min: 60}",
        "ferry.rail.departure.any.every_min must be given; got nothing\nferry.rail.departure.any.longest_wait_min must be a",
    ),
    (
        "ferry.dangerous_goods.departure={haian: {rule: at_once}}",
        "ferry.dangerous_goods.departure must cover port 'xiuying'; got 'haian'",
    ),
    ("ferry.rail.departure.south={rule: at_once}", "ferry.rail.departure.south must be a known key"),
    (EVERY_FIFTH.replace("5", "0"), "sampling.line2.truck.every must be greater than or equal to 1; got 0"),
    (EVERY_FIFTH.replace("every", "evry"), "sampling.line2.truck.e"),
    (EVERY_FIFTH.replace("systematic", "random"), "sampling.line2.truck.rule must be one of systematic, "),
    (EVERY_FIFTH.replace("truck", "trucc"), "sampling.line2.trucc must be a known key (did you mean 'truck'?)"),
    (EVERY_FIFTH.replace("line2", "lin2"), "sampling.lin2.truck must be a known key (did you mean 'line2'?)"),
    (EVERY_FIFTH.replace("}", ""), "sampling.line2.truck must be KEY=VALUE"),
    (
        "+information.line2={" + FLAGS.replace("0.99", "1.0") + "}",
        "information.line2.specificity.any must be less than 1 where sensitivity is more than 0; got 1.0",
    ),
    ("+information.gate={" + FLAGS + "}", "information must name one of line1, line2"),
    ("information=joint", "information must be one of joint_work, none (did you mean 'joint_work'?); got 'joint'"),
    (
        "sampling.line1.truck={rule: exemption, ratio: 0.1, after: line2}",
        "sampling.line1.truck.after must name a known one (there is none); got 'line2'",
    ),
]


@pytest.mark.parametrize(("override", "line"), CASES, ids=[c[0] for c in CASES])
def test_bad_input_is_one_line(override: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "scenario=march_2018", override]) == 2
    err = capsys.readouterr().err
    assert err.startswith(line), err
    assert "Traceback" not in err


def steps_of(network: Network, port: str, vehicle: str) -> list[int]:
    sources = network.sources
    k = network.class_name.index(vehicle)
    source = next(i for i, origin in enumerate(sources.origin) if origin == port and int(sources.vehicle_class[i]) == k)
    return list(route_steps(network, source))


def test_a_flag_and_a_score_stand_before_the_selections_of_one_slot() -> None:
    network = compile_network(
        load_scenario(
            "march_2018",
            "sampling.line1.truck={rule: risk, top_share: 0.1, d_prime: 1.0, ratio: 0.05}",
            "+information.line1={" + FLAGS + ", joint: {guangdong: {share: 0.5, uplift: 1.5}}}",
        )
    )
    steps, k = network.steps, network.class_name.index("truck")
    rows = [p for p in steps_of(network, "haian", "truck") if steps.name[p].startswith("line1/")]
    kinds = (StepKind.SELECT, StepKind.ALARM)
    names = [(steps.name[p], bool(steps.is_flag[p])) for p in rows if steps.kind[p] in kinds][:5]
    flag, pick, score = ("line1/information", True), ("line1/select", False), ("line1/score", True)
    assert names == [flag, pick, score, pick, pick]
    selects = [p for p in rows if steps.kind[p] == StepKind.SELECT]
    assert network.rules.ratio[steps.target[selects], k, 0].tolist() == [0.9, 1.0, 0.05]
    assert len({int(steps.following[p]) for p in selects}) == 1
    assert len({int(steps.otherwise[p]) for p in selects}) == 1
    flags = [p for p in rows if steps.is_flag[p]]
    found = [
        (network.techniques.detects[steps.target[p], k], network.techniques.false_alarms[steps.target[p], k])
        for p in flags
    ]
    # Half of the units come from where 0.3 is 0.45: 0.375 on average.
    assert found[0] == pytest.approx((0.375, 0.01))
    assert found[1] == pytest.approx((true_positive_share(0.1, 1.0), 0.1))


def test_counts_are_kept_by_port_and_exemption_knows_its_line() -> None:
    network = compile_network(
        load_scenario("march_2018", EVERY_FIFTH, "sampling.line2.car={rule: exemption, ratio: 0.2, after: line1}")
    )
    rules = network.rules
    counting = [q for q in range(len(rules.at)) if (rules.policy[q] == PolicyKind.SYSTEMATIC).any()]
    assert sorted({rules.at[q] for q in counting}) == ["south_rail/line2", "xinhai/line2", "xiuying/line2"]
    car = network.class_name.index("car")
    assert {int(rules.after[q, car]) for q in counting} == {network.selects.of("line1/select")}


def test_a_day_of_all_policies_is_sound_and_reports_its_flags() -> None:
    network = compile_network(
        load_scenario(
            "march_2018",
            "channel=none",
            "information=joint_work",
            "sampling=targeted",
            "sampling.line1.car={rule: skip_lot, clean: 20, ratio: 0.1}",
            "sampling.line2.coach={rule: quota, per_hour: 2}",
            "sampling.line1.produce_truck={rule: systematic, every: 4}",
            "run.lead_in_h=0",
            "run.lead_out_h=0",
        )
    )
    workload = draw_workload(network, 1, 0)
    record = run_engine(network, workload)
    assert audit(network, workload, record) == []
    sums = reduce_replication(network, workload, record).sums
    stations = {key[4] for key in sums if key[0] == "flagged_ratio"}
    assert stations == {"line1/information", "line2/information", "line1/score"}
    alarm, counted = np.sum([v for k, v in sums.items() if k[0] == "flagged_ratio" and k[4] == "line1/score"], axis=0)
    assert alarm / counted == pytest.approx(0.1, abs=0.03)
    assert {key[4].rpartition("/")[2] for key in sums if key[0] == "alarm_ratio"} == {"look", "nii", "dog"}
    chosen = [v for k, v in sums.items() if k[0] == "selected_ratio" and k[3] == "line1" and k[5] == "truck"]
    looked = [v for k, v in sums.items() if k[0] == "flagged_ratio" and k[4] == "line1/information" and k[5] == "truck"]
    assert sum(c for _, c in chosen) == sum(c for _, c in looked)


@pytest.mark.parametrize("name", ["no information system", "one that flags nobody"])
def test_without_flags_nothing_moves(name: str) -> None:
    silent = "+information.line1={sensitivity: {any: 0.0}, specificity: {any: 1.0}, ratio: {any: 1.0}}"
    short = ("run.lead_in_h=0", "run.lead_out_h=0", "demand.vehicles_per_day.inbound=1000.0")
    records = []
    for overrides in (short, short if name.startswith("no") else (*short, silent)):
        network = compile_network(load_scenario("march_2018", *overrides))
        records.append(run_engine(network, draw_workload(network, 1, 0)))
    for column, values in records[0].serves.items():
        assert np.array_equal(values, records[1].serves[column])
