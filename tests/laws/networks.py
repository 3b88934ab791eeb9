"""Networks that the laws are tried on, and a way to run them."""

from copy import deepcopy
from typing import Any

from sim.engine import run_engine
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario import make_scenario
from sim.workload import Workload, draw_workload

Settings = dict[str, Any]
Run = tuple[Network, Workload, Record]


def law(family: str, mean_s: float) -> Settings:
    more = {"cv": 0.8} if family in {"gamma", "lognormal"} else {}
    return {"any": {"family": family, "mean_s": mean_s} | more}


def scenario(network: Settings, days: float = 1.0, seed: int = 1, **run: Any) -> Settings:
    return {
        "title": {"name": "law", "zh": "定律", "en": "law"},
        "run": {"days": days, "lead_in_h": 0, "replications": 1, "seed": seed} | run,
        "network": {"kind": "custom"} | network,
    }


def run_case(settings: Settings, replication: int = 0) -> Run:
    network = compile_network(make_scenario(settings))
    workload = draw_workload(network, settings["run"]["seed"], replication)
    return network, workload, run_engine(network, workload)


def desk(servers: int, per_h: float = 50.0, mean_s: float = 180.0, family: str = "lognormal") -> Settings:
    """One station, a day of arrivals."""
    return {
        "stations": {"desk": {"servers": servers}},
        "routes": {"main": [{"do": "serve", "station": "desk", "time": law(family, mean_s)}]},
        "arrivals": {"main": {"route": "main", "rate_per_h": per_h, "to_h": 24.0}},
    }


def line(name: str, ratio: float, after: str) -> list[Settings]:
    """Selection, technique, search; whoever is found leaves, all others go on."""
    return [
        {"do": "select", "name": name, "ratio": {"any": ratio}, "otherwise": after, "label": f"at_{name}"},
        {"do": "serve", "station": f"{name}/nii", "time": law("gamma", 120.0)},
        {
            "do": "alarm",
            "name": f"{name}/nii",
            "detects": {"any": 0.8},
            "false_alarms": {"any": 0.1},
            "otherwise": after,
        },
        {"do": "serve", "station": f"{name}/search", "time": law("exponential", 1200.0)},
        {
            "do": "alarm",
            "name": f"{name}/search",
            "detects": {"any": 0.9},
            "false_alarms": {"any": 0.0},
            "otherwise": after,
        },
        {"do": "exit", "removed": True},
    ]


def strait(ratios: tuple[float, float] = (0.2, 0.2), prevalence: float = 0.0, deck_m: float = 40.0) -> Settings:
    """Gate, line 1, ferry, line 2: blocking, shifts, a rolling ferry that lands in bunches; a day of arrivals."""
    shifts = [{"start": "00:00", "servers": 2}, {"start": "06:00", "servers": 4}, {"start": "20:00", "servers": 1}]
    gate = {"do": "serve", "station": "gate", "time": law("lognormal", 150.0)}
    board = {"do": "board", "ferry": "line", "origin": "north", "label": "aboard"}
    return {
        "stations": {
            "gate": {"servers": shifts},
            "line1/nii": {"servers": 1, "queue_limit": 3},
            "line1/search": {"servers": 1, "queue_limit": 1},
            "line2/nii": {"servers": 2},
            "line2/search": {"servers": 2},
        },
        "ports": {"north": {"berths": 3, "shore": "north", "yard_m": 60.0}, "south": {"berths": 3, "shore": "south"}},
        "ship_types": {"ship": {"deck_m": deck_m}},
        "ferries": {
            "line": {
                "ends": ["north", "south"],
                "ships": {"ship": 5},
                "departure": {"any": {"rule": "rolling", "longest_wait_min": 40.0}},
                "crossing": {"low_min": 60.0, "mode_min": 80.0, "high_min": 120.0},
                "load_s": {"any": 4.0},
                "unload_s": {"any": 3.0},
                "closing_min": 5.0,
            }
        },
        "routes": {"main": [gate, *line("line1", ratios[0], "aboard"), board, *line("line2", ratios[1], "out"),
                            {"do": "exit", "label": "out"}]},
        "arrivals": {"main": {"route": "main", "hourly_per_h": [20.0] * 6 + [60.0] * 8 + [40.0] * 10 + [0.0] * 72}},
        "prevalence_per_100k": {"any": 100_000 * prevalence},
    }  # fmt: skip


def with_unused_station(network: Settings) -> Settings:
    """Add a station, a port, a ferry and a route that nobody uses, each first in its table."""
    added = deepcopy(network)
    added["stations"] = {"spare": {"servers": [{"start": "05:00", "servers": 3}]}} | added["stations"]
    added["routes"] = {"spare": [{"do": "serve", "station": "spare", "time": law("constant", 5.0)}]} | added["routes"]
    added["arrivals"] = {"spare": {"route": "spare", "rate_per_h": 0.0}} | added["arrivals"]
    return added
