"""The simulations behind docs/validation.md; each part is kept in results/validation until its scenario or the code changes."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sim import load_scenario
from sim.calibration import case_of
from sim.metrics import reduce_replication
from sim.metrics.catalogue import BY_NAME
from sim.metrics.summary import ratio_sums
from sim.scenario import Scenario
from sim.study.replay import curves_of, read_figures, replay_of
from sim.study.worker import Job, prepare_job

from .policies import POLICIES, REPLICATIONS, stress_scenario

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "results" / "validation"
ENGINE = "reference" if find_spec("numba") is None else "kernel"
"""Both make the same record; the compiled one is ten times faster on these parts."""
DECIDES = ("units.py", "network", "workload", "policy", "engine", "record", "metrics", "study/replay.py")
"""What of `sim` decides a figure, beside the scenario."""
CURVE_H = 2
CLEARED = {"inbound": 4000.0, "outbound": 1500.0}
"""Vehicles waiting on a shore below which it is cleared, if for `CLEARED_H`; inbound about 2,800 wait on days of the
festival without a queue."""
CLEARED_H = 6.0
MARCH = (
    ("arrivals", ("direction",)),
    ("sailings", ("direction",)),
    ("empty_sailings", ("direction",)),
    ("vehicles_per_sailing", ()),
    ("vehicles_per_sailing", ("direction",)),
)
"""Metrics that are read, and by what."""


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
    key = _key(scenario)
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


def _key(scenario: Scenario) -> str:
    """Digest of the settings and of the code; engine and number of replications do not matter."""
    plain = scenario.as_mapping()
    spared = dict.fromkeys(("replications", "workers", "figures", "language", "engine"))
    plain["run"] = {**plain["run"], **spared}
    text = json.dumps([_code(), plain], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _code() -> str:
    """Digest of the code that decides a figure."""
    places = [ROOT / "sim" / name for name in DECIDES]
    files = [f for place in places for f in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    digest = hashlib.sha256()
    for file in [*files, Path(__file__)]:
        source = file.read_bytes()
        digest.update(len(source).to_bytes(8, "little") + source)
    return digest.hexdigest()


def run_part(
    name: str, part: str, scenario: Scenario, replications: int, say: Callable[[str], None] = print
) -> list[dict[str, Any]]:
    """Run the replications of a part, or read them where the same were run before.

    Parameters
    ----------
    name : str
        Of the file that keeps them.
    part : str
        What is read off each replication.
    scenario : Scenario
    replications : int
    say : callable
        Progress.

    Returns
    -------
    list of dict
        One a replication.
    """
    file, key = KEPT / f"{name}.jsonl", _key(scenario)
    found = _kept(file, key)
    missing = [r for r in range(replications) if r not in found]
    if missing:
        say(f"{name}: {len(missing)} replications")
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        KEPT.mkdir(parents=True, exist_ok=True)
        with (
            file.open("a", encoding="utf-8") as log,
            ProcessPoolExecutor(min(scenario.run.workers, 2), mp_context=get_context("spawn")) as pool,
        ):
            running = {pool.submit(replicate, (part, scenario, r)): r for r in missing}
            for done in as_completed(running):
                found[running[done]] = done.result()
                log.write(json.dumps({"key": key, "replication": running[done], "figures": done.result()}) + "\n")
                log.flush()
    return [found[r] for r in range(replications)]


def _kept(file: Path, key: str) -> dict[int, dict[str, Any]]:
    """Read what was simulated before with the same settings; a torn last line is left aside."""
    found = {}
    for line in file.read_text("utf-8").splitlines() if file.is_file() else []:
        try:
            stored = json.loads(line)
        except ValueError:
            continue
        if stored["key"] == key:
            found[stored["replication"]] = stored["figures"]
    return found


def column(replications: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    """Read one figure of all replications, (R,)."""
    return np.array([r[name] for r in replications], float)


def scenarios() -> dict[str, tuple[str, Scenario, int]]:
    """List the parts: kind, scenario, replications."""
    return {
        "fog": ("fog", load_scenario("fog_2018_02"), 10),
        "march": ("march", load_scenario("march_2018_month"), 6),
        "duty": ("duty", load_scenario("special_duty_2016"), 6),
        "january_may": ("january_may", load_scenario("year_2018", "run.days=151.0"), 2),
    }


def stress_parts() -> dict[str, tuple[str, Scenario, int]]:
    """List the parts of the study of policies."""
    return {f"policy_{p.name}": ("policy", stress_scenario(p), REPLICATIONS) for p in POLICIES}
