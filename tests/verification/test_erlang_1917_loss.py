"""Finite room: Erlang's loss formula, insensitive to the service law (Erlang 1917; Sevastyanov 1957), and M/M/c/K."""

import pytest

from .experiment import (
    Disagreement,
    Settings,
    demand_agreement,
    exponential,
    in_window,
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
