"""Stations in line: departures of M/M/c are Poisson, thinned ones too (Burke 1956); feed-forward (Jackson 1957)."""

import pytest

from .experiment import Disagreement, Settings, demand_agreement, exponential, replicate, scenario, waits_min
from .theory import mean_wait


def thinned(ratio: float = 0.4, gates: int = 3, scanners: int = 2, scan: float = 1.25) -> Settings:
    """Gate for all, scanner for a share; per minute 2.4 arrive."""
    return {
        "stations": {"gate": {"servers": gates}, "scanner": {"servers": scanners}},
        "routes": {
            "main": [
                {"do": "serve", "station": "gate", "time": exponential(1.0)},
                {"do": "select", "name": "sample", "ratio": {"any": ratio}},
                {"do": "serve", "station": "scanner", "time": exponential(scan)},
            ]
        },
        "arrivals": {"main": {"route": "main", "rate_per_h": 144.0}},
    }


def check_thinned(network: Settings, hours: float = 24) -> None:
    """Hold both stations against M/M/c, the second at the thinned rate (lead-in 8 h)."""

    def measure(compiled, workload, record):
        return {
            "gate": waits_min(compiled, record, 0).mean(),
            "scanner": waits_min(compiled, record, 1).mean(),
            "selected": (record.selects["is_selected"][0] == 1).mean(),
        }

    known = {"gate": mean_wait(2.4, 1.0, 3), "scanner": mean_wait(0.96, 0.8, 2), "selected": 0.4}
    demand_agreement(replicate(scenario(network, hours, 8, 3), measure, 20), known)


def test_thinned_tandem():
    check_thinned(thinned())


@pytest.mark.slow
def test_thinned_tandem_long():
    check_thinned(thinned(), hours=1000)


@pytest.mark.parametrize(
    "change",
    [{"ratio": 0.6}, {"gates": 4}, {"scanners": 3}, {"scan": 1.5}],
    ids=["p for 1-p", "gate more", "scanner more", "scan +20 %"],
)
def test_thinned_tandem_notices_a_wrong_network(change):
    with pytest.raises(Disagreement):
        check_thinned(thinned(**change))


def branching(ratio: float = 0.7, servers: tuple[int, int, int] = (2, 2, 2)) -> Settings:
    """First to second for a share, to third for all; per hour 10 arrive, services of 6, 5, 7 an hour."""
    names = ("first", "second", "third")
    serve = {
        name: {"do": "serve", "station": name, "time": exponential(60 / rate)}
        for name, rate in zip(names, (6, 5, 7), strict=True)
    }
    return {
        "stations": {name: {"servers": c} for name, c in zip(names, servers, strict=True)},
        "routes": {
            "main": [
                serve["first"],
                {"do": "select", "name": "branch", "ratio": {"any": ratio}, "otherwise": "last"},
                serve["second"],
                serve["third"] | {"label": "last"},
            ]
        },
        "arrivals": {"main": {"route": "main", "rate_per_h": 10.0}},
    }


def check_branching(network: Settings, hours: float = 200) -> None:
    """Hold three stations against the product form (lead-in 24 h)."""

    def measure(compiled, workload, record):
        rows = zip(compiled.serves.name, compiled.serves.row, strict=True)
        return {name: waits_min(compiled, record, row).mean() / 60 for name, row in rows}

    known = {"first": mean_wait(10, 6, 2), "second": mean_wait(7, 5, 2), "third": mean_wait(10, 7, 2)}
    demand_agreement(replicate(scenario(network, hours, 24, 12), measure, 20), known)


def test_feed_forward():
    check_branching(branching())


@pytest.mark.parametrize(
    "change", [{"ratio": 0.3}, {"servers": (3, 2, 2)}, {"servers": (2, 3, 2)}, {"servers": (2, 2, 3)}],
    ids=["p for 1-p", "first", "second", "third"],
)  # fmt: skip
def test_feed_forward_notices_a_wrong_network(change):
    with pytest.raises(Disagreement):
        check_branching(branching(**change))
