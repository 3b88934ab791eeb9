"""A closed strait with steady arrivals: the fluid limit of the backlog that ships carry off (Newell 1971).

500 vehicles an hour come, ships carry 758 an hour, the port is closed for 9 h: the backlog peaks at 4,500 when it opens
again, is gone 4,500 / 258 = 17.44 h later, and the 13,221 vehicles that meet it are late by 4.5 h on average.
"""

import numpy as np
import pytest

from sim.engine.reference import harbour
from sim.units import TICKS_PER_HOUR

from .experiment import Disagreement, Settings, number_at, scenario, simulate_case

ARRIVALS_PER_H, CAPACITY_PER_H, OPENS_H, CLOSED_H = 500.0, 758.0, 2, 9
BERTHS, DECK, TOLERANCE = 5, 4, 0.02


def strait(closed_min: int = 60 * CLOSED_H, per_h: float = CAPACITY_PER_H, arrivals_per_h: float = ARRIVALS_PER_H):
    """Small ships that are loaded one vehicle after the other at five berths, and come back empty at once."""
    crossing = {"low_min": 10.0, "mode_min": 10.0, "high_min": 10.0}
    hour, minute = divmod(60 * OPENS_H + closed_min, 60)
    return {
        "start": "2018-01-01T00:00:00",
        "ports": {"a": {"berths": BERTHS, "shore": "south"}, "b": {"berths": 200, "shore": "north"}},
        "ship_types": {"ship": {"deck_m": float(DECK)}},
        "ferries": {
            "line": {
                "ends": ["a", "b"],
                "ships": {"ship": 300},
                "departure": {"a": {"rule": "rolling", "longest_wait_min": 60.0}, "b": {"rule": "at_once"}},
                "crossing": crossing,
                "loading_berths": BERTHS,
                "load_s": {"any": 3600 * BERTHS / per_h},
                "unload_s": {"any": 0.0},
            }
        },
        "closures": [{"start": f"2018-01-01T{OPENS_H:02d}:00:00", "end": f"2018-01-01T{hour:02d}:{minute:02d}:00"}],
        "routes": {"main": [{"do": "board", "ferry": "line", "origin": "a"}]},
        "arrivals": {
            "main": {
                "route": "main",
                "times_s": (np.arange(1, 34 * arrivals_per_h) * 3600 / arrivals_per_h).tolist(),
            }
        },
    }


def check(network: Settings) -> None:
    """Hold peak, clearing time and mean delay against the triangle, to within 2 %."""
    _, _, record = simulate_case(scenario(network, 34), 0)
    arrival = record.units["arrival_tick"]
    aboard = record.units["sailing"]
    departure = np.where(aboard >= 0, record.sailings["departure_tick"][aboard], -1)
    departure = np.where(departure < 0, np.iinfo(np.int64).max, departure)
    starts, ends = OPENS_H * TICKS_PER_HOUR, (OPENS_H + CLOSED_H) * TICKS_PER_HOUR
    peak = ARRIVALS_PER_H * CLOSED_H
    clears = peak / (CAPACITY_PER_H - ARRIVALS_PER_H)
    delayed = ARRIVALS_PER_H * (CLOSED_H + clears)
    # On an open strait some vehicles wait for their ships to fill; the backlog is gone when no more than those are left.
    left = np.sort(departure)
    inside = np.searchsorted(np.sort(arrival), left, "right") - np.searchsorted(left, left, "right")
    usual = inside[(left > starts - TICKS_PER_HOUR) & (left < starts)].max()
    back = left[(left > ends) & (inside <= usual)].min(initial=np.iinfo(np.int64).max)
    sojourn = np.minimum(departure, 34 * TICKS_PER_HOUR) - arrival
    late = (arrival >= starts) & (arrival < back)
    found = {
        "peak": (number_at(OPENS_H + CLOSED_H - 1e-6, arrival, departure), peak),
        "clears": ((back - ends) / TICKS_PER_HOUR, clears),
        "delayed": (late.sum(), delayed),
        "delay": (sojourn[late].mean() / TICKS_PER_HOUR, 4.5),
    }
    faults = [f"{k}: {got} not {known}" for k, (got, known) in found.items() if abs(got / known - 1) > TOLERANCE]
    if faults:
        raise Disagreement("; ".join(faults))


def test_a_closed_strait_fills_and_clears_like_its_fluid_limit():
    check(strait())


@pytest.mark.parametrize(
    "change", [{"closed_min": 525}, {"per_h": 770.0}, {"arrivals_per_h": 495.0}],
    ids=["opens 15 minutes early", "capacity +1.6 %", "arrivals -1 %"],
)  # fmt: skip
def test_the_check_notices_a_wrong_strait(change):
    with pytest.raises(Disagreement):
        check(strait(**change))


def _closures_only_once(monkeypatch):
    """Ships that are held never leave again."""
    usual = harbour.Harbour.resume

    def resume(self):
        for port in self.ports:
            port.held.clear()
        usual(self)

    monkeypatch.setattr(harbour.Harbour, "resume", resume)


def _one_berth_more(monkeypatch):
    build, usual = harbour.Port.__init__, harbour.Terminal.open_next
    monkeypatch.setattr(harbour.Port, "__init__", lambda self, berths, yard_cm: build(self, berths + 1, yard_cm))

    def open_next(self):
        self.loading_berths = BERTHS + 1
        return usual(self)

    monkeypatch.setattr(harbour.Terminal, "open_next", open_next)


def _no_closure(monkeypatch):
    monkeypatch.setattr(harbour.Harbour, "is_stopped", lambda self, terminal, ship: False)


@pytest.mark.parametrize(
    "spoil", [_one_berth_more, _no_closure, _closures_only_once], ids=lambda spoil: spoil.__name__.strip("_")
)
def test_the_check_notices_a_broken_engine(spoil, monkeypatch):
    spoil(monkeypatch)
    with pytest.raises(Disagreement):
        check(strait())
