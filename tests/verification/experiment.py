"""Run a custom network a number of times and hold what is measured against what is known.

The replication is the unit: a figure agrees when the known value lies within t standard errors of the mean over
replications, t for a false alarm of one in a million over all figures of a check. Seeds are fixed, so a check that
has passed passes always. Waits are skewed, so replications are long: hundreds of relaxation times each.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim.engine import run_engine
from sim.metrics import reduce_replication
from sim.network import Network, compile_network
from sim.record import Record
from sim.scenario import make_scenario
from sim.units import TICKS_PER_HOUR, TICKS_PER_MINUTE
from sim.workload import Workload, draw_workload

FALSE_ALARM = 1e-6
ROUNDING = 1e-12
"""Relative; all that a figure may be off that has no variance."""
SEED = 20180301

Settings = dict[str, Any]
Values = NDArray[np.float64]
Measure = Callable[[Network, Workload, Record], Mapping[str, float]]


class Disagreement(AssertionError):
    """A figure lies further from the known value than chance allows."""


def scenario(network: Settings, hours: float, lead_in_h: int = 0, lead_out_h: int = 0) -> Settings:
    """Wrap a custom network; the window starts `lead_in_h` after an empty start."""
    return {
        "title": {"name": "case", "zh": "检验", "en": "case"},
        "run": {
            "days": hours / 24,
            "lead_in_h": lead_in_h,
            "lead_out_h": lead_out_h,
            "replications": 1,
            "seed": SEED,
        },
        "network": {"kind": "custom", **network},
    }


def exponential(minutes: float) -> Settings:
    """Service time of every class."""
    return {"any": {"family": "exponential", "mean_s": 60.0 * minutes}}


def constant(minutes: float) -> Settings:
    """Service time of every class."""
    return {"any": {"family": "constant", "mean_s": 60.0 * minutes}}


def single_station(per_min: float, time: Settings, servers: int, **station: Any) -> Settings:
    """One station, one stream of arrivals."""
    serve = {"do": "serve", "station": "desk", "time": time}
    if "queue_limit" in station:
        serve["when_full"] = "waive"
    return {
        "stations": {"desk": {"servers": servers, **station}},
        "routes": {"main": [serve]},
        "arrivals": {"main": {"route": "main", "rate_per_h": 60.0 * per_min}},
    }


def simulate_case(settings: Settings, replication: int) -> tuple[Network, Workload, Record]:
    """Run one replication of a scenario."""
    return _run(compile_network(make_scenario(settings)), replication)


def _run(network: Network, replication: int) -> tuple[Network, Workload, Record]:
    workload = draw_workload(network, SEED, replication)
    return network, workload, run_engine(network, workload)


def replicate(settings: Settings | Callable[[int], Settings], measure: Measure, replications: int) -> dict[str, Values]:
    """Measure every replication: name to values, shape (R,)."""
    if callable(settings):
        rows = [measure(*simulate_case(settings(r), r)) for r in range(replications)]
    else:
        network = compile_network(make_scenario(settings))
        rows = [measure(*_run(network, r)) for r in range(replications)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def demand_agreement(measured: Mapping[str, Values], known: Mapping[str, float]) -> None:
    """Hold all figures of a check against their known values.

    Raises
    ------
    Disagreement
        Naming every figure that is too far off, in standard errors.
    """
    assert set(known) <= set(measured)
    faults = []
    for name, value in known.items():
        sample = measured[name]
        error = float(sample.std(ddof=1)) / np.sqrt(len(sample))
        limit = stats.t.isf(FALSE_ALARM / (2 * len(known)), len(sample) - 1)
        if not abs(float(sample.mean()) - value) <= limit * error + ROUNDING * abs(value):
            faults.append(f"{name}: known {value:.6g}, measured {sample.mean():.6g} +- {error:.2g}")
    if faults:
        raise Disagreement("; ".join(faults))


def metrics_by_line(network: Network, workload: Workload, record: Record) -> dict[str, float]:
    """Reduce a replication by the project's own metrics: `metric line` to its value, added up over classes.

    Raises
    ------
    Disagreement
        If somebody is still inside at the end of the lead-out.
    """
    sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for key, pair in reduce_replication(network, workload, record).sums.items():
        sums[f"{key[0]} {key[3]}"].append(pair)
    if inside := sum(above for above, _ in sums["unfinished all"]):
        raise Disagreement(f"{inside:.0f} units are still inside at the end of the lead-out")
    hours = (network.window_end_tick - network.window_tick) / TICKS_PER_HOUR
    totals = {name: np.sum(pairs, axis=0) for name, pairs in sums.items()}
    return {name: float(above / (below or hours)) for name, (above, below) in totals.items()}


def in_window(network: Network, record: Record) -> NDArray[np.bool_]:
    """Tell which units arrived within the window, shape (N,)."""
    arrival = record.units["arrival_tick"]
    window: NDArray[np.bool_] = (arrival >= network.window_tick) & (arrival < network.window_end_tick)
    return window


def waits_min(network: Network, record: Record, slot: int = 0) -> Values:
    """Waits in minutes of those who arrived in the window and came to a slot.

    Raises
    ------
    Disagreement
        If somebody still waits at the end of the lead-out.
    """
    serves = record.serves
    mine = in_window(network, record) & (serves["join_tick"][slot] >= 0)
    start, join = serves["start_tick"][slot][mine], serves["join_tick"][slot][mine]
    if (start < 0).any():
        raise Disagreement(f"{(start < 0).sum()} units still wait at the end of the lead-out")
    waits: Values = (start - join) / TICKS_PER_MINUTE
    return waits


def number_between(network: Network, start: NDArray[np.int64], end: NDArray[np.int64]) -> float:
    """Time average over the window of the number of units between two of their ticks (end -1: still there)."""
    come = start >= 0
    opened = np.clip(start[come], network.window_tick, network.window_end_tick)
    closed = np.where(end[come] >= 0, end[come], network.horizon_tick)
    closed = np.clip(closed, network.window_tick, network.window_end_tick)
    return float((closed - opened).sum()) / (network.window_end_tick - network.window_tick)


def number_at(hour: float, start: NDArray[np.int64], end: NDArray[np.int64]) -> int:
    """Count the units between two of their ticks at an hour of the simulation."""
    tick = round(hour * TICKS_PER_HOUR)
    return int(((start >= 0) & (start <= tick) & ((end < 0) | (end > tick))).sum())
