"""Draws: each replication runs with its row; settings that lead nowhere are refused by name."""

import numpy as np
import pytest

from sim import load_scenario
from sim.errors import ScenarioError
from sim.scenario import make_scenario
from sim.scenario.draws import of_replication
from sim.study.worker import prepare_job

FAST = ("run.days=0.25", "run.lead_in_h=0", "run.lead_out_h=0", "channel=none")


def with_draws(setting, rows):
    plain = load_scenario("march_2018", *FAST).as_mapping()
    return make_scenario(plain | {"draws": {"setting": setting, "rows": rows}})


def test_a_replication_takes_its_row_and_then_the_first_again():
    scenario = with_draws(["ferry.*.load_s.any", "demand.hour_weight.car.3"], [[60.0, 0.5], [70.0, 0.6]])
    for replication, seconds, weight in ((0, 60.0, 0.5), (1, 70.0, 0.6), (2, 60.0, 0.5)):
        world = of_replication(scenario, replication).world
        assert {service.load_s["any"] for service in world.ferry.values()} == {seconds}
        assert world.demand.hour_weight["car"][3] == weight
        assert world.draws is None


def test_without_draws_the_scenario_is_the_same_object():
    scenario = load_scenario("march_2018", *FAST)
    assert of_replication(scenario, 3) is scenario


def test_replications_differ_as_their_draws_say():
    job = prepare_job(with_draws(["demand.vehicles_per_day.outbound"], [[2000.0], [8000.0]]), "reference")
    counts = [len(job.record(replication).units["arrival_tick"]) for replication in range(2)]
    assert counts[1] > 1.5 * counts[0]
    alike = prepare_job(load_scenario("march_2018", *FAST, "demand.vehicles_per_day.outbound=8000.0"), "reference")
    assert (job.record(1).units["exit_tick"] == alike.record(1).units["exit_tick"]).all()


@pytest.mark.parametrize("setting", ["demand.nothing", "ferry.*.nothing.x", "calendar.closures.7.start", "demand"])
def test_a_setting_that_leads_nowhere_is_refused_by_name(setting):
    if setting == "demand":
        with pytest.raises(ScenarioError):
            of_replication(with_draws([setting], [["x"]]), 0)
        return
    with pytest.raises(
        ScenarioError, match=r"draws.setting must name a value of the scenario; got '" + setting.replace("*", r"\*")
    ):
        with_draws([setting], [[1.0]])


def test_a_csv_of_draws_is_read_and_a_short_row_refused(tmp_path):
    file = tmp_path / "draws.csv"
    file.write_text("demand.day_cv,note\n0.1,x\n0.2,y\n")
    plain = load_scenario("march_2018", *FAST).as_mapping()
    scenario = make_scenario(plain | {"draws": {"csv": str(file)}})
    assert [of_replication(scenario, r).world.demand.day_cv for r in (0, 1)] == [0.1, 0.2]
    file.write_text("demand.day_cv,note\n0.1\n")
    with pytest.raises(ScenarioError, match=r"line 2 must have 2 cells; got 1"):
        make_scenario(plain | {"draws": {"csv": str(file)}})


def test_days_of_their_own_and_a_floor_of_hours():
    changes = ("run.days=3.0", "+demand.daily={outbound:[1000.0,3000.0]}", "+demand.hour_floor=1.0")
    network = prepare_job(load_scenario("march_2018", *FAST[1:], *changes), "reference").network
    out = [i for i, direction in enumerate(network.sources.direction) if direction == "outbound"]
    hourly = np.sum([network.sources.expected[i] for i in out], axis=0)
    assert hourly == pytest.approx(np.repeat([1000 / 24, 3000 / 24, 3000 / 24], 24))
