"""A whole checkpoint chain in closed form: gate, three lines with selection, detection and removal, random transit.

Fixed ratios, exponential services and Poisson arrivals: thinning and displacement keep every flow Poisson, so each
line is M/M/c at its own rate whatever the transit (Burke 1956; Kingman 1993, ch. 5), and a carrier is caught with
probability 1 - prod(1 - p d).
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from sim.network import REMOVED

from .experiment import Disagreement, Settings, demand_agreement, exponential, in_window, replicate, scenario, waits_min
from .theory import mean_wait

PREVALENCE = 0.2
GATE = (2.4, 1.0, 3)
"""Rate a minute, service rate, lanes."""


@dataclass(frozen=True)
class Line:
    """One line: ratio, probability of detection, scanners, minutes a scan."""

    ratio: float
    detects: float
    servers: int
    minutes: float


SETS = {
    "light": (Line(0.2, 0.8, 2, 3.0), Line(0.4, 0.5, 1, 0.7), Line(0.6, 0.9, 3, 1.6)),
    "heavy": (Line(0.5, 0.6, 3, 2.0), Line(0.3, 0.95, 2, 2.2), Line(0.15, 0.3, 1, 2.0)),
}


def chain(lines: tuple[Line, ...]) -> Settings:
    """Wire gate and lines; a found carrier leaves at once, everybody else travels on."""
    steps = [{"do": "serve", "station": "gate", "time": exponential(1.0)}]
    transit = {"any": {"family": "lognormal", "mean_s": 1800.0, "cv": 1.0}}
    for n, line in enumerate(lines, start=1):
        on = f"on{n}"
        steps += [
            {"do": "select", "name": f"line{n}", "ratio": {"any": line.ratio}, "otherwise": on},
            {"do": "serve", "station": f"line{n}", "time": exponential(line.minutes)},
            {
                "do": "alarm",
                "name": f"line{n}",
                "detects": {"any": line.detects},
                "false_alarms": {"any": 0.0},
                "otherwise": on,
            },
            {"do": "exit", "removed": True},
            {"do": "travel", "name": f"way{n}", "time": transit, "label": on},
        ]
    return {
        "stations": {"gate": {"servers": GATE[2]}}
        | {f"line{n}": {"servers": line.servers} for n, line in enumerate(lines, start=1)},
        "routes": {"main": steps},
        "arrivals": {"main": {"route": "main", "rate_per_h": 60 * GATE[0]}},
        "prevalence_per_100k": {"any": 100_000 * PREVALENCE},
    }


def known_figures(lines: tuple[Line, ...]) -> dict[str, float]:
    """Write down the closed forms."""
    missed = np.cumprod([1.0, *(1 - line.ratio * line.detects for line in lines)])
    known = {"gate": mean_wait(*GATE), "expected": 1 - missed[-1], "realised": 1 - missed[-1]}
    for n, line in enumerate(lines, start=1):
        rate = GATE[0] * line.ratio * (1 - PREVALENCE * (1 - missed[n - 1]))
        known[f"line{n}"] = mean_wait(rate, 1 / line.minutes, line.servers)
    return known


def expected_interception(lines: tuple[Line, ...], is_selected: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Write the sequential conditional estimator of each innocent unit (Law 2015, ch. 11: conditional Monte Carlo)."""
    missed = np.ones(ratio.shape[1])
    caught = np.zeros(ratio.shape[1])
    for n, line in enumerate(lines):
        caught += missed * ratio[n] * line.detects
        missed *= 1 - (is_selected[n] == 1) * line.detects
    return caught


def check(network: Settings, lines: tuple[Line, ...], hours: float = 14) -> None:
    """Hold waits and interception against the closed forms (lead-in 6 h, lead-out for all to finish)."""

    def measure(compiled, workload, record):
        mine = in_window(compiled, record)
        carries = workload.carries_violation
        selects = record.selects
        innocent = mine & ~carries
        q = expected_interception(lines, selects["is_selected"][:, innocent], selects["ratio"][:, innocent])
        caught = record.units["outcome"][mine & carries] == REMOVED
        waits = {name: waits_min(compiled, record, slot).mean() for slot, name in enumerate(compiled.serve_slots)}
        return {**waits, "expected": q.mean(), "realised": caught.mean()}

    demand_agreement(replicate(scenario(network, hours, 6, 8), measure, 20), known_figures(lines))


@pytest.mark.parametrize("name", SETS)
def test_three_lines(name):
    check(chain(SETS[name]), SETS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_three_lines_long(name):
    check(chain(SETS[name]), SETS[name], hours=200)


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (0, {"ratio": 0.8}),
        (1, {"ratio": 0.5}),
        (0, {"detects": 0.2}),
        (2, {"servers": 4}),
    ],
    ids=["p for 1-p", "ratio +25 %", "d for 1-d", "scanner more"],
)
def test_three_lines_notice_a_wrong_network(line, change):
    lines = list(SETS["light"])
    if change.get("ratio") == 0.8:
        change = change | {"servers": 7}  # or the line would never clear
    lines[line] = replace(lines[line], **change)
    with pytest.raises(Disagreement):
        check(chain(tuple(lines)), SETS["light"])


def test_always_and_never():
    sure = (Line(1.0, 1.0, 4, 1.0),)
    assert math.isclose(known_figures(sure)["expected"], 1.0)
    none = (Line(0.0, 1.0, 4, 1.0),)
    for lines, share in ((sure, 1.0), (none, 0.0)):

        def measure(compiled, workload, record):
            carries = workload.carries_violation & in_window(compiled, record)
            return {"caught": (record.units["outcome"][carries] == REMOVED).mean()}

        assert replicate(scenario(chain(lines), 6, 0, 48), measure, 1)["caught"] == share
