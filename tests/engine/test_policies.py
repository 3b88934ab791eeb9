"""Policies within stations: what is counted, what is learnt when, and that the audit sees when it is not."""

import numpy as np
import pytest

from sim.engine import run_engine
from sim.engine.reference import story
from sim.network import compile_network
from sim.policy import Quota, Systematic
from sim.record import audit, replay_stations
from sim.scenario import make_scenario
from sim.workload import draw_workload
from tests.engine.builders import arrive, serve, small
from tests.engine.running import prepare, run
from tests.strategies import scenario_of


def pick(sampling, **more):
    return {"do": "select", "name": "pick", "ratio": {"any": sampling}, "otherwise": "end", **more}


def alarm(name, false_alarms, **more):
    chances = {"detects": {"any": 0.0}, "false_alarms": {"any": false_alarms}}
    return {"do": "alarm", "name": name, **chances, "otherwise": "end", **more}


END = {"do": "exit", "label": "end"}


def test_a_waived_unit_does_not_use_up_a_quota():
    # Service 100 s and room for nobody: 10 and 20 s find it full; 110 s is the second of the quota, 220 s one too many.
    steps = [pick({"rule": "quota", "per_hour": 2}, full_station="nii"), serve("nii", 100), END]
    seen = run(small({"nii": {"queue_limit": 0}}, steps, 0, 10, 20, 110, 220, 3590, 3600))
    assert seen.record.selects["ratio"][0].tolist() == [1, 1, 1, 1, 0, 0, 1]
    assert seen.record.selects["is_full"][0].tolist() == [0, 1, 1, 0, 0, 0, 0]


def test_a_quota_follows_the_clock_and_not_the_simulation():
    steps = [pick({"rule": "quota", "per_hour": 1}), END]
    network = {"stations": {}, "routes": {"main": steps}, "arrivals": {"main": arrive(0, 900, 1800, 2700)}}
    seen = run(scenario_of({**network, "start": "2018-01-01T10:30:00"}))
    assert seen.record.selects["ratio"][0].tolist() == [1, 0, 1, 0]


def test_skip_lot_learns_when_the_unit_leaves_its_techniques():
    # Each scan takes 100 s and none alarms: the run of two is full when the second leaves, at 200 s, and not before.
    steps = [pick({"rule": "skip_lot", "clean": 2, "ratio": 0.0}), serve("nii", 100), alarm("scan", 0.0), END]
    seen = run(small({"nii": {}}, steps, 0, 50, 199, 200, 201))
    # At 200 s the service ends (rank 4) before the unit arrives (rank 8).
    assert seen.record.selects["ratio"][0].tolist() == [1, 1, 1, 0, 0]


def test_skip_lot_learns_of_an_alarm_at_the_alarm_and_once():
    # The scan alarms always, at 100 s; the search that follows takes 500 s and finds nothing.
    scan = [serve("nii", 100), alarm("scan", 1.0), serve("bay", 500), alarm("search", 0.0)]
    steps = [pick({"rule": "skip_lot", "clean": 1, "ratio": 0.0}), *scan, END]
    seen = run(small({"nii": {}, "bay": {}}, steps, 0, 150, 1000))
    assert seen.record.selects["ratio"][0].tolist() == [1, 1, 1]


def test_a_waived_unit_is_no_inspection_and_a_flag_no_alarm():
    first = pick({"rule": "skip_lot", "clean": 1, "ratio": 0.0}, full_station="nii", otherwise="next")
    steps = [
        first,
        serve("nii", 100),
        alarm("flag", 1.0, flag=True, otherwise="next"),
        {"do": "select", "name": "more", "ratio": {"any": 0.0}, "otherwise": "next"},
        {**END, "label": "next"},
    ]
    seen = run(small({"nii": {"queue_limit": 0}}, steps, 0, 50, 101))
    assert seen.record.selects["is_full"][0].tolist() == [0, 1, 0]
    assert seen.record.selects["ratio"][0].tolist() == [1, 1, 0]


def test_relief_cuts_any_policy():
    relief = {"station": "nii", "above": 1, "below": 0, "factor": 0.5}
    for sampling, ratio in (({"rule": "systematic", "every": 1}, 1.0), ({"rule": "quota", "per_hour": 9}, 1.0)):
        steps = [pick(sampling, relief=relief), serve("nii", 100), END]
        seen = run(small({"nii": {}}, steps, 0, 1, 2))
        # The first is served, the second waits, and the third finds it waiting.
        assert seen.record.selects["ratio"][0].tolist() == [ratio, ratio, ratio / 2]


def test_exempt_is_who_was_inspected_and_not_who_was_waived():
    first = {"do": "select", "name": "first", "ratio": {"any": 1.0}, "full_station": "nii", "otherwise": "second"}
    second = {"rule": "exemption", "ratio": 0.8, "after": "first", "factor": 0.25}
    steps = [first, serve("nii", 100), pick(second, label="second"), END]
    seen = run(small({"nii": {"queue_limit": 0}}, steps, 0, 10))
    assert seen.record.selects["ratio"][1].tolist() == [0.2, 0.8]


def two_desks(at):
    routes = {}
    for desk in ("north", "south"):
        routes[desk] = [pick({"rule": "systematic", "every": 4}, at=desk if at else ""), END]
    arrivals = {name: arrive(*range(n, 100, 2), route=name) for n, name in enumerate(routes)}
    return scenario_of({"stations": {}, "routes": routes, "arrivals": arrivals})


def test_counts_are_kept_apart_where_selects_stand_apart():
    together, apart = run(two_desks(False)), run(two_desks(True))
    assert (len(together.network.rules.at), len(apart.network.rules.at)) == (1, 2)
    for desk in (0, 1):
        mine = np.flatnonzero(apart.record.selects["is_selected"][0][apart.workload.source == desk] == 1)
        assert (np.diff(mine) == 4).all()
    chosen = np.flatnonzero(together.record.selects["is_selected"][0] == 1)
    assert (np.diff(chosen) == 4).all()


def test_ratios_need_no_counter_and_stay_one_rule():
    config = two_desks(True)
    for route in config["network"]["routes"].values():
        route[0]["ratio"] = {"any": 0.5}
    assert len(run(config).network.rules.at) == 1


def test_starts_belong_to_names():
    network = compile_network(make_scenario(two_desks(True)))
    starts = [draw_workload(network, 1, r).start for r in range(3)]
    assert starts[0].shape == (2, 1)
    assert len({float(u) for s in starts for u in s.ravel()}) == 6
    turned = two_desks(True)
    turned["network"]["routes"] = dict(reversed(turned["network"]["routes"].items()))
    other = draw_workload(compile_network(make_scenario(turned)), 1, 0)
    assert np.array_equal(other.start, starts[0][::-1])


def busy():
    steps = [
        pick({"rule": "skip_lot", "clean": 4, "ratio": 0.3}, otherwise="second"),
        serve("nii", 40),
        alarm("scan", 0.2, otherwise="second"),
        {"do": "select", "name": "quota", "ratio": {"any": {"rule": "quota", "per_hour": 9}}, "label": "second"},
        {"do": "select", "name": "third", "ratio": {"any": {"rule": "systematic", "every": 3}}},
        serve("bay", 10),
        END,
    ]
    network = {"stations": {"nii": {}, "bay": {}}, "routes": {"main": steps}}
    return scenario_of(network | {"arrivals": {"main": {"route": "main", "rate_per_h": 100.0}}}, horizon_s=36_000)


def forget_alarms(monkeypatch):
    learn = story.Teller.is_alarmed

    def is_alarmed(self, unit, step):
        kept, unit.inspections = unit.inspections, ()
        answer = learn(self, unit, step)
        unit.inspections = kept
        return answer

    monkeypatch.setattr(story.Teller, "is_alarmed", is_alarmed)


def forget_clean(monkeypatch):
    monkeypatch.setattr(story.Teller, "close_inspections", lambda self, unit, step: None)


def count_nobody(monkeypatch):
    monkeypatch.setattr(Quota, "take", lambda self, hour: None)


def start_at_none(monkeypatch):
    build = Systematic.__init__
    monkeypatch.setattr(Systematic, "__init__", lambda self, every, start: build(self, every, (start + 0.4) % 1))


@pytest.mark.parametrize("change", [forget_alarms, forget_clean, count_nobody, start_at_none])
def test_an_engine_that_forgets_is_found_out(monkeypatch, change):
    network, workload = prepare(busy())
    assert audit(network, workload, run_engine(network, workload)) == []
    with monkeypatch.context() as broken:
        change(broken)
        record = run_engine(network, workload)
    assert any(finding.law == "replay" for finding in audit(network, workload, record))


@pytest.mark.parametrize("name", ["ratio", "is_selected"])
@pytest.mark.parametrize("slot", [0, 1, 2])
def test_a_changed_answer_is_found_out(name, slot):
    network, workload = prepare(busy())
    record = run_engine(network, workload)
    record.selects[name][slot, 50] = 0.77 if name == "ratio" else 1 - record.selects[name][slot, 50]
    assert audit(network, workload, record)


def test_replay_gives_every_answer_again():
    network, workload = prepare(busy())
    record = run_engine(network, workload)
    replayed = replay_stations(network, workload, record)
    assert 0 < (record.selects["ratio"][0] == 0.3).mean() < 1
    assert (record.selects["ratio"][1] == 0.0).any()
    for name, values in record.selects.items():
        assert np.array_equal(values, replayed.selects[name]), name
