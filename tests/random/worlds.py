"""A small network to draw workloads for, and its columns by name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.network import Network, compile_network
from sim.scenario import make_scenario
from sim.workload import Workload, draw_workload

Settings = dict[str, Any]

LAWS = {
    "constant": (60.0,),
    "exponential": (90.0,),
    "lognormal": (60.0, 0.5),
    "gamma": (60.0, 0.5),
    "uniform": (10.0, 60.0),
    "triangular": (10.0, 20.0, 60.0),
    "empirical": (60.0, 10.0, 30.0),
}
"""Parameters of a law of each family, in seconds."""


def law(mean_s: float) -> Settings:
    return {"any": {"family": "gamma", "mean_s": mean_s, "cv": 0.5}}


def small_world(**run: Any) -> Settings:
    """Gate, selection, one technique, road; cars and trucks."""
    return {
        "title": {"name": "small", "zh": "小", "en": "small"},
        "run": {"days": 2, "lead_in_h": 0, "replications": 1, "seed": 5} | run,
        "network": {
            "kind": "custom",
            "classes": {"car": {}, "truck": {}},
            "stations": {"gate": {"servers": 3}, "nii": {"servers": 2}},
            "routes": {
                "main": [
                    {"do": "serve", "station": "gate", "time": law(60.0)},
                    {"do": "select", "name": "sample", "ratio": {"car": 0.2, "truck": 0.6}, "otherwise": "road"},
                    {"do": "serve", "station": "nii", "time": law(120.0)},
                    {
                        "do": "alarm",
                        "name": "nii",
                        "detects": {"any": 0.7},
                        "false_alarms": {"any": 0.1},
                        "otherwise": "road",
                    },
                    {"do": "travel", "name": "way", "time": law(900.0), "label": "road"},
                ]
            },
            "arrivals": {
                "car": {"class": "car", "route": "main", "rate_per_h": 60.0},
                "truck": {"class": "truck", "route": "main", "hourly_per_h": [10.0, 30.0, 50.0]},
            },
            "prevalence_per_100k": {"any": 1000.0},
        },
    }


def draw(settings: Settings, replication: int = 0) -> tuple[Network, Workload]:
    """Compile and draw."""
    network = compile_network(make_scenario(settings))
    return network, draw_workload(network, settings["run"]["seed"], replication)


def columns(settings: Settings, stream: str, replication: int = 0) -> dict[str, NDArray[Any]]:
    """List the columns of the units of one arrival stream by name."""
    network, workload = draw(settings, replication)
    mine = workload.source == network.sources.name.index(stream)
    durations, uniforms = network.durations, network.uniforms
    found = {name: workload.duration_ticks[row, mine] for name, row in zip(durations.name, durations.row, strict=True)}
    found |= {name: workload.uniform[row, mine] for name, row in zip(uniforms.name, uniforms.row, strict=True)}
    return found | {"arrival": workload.arrival_tick[mine], "carries": workload.carries_violation[mine]}


def are_same(a: dict[str, NDArray[Any]], b: dict[str, NDArray[Any]], but: tuple[str, ...] = ()) -> bool:
    """Tell whether all columns of `a` are in `b`, up to the shorter length, but for those named."""
    return all(np.array_equal(a[name][: len(b[name])], b[name][: len(a[name])]) for name in a if name not in but)
