"""Finite room: Erlang's loss formula, insensitive to the service law (Erlang 1917; Sevastyanov 1957), and M/M/c/K.

Then the coast as a chain: sight of a share, radar, patrol teams as a loss station, search.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from .experiment import (
    Disagreement,
    Settings,
    demand_agreement,
    exponential,
    in_window,
    metrics_by_line,
    number_between,
    replicate,
    scenario,
    single_station,
    waits_min,
)
from .mutants import widen_rooms
from .theory import erlang_b, finite_room

LAWS = {
    "exponential": exponential(6.0),
    "constant": {"any": {"family": "constant", "mean_s": 360.0}},
    "lognormal": {"any": {"family": "lognormal", "mean_s": 360.0, "cv": 1.5}},
}


def check_loss(network: Settings, hours: float = 40) -> None:
    """Hold the share turned away against Erlang B of 5 servers and a load of 4 (lead-in 6 h)."""

    def measure(compiled, workload, record):
        return {"blocked": (record.selects["is_full"][0][in_window(compiled, record)] == 1).mean()}

    demand_agreement(replicate(scenario(network, hours, 6, 2), measure, 20), {"blocked": erlang_b(5, 4.0)})


@pytest.mark.parametrize("law", LAWS)
def test_loss(law):
    check_loss(single_station(40 / 60, LAWS[law], 5, queue_limit=0))


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
def test_loss_long(law):
    check_loss(single_station(40 / 60, LAWS[law], 5, queue_limit=0), hours=1000)


@pytest.mark.parametrize(
    ("servers", "limit", "mean"), [(4, 0, 6.0), (6, 0, 6.0), (5, 1, 6.0), (5, 0, 7.2)],
    ids=["server less", "server more", "room +1", "service +20 %"],
)  # fmt: skip
def test_loss_notices_a_wrong_network(servers, limit, mean):
    with pytest.raises(Disagreement):
        check_loss(single_station(40 / 60, exponential(mean), servers, queue_limit=limit))


def test_loss_notices_a_limit_off_by_one_in_the_engine(monkeypatch):
    widen_rooms(monkeypatch)
    with pytest.raises(Disagreement):
        check_loss(single_station(40 / 60, exponential(6.0), 5, queue_limit=0))


def check_finite(network: Settings, per_min: float, mean: float, servers: int, places: int, hours: float = 60) -> None:
    """Hold a network against M/M/c/K (lead-in 6 h)."""

    def measure(compiled, workload, record):
        join, start, end = (record.serves[f"{name}_tick"][0] for name in ("join", "start", "end"))
        return {
            "blocked": (record.selects["is_full"][0][in_window(compiled, record)] == 1).mean(),
            "queue": number_between(compiled, join, start),
            "wait": waits_min(compiled, record).mean(),
            "utilisation": number_between(compiled, start, end) / servers,
        }

    blocked, queue, utilisation = finite_room(per_min, 1 / mean, servers, places)
    known = {
        "blocked": blocked,
        "queue": queue,
        "wait": queue / (per_min * (1 - blocked)),
        "utilisation": utilisation,
    }
    demand_agreement(replicate(scenario(network, hours, 6, 2), measure, 20), known)


def test_mm5_8():
    check_finite(single_station(40 / 60, exponential(6.0), 5, queue_limit=3), 40 / 60, 6.0, 5, 8)


def test_mm2_6_overloaded():
    check_finite(single_station(0.5, exponential(6.0), 2, queue_limit=4), 0.5, 6.0, 2, 6)


@pytest.mark.slow
def test_mm5_8_long():
    check_finite(single_station(40 / 60, exponential(6.0), 5, queue_limit=3), 40 / 60, 6.0, 5, 8, hours=800)


@pytest.mark.parametrize(
    ("limit", "servers", "mean"), [(2, 5, 6.0), (4, 5, 6.0), (3, 6, 6.0), (3, 5, 6.6)],
    ids=["room -1", "room +1", "server more", "service +10 %"],
)  # fmt: skip
def test_mm5_8_notices_a_wrong_network(limit, servers, mean):
    network = single_station(40 / 60, exponential(mean), servers, queue_limit=limit)
    with pytest.raises(Disagreement):
        check_finite(network, 40 / 60, 6.0, 5, 8)


@dataclass(frozen=True)
class Coast:
    """Craft an hour, share of them that carry, coverage, radar (P_D, P_FA), teams, search (P_D, hours and their law).

    Fullness is read at the selection of everybody. What reaches the teams is a thinned Poisson process, carriers in
    it counted, so they are Erlang's loss system exactly; with rare carriers the load is that of false alarms alone.
    """

    rate: float
    prevalence: float
    coverage: float
    detects: float
    false_alarms: float
    teams: int
    finds: float
    mean_h: float
    law: str

    def load(self) -> float:
        """Mean number of teams that would be out if there were always one more."""
        alarms = self.prevalence * self.detects + (1 - self.prevalence) * self.false_alarms
        return self.rate * self.coverage * alarms * self.mean_h

    def wired(self, is_full_read: bool = True) -> Settings:
        """Wire sight, radar, teams and search."""
        service = {"any": {**LAWS[self.law]["any"], "mean_s": 3600 * self.mean_h}}
        sight = {"do": "select", "name": "sight", "ratio": {"any": self.coverage}, "otherwise": "ashore"}
        radar = {"detects": {"any": self.detects}, "false_alarms": {"any": self.false_alarms}}
        search = {"detects": {"any": self.finds}, "false_alarms": {"any": 0.0}}
        steps = [
            sight | ({"full_station": "patrol"} if is_full_read else {}),
            {"do": "alarm", "name": "radar", **radar, "otherwise": "ashore"},
            {"do": "serve", "station": "patrol", "time": service},
            {"do": "alarm", "name": "search", **search, "otherwise": "ashore"},
            {"do": "exit", "removed": True},
            {"do": "exit", "label": "ashore"},
        ]
        return {
            "stations": {"patrol": {"servers": self.teams, "queue_limit": 0}},
            "routes": {"coast": steps},
            "arrivals": {"coast": {"route": "coast", "rate_per_h": self.rate}},
            "prevalence_per_100k": {"any": 100_000 * self.prevalence},
        }

    def known(self) -> dict[str, float]:
        """Write down theta = coverage P_D (1 - B) P_search, the share waived and the teams' utilisation."""
        free = 1 - erlang_b(self.teams, self.load())
        theta = self.coverage * self.detects * free * self.finds
        return {
            "expected_interception all": theta,
            "realised_interception all": theta,
            "full": 1 - free,
            "waived_ratio patrol": 1 - free,
            "utilisation patrol": self.load() * free / self.teams,
        }


COASTS = {
    "one team, rare carriers": Coast(60, 0.01, 0.7, 0.9, 0.05, 1, 0.8, 0.5, "exponential"),
    "three teams": Coast(40, 0.1, 0.5, 0.8, 0.15, 3, 0.6, 0.75, "lognormal"),
    "six teams, many false alarms": Coast(90, 0.3, 0.9, 0.6, 0.3, 6, 0.95, 0.2, "constant"),
}


def check_coast(network: Settings, coast: Coast, hours: float = 120) -> None:
    """Hold the chain against Erlang's formula (lead-in 6 h)."""

    def measure(compiled, workload, record):
        full = (record.selects["is_full"][0][in_window(compiled, record)] == 1).mean()
        return metrics_by_line(compiled, workload, record) | {"full": full}

    demand_agreement(replicate(scenario(network, hours, 6, 48), measure, 20), coast.known())


@pytest.mark.parametrize("name", COASTS)
def test_coast(name):
    check_coast(COASTS[name].wired(), COASTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", COASTS)
def test_coast_long(name):
    check_coast(COASTS[name].wired(), COASTS[name], hours=2000)


def test_the_load_of_rare_carriers_is_that_of_false_alarms():
    """With March's order of prevalence the carriers move Erlang's share by less than a ten-thousandth."""
    coast = replace(COASTS["three teams"], prevalence=1e-5)
    alone = replace(coast, prevalence=0.0)
    assert coast.load() > alone.load()
    assert np.isclose(coast.known()["full"], alone.known()["full"], rtol=1e-4)


@pytest.mark.parametrize(
    "change",
    [{"teams": 4}, {"coverage": 0.3}, {"detects": 0.9}, {"false_alarms": 0.25}, {"finds": 0.4}, {"mean_h": 1.0}],
    ids=lambda change: next(iter(change)),
)
def test_coast_notices_a_wrong_network(change):
    coast = COASTS["three teams"]
    with pytest.raises(Disagreement, match="known"):
        check_coast(replace(coast, **change).wired(), coast)


def test_coast_notices_teams_that_let_craft_wait():
    coast = replace(COASTS["three teams"], mean_h=0.4)
    with pytest.raises(Disagreement, match="known"):
        check_coast(coast.wired(is_full_read=False), coast)


def test_coast_notices_a_limit_off_by_one_in_the_engine(monkeypatch):
    widen_rooms(monkeypatch)
    with pytest.raises(Disagreement):
        check_coast(COASTS["three teams"].wired(), COASTS["three teams"])
