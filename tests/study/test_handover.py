"""Posterior draws as settings, and figures read off a record."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from sim import load_scenario
from sim.calibration import calibrate, case_of
from sim.scenario import make_scenario
from sim.scenario.draws import of_replication
from sim.study.handover import draw_settings, ramp_seconds, saturated_capacity
from sim.study.replay import Replay, curves_of, read_figures, replay_of
from sim.study.worker import prepare_job


def small_fog():
    """The fog, calibrated with few draws, without the stored ones."""
    scenario = load_scenario("fog_2018_02", "~draws")
    case = case_of(scenario)
    settings = case.settings.model_copy(update={"draws": 200, "rounds": 2, "samples": 3})
    return scenario, calibrate(replace(case, settings=settings))


def test_ramp_seconds_lie_on_the_line_between_what_was_tried():
    found = ramp_seconds(np.array([1200.0, 1100.0, 5000.0, 1.0]), [10.0, 20.0], np.array([1300.0, 1100.0]))
    assert found.tolist() == [15.0, 20.0, 10.0, 20.0]


def test_draws_become_settings_that_the_scenario_takes():
    scenario, posterior = small_fog()
    handover = scenario.world.calibration.handover
    names, rows = draw_settings(posterior, handover, np.linspace(1500, 900, len(handover.ramp_s)))
    plain = scenario.as_mapping() | {"draws": {"setting": names, "rows": rows}}
    drawn = of_replication(make_scenario(plain), 1)
    parameters = posterior.parameters
    assert drawn.world.demand.daily.outbound == pytest.approx(parameters.level[1], abs=0.06)
    assert drawn.world.demand.hour_floor == pytest.approx(parameters.night[1], abs=1e-4)
    assert len({service.load_s["car"] for service in drawn.world.ferry.values() if "car" in service.load_s}) == 1
    first = drawn.world.calendar.closures[0]
    known = len(posterior.case.settings.closed)
    hour = posterior.case.hour_of(first.start)
    assert hour == pytest.approx(parameters.closed_from[1, known], abs=1 / 60)
    limited = list(posterior.case.settings.restriction).index("north_shore_limited")
    per_h = handover.headway_share * parameters.factor[1, limited] * parameters.capacity[1] / parameters.per_sailing[1]
    assert drawn.world.calendar.closures[10].headway_min == pytest.approx(60 * handover.headway_ports / per_h, abs=0.01)


def test_a_closed_port_works_again_so_that_the_drawn_share_of_capacity_results():
    """Ships of the others hold `others`: at that share or below they alone work all the time, above it the rest works, too."""
    scenario, posterior = small_fog()
    handover, place = (
        scenario.world.calibration.handover,
        list(posterior.case.settings.restriction).index("xinhai_closed"),
    )
    names, rows = draw_settings(posterior, handover, np.linspace(1500, 900, len(handover.ramp_s)))
    others = handover.reopening["xinhai_closed"].others
    first, last = posterior.case.restricted[place]
    ends = [datetime.fromisoformat(row[names.index("calendar.closures.6.end")]) for row in rows]
    until = np.array([posterior.case.hour_of(end) for end in ends])
    share = (others * (until - first) + (last - until)) / (last - first)
    drawn = np.maximum(posterior.parameters.factor[:, place], others)
    assert share == pytest.approx(drawn, abs=0.002)
    assert scenario.world.calendar.closures[6].ports == ("xinhai",)
    assert len(set(share)) > 1


def test_every_suspension_of_the_file_is_the_piece_it_is_called():
    """Rows of the file of closures and pieces of the calibration say the same, and the handover names the right rows."""
    scenario, _ = small_fog()
    settings, closures = scenario.world.calibration, scenario.world.calendar.closures
    for name, ends in settings.handover.piece.items():
        for setting in ends.start:
            assert closures[int(setting.split(".")[2])].start == settings.piece[name].start
        for setting in ends.end:
            assert closures[int(setting.split(".")[2])].end == settings.piece[name].end
    hours = sum((p.end - p.start).total_seconds() / 3600 for p in settings.piece.values())
    assert hours == pytest.approx(settings.pieces_h, abs=0.1)


@pytest.mark.slow
def test_a_slower_ramp_gives_less_capacity():
    scenario, _ = small_fog()
    found = saturated_capacity(scenario, scenario.world.calibration.handover)
    assert (np.diff(found) < 0).all()
    assert found.min() < 1100 < found.max()


def three_vehicles() -> Replay:
    return Replay(np.array([1.0, 2.0, 3.0]), np.array([4.0, 4.0, np.inf]), np.array([4.0]))


def test_figures_of_three_vehicles_and_a_ship():
    replay = three_vehicles()
    assert [replay.queue(h) for h in (0.5, 2.5, 3.5, 4.5)] == [0, 2, 3, 1]
    assert replay.departures(0, 5) == 2
    assert replay.sailings(0, 4) == 0
    assert replay.sailings(0, 4.5) == 1
    assert replay.peak(0, 5) == 3
    assert replay.wait(4.5) == 2.5
    assert np.isnan(replay.wait(3.0))
    assert replay.cleared_h(2.5, 2, 1, 8) == 4.5
    assert replay.cleared_h(2.5, 1, 1, 8) == 8
    assert curves_of(replay, np.array([0.0, 4.5])).tolist() == [[0, 1], [0, 2], [0, 1]]


def test_figures_of_a_record_are_those_of_the_metrics():
    scenario = load_scenario("march_2018", "channel=none", "run.lead_in_h=0", "run.days=0.5", "run.lead_out_h=0")
    network, workload, record = prepare_job(scenario, "reference").run(0)
    replay = replay_of(network, workload, record)
    for way in ("inbound", "outbound"):
        ends = np.array([d == way for d in network.terminals.direction])[record.sailings["terminal"]]
        assert (
            replay[way].departures(0, 12)
            == record.sailings["units"][ends & (record.sailings["departure_tick"] >= 0)].sum()
        )
    case = case_of(load_scenario("fog_2018_02", "~draws"))
    points = [p for p in case.settings.points if p.figure in ("departures", "inbound_departures")][:2]
    found = read_figures(replay, points, [(0.0, 12.0)] * 2)
    assert found.tolist() == [replay["outbound"].departures(0, 12)] * 2
