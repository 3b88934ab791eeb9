"""Rows of the targets of calibration, the bulletins, the times and the duty of 2016."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.scenario.calibration import Published

from .reading import column
from .tables import Row, row

Parts = Mapping[str, Sequence[dict[str, Any]]]
MARCH_DAYS, MAY_DAYS = 31, 151


def target_rows(parts: Parts, points: Sequence[Published], figures: np.ndarray) -> list[Row]:
    """Every target for calibration and validation, with its tolerance."""
    march, duty = parts["march"], parts["duty"]

    def fog(kind: str, value: float) -> np.ndarray:
        return figures[:, next(n for n, p in enumerate(points) if (p.figure, p.value) == (kind, value))]

    at = [n for n, p in enumerate(points) if p.figure == "queue" and 20 <= p.end.day <= 22 and p.value != 7000]
    minutes = column(duty, "officer_hours/line1") * 60 / column(duty, "arrivals/inbound")
    return [
        row("1: sailings inbound a day, March", 83.9, column(march, "sailings/inbound"), "calibrated", source="S02", digits=1, tolerance=0.05),
        row("1: vehicles a sailing, March", 66.1, column(march, "vehicles_per_sailing"), "follows", source="S02", digits=1, tolerance=0.05),
        row("1: vehicles inbound, March", 176000, MARCH_DAYS * column(march, "arrivals/inbound"), "input", source="S02", tolerance=0.05),
        row("3: sailings out, 25 h from 20 Feb 09:30", 191, fog("sailings", 191), "predicted", source="S14", tolerance=0.1),
        row("3: vehicles out, 25 h from 20 Feb 09:30", 30020, fog("departures", 30020), "predicted", source="S14", tolerance=0.1),
        row("4: queue, mean of the published hours of 20 to 22 Feb", (9000.0, 14000.0), figures[:, at].mean(axis=1), "five fitted, two predicted", source="S14–S28"),
        row("4: longest queue", (20000.0, 25000.0), fog("peak", 20000), "predicted", source="S21"),
        row("4: queue, 26 Feb 07:00", (0.0, 1500.0), fog("queue", 1337), "predicted", source="S21"),
        row("5: truck inbound, gate to the exit of line 2, h", (4.0, 5.0), column(march, "crossing_time/inbound/truck") / 60, "calibrated", source="S34", digits=2),
        row("5: loading, min", (60.0, 120.0), column(march, "loading_50"), "calibrated", source="S34"),
        row("5: sailing, min", (90.0, 120.0), column(march, "sailing_50"), "input", source="S34"),
        row("5: unloading, min", 30, column(march, "unloading_50"), "input", source="S34", tolerance=0.3),
        row("6: vehicles inbound a day, all checked, 2016", 4300, column(duty, "arrivals/inbound"), "input", source="S35", tolerance=0.05),
        row("6: officer-minutes of line 1 a vehicle", (0.0, 13.0), minutes, "input", source="S35", digits=1),
        row("6: share inspected at line 1, %", 100, 100 * column(duty, "inspected_ratio/line1"), "predicted", source="S35"),
        row("6: no gridlock: fewer inside inbound at the end of the week than come in six hours", (0.0, 1077.0), column(duty, "backlog/inbound"), "predicted", source="S35 reports none"),
    ]  # fmt: skip


def bulletin_rows(parts: Parts) -> list[Row]:
    """Figures of March and of January to May 2018, and quartiles of the stages of a crossing."""
    march, may = parts["march"], parts["january_may"]
    rows = []
    for name, days, runs, known, status in (
        ("March", MARCH_DAYS, march, {"in": (176000, 2602), "out": (163000, 2525), "empty": 221, "load": 66.1, "source": "S02"}, "calibrated"),
        ("January to May", MAY_DAYS, may, {"in": (880000, 12489), "out": (920000, 12781), "empty": 1559, "load": 71.2, "source": "S03"}, "predicted"),
    ):  # fmt: skip
        if not runs:
            continue
        for short, way in (("in", "inbound"), ("out", "outbound")):
            vehicles, sailings = known[short]
            sure = "calibrated" if (name, way) == ("March", "inbound") else "predicted"
            rows.append(
                row(
                    f"{name}: vehicles {way}",
                    vehicles,
                    days * column(runs, f"arrivals/{way}"),
                    "input",
                    source=known["source"],
                    tolerance=0.05,
                )
            )
            rows.append(
                row(
                    f"{name}: loaded sailings {way}",
                    sailings,
                    days * column(runs, f"sailings/{way}"),
                    sure,
                    source=known["source"],
                    tolerance=0.05,
                )
            )
        rows.append(
            row(
                f"{name}: vehicles a loaded sailing",
                known["load"],
                column(runs, "vehicles_per_sailing"),
                "follows" if status == "calibrated" else "predicted",
                source=known["source"],
                digits=1,
                tolerance=0.05,
            )
        )
        rows.append(
            row(
                f"{name}: empty sailings, both ways",
                known["empty"],
                days * column(runs, "empty_sailings"),
                "predicted",
                source=known["source"],
                tolerance=0.05,
            )
        )
    return rows
