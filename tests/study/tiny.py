"""A study of one queue: small enough to run many times, real enough to be stored, killed and resumed."""

import os
from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim import load_scenario
from sim.scenario import Scenario, make_scenario
from sim.scenario.study import Study, make_study
from sim.study.runner import Plan, make_plan

RATE = "network.arrivals.main.rate_per_h"


@cache
def _base() -> dict[str, Any]:
    return load_scenario("custom", "network=mmc", "run.days=0.05", "run.lead_in_h=0").as_mapping()


class QueueSource:
    """Scenarios of an M/M/3 queue whose arrival rate is set."""

    def scenario(self, settings: Sequence[tuple[str, Any]]) -> Scenario:
        mapping = _base()
        arrivals = mapping["network"]["arrivals"]["main"]
        for key, value in settings:
            assert key == RATE
            arrivals = {**arrivals, "rate_per_h": value}
        network = {**mapping["network"], "arrivals": {"main": arrivals}}
        return make_scenario({**mapping, "network": network})

    def family(self, _settings: Sequence[tuple[str, Any]]) -> Hashable:
        return ()


def queue_study(**more: Any) -> Study:
    given: dict[str, Any] = {
        "title": {"name": "queue", "zh": "排队", "en": "A queue"},
        "base": ["network=mmc"],
        "design": {"kind": "grid", "factor": {"rate": {"key": RATE, "values": [20.0, 30.0, 40.0]}}},
        "replications": 4,
        "outputs": {"metrics": ["wait", "arrivals", "utilisation"]},
    }
    return make_study(given | more)


def queue_plan(**more: Any) -> Plan:
    return make_plan(queue_study(**more), QueueSource())


class Poison(tuple):  # type: ignore[type-arg]
    """Changes that end the process which applies them."""

    __slots__ = ()

    def __iter__(self) -> Any:
        os._exit(9)


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of everything in a study's folder that must not depend on how it was run."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"manifest.json", ".lock"}
    }
