"""What would have to be true for the held-out dispatch: the replay with one thing changed at a time; nothing is fitted here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim import load_scenario
from sim.metrics.agreement import prediction_band
from sim.scenario import Scenario, make_scenario
from sim.scenario.calibration import Published

from .tables import LEVEL, number

REPLICATIONS = 40
CHANGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "open": ("Xinhai open from 20 Feb 09:30", {"calendar.closures.6.end": "2018-02-20 09:31"}),
    "march_ramp": ("ramps of March, 20 s a car", {"ferry.*.load_s.car": 20.0}),
    "both": ("both", {"calendar.closures.6.end": "2018-02-20 09:31", "ferry.*.load_s.car": 20.0}),
}
"""Name of a row, and what every draw gets in place of its own value."""
SHOWN = (
    ("departures", 30020.0, "out, 25 h from 20 Feb 09:30 (30,020)"),
    ("sailings", 191.0, "sailings (191)"),
    ("departures", 11610.0, "out, 21 Feb 08:00 to 19:00 (11,610, fitted)"),
    ("queue", 13251.0, "queue 22 Feb 18:00 (13,251, fitted)"),
)
"""Kind and value of the published figures of the table, and its heads."""


def diagnosis_parts() -> dict[str, tuple[str, Scenario, int]]:
    """List the parts: kind, scenario, replications."""
    return {f"fog_{name}": ("fog", _changed(values), REPLICATIONS) for name, (_, values) in CHANGES.items()}


def _changed(values: Mapping[str, Any]) -> Scenario:
    plain = load_scenario("fog_2018_02").as_mapping()
    names = plain["draws"]["setting"]
    rows = [[values.get(n, cell) for n, cell in zip(names, row, strict=True)] for row in plain["draws"]["rows"]]
    return make_scenario({**plain, "draws": {"setting": names, "rows": rows}})


def diagnosis_lines(parts: Mapping[str, Sequence[dict[str, Any]]], points: Sequence[Published]) -> Iterator[str]:
    """Write the table."""
    places = [next(n for n, p in enumerate(points) if (p.figure, p.value) == kind[:2]) for kind in SHOWN]
    yield "| simulator | " + " | ".join(head for *_, head in SHOWN) + " |"
    yield "|---" * (1 + len(SHOWN)) + "|"
    for name, words in {"fog": "as reported", **{f"fog_{k}": v for k, (v, _) in CHANGES.items()}}.items():
        figures = np.array([r["figures"] for r in parts[name]])[:, places]
        cells = [
            f"{number(m)} ({number(a)}–{number(b)})" for m, a, b in zip(*prediction_band(figures, LEVEL), strict=True)
        ]
        yield f"| {words} | {' | '.join(cells)} |"
