"""M/M/1 and M/M/c: share that waits, mean wait, tail of the wait, utilisation (Erlang 1917)."""

from pathlib import Path

import pytest
import yaml

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
from .mutants import serve_last_first
from .theory import erlang_c, mean_wait, share_waiting_longer

TAIL_MIN = 8.0
CONFIGS = Path(__file__).parents[2] / "configs"


def check(network: Settings, rate: float, service_rate: float, servers: int, hours: float, lead_in_h: int = 12) -> None:
    """Hold a network against M/M/c; at a load of 0.8 and services of minutes 12 h are eight relaxation times or more."""

    def measure(compiled, workload, record):
        waits = waits_min(compiled, record)
        busy = number_between(compiled, record.serves["start_tick"][0], record.serves["end_tick"][0])
        return {
            "waiting": (waits > 0).mean(),
            "wait": waits.mean(),
            "longer": (waits > TAIL_MIN).mean(),
            "busy": busy,
            "arrivals": in_window(compiled, record).sum() / (hours * 60),
        }

    known = {
        "waiting": erlang_c(servers, rate / service_rate),
        "wait": mean_wait(rate, service_rate, servers),
        "longer": share_waiting_longer(rate, service_rate, servers, TAIL_MIN),
        "busy": rate / service_rate,
        "arrivals": rate,
    }
    demand_agreement(replicate(scenario(network, hours, lead_in_h, 12), measure, 20), known)


def test_mm1():
    check(single_station(0.8, exponential(1.0), 1), 0.8, 1.0, 1, hours=120)


def test_mm3():
    check(single_station(2.4, exponential(1.0), 3), 2.4, 1.0, 3, hours=30)


def test_mm3_of_the_shipped_file():
    network = yaml.safe_load((CONFIGS / "network/mmc.yaml").read_text("utf-8"))
    del network["kind"]
    check(network, 48 / 60, 1 / 3, 3, hours=120)


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "service_rate", "servers"), [(0.8, 1, 1), (2.4, 1, 3), (40 / 60, 10 / 60, 5)])
def test_mmc_long(rate, service_rate, servers):
    check(single_station(rate, exponential(1 / service_rate), servers), rate, service_rate, servers, hours=1000)


@pytest.mark.slow
def test_mm10_heavy_traffic():
    # 95 an hour on ten servers of 10 an hour: a relaxation time of 16 h, hence a long lead-in.
    check(single_station(95 / 60, exponential(6.0), 10), 95 / 60, 1 / 6, 10, hours=1000, lead_in_h=150)


@pytest.mark.parametrize(
    ("servers", "mean", "rate"), [(2, 0.65, 2.4), (4, 1.0, 2.4), (3, 1.1, 2.4), (3, 1.0, 2.2)],
    ids=["one server less", "one server more", "service +10 %", "fewer arrivals"],
)  # fmt: skip
def test_mm3_notices_a_wrong_network(servers, mean, rate):
    with pytest.raises(Disagreement):
        check(single_station(rate, exponential(mean), servers), 2.4, 1.0, 3, hours=30)


def test_mm1_notices_a_wrong_queue_discipline(monkeypatch):
    serve_last_first(monkeypatch)
    with pytest.raises(Disagreement, match="longer"):
        check(single_station(0.8, exponential(1.0), 1), 0.8, 1.0, 1, hours=120)


def check_start(lead_in_h: int) -> None:
    """Hold the busy servers of a window of 15 min against the steady state; an empty start has 37 % less."""

    def measure(compiled, workload, record):
        return {"busy": number_between(compiled, record.serves["start_tick"][0], record.serves["end_tick"][0])}

    case = scenario(single_station(40 / 60, exponential(6.0), 5), 0.25, lead_in_h)
    demand_agreement(replicate(case, measure, 100), {"busy": 4.0})


def test_lead_in_reaches_the_steady_state():
    check_start(lead_in_h=20)


def test_a_dropped_lead_in_is_noticed():
    with pytest.raises(Disagreement):
        check_start(lead_in_h=0)
