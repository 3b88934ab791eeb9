"""A whole checkpoint chain in closed form: gate, three lines with selection, detection and removal, random transit.

Fixed ratios, exponential services and Poisson arrivals: thinning and displacement keep every flow Poisson, so each
line is M/M/c at its own rate whatever the transit (Burke 1956; Kingman 1993, ch. 5), and a carrier is caught with
probability 1 - prod(1 - p d).
"""

import math
from dataclasses import dataclass, replace

import pytest

from .experiment import Disagreement, Settings, demand_agreement, exponential, replicate, scenario
from .experiment import metrics_by_line as measure
from .theory import mean_wait


@dataclass(frozen=True)
class Line:
    """One line: ratio, probability of detection, scanners, minutes a scan."""

    ratio: float
    detects: float
    servers: int
    minutes: float


@dataclass(frozen=True)
class Chain:
    """Units a minute, lanes at the gate, minutes there, share of carriers, lines."""

    rate: float
    lanes: int
    minutes: float
    prevalence: float
    lines: tuple[Line, ...]


SETS = {
    "light": Chain(2.4, 3, 1.0, 0.2, (Line(0.2, 0.8, 2, 3.0), Line(0.4, 0.5, 1, 0.7), Line(0.6, 0.9, 3, 1.6))),
    "heavy": Chain(2.4, 3, 1.0, 0.05, (Line(0.5, 0.6, 3, 2.0), Line(0.3, 0.95, 2, 2.2), Line(0.15, 0.3, 1, 2.0))),
    "thorough": Chain(1.5, 1, 0.5, 0.4, (Line(1.0, 0.35, 6, 3.2), Line(0.9, 0.7, 2, 1.2), Line(0.08, 0.99, 1, 6.0))),
}


def chain(given: Chain) -> Settings:
    """Wire gate and lines; a found carrier leaves at once, everybody else travels on."""
    steps = [{"do": "serve", "station": "gate", "time": exponential(given.minutes)}]
    transit = {"any": {"family": "lognormal", "mean_s": 1800.0, "cv": 0.6}}
    for n, line in enumerate(given.lines, start=1):
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
        "stations": {"gate": {"servers": given.lanes}}
        | {f"line{n}": {"servers": line.servers} for n, line in enumerate(given.lines, start=1)},
        "routes": {"main": steps},
        "arrivals": {"main": {"route": "main", "rate_per_h": 60 * given.rate}},
        "prevalence_per_100k": {"any": 100_000 * given.prevalence},
    }


def known_figures(given: Chain) -> dict[str, float]:
    """Write down the closed forms: waits, inspected share and interception, line by line and in all."""
    known = {"wait gate": mean_wait(given.rate, 1 / given.minutes, given.lanes)}
    missed = 1.0
    for n, line in enumerate(given.lines, start=1):
        rate = given.rate * line.ratio * (1 - given.prevalence * (1 - missed))
        known[f"wait line{n}"] = mean_wait(rate, 1 / line.minutes, line.servers)
        known[f"selected_ratio line{n}"] = line.ratio
        for kind in ("expected", "realised"):
            known[f"{kind}_interception line{n}"] = missed * line.ratio * line.detects
        missed *= 1 - line.ratio * line.detects
    return known | {f"{kind}_interception all": 1 - missed for kind in ("expected", "realised")}


def check(network: Settings, given: Chain, hours: float = 12) -> None:
    """Hold waits and interception against the closed forms (lead-in 6 h, lead-out for all to finish)."""
    demand_agreement(replicate(scenario(network, hours, 6, 8), measure, 20), known_figures(given))


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
    lines = list(SETS["light"].lines)
    if change.get("ratio") == 0.8:
        change = change | {"servers": 7}  # or the line would never clear
    lines[line] = replace(lines[line], **change)
    with pytest.raises(Disagreement):
        check(chain(replace(SETS["light"], lines=tuple(lines))), SETS["light"])


def test_always_and_never():
    sure = Chain(2.4, 3, 1.0, 0.2, (Line(1.0, 1.0, 4, 1.0),))
    assert math.isclose(known_figures(sure)["expected_interception all"], 1.0)
    none = replace(sure, lines=(Line(0.0, 1.0, 4, 1.0),))
    for given, share in ((sure, 1.0), (none, 0.0)):
        figures = replicate(scenario(chain(given), 6, 0, 48), measure, 1)
        assert figures["expected_interception all"] == share
        assert figures["realised_interception all"] == share
