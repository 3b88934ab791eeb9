"""A ship of K places that leaves every headway with whom it has: the bulk queue of Bailey (1954)."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.units import TICKS_PER_HOUR

from .experiment import Disagreement, Settings, demand_agreement, in_window, replicate, scenario
from .theory import ferry_left, ferry_steady

CONFIGS = Path(__file__).parents[2] / "configs"


def ferry(places: float, departure: Settings, per_h: Settings, ships: int = 8) -> Settings:
    """Ships of unit-length places that are always back in time."""
    return {
        "ports": {"near": {"berths": 9}, "far": {"berths": 9}},
        "ship_types": {"shuttle": {"deck_m": places}},
        "ferries": {
            "line": {
                "ends": ["near", "far"],
                "ships": {"shuttle": ships},
                "departure": {"near": departure, "far": {"rule": "at_once"}},
                "crossing": {"low_min": 10.0, "mode_min": 10.0, "high_min": 10.0},
                "load_s": {"any": 0.0},
                "unload_s": {"any": 0.0},
            }
        },
        "routes": {"main": [{"do": "board", "ferry": "line", "origin": "near"}]},
        "arrivals": {"main": {"route": "main", **per_h}},
    }


def every(minutes: float) -> Settings:
    return {"rule": "headway", "every_min": minutes}


def check_steady(network: Settings, places: int, hours: float, per_h: float = 100.0) -> None:
    """Hold sailings and waits of a half-hourly ferry against the chain of the line left behind (lead-in 12 h)."""

    def measure(compiled, workload, record):
        sailings = record.sailings
        departure = sailings["departure_tick"]
        seen = (sailings["terminal"] == 0) & (departure >= compiled.window_tick)
        seen &= departure < compiled.window_end_tick
        left = sailings["left_behind"][seen]
        mine = in_window(compiled, record)
        arrival = record.units["arrival_tick"][mine]
        gone = departure[record.units["sailing"][mine]]
        first = -(-arrival * 2 // TICKS_PER_HOUR) * TICKS_PER_HOUR // 2
        return {
            "left": left.mean(),
            "share_left": (left > 0).mean(),
            "wait": (gone - arrival).mean() / TICKS_PER_HOUR,
            "misses": (gone > first).mean(),
        }

    known = ferry_steady(per_h, 0.5, places)
    demand_agreement(replicate(scenario(network, hours, 12, 3), measure, 20), known)


def at_rate(per_h: float) -> Settings:
    return {"rate_per_h": per_h}


def test_55_places():
    check_steady(ferry(55.0, every(30.0), at_rate(100.0)), 55, hours=40)


def test_12_places():
    check_steady(ferry(12.0, every(30.0), at_rate(20.0)), 12, hours=240, per_h=20.0)


def test_shipped_file_of_60_places():
    network = yaml.safe_load((CONFIGS / "network/bulk_ferry.yaml").read_text("utf-8"))
    del network["kind"]
    check_steady(network, 60, hours=40)


@pytest.mark.slow
@pytest.mark.parametrize("places", [52, 55, 60])
def test_steady_long(places):
    check_steady(ferry(float(places), every(30.0), at_rate(100.0)), places, hours=1000)


@pytest.mark.parametrize(
    ("places", "minutes", "per_h"), [(11.0, 30.0, 20.0), (13.0, 30.0, 20.0), (12.0, 32.0, 20.0), (12.0, 30.0, 21.0)],
    ids=["place less", "place more", "headway +2 min", "arrivals +5 %"],
)  # fmt: skip
def test_12_places_notices_a_wrong_network(places, minutes, per_h):
    with pytest.raises(Disagreement):
        check_steady(ferry(places, every(minutes), at_rate(per_h)), 12, hours=240, per_h=20.0)


MEANS = [40.0, 60.0, 80.0, 80.0, 40.0, 20.0]
TIMES = ["01:00", "02:00", "04:00", "05:00", "06:00"]


def timetable(times: list[str]) -> Settings:
    return {"rule": "timetable", "times": times}


def check_morning(network: Settings, replications: int = 150) -> None:
    """Hold a morning of six hours, the third sailing cancelled, against the exact law of the line left behind."""

    def measure(compiled, workload, record):
        departure = record.sailings["departure_tick"][record.units["sailing"]]
        departure = np.where(record.units["sailing"] >= 0, departure, -1)
        arrival = record.units["arrival_tick"]
        hours = np.arange(1, 7) * TICKS_PER_HOUR
        return {
            f"after {n + 1}": int((arrival <= t).sum() - ((departure >= 0) & (departure <= t)).sum())
            for n, t in enumerate(hours)
        }

    laws = ferry_left(MEANS, [50, 50, 0, 50, 50, 50])
    known = {f"after {n + 1}": float(np.arange(len(law)) @ law) for n, law in enumerate(laws)}
    demand_agreement(replicate(scenario(network, 6.5), measure, replications), known)


def test_morning_with_a_cancelled_sailing():
    check_morning(ferry(50.0, timetable(TIMES), {"hourly_per_h": MEANS}))


@pytest.mark.slow
def test_morning_long():
    check_morning(ferry(50.0, timetable(TIMES), {"hourly_per_h": MEANS}), replications=3000)


@pytest.mark.parametrize(
    ("places", "times", "means"),
    [(48.0, TIMES, MEANS), (50.0, [*TIMES[:2], "03:00", *TIMES[2:]], MEANS), (50.0, TIMES, MEANS[::-1])],
    ids=["two places less", "nothing cancelled", "profile reversed"],
)
def test_morning_notices_a_wrong_network(places, times, means):
    with pytest.raises(Disagreement):
        check_morning(ferry(places, timetable(times), {"hourly_per_h": means}))
