"""The parts of docs/validation.md; each is kept in results/validation until its scenario or the code changes."""

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sim import load_scenario
from sim.scenario import Scenario

from .policies import POLICIES, REPLICATIONS, stress_scenario
from .reading import replicate

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "results" / "validation"
DECIDES = ("units.py", "network", "workload", "policy", "engine", "record", "metrics", "study/replay.py")
"""What of `sim` decides a figure, beside the scenario."""


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
    for file in [*files, Path(__file__).with_name("reading.py")]:
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


def scenarios() -> dict[str, tuple[str, Scenario, int]]:
    """List the parts: kind, scenario, replications."""
    return {
        "fog": ("fog", load_scenario("fog_2018_02"), 100),
        "march": ("march", load_scenario("march_2018_month"), 40),
        "duty": ("duty", load_scenario("special_duty_2016"), 40),
        "january_may": ("january_may", load_scenario("year_2018", "run.days=151.0"), 20),
    }


def stress_parts() -> dict[str, tuple[str, Scenario, int]]:
    """List the parts of the study of policies."""
    return {f"policy_{p.name}": ("policy", stress_scenario(p), REPLICATIONS) for p in POLICIES}
