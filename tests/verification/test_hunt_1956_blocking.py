"""Two stations, a finite buffer between them, blocking after service (Hunt 1956), against the chain itself."""

from pathlib import Path

import pytest
import yaml

from sim.units import TICKS_PER_MINUTE

from .experiment import Disagreement, Settings, demand_agreement, exponential, in_window, replicate, scenario, waits_min
from .mutants import widen_rooms
from .theory import blocking_tandem

CONFIGS = Path(__file__).parents[2] / "configs"


def tandem(buffer: int | None = 1, first_min: float = 1.0, second_min: float = 1.0) -> Settings:
    """Two single servers; 30 units an hour."""
    room = {} if buffer is None else {"queue_limit": buffer}
    return {
        "stations": {"first": {"servers": 1}, "second": {"servers": 1, **room}},
        "routes": {
            "main": [
                {"do": "serve", "station": "first", "time": exponential(first_min)},
                {"do": "serve", "station": "second", "time": exponential(second_min)},
            ]
        },
        "arrivals": {"main": {"route": "main", "rate_per_h": 30.0}},
    }


def check(network: Settings, buffer: int, second_min: float = 1.0, hours: float = 120) -> None:
    """Hold waits and blocking against the stationary chain (lead-in 12 h)."""

    def measure(compiled, workload, record):
        mine = in_window(compiled, record)
        end, release = (record.serves[f"{name}_tick"][0][mine] for name in ("end", "release"))
        return {
            "wait_first": waits_min(compiled, record, 0).mean(),
            "blocked": (release - end).mean() / TICKS_PER_MINUTE,
            "wait_second": waits_min(compiled, record, 1).mean(),
        }

    known = blocking_tandem(0.5, 1.0, 1 / second_min, buffer)
    demand_agreement(replicate(scenario(network, hours, 12, 6), measure, 20), known)


@pytest.mark.parametrize("buffer", [0, 1])
def test_tandem(buffer):
    check(tandem(buffer), buffer)


def test_shipped_file():
    network = yaml.safe_load((CONFIGS / "network/tandem_blocking.yaml").read_text("utf-8"))
    del network["kind"]
    check(network, buffer=2, second_min=70 / 60)


@pytest.mark.slow
def test_tandem_long():
    check(tandem(1), 1, hours=1000)


@pytest.mark.parametrize(
    ("buffer", "first_min", "second_min"),
    [(0, 1.0, 1.0), (2, 1.0, 1.0), (None, 1.0, 1.0), (1, 1.1, 1.0), (1, 1.0, 1.1)],
    ids=["place less", "place more", "never blocked", "first +10 %", "second +10 %"],
)
def test_tandem_notices_a_wrong_network(buffer, first_min, second_min):
    with pytest.raises(Disagreement):
        check(tandem(buffer, first_min, second_min), 1)


def test_tandem_notices_a_limit_off_by_one_in_the_engine(monkeypatch):
    widen_rooms(monkeypatch)
    with pytest.raises(Disagreement):
        check(tandem(1), 1)
