"""M/G/1: mean wait by Pollaczek (1930) and Khinchine (1932), distribution for constant service by Erlang (1909)."""

import pytest

from .experiment import (
    Disagreement,
    Settings,
    constant,
    demand_agreement,
    replicate,
    scenario,
    single_station,
    waits_min,
)
from .mutants import serve_last_first
from .theory import pollaczek_khinchine, share_waiting_at_most


def law(family: str, cv: float, mean: float = 1.0) -> Settings:
    return {"any": {"family": family, "mean_s": 60.0 * mean, "cv": cv}}


def check_mean(network: Settings, cv: float, hours: float = 120) -> None:
    """Hold the mean wait against P-K at a load of 0.7 (lead-in 12 h)."""

    def measure(compiled, workload, record):
        waits = waits_min(compiled, record)
        return {"wait": waits.mean(), "waiting": (waits > 0).mean()}

    known = {"wait": pollaczek_khinchine(0.7, 1.0, cv), "waiting": 0.7}
    demand_agreement(replicate(scenario(network, hours, 12, 6), measure, 20), known)


@pytest.mark.parametrize(("family", "cv"), [("lognormal", 0.5), ("gamma", 0.5), ("gamma", 1.2)])
def test_mg1(family, cv):
    check_mean(single_station(0.7, law(family, cv), 1), cv)


@pytest.mark.slow
@pytest.mark.parametrize(("family", "cv"), [("lognormal", 1.5), ("gamma", 0.5), ("gamma", 1.5)])
def test_mg1_long(family, cv):
    check_mean(single_station(0.7, law(family, cv), 1), cv, hours=1000)


@pytest.mark.parametrize(
    ("time", "servers"),
    [(law("gamma", 0.5, 1.1), 1), (law("gamma", 0.5), 2), (law("gamma", 1.0), 1)],
    ids=["service +10 %", "server more", "another spread"],
)
def test_mg1_notices_a_wrong_network(time, servers):
    with pytest.raises(Disagreement):
        check_mean(single_station(0.7, time, servers), 0.5)


def check_constant(network: Settings, hours: float = 120) -> None:
    """Hold M/D/1 at a load of 0.8 against mean and distribution (lead-in 12 h)."""

    def measure(compiled, workload, record):
        waits = waits_min(compiled, record)
        return {"wait": waits.mean(), **{f"at most {t}": (waits <= t).mean() for t in (1, 3)}}

    known = {"wait": pollaczek_khinchine(0.8, 1.0, 0.0)}
    known |= {f"at most {t}": share_waiting_at_most(0.8, 1.0, t) for t in (1, 3)}
    demand_agreement(replicate(scenario(network, hours, 12, 6), measure, 20), known)


def test_md1():
    check_constant(single_station(0.8, constant(1.0), 1))


@pytest.mark.slow
def test_md1_long():
    check_constant(single_station(0.8, constant(1.0), 1), hours=1000)


def test_md1_notices_longer_service():
    with pytest.raises(Disagreement):
        check_constant(single_station(0.8, constant(1.1), 1))


def test_md1_notices_a_wrong_queue_discipline(monkeypatch):
    serve_last_first(monkeypatch)
    with pytest.raises(Disagreement, match="at most"):
        check_constant(single_station(0.8, constant(1.0), 1))
