"""Small networks with listed arrivals, and a way to reduce a replication of them."""

from typing import Any

from sim.engine import run_engine
from sim.metrics import Reduction, reduce_replication
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario import make_scenario
from sim.workload import Workload, draw_workload

Settings = dict[str, Any]


def constant(seconds: float) -> Settings:
    return {"any": {"family": "constant", "mean_s": seconds}}


def built(network: Settings, hours: float = 1.0, **run: Any) -> Network:
    config = {
        "title": {"name": "paper", "zh": "手算", "en": "paper"},
        "run": {"days": hours / 24, "lead_in_h": 0, "replications": 1, "seed": 1} | run,
        "network": {"kind": "custom"} | network,
    }
    return compile_network(make_scenario(config))


def ran(network: Network, replication: int = 0, seed: int = 1) -> tuple[Network, Workload, Record]:
    workload = draw_workload(network, seed, replication)
    return network, workload, run_engine(network, workload)


def reduced(network: Network, replications: int = 1, seed: int = 1) -> list[Reduction]:
    return [reduce_replication(*ran(network, r, seed)) for r in range(replications)]


def desk(times_s: list[float], service_s: float = 60.0, **station: Any) -> Settings:
    """One station and listed arrivals."""
    return {
        "stations": {"desk": {"servers": 1} | station},
        "routes": {"main": [{"do": "serve", "station": "desk", "time": constant(service_s)}]},
        "arrivals": {"main": {"route": "main", "times_s": times_s}},
    }


def line(name: str, select: Settings, technique: tuple[float, float], after: str) -> list[Settings]:
    """Selection, scanner, search; `technique` is P_D and P_FA of the scanner, the search finds everything."""
    detects, false_alarms = technique
    return [
        {"do": "select", "name": f"{name}/select", "otherwise": after, "label": f"at_{name}", **select},
        {"do": "serve", "station": f"{name}/nii", "time": {"any": {"family": "exponential", "mean_s": 60.0}}},
        {
            "do": "alarm",
            "name": f"{name}/nii",
            "detects": {"any": detects},
            "false_alarms": {"any": false_alarms},
            "otherwise": after,
        },
        {"do": "serve", "station": f"{name}/search", "time": constant(30.0)},
        {
            "do": "alarm",
            "name": f"{name}/search",
            "detects": {"any": 1.0},
            "false_alarms": {"any": 0.0},
            "otherwise": after,
        },
        {"do": "exit", "removed": True},
    ]


def checkpoint(first: Settings, second: Settings, per_h: float = 60.0, prevalence: float = 0.0) -> Settings:
    """Two lines in a row, with P_D 0.8 and 0.6; what comes in the first 20 hours can finish in 24."""
    places = {f"{n}/{s}": {"place": n, "port": "quay"} for n in ("line1", "line2") for s in ("nii", "search")}
    return {
        "ports": {"quay": {"berths": 1}},
        "stations": {name: {"servers": 2, **place} for name, place in places.items()},
        "routes": {
            "main": [
                *line("line1", first, (0.8, 0.05), "at_line2"),
                *line("line2", second, (0.6, 0.05), "out"),
                {"do": "exit", "label": "out"},
            ]
        },
        "arrivals": {"main": {"route": "main", "rate_per_h": per_h, "to_h": 20.0}},
        "prevalence_per_100k": {"any": prevalence * 1e5},
    }
