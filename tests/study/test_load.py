"""Offered load by hand: arrival rate times mean service time, thinned by sampling and alarms."""

import pytest

from sim.network import compile_network
from sim.scenario import make_scenario
from sim.study.load import arrivals_per_day, mean_seconds, offered_load, servers_open

SHIFTS = [{"start": "00:00", "servers": 1}, {"start": "08:30", "servers": 3}]


def serve(station: str, seconds: float) -> dict[str, object]:
    return {"do": "serve", "station": station, "time": {"any": {"family": "constant", "mean_s": seconds}}}


def test_two_stages_with_thinning() -> None:
    network = compile_network(
        make_scenario(
            {
                "title": {"name": "t", "zh": "t", "en": "t"},
                "run": {"days": 0.5, "lead_in_h": 3, "replications": 1, "seed": 1},
                "network": {
                    "kind": "custom",
                    "stations": {"desk": {"servers": SHIFTS}, "nii": {}, "bay": {}},
                    "routes": {
                        "main": [
                            serve("desk", 60.0),
                            {"do": "select", "name": "s", "ratio": {"any": 0.2}},
                            serve("nii", 120.0),
                            {"do": "alarm", "name": "nii", "detects": {"any": 0.9}, "false_alarms": {"any": 0.5}},
                            serve("bay", 3600.0),
                        ]
                    },
                    "arrivals": {
                        "rate": {"route": "main", "rate_per_h": 30.0},
                        "listed": {"route": "main", "times_s": [60.0, 4 * 3600.0, 5 * 3600.0]},
                    },
                },
            }
        )
    )
    assert arrivals_per_day(network) == pytest.approx([720.0, 4.0])
    hourly = 724 / 24
    assert offered_load(network)[:, 0] == pytest.approx([hourly / 60, hourly * 0.2 / 30, hourly * 0.2 * 0.5])
    assert servers_open(network, 0)[:2] == [(21.0, 3), (0.0, 1)]


@pytest.mark.parametrize(
    ("family", "law", "mean"),
    [
        ("uniform", (2.0, 4.0), 3.0),
        ("triangular", (1.0, 2.0, 6.0), 3.0),
        ("empirical", (1.0, 3.0), 2.0),
        ("gamma", (5.0, 0.5), 5.0),
    ],
)
def test_means(family: str, law: tuple[float, ...], mean: float) -> None:
    assert mean_seconds(family, law) == mean
