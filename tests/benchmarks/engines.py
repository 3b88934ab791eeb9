"""Our reference engine against the textbook model of the same network, interleaved in one run.

`python -m tests.benchmarks.engines [--vehicles N] [--rounds R] [--scope S] [--gc]`

Only the engines are timed; drawing the workload is given apart. CPU time decides (the machine may be shared), wall
time is printed beside it. The garbage collector rests while timing unless `--gc` is given, which helps the textbook
model more than ours.
"""

import argparse
import gc
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from sim.engine import reference, run_engine
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario import Scenario, make_scenario
from sim.workload import Workload, draw_workload

from . import textbook

MEAN_PER_DAY = textbook.RATE * 24 * 60
Mapping = dict[str, Any]


def _time(family: str, minutes: Mapping, **figures: float) -> Mapping:
    return {kind: {"family": family, "mean_s": 60 * mean, **figures} for kind, mean in minutes.items()}


def _route(scope: str) -> list[Mapping]:
    """Write the route of the textbook model as steps."""
    search = dict.fromkeys(textbook.CLASS_SHARE, textbook.SEARCH_MIN)
    aboard = {"do": "board", "ferry": "strait", "origin": "here", "label": "aboard"}
    end = {"do": "exit", "label": "aboard"} if scope == "line" else aboard
    return [
        {"do": "serve", "station": "gate", "time": _time("lognormal", textbook.GATE_MIN, cv=textbook.GATE_CV)},
        {"do": "select", "name": "select", "ratio": {"any": textbook.SAMPLING_RATIO}, "otherwise": "aboard"},
        {
            "do": "serve",
            "station": "xray",
            "time": _time("gamma", textbook.XRAY_MIN, cv=textbook.XRAY_SHAPE**-0.5),
        },
        {
            "do": "alarm",
            "name": "xray",
            "detects": {"any": 1.0},
            "false_alarms": {"any": textbook.ALARM_RATIO},
            "otherwise": "aboard",
        },
        {"do": "serve", "station": "search", "time": _time("exponential", search)},
        end,
    ]


def _ferry() -> Mapping:
    """Wire the ferry: one ship loads, all units board and land at once."""
    crossing = dict.fromkeys(("low_min", "mode_min", "high_min"), textbook.CROSSING_MIN)
    rolling = {"rule": "rolling", "longest_wait_min": textbook.LONGEST_WAIT_MIN}
    return {
        "ports": {"here": {"berths": textbook.SHIPS}, "there": {"berths": textbook.SHIPS}},
        "ship_types": {"ship": {"deck_m": float(textbook.DECK)}},
        "ferries": {
            "strait": {
                "ends": ["here", "there"],
                "ships": {"ship": textbook.SHIPS},
                "departure": {"here": rolling, "there": {"rule": "at_once"}},
                "crossing": crossing,
                "load_s": {"any": 0.0},
                "unload_s": {"any": 0.0},
            }
        },
    }


def textbook_scenario(scope: str, days: float) -> Mapping:
    """Write the textbook model down for `network=custom`."""
    network = {
        "kind": "custom",
        "classes": {kind: {} for kind in textbook.CLASS_SHARE},
        "stations": {
            "gate": {"servers": textbook.GATE_LANES},
            "xray": {"servers": textbook.XRAYS},
            "search": {"servers": textbook.SEARCH_TEAMS},
        },
        "routes": {"out": _route(scope)},
        "arrivals": {
            kind: {
                "class": kind,
                "route": "out",
                "hourly_per_h": [60 * textbook.RATE * share * weight for weight in textbook.HOUR_WEIGHT],
            }
            for kind, share in textbook.CLASS_SHARE.items()
        },
        **(_ferry() if scope != "line" else {}),
    }
    return {
        "title": {"name": "textbook", "zh": "教科书模型", "en": "textbook model"},
        "run": {"days": days, "lead_in_h": 0, "replications": 1, "seed": 1},
        "network": network,
    }


def textbook_network(scope: str, days: float) -> Network:
    """Compile the textbook model; a window longer than a scenario may ask for is put in after its rules were checked."""
    scenario: Scenario = make_scenario(textbook_scenario(scope, 1.0))
    return compile_network(scenario.model_copy(update={"run": scenario.run.model_copy(update={"days": days})}))


class _Side:
    """One competitor: how it runs, and what its runs took."""

    def __init__(self, run: Callable[[], int]) -> None:
        self.run = run
        self.rates: list[float] = []
        self.wall_rates: list[float] = []

    def measure(self, collects: bool) -> None:
        """Time one run."""
        gc.collect()
        if not collects:
            gc.disable()
        wall, cpu = time.perf_counter(), time.process_time()
        vehicles = self.run()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        gc.enable()
        self.rates.append(vehicles / cpu)
        self.wall_rates.append(vehicles / wall)


def run_textbook(scope: str, days: float) -> textbook.Model:
    model = textbook.Model(scope, seed=1)
    model.run(days)
    return model


def _count_events(scope: str, days: float, network: Network, workload: Workload) -> dict[str, tuple[int, int]]:
    """Count vehicles and SimPy events of both, untimed."""
    clocks = []

    class CountedClock(reference.Clock):
        def __init__(self) -> None:
            super().__init__()
            clocks.append(self)

    ordinary, reference.Clock = reference.Clock, CountedClock
    try:
        run_engine(network, workload)
    finally:
        reference.Clock = ordinary
    model = run_textbook(scope, days)
    return {
        "textbook": (len(model.vehicles), next(model.env._eid)),
        "ours": (len(workload.arrival_tick), clocks[0].events),
    }


def _figures_of(record: Record) -> dict[str, float]:
    """Mean waits in minutes, to be held against the textbook model's."""
    waits = record.serves["start_tick"] - record.serves["join_tick"]
    seen = record.serves["start_tick"] >= 0
    figures = {name: waits[row][seen[row]].mean() / 60_000 for row, name in enumerate(("gate", "xray", "search"))}
    if len(record.sailings["units"]):
        departure = record.sailings["departure_tick"][record.units["sailing"]]
        there = (record.units["sailing"] >= 0) & (departure >= 0)
        figures["yard"] = (departure - record.units["yard_tick"])[there].mean() / 60_000
        left = (record.sailings["terminal"] == 0) & (record.sailings["departure_tick"] >= 0)
        figures["aboard"] = record.sailings["units"][left].mean()
    return figures


def _figures_of_textbook(model: textbook.Model) -> dict[str, float]:
    rows = [vehicle.times for vehicle in model.vehicles]
    pairs = {"gate": "arrival", "xray": "gate_end", "search": "xray_end"}
    figures = {
        name: float(np.mean([t[f"{name}_start"] - t[before] for t in rows if f"{name}_start" in t]))
        for name, before in pairs.items()
    }
    if model.sailings:
        figures["yard"] = float(np.mean([t["departure"] - t["yard"] for t in rows if "departure" in t]))
        figures["aboard"] = float(np.mean([units for _, units in model.sailings]))
    return figures


def _report(scope: str, arguments: argparse.Namespace) -> None:
    """Measure one scope and print it."""
    days = arguments.vehicles / MEAN_PER_DAY
    network = textbook_network(scope, days)
    start = time.process_time()
    workload = draw_workload(network, seed=1, replication=0)
    drawing = time.process_time() - start
    vehicles = len(workload.arrival_tick)

    def run_ours() -> int:
        run_engine(network, workload)
        return vehicles

    sides = {
        "textbook": _Side(lambda: len(run_textbook(scope, days).vehicles)),
        "ours": _Side(run_ours),
    }
    for turn in range(arguments.rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            sides[name].measure(arguments.gc)
    print(f"\n{scope}: {days:.1f} days, {arguments.rounds} rounds")
    work = _count_events(scope, days, network, workload)
    for name, side in sides.items():
        units, events = work[name]
        print(
            f"  {name:9} {median(side.rates):10,.0f} vehicles/s CPU {median(side.wall_rates):10,.0f} wall"
            f"   {units:,} vehicles, {events / units:.2f} SimPy events each"
        )
    ratios = [a / b for a, b in zip(sides["ours"].rates, sides["textbook"].rates, strict=True)]
    print(f"  ratio     median {median(ratios):.2f}, least {min(ratios):.2f}, most {max(ratios):.2f}")
    print(f"  workload  {1e6 * drawing / vehicles:.2f} us a vehicle (ours, drawn before)")
    if arguments.figures:
        print("  textbook ", _shown(_figures_of_textbook(run_textbook(scope, days))))
        print("  ours     ", _shown(_figures_of(run_engine(network, workload))))


def _shown(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in figures.items())


def main() -> None:
    """Measure all scopes that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scope", choices=textbook.SCOPES, action="append")
    parser.add_argument("--gc", action="store_true", help="leave the garbage collector on")
    parser.add_argument("--figures", action="store_true", help="print mean waits of both, as a check")
    arguments = parser.parse_args()
    for scope in arguments.scope or textbook.SCOPES:
        _report(scope, arguments)


if __name__ == "__main__":
    main()
