"""The page: what the parts have shown, put into words and tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.calibration import Posterior
from sim.figures import ReplayCurves
from sim.metrics.agreement import absolute_percentage_error, geh, prediction_band
from sim.scenario.calibration import Published, Range

from .bulletins import bulletin_rows, target_rows
from .chinese import chinese_lines
from .diagnosis import diagnosis_lines
from .fog import outbound, replay_curves, rows_of, variant, with_roles
from .policies import POLICIES
from .reading import CURVE_H
from .reasons import OPENING, REASONS, TEXTS
from .stress import stress_lines
from .tables import LEVEL, number, share_inside, table

Parts = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True, eq=False)
class Report:
    """All that the page is made from."""

    posterior: Posterior
    parts: Parts
    points: list[Published]
    figures: np.ndarray
    """(R, points) by the simulator"""
    replay: ReplayCurves
    stress: dict[str, Sequence[dict[str, Any]]]


def gather(posterior: Posterior, parts: Parts) -> Report:
    """Put the parts together."""
    case = posterior.case
    figures = np.array([r["figures"] for r in parts["fog"]])
    hours = np.arange(0, case.hours + 12, CURVE_H)
    stress = {p.name: parts[f"policy_{p.name}"] for p in POLICIES}
    return Report(
        posterior, parts, case.points("fitted", "held_out"), figures, replay_curves(case, parts["fog"], hours), stress
    )


def page(report: Report) -> Iterator[str]:
    """Write docs/validation.md."""
    case = report.posterior.case
    numbers = _numbers(report)
    yield from OPENING[:-1]
    yield OPENING[-1].format(**numbers)
    yield from ["", "## 1 Targets", "", TEXTS["targets"], ""]
    yield from table(target_rows(report.parts, report.points, report.figures), REASONS)
    yield from ["", "## 2 The fog of February 2018", "", TEXTS["fog"].format(n=len(report.figures), **numbers), ""]
    yield from _posterior_lines(report)
    yield from ["", "### By the simulator", ""]
    rows = rows_of(report.points, report.figures)
    yield from table(rows, REASONS)
    yield from ["", "![Published figures over the simulated band](figures/fog_replay.png)", "", "### By the fluid", ""]
    fluid_points = outbound(case)
    fluid = report.posterior.predict(fluid_points)
    yield from _fluid_lines(fluid_points, fluid)
    yield from ["", "### Statistics", ""]
    yield from _statistics(report, fluid_points, fluid)
    yield from ["", "### What the misses say", "", TEXTS["misses"].format(**numbers), ""]
    yield from diagnosis_lines(report.parts, report.points)
    yield from ["", TEXTS["last_day"].format(**numbers), ""]
    yield from _variants(report)
    yield from [
        "",
        "## 3 Bulletins, times and the duty of 2016",
        "",
        TEXTS["bulletins"].format(**{name: len(runs) for name, runs in report.parts.items()}),
        "",
    ]
    yield from table(bulletin_rows(report.parts), REASONS)
    yield from ["", "## 4 Synthetic recovery", "", TEXTS["recovery"]]
    yield from ["", "## 5 Policies under stress", ""]
    yield from stress_lines(report.stress)
    yield from ["", "![Policies of line 1 after the fog](figures/fog_policies.png)", ""]
    yield from chinese_lines(report.stress, numbers)


def _numbers(report: Report) -> dict[str, str]:
    """Numbers that the words of the page need."""

    def middle(kind: str, value: float) -> float:
        place = next(n for n, p in enumerate(report.points) if (p.figure, p.value) == (kind, value))
        return float(np.median(report.figures[:, place]))

    out, sailings = middle("departures", 30020.0), middle("sailings", 191.0)
    fluid = report.posterior.predict([p for p in report.points if (p.figure, p.value) == ("departures", 11610.0)])
    return {
        "out": number(out),
        "sailings": number(sailings),
        "short": f"{100 * (1 - out / 30020):.0f}",
        "evening": number(middle("queue", 0.0)),
        "morning": number(middle("queue", 1337.0)),
        "ratio": f"{middle('departures', 11610.0) / float(np.median(fluid)):.2f}",
        "capacity": number(float(np.median(report.posterior.parameters.capacity))),
    }


def _posterior_lines(report: Report) -> Iterator[str]:
    drawn = report.posterior.parameters
    restrictions = report.posterior.case.settings.restriction
    yield "| parameter | prior | posterior median, 90 % |"
    yield "|---|---|---|"
    settings = report.posterior.case.settings
    lines = [
        ("capacity, vehicles an hour", settings.capacity_per_h, drawn.capacity, 0),
        ("vehicles a sailing", settings.vehicles_per_sailing, drawn.per_sailing, 0),
        ("hours from arrival to departure without a queue", settings.stay_h, drawn.stay_h, 2),
        ("night rate, share of the mean", settings.night, drawn.night, 2),
        *((f"capacity share, {name.replace('_', ' ')}", r.factor, drawn.factor[:, n], 2) for n, (name, r) in enumerate(restrictions.items())),
    ]  # fmt: skip
    for name, prior, values, digits in lines:
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        yield f"| {name} | {prior.low:g}–{prior.high:g} | {number(middle, digits)} ({number(low, digits)}–{number(high, digits)}) |"
    days = np.quantile(drawn.level, [0.05, 0.5, 0.95], axis=0)
    for day, (low, middle, high) in enumerate(days.T):
        centre = number(report.posterior.level[day])
        yield f"| vehicles that come on {15 + day} Feb | about {centre} (least squares) | {number(middle)} ({number(low)}–{number(high)}) |"


def _fluid_lines(points: Sequence[Published], values: np.ndarray) -> Iterator[str]:
    yield "| figure | published | fluid, 90 % band | status | inside |"
    yield "|---|---|---|---|---|"
    for r in rows_of(points, values):
        yield "| " + " | ".join(r.cells()) + " |"


def _statistics(report: Report, fluid_points: Sequence[Published], fluid: np.ndarray) -> Iterator[str]:
    yield "| model | figures | bands that hold the published figure | mean absolute percentage error |"
    yield "|---|---|---|---|"
    for model, points, values in (("simulator", report.points, report.figures), ("fluid", fluid_points, fluid)):
        for role, word in (("fitted", "fitted"), ("held_out", "held out")):
            chosen = [n for n, p in enumerate(points) if p.role == role]
            observed = np.array([points[n].value for n in chosen])
            least = np.array([points[n].bound == "least" for n in chosen])
            inside, total = share_inside(observed, values[:, chosen], least)
            middle = prediction_band(values[:, chosen], LEVEL).middle
            error = absolute_percentage_error(observed[~least], middle[~least])
            yield f"| {model} | {total} {word} | {inside} of {total} | {100 * error:.0f} % |"
    yield ""
    yield TEXTS["geh"]
    yield ""
    yield "| dispatch, mean hourly flow | status | published | simulated | GEH |"
    yield "|---|---|---|---|---|"
    flows = []
    for n, p in enumerate(report.points):
        if p.figure.endswith("departures") and p.start is not None and (p.end - p.start).days < 2:
            hours = (p.end - p.start).total_seconds() / 3600
            pair = p.value / hours, float(np.median(report.figures[:, n])) / hours
            flows.append(pair)
            value = float(geh(np.array([pair[0]]), np.array([pair[1]]))[0])
            way = "inbound" if p.figure.startswith("inbound") else "outbound"
            when = f"{way}, {p.start:%d Feb %H:%M} to {p.end:%d Feb %H:%M}"
            status = "fitted" if p.role == "fitted" else "predicted"
            yield f"| {when} | {status} | {pair[0]:,.0f} | {pair[1]:,.0f} | {value:.1f} |"
    values = geh(*np.array(flows).T)
    yield ""
    yield f"GEH is below 5 in {int((values < 5).sum())} of {len(values)} flows (a good match has 85 %)."


def _variants(report: Report) -> Iterator[str]:
    case = report.posterior.case
    all_open = Range(low=0.999, high=1.0)
    opened = {
        name: r.model_copy(update={"factor": all_open}) if name.startswith("xinhai") else r
        for name, r in case.settings.restriction.items()
    }
    told = with_roles(case, {("departures", 30020.0): "fitted", ("departures", 15413.0): "fitted"})
    untold = with_roles(case, {("queue", 9056.0): "held_out"})
    variants = {
        "as reported": report.posterior,
        "Xinhai open on 20 Feb": variant(case, restriction=opened),
        "the held-out dispatch fitted too (diagnosis only)": variant(case, points=told),
        "9,056 of 25 Feb held out too": variant(case, points=untold),
    }
    kinds = (("departures", 30020.0), ("queue", 9056.0), ("queue", 1337.0))
    wanted = [next(p for p in outbound(case) if (p.figure, p.value) == kind) for kind in kinds]
    yield "| fluid | capacity an hour | out, 25 h from 20 Feb 09:30 (30,020) | queue 25 Feb 13:00 (9,056) | queue 26 Feb 07:00 (1,337) |"
    yield "|---|---|---|---|---|"
    for name, posterior in variants.items():
        columns = [posterior.parameters.capacity, *posterior.predict(wanted).T]
        cells = []
        for values in columns:
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
            cells.append(f"{number(middle)} ({number(low)}–{number(high)})")
        yield f"| {name} | {' | '.join(cells)} |"
