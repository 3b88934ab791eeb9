"""One replication of a part, and the figures that are read off it."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from sim.calibration import case_of
from sim.metrics import reduce_replication
from sim.metrics.catalogue import BY_NAME
from sim.metrics.summary import ratio_sums
from sim.scenario import Scenario
from sim.study.replay import curves_of, read_figures, replay_of
from sim.study.worker import Job, prepare_job

ENGINE = "reference" if find_spec("numba") is None else "kernel"
"""Both make the same record; the compiled one is ten times faster on these parts."""
CURVE_H = 2
CLEARED = {"inbound": 4000.0, "outbound": 1500.0}
"""Vehicles waiting on a shore below which it is cleared, if for `CLEARED_H`; inbound about 2,800 wait on days of the
festival without a queue."""
CLEARED_H = 6.0


def replicate(what: tuple[str, Scenario, int]) -> dict[str, Any]:
    """Run one replication of a part and keep the figures that the report needs."""
    part, scenario, replication = what
    job = _job(scenario)
    network, workload, record = job.run(replication)
    kept: dict[str, Any] = {}
    if part in ("fog", "policy"):
        replay = replay_of(network, workload, record)
        case = case_of(scenario)
        if part == "fog":
            points = case.points("fitted", "held_out")
            hours = [(case.hour_of(p.start) if p.start else 0.0, case.hour_of(p.end)) for p in points]
            kept["figures"] = read_figures(replay, points, hours).tolist()
            grid = np.arange(0, case.hours + 12, CURVE_H)
            kept["curves"] = {way: curves_of(replay[way], grid).tolist() for way in replay}
        else:
            closed = case.hour_of(case.settings.piece["feb20"].end)
            for way in replay:
                kept[f"clear_{way}"] = (
                    replay[way].cleared_h(closed, CLEARED[way], CLEARED_H, 24 * scenario.run.days) - closed
                )
                kept[f"peak_{way}"] = replay[way].peak(closed - 12, closed + 96)
            kept["out_25h"] = replay["outbound"].departures(closed, closed + 25)
            kept["in_25h"] = replay["inbound"].departures(closed, closed + 25)
    if part != "fog":
        reduction = reduce_replication(network, workload, record, scenario.world.cost)
        kept |= _metrics(reduction)
    if part == "march":
        kept |= _stages(network, record)
    return kept


_held: dict[str, Job] = {}


def _job(scenario: Scenario) -> Job:
    key = json.dumps(scenario.as_mapping(), sort_keys=True, default=str)
    if key not in _held:
        _held.clear()
        _held[key] = prepare_job(scenario, ENGINE)
    return _held[key]


def _metrics(reduction: Any) -> dict[str, float]:
    """Ratio of sums of one replication, by metric and labels joined by slashes."""
    found = {}
    wanted = {
        "arrivals", "sailings", "empty_sailings", "vehicles_per_sailing", "crossing_time", "expected_interception",
        "inspection_delay", "inspected_ratio", "officer_hours", "backlog", "queue_length", "completions", "load_factor",
        "waived_ratio",
    }  # fmt: skip
    for name in wanted:
        keys, (above, below), _ = ratio_sums(BY_NAME[name], [reduction], 24 * reduction.days)
        for key, a, b in zip(keys, above[0], below[0], strict=True):
            if b > 0:
                found["/".join(part for part in key if part != "all")] = float(a / b)
    return found


def _stages(network: Any, record: Any) -> dict[str, float]:
    """Loading, sailing and unloading of loaded road sailings towards the island: quartiles and mean, min."""
    s = record.sailings
    service = np.array([network.terminals.service[t] for t in s["terminal"]])
    inbound = np.array(network.terminals.direction)[s["terminal"]] == "inbound"
    road = inbound & (s["units"] > 0) & (s["ready_tick"] >= 0) & ~np.isin(service, ["rail", "dangerous_goods"])
    found = {}
    for name, first, last in (
        ("loading", "open_tick", "departure_tick"),
        ("sailing", "departure_tick", "arrival_tick"),
        ("unloading", "berth_tick", "ready_tick"),
    ):
        minutes = (s[last] - s[first])[road] / 6e4
        found |= {f"{name}_{q}": float(np.quantile(minutes, q / 100)) for q in (5, 50, 95)}
        found[f"{name}_mean"] = float(minutes.mean())
    return found


def column(replications: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    """Read one figure of all replications, (R,)."""
    return np.array([r[name] for r in replications], float)
