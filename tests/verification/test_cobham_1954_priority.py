"""Non-preemptive priority: mean waits by class (Cobham 1954)."""

from pathlib import Path

import pytest
import yaml

from .experiment import Disagreement, Settings, demand_agreement, replicate, scenario, waits_min
from .theory import cobham, erlang_c

CONFIGS = Path(__file__).parents[2] / "configs"
URGENT_FIRST = {"urgent": 0, "any": 1}


def law(family: str, minutes: float) -> Settings:
    return {"family": family, "mean_s": 60.0 * minutes}


EXPONENTIAL = {"any": law("exponential", 1.0)}
MIXED = {"urgent": law("exponential", 0.5), "other": law("constant", 1.5)}


def two_classes(rates: tuple[float, float], time: Settings, servers: int, priority: Settings) -> Settings:
    """One station, an urgent and another class; rates a minute."""
    return {
        "classes": {"urgent": {}, "other": {}},
        "stations": {"desk": {"servers": servers, "priority": priority}},
        "routes": {"main": [{"do": "serve", "station": "desk", "time": time}]},
        "arrivals": {
            name: {"class": name, "route": "main", "rate_per_h": 60 * rate}
            for name, rate in zip(("urgent", "other"), rates, strict=True)
        },
    }


def check(network: Settings, known: list[float], hours: float = 100) -> None:
    """Hold the mean waits of both classes, the urgent one first, against their known values (lead-in 12 h)."""

    def measure(compiled, workload, record):
        arrival = record.units["arrival_tick"]
        kind = workload.vehicle_class[(arrival >= compiled.window_tick) & (arrival < compiled.window_end_tick)]
        waits = waits_min(compiled, record)
        return {name: waits[kind == k].mean() for k, name in enumerate(compiled.class_name)}

    # Classes are reported by their order in the network: the shipped file names the urgent one last.
    names = list(network["classes"])
    urgent = "urgent" if "urgent" in names else "produce_truck"
    other = next(name for name in names if name != urgent)
    demand_agreement(replicate(scenario(network, hours, 12, 6), measure, 20), {urgent: known[0], other: known[1]})


KNOWN_SINGLE = cobham([0.2, 0.5], 0.2 + 0.5, [0.2, 0.5])
KNOWN_MIXED = cobham([0.3, 0.4], 0.3 * 0.25 + 0.4 * 1.125, [0.15, 0.6])
KNOWN_THREE = cobham([0.9, 1.5], erlang_c(3, 2.4) / 3, [0.3, 0.5])


def test_mm1_two_classes():
    check(two_classes((0.2, 0.5), EXPONENTIAL, 1, URGENT_FIRST), KNOWN_SINGLE)


def test_two_service_laws():
    # Mean residual of those in service: sum of rate x E[S^2] / 2, here 0.3 x 0.25 and 0.4 x 1.125.
    check(two_classes((0.3, 0.4), MIXED, 1, URGENT_FIRST), KNOWN_MIXED, hours=120)


def test_mm3_two_classes():
    check(two_classes((0.9, 1.5), EXPONENTIAL, 3, URGENT_FIRST), KNOWN_THREE, hours=30)


def test_shipped_file():
    network = yaml.safe_load((CONFIGS / "network/priority.yaml").read_text("utf-8"))
    del network["kind"]
    check(network, cobham([16 / 60, 32 / 60], 0.8, [16 / 60, 32 / 60]), hours=120)


@pytest.mark.slow
def test_mm3_two_classes_long():
    check(two_classes((0.9, 1.5), EXPONENTIAL, 3, URGENT_FIRST), KNOWN_THREE, hours=1200)


@pytest.mark.parametrize(
    ("rates", "servers", "priority", "minutes"),
    [
        ((0.2, 0.5), 1, {"urgent": 1, "any": 0}, 1.0),
        ((0.2, 0.5), 1, {}, 1.0),
        ((0.5, 0.2), 1, URGENT_FIRST, 1.0),
        ((0.2, 0.5), 1, URGENT_FIRST, 1.1),
        ((0.2, 0.5), 2, URGENT_FIRST, 1.0),
    ],
    ids=["priority reversed", "no priority", "rates exchanged", "service +10 %", "server more"],
)
def test_notices_a_wrong_network(rates, servers, priority, minutes):
    network = two_classes(rates, {"any": law("exponential", minutes)}, servers, priority)
    with pytest.raises(Disagreement):
        check(network, KNOWN_SINGLE)
