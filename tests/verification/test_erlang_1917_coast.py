"""The coast as a loss station: a reported landing that finds no free team escapes (Erlang 1917).

The composition of the strait's world is run, not a network written for the purpose: coverage, an instant radar, patrol
teams without a queue. Fullness is read when a craft is selected, so every craft sees it (Wolff 1982: Poisson arrivals see
time averages), and the covered and reported ones are a thinned Poisson stream.
"""

from functools import cache
from typing import Any

import pytest

from sim import load_scenario

from .experiment import Disagreement, Settings, demand_agreement, in_window, number_between, replicate
from .theory import erlang_b

TEAMS, LOAD, MEAN_S = 5, 4.0, 360.0
CASES = {"all covered": (1.0, 1.0), "half covered": (0.5, 1.0), "radar misses": (0.8, 0.5)}


@cache
def _world() -> dict[str, Any]:
    return load_scenario("march_2018", "channel=coast").as_mapping()


def coast(covered: float, reported: float, teams: int = TEAMS, mean_s: float = MEAN_S, hours: float = 40) -> Settings:
    """The coast alone: no ferry traffic, nobody carries anything; reported landings offer `LOAD` teams' work."""
    world = dict(_world())
    demand = {**world["demand"], "vehicles_per_day": {"inbound": 0.0, "outbound": 0.0}, "day_cv": 0.0}
    place = {**world["checkpoint"]["coast"]}
    patrol = {**place["search"]["patrol"], "service": {"any": {"family": "exponential", "mean_s": mean_s}}}
    place["search"] = {"patrol": patrol}
    per_day = LOAD * 86_400 / MEAN_S / (covered * reported)
    channel = {**world["channel"]["coast"], "per_day": per_day, "hour_weight": [1.0] * 24}
    radar = {"detects": {"any": reported}, "false_alarms": {"any": reported}}
    return {
        **world,
        "run": {**world["run"], "days": hours / 24, "lead_in_h": 6, "lead_out_h": 2},
        "demand": demand,
        "checkpoint": {**world["checkpoint"], "coast": place},
        "channel": {"coast": channel},
        "sampling": {**world["sampling"], "coast": {"small_craft": covered}},
        "detection": {**world["detection"], "radar": radar},
        "staffing": {**world["staffing"], "coastline": {"coast": {"patrol": teams}}},
        "threat": {"prevalence_per_100k": {"any": 0.0}},
    }


def check(settings: Settings) -> None:
    """Hold the share that finds no team, and the teams at work, against Erlang B."""

    def measure(network, workload, record):
        mine = in_window(network, record)
        select = network.selects.of("coast/select")
        patrol = network.serves.of("coast/patrol")
        full = record.selects["is_full"][select][mine] == 1
        chosen = record.selects["is_selected"][select][mine] == 1
        return {
            "full": full.mean(),
            "escaped": full[chosen].mean(),
            "busy": number_between(network, record.serves["start_tick"][patrol], record.serves["end_tick"][patrol]),
        }

    lost = erlang_b(TEAMS, LOAD)
    assert lost == pytest.approx(0.199067, abs=5e-7)
    known = {"full": lost, "escaped": lost, "busy": LOAD * (1 - lost)}
    demand_agreement(replicate(settings, measure, 20), known)


@pytest.mark.parametrize("case", CASES)
def test_share_of_landings_without_a_team(case):
    check(coast(*CASES[case]))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_share_of_landings_without_a_team_long(case):
    check(coast(*CASES[case], hours=1000))


@pytest.mark.parametrize(("teams", "mean_s"), [(4, MEAN_S), (6, MEAN_S), (5, 1.2 * MEAN_S)])
def test_a_wrong_coast_is_noticed(teams, mean_s):
    with pytest.raises(Disagreement):
        check(coast(1.0, 1.0, teams, mean_s))
