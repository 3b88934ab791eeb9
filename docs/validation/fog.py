"""The fog: calibration, its draws, variants of the fit, and the rows of the report."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import load_scenario
from sim.calibration import Case, Posterior, calibrate, case_of, make_case
from sim.figures import ReplayCurves
from sim.metrics.agreement import prediction_band
from sim.scenario.calibration import Published
from sim.study.handover import draw_settings, saturated_capacity

from .reading import ENGINE
from .tables import LEVEL, Row, row

DRAWS = Path(__file__).resolve().parents[2] / "configs" / "data" / "fog_draws_2018.csv"
DRAWN = 100
NAMES = {
    "queue": "queue", "departures": "vehicles out", "sailings": "loaded sailings out", "peak": "longest queue",
    "inbound_departures": "vehicles in", "inbound_sailings": "loaded sailings in", "wait": "hours waited",
}  # fmt: skip


def fit() -> Posterior:
    """Calibrate, and write the draws that the scenario takes."""
    scenario = load_scenario("fog_2018_02", "~draws", f"run.engine={ENGINE}")
    posterior = calibrate(case_of(scenario))
    handover = scenario.world.calibration.handover
    names, rows = draw_settings(posterior, handover, saturated_capacity(scenario, handover))
    sources = ";".join(_sources())
    with DRAWS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "source_id"])
        writer.writerows([*cells, sources] for cells in rows[:DRAWN])
    return posterior


def _sources() -> list[str]:
    """Sources of the fitted figures and of the suspensions."""
    with (DRAWS.parent / "fog_february_2018.csv").open(encoding="utf-8", newline="") as file:
        fitted = {name for r in csv.DictReader(file) if r["role"] == "fitted" for name in r["source_id"].split(";")}
    return sorted(fitted | {"S22", "S23"})


def source_of(point: Published) -> str:
    """Source ids of a figure, from its file."""
    with (DRAWS.parent / "fog_february_2018.csv").open(encoding="utf-8", newline="") as file:
        for r in csv.DictReader(file):
            same_end = r["end"].replace(" ", "T") == point.end.isoformat(timespec="minutes")
            if r["figure"] == point.figure and same_end and float(r["value"]) == point.value:
                return r["source_id"].replace(";", ", ")
    return ""


def name_of(point: Published) -> str:
    """What a figure is called in the tables."""
    end = point.end.strftime("%d Feb %H:%M")
    if point.start is None:
        return f"{NAMES[point.figure]}, {end}"
    return f"{NAMES[point.figure]}, {point.start.strftime('%d Feb %H:%M')} to {end}"


def rows_of(points: Sequence[Published], values: np.ndarray) -> list[Row]:
    """Make the rows of published figures; `values` has a column for each."""
    found = []
    for point, column in zip(points, values.T, strict=True):
        observed = (point.value, np.inf) if point.bound == "least" else point.value
        status = "fitted" if point.role == "fitted" else "predicted"
        source = f"{source_of(point)}, cars" if "small cars" in name_of(point) else source_of(point)
        found.append(row(name_of(point), observed, column, status, source=source))
    return found


def outbound(case: Case) -> list[Published]:
    """Figures that the fluid can tell."""
    return [p for p in case.points("fitted", "held_out") if not p.figure.startswith("inbound")]


def variant(case: Case, **changes: Any) -> Posterior:
    """Calibrate with other settings."""
    settings = case.settings.model_copy(update=changes)
    return calibrate(make_case(settings, case.start, case.hour_weight.tolist()))


def with_roles(case: Case, change: dict[tuple[str, float], str]) -> tuple[Published, ...]:
    """Give some figures, named by kind and value, another role."""
    return tuple(p.model_copy(update={"role": change.get((p.figure, p.value), p.role)}) for p in case.settings.points)


def replay_curves(case: Case, replications: Sequence[dict[str, Any]], hours: np.ndarray) -> ReplayCurves:
    """Lay the outbound curves and the published figures out for the figure."""
    stacked = np.array([r["curves"]["outbound"] for r in replications])
    frames = []
    for number, series in enumerate(("queue", "departures", "sailings")):
        band = prediction_band(stacked[:, number], LEVEL)
        frames.append(
            pd.DataFrame({"series": series, "hour": hours, "value": band.middle, "low": band.low, "high": band.high})
        )
    points = [
        {
            "series": p.figure, "start_h": np.nan if p.start is None else case.hour_of(p.start), "end_h": case.hour_of(p.end),
            "value": p.value, "role": p.role, "bound": p.bound,
        }
        for p in case.points("fitted", "held_out") if p.figure in ("queue", "departures", "sailings")
    ]  # fmt: skip
    pieces = [*case.settings.closed, *case.settings.piece.values()]
    closed = [(case.hour_of(piece.start), case.hour_of(piece.end)) for piece in pieces]
    return ReplayCurves(case.start, pd.concat(frames), pd.DataFrame(points), closed, len(replications))
