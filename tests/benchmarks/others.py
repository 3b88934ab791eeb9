"""The line of the textbook model in other simulators, and the yardstick in C++."""

import ctypes
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from sim.arena import lend
from sim.engine.kernel.columns import as_record, make_window, with_rest
from sim.engine.kernel.fields import SAILING_SIZE
from sim.network import Network, StepKind
from sim.record import Record
from sim.record.narrow import TICK_ROWS
from sim.units import TICKS_PER_MINUTE
from sim.workload import Workload

from . import textbook

HOUR_MIN = 60.0
_STATIONS = 3
_UNIT_ROWS = len(TICK_ROWS)
_LEAN_ROWS = {
    "start": slice(_UNIT_ROWS, _UNIT_ROWS + _STATIONS),
    "end": slice(_UNIT_ROWS + _STATIONS, _UNIT_ROWS + 2 * _STATIONS),
    "board": TICK_ROWS.index("boarding_tick"),
    "land": TICK_ROWS.index("landing_tick"),
}
"""Rows of the record that the lean yardstick writes."""
_SIGMA = math.sqrt(math.log(1 + textbook.GATE_CV**2))


def run_ciw(days: float, seed: int = 1) -> Any:
    """Simulate the line on Ciw with its own distributions; returns the finished simulation."""
    import ciw

    kinds, hours = list(textbook.CLASS_SHARE), range(math.ceil(24 * days))

    def arrivals(kind: str) -> Any:
        share = textbook.RATE * textbook.CLASS_SHARE[kind]
        rates = [share * textbook.HOUR_WEIGHT[hour % 24] for hour in hours]
        ends = [HOUR_MIN * (hour + 1) for hour in hours]
        return ciw.dists.PoissonIntervals(rates=rates, endpoints=ends, max_sample_date=24 * HOUR_MIN * days)

    def services(kind: str) -> list[Any]:
        gate = ciw.dists.Lognormal(math.log(textbook.GATE_MIN[kind]) - _SIGMA**2 / 2, _SIGMA)
        xray = ciw.dists.Gamma(textbook.XRAY_SHAPE, textbook.XRAY_MIN[kind] / textbook.XRAY_SHAPE)
        return [gate, xray, ciw.dists.Exponential(1 / textbook.SEARCH_MIN)]

    ways = [[0.0, textbook.SAMPLING_RATIO, 0.0], [0.0, 0.0, textbook.ALARM_RATIO], [0.0, 0.0, 0.0]]
    network = ciw.create_network(
        arrival_distributions={kind: [arrivals(kind), None, None] for kind in kinds},
        service_distributions={kind: services(kind) for kind in kinds},
        routing=dict.fromkeys(kinds, ways),
        number_of_servers=[textbook.GATE_LANES, textbook.XRAYS, textbook.SEARCH_TEAMS],
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(24 * HOUR_MIN * days)
    return simulation


def run_salabim(arrivals_min: list[float], kinds: list[str], days: float, seed: int = 1) -> int:
    """Simulate the line on salabim (a component a vehicle, `yield`); returns how many vehicles arrived."""
    import salabim

    env = salabim.Environment(trace=False, random_seed=seed, yieldless=False)
    gate = salabim.Resource("gate", capacity=textbook.GATE_LANES, monitor=False)
    xray = salabim.Resource("xray", capacity=textbook.XRAYS, monitor=False)
    search = salabim.Resource("search", capacity=textbook.SEARCH_TEAMS, monitor=False)
    draws = env.random if hasattr(env, "random") else salabim.random

    class Vehicle(salabim.Component):
        def setup(self, kind: str) -> None:
            self.kind = kind

        def process(self):
            yield self.request(gate)
            yield self.hold(textbook.GATE_MIN[self.kind] * draws.lognormvariate(-(_SIGMA**2) / 2, _SIGMA))
            self.release(gate)
            if draws.random() >= textbook.SAMPLING_RATIO:
                return
            yield self.request(xray)
            mean = textbook.XRAY_MIN[self.kind]
            yield self.hold(draws.gammavariate(textbook.XRAY_SHAPE, mean / textbook.XRAY_SHAPE))
            self.release(xray)
            if draws.random() >= textbook.ALARM_RATIO:
                return
            yield self.request(search)
            yield self.hold(draws.expovariate(1 / textbook.SEARCH_MIN))
            self.release(search)

    class Source(salabim.Component):
        def process(self):
            for tick, kind in zip(arrivals_min, kinds, strict=True):
                yield self.hold(till=tick)
                Vehicle(kind=kind)

    Source()
    env.run(till=24 * HOUR_MIN * days)
    return len(arrivals_min)


def build_yardstick(folder: Path) -> Any:
    """Compile the yardstick, or return None where there is no compiler."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        return None
    library = folder / "yardstick.so"
    source = Path(__file__).with_name("yardstick.cpp")
    options = ["-O3", "-march=native", "-ffp-contract=off", "-std=c++17", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, "-o", str(library), str(source)], check=True)
    run = ctypes.CDLL(str(library)).run
    run.argtypes, run.restype = [ctypes.c_void_p, ctypes.c_bool], ctypes.c_int64
    return run


class _Given(ctypes.Structure):
    """What the yardstick is handed; the same as in `yardstick.cpp`."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in ("n", "stride", "horizon")),
        *((name, ctypes.c_void_p) for name in ("arrivals", "base", "durations", "uniforms")),
        *((name, ctypes.c_double) for name in ("ratio", "alarms")),
        *((name, ctypes.c_int64) for name in ("ships", "deck", "longest_wait", "crossing", "outcome")),
        *((name, ctypes.c_void_p) for name in ("ticks", "visits", "ratios", "flags", "sailings")),
    )


def _start_yardstick(
    run: Any, scope: str, network: Network, workload: Workload, into: tuple[np.ndarray, ...], base: np.ndarray | None
) -> int:
    """Let the yardstick write into ticks, visits, ratios, flags and sailings; return how many sailings there were.

    With a base of each block of units it is the whole one, which counts ticks from there.
    """
    assert workload.duration_ticks.dtype == np.int32
    given = _Given(
        len(workload.arrival_tick),
        into[0].shape[1],
        network.horizon_tick,
        workload.arrival_tick.ctypes.data,
        None if base is None else base.ctypes.data,
        *(array.ctypes.data for array in (workload.duration_ticks, workload.uniform)),
        textbook.SAMPLING_RATIO,
        textbook.ALARM_RATIO,
        0 if scope == "line" else textbook.SHIPS,
        textbook.DECK,
        round(textbook.LONGEST_WAIT_MIN * TICKS_PER_MINUTE),
        round(textbook.CROSSING_MIN * TICKS_PER_MINUTE),
        int(network.steps.target[network.steps.kind == StepKind.EXIT].max()),
        *(array.ctypes.data for array in into),
    )
    return int(run(ctypes.byref(given), base is not None))


def run_yardstick(run: Any, scope: str, network: Network, workload: Workload) -> dict[str, np.ndarray]:
    """Simulate a scope in lean C++: eight columns, and all units of a ship land in one event.

    They lie in memory that is used again, as the kernel's do.
    """
    n = len(workload.arrival_tick)
    rows = _UNIT_ROWS + 2 * _STATIONS
    ticks = lend("C++", 8 * rows * n).view(np.int64).reshape(rows, n)
    seen = {name: ticks[rows] for name, rows in _LEAN_ROWS.items()}
    for column in seen.values():
        column.fill(-1)
    nothing = np.zeros(0)
    _start_yardstick(run, scope, network, workload, (ticks, ticks[_UNIT_ROWS:], nothing, nothing, nothing), None)
    return seen


def run_whole_yardstick(run: Any, scope: str, network: Network, workload: Workload) -> Record:
    """Simulate a scope in C++ that does the kernel's work: the same events and the same record, in the same memory."""
    window = make_window(network, workload, 0, len(workload.arrival_tick), np.dtype(np.int32))
    window = with_rest(network, workload, window, 0)
    most = 2 * (len(workload.arrival_tick) + textbook.SHIPS)  # each sailing has a unit aboard, or is one back
    sailings = lend("C++ sailings", 8 * most * SAILING_SIZE).view(np.int64).reshape(most, SAILING_SIZE)
    count = _start_yardstick(run, scope, network, workload, (*window.rows(), sailings), window.narrow.base)
    return as_record(workload, window, window.end, sailings[:count])
