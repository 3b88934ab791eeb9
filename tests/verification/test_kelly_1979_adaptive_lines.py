"""Lines whose ratio falls while their queue is long: reversible birth-death chains (Kelly 1979, ch. 1 to 3).

Units come as a Poisson process of rate a; of those that find n in a line's station a share p(n) is inspected, so n is
birth-death with births a p(n) and deaths min(n, c) / b. The chain is reversible: what comes out, inspected or passed
by, is Poisson of rate a, and what came out so far tells nothing about the state now. So the next line sees a Poisson
process too, lines in series have the product form, and theta = 1 - prod(1 - E[p] d). Nobody may be removed for that,
so q_seq is read where nobody carries, and realised interception where everybody does and travels on when found.

Ways of random length keep the flow Poisson (displacement; Kingman 1993, ch. 5) and every figure of one line exact.
They let units overtake, though, and those who left a line after a unit do tell something about whether it was
inspected: theta is then exact only in the limit of ways that spread wider than a line's memory, as they do here.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sim.policy import Relief

from .experiment import (
    Disagreement,
    Settings,
    demand_agreement,
    exponential,
    in_window,
    metrics_by_line,
    replicate,
    scenario,
)
from .theory import finite_room

PLACES = 400
"""Longest queue of the exact chains; shares beyond are below 1e-12."""


@dataclass(frozen=True)
class Line:
    """Ratio, what relief multiplies it by, from how many waiting on; probability of detection, scanners, minutes."""

    ratio: float
    factor: float
    above: int
    detects: float
    servers: int
    minutes: float

    def ratios(self) -> np.ndarray:
        """Ratio by number in the station, shape (PLACES + 1,)."""
        waiting = np.maximum(np.arange(PLACES + 1) - self.servers, 0)
        return np.where(waiting >= self.above, self.ratio * self.factor, self.ratio)

    def shares(self, rate: float) -> np.ndarray:
        """Stationary distribution of the number in the station."""
        births = rate * self.ratios()[:-1]
        deaths = np.minimum(np.arange(1, PLACES + 1), self.servers) / self.minutes
        weights = np.cumprod([1.0, *(births / deaths)])
        assert weights[-1] < 1e-12 * weights.sum()
        return weights / weights.sum()


@dataclass(frozen=True)
class Series:
    """Units a minute, the law of the way behind each line (none: no way), lines; several would be overloaded at p0."""

    rate: float
    way: Settings | None
    lines: tuple[Line, ...]


LONG = {"family": "lognormal", "mean_s": 3600.0, "cv": 0.6}
SETS = {
    "one line": Series(2.4, None, (Line(0.9, 0.3, 2, 0.7, 2, 1.0),)),
    "two at once": Series(3.0, None, (Line(0.5, 0.2, 1, 0.6, 1, 0.7), Line(0.8, 0.5, 3, 0.9, 3, 1.3))),
    "three on the way": Series(
        2.0, LONG, (Line(1.0, 0.0, 3, 0.5, 3, 1.5), Line(0.4, 0.5, 2, 0.85, 1, 1.1), Line(0.6, 0.1, 1, 0.3, 2, 1.6))
    ),
}


def series(given: Series, catch: bool) -> Settings:
    """Wire the lines; found carriers leave if `catch`, though nobody carries then; else everybody carries."""
    steps: list[Settings] = []
    for n, line in enumerate(given.lines, start=1):
        relief = {"station": f"line{n}", "above": line.above, "below": line.above - 1, "factor": line.factor}
        on = f"on{n}"
        alarm = {"detects": {"any": line.detects}, "false_alarms": {"any": 0.0}, "otherwise": on}
        steps += [
            {"do": "select", "name": f"line{n}", "ratio": {"any": line.ratio}, "relief": relief, "otherwise": on},
            {"do": "serve", "station": f"line{n}", "time": exponential(line.minutes)},
            {"do": "alarm", "name": f"line{n}", **alarm} | ({} if catch else {"then": on}),
            {"do": "exit", "removed": True},
            {"do": "travel", "name": f"way{n}", "time": {"any": given.way or {"family": "constant", "mean_s": 0.0}}},
        ]
        steps[-1]["label"] = on
    return {
        "stations": {f"line{n}": {"servers": line.servers} for n, line in enumerate(given.lines, start=1)},
        "routes": {"main": steps},
        "arrivals": {"main": {"route": "main", "rate_per_h": 60 * given.rate}},
        "prevalence_per_100k": {"any": 0.0 if catch else 100_000.0},
    }


def known_figures(given: Series) -> dict[str, float]:
    """Write down the product form: ratio met, queue, wait, share of time with n in the station, interception."""
    known, missed = {}, 1.0
    for n, line in enumerate(given.lines, start=1):
        shares = line.shares(given.rate)
        met = float(shares @ line.ratios())
        queue = float(shares @ np.maximum(np.arange(PLACES + 1) - line.servers, 0))
        known |= {f"selected_ratio line{n}": met, f"ratio line{n}": met, f"queue_length line{n}": queue}
        known[f"wait line{n}"] = queue / (given.rate * met)
        known |= {f"share{k} line{n}": float(shares[k]) for k in range(line.servers + line.above + 2) if shares[k] > 0}
        known[f"expected_interception line{n}"] = missed * met * line.detects
        missed *= 1 - met * line.detects
    return known | {"expected_interception all": 1 - missed}


def shares_of_time(network, record, slot: int, places: int) -> np.ndarray:
    """Shares of the window with 0, 1, ... units in a slot's station, shape (places,)."""
    come, gone = record.serves["join_tick"][slot], record.serves["end_tick"][slot]
    come, gone = come[come >= 0], gone[gone >= 0]
    ticks = np.concatenate([[network.window_tick], come, gone])
    change = np.repeat([0, 1, -1], [1, len(come), len(gone)])
    order = np.argsort(ticks, kind="stable")
    level = np.cumsum(change[order])
    span = np.diff(np.clip(np.append(ticks[order], network.horizon_tick), network.window_tick, network.window_end_tick))
    return np.bincount(level, span, minlength=places)[:places] / span.sum()


def measure(network, workload, record):
    """Project's metrics, and what it does not report: the ratio in force on average, the shares of time."""
    figures = metrics_by_line(network, workload, record)
    mine = in_window(network, record)
    for name, slot in zip(network.selects.name, network.selects.row, strict=True):
        figures[f"ratio {name}"] = record.selects["ratio"][slot][mine].mean()
        figures |= {f"share{k} {name}": s for k, s in enumerate(shares_of_time(network, record, slot, 12))}
    return figures


def measure_found(network, workload, record):
    """Share of carriers at whom any line alarmed."""
    alarmed = record.alarms["is_alarmed"][:, in_window(network, record)] == 1
    first = np.argmax(alarmed, axis=0)
    at = {f"found line{n}": (alarmed[n - 1] & (first == n - 1)).mean() for n in range(1, len(alarmed) + 1)}
    return {"found all": alarmed.any(axis=0).mean()} | at


def run_series(given: Series, catch: bool, hours: float) -> Settings:
    """Wrap with a lead-in that fills the ways and a lead-out in which all finish."""
    return scenario(series(given, catch), hours, *((2, 3) if given.way is None else (10, 16)))


def check_lines(model: Series, given: Series, hours: float = 12) -> None:
    """Hold every line and q_seq of a model against the product form of what is given."""
    demand_agreement(replicate(run_series(model, True, hours), measure, 20), known_figures(given))


def check_found(model: Series, given: Series, hours: float = 12) -> None:
    """Hold what a model finds against the product form of what is given."""
    known = known_figures(given)
    found = {n.replace("expected_interception", "found"): v for n, v in known.items() if n.startswith("expected")}
    demand_agreement(replicate(run_series(model, False, hours), measure_found, 20), found)


@pytest.mark.parametrize("name", SETS)
def test_adaptive_lines(name):
    check_lines(SETS[name], SETS[name])


@pytest.mark.parametrize("name", SETS)
def test_adaptive_lines_find(name):
    check_found(SETS[name], SETS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_adaptive_lines_long(name):
    check_lines(SETS[name], SETS[name], hours=400)
    check_found(SETS[name], SETS[name], hours=400)


@pytest.mark.slow
def test_overtaking_on_short_ways_costs_a_little_of_the_product_form():
    """On ways that spread as far as a line remembers, who was inspected meets a higher ratio at the next line."""
    turns_away = Line(1.0, 0.0, 1, 0.9, 1, 1.0)
    given = Series(2.0, {"family": "exponential", "mean_s": 60.0}, (turns_away, turns_away))

    def measure_both(network, workload, record):
        mine = in_window(network, record)
        first, second = record.selects["is_selected"][0][mine] == 1, record.selects["ratio"][1][mine]
        gap = second[first].mean() - second[~first].mean()
        return measure(network, workload, record) | {"gap": gap}

    measured = replicate(run_series(given, True, 100), measure_both, 20)
    known = known_figures(given)
    by_line = {name: value for name, value in known.items() if "expected" not in name}
    demand_agreement(measured, by_line)
    with pytest.raises(Disagreement):
        demand_agreement(measured, {"gap": 0.0})
    assert measured["expected_interception all"].mean() == pytest.approx(known["expected_interception all"], rel=0.02)


WRONG = {
    "ratio +15 %": {"ratio": 0.575},
    "factor for 1 - factor": {"factor": 0.8},
    "relief one later": {"above": 2},
    "scanner more": {"servers": 2},
    "service +15 %": {"minutes": 0.805},
    "d for 1-d": {"detects": 0.4},
}


def with_first_line(given: Series, **change: float) -> Series:
    """Change the first line."""
    return replace(given, lines=(replace(given.lines[0], **change), *given.lines[1:]))


@pytest.mark.parametrize("wrong", WRONG)
def test_adaptive_lines_notice_a_wrong_network(wrong):
    given = SETS["two at once"]
    with pytest.raises(Disagreement):
        check_lines(with_first_line(given, **WRONG[wrong]), given)


@pytest.mark.parametrize("wrong", ["d for 1-d", "factor for 1 - factor"])
def test_found_notices_a_wrong_network(wrong):
    given = SETS["two at once"]
    with pytest.raises(Disagreement):
        check_found(with_first_line(given, **WRONG[wrong]), given)


def test_adaptive_lines_notice_a_fixed_ratio_of_the_same_mean():
    given = SETS["one line"]
    mean = known_figures(given)["ratio line1"]
    with pytest.raises(Disagreement, match="wait line1"):
        check_lines(with_first_line(given, ratio=mean, factor=1.0), given)


def test_adaptive_lines_notice_a_relief_off_by_one_in_the_engine(monkeypatch):
    see = Relief.see
    monkeypatch.setattr(Relief, "see", lambda self, waiting: see(self, waiting + 1))
    with pytest.raises(Disagreement):
        check_lines(SETS["one line"], SETS["one line"])


def test_a_line_is_the_loss_system_where_relief_turns_everybody_away():
    """A factor of 0 leaves M/M/c/K; the exact chain must agree with the formula before it judges the engine."""
    line = Line(1.0, 0.0, 3, 0.5, 3, 1.5)
    blocked, queue, _ = finite_room(2.0, 1 / 1.5, 3, 6)
    known = known_figures(Series(2.0, None, (line,)))
    assert known["ratio line1"] == pytest.approx(1 - blocked, rel=1e-12)
    assert known["queue_length line1"] == pytest.approx(queue, rel=1e-12)
