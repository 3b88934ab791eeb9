"""Rows of the report: each figure published, simulated with its band, fitted or predicted, inside or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.metrics.agreement import Band, is_inside, prediction_band

LEVEL = 0.9


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    observed: str
    value: float
    """What the middle is held against; NaN where a range is published."""
    bounds: tuple[float, float]
    """Published range; both ends equal for one figure; an infinite upper end for `more than`."""
    band: tuple[float, float, float]
    """Middle, low, high."""
    status: str
    """input, calibrated, fitted, predicted"""
    source: str
    digits: int = 0

    @property
    def is_inside(self) -> bool:
        """Whether the band and the published range have a value in common."""
        return self.band[1] <= self.bounds[1] and self.band[2] >= self.bounds[0]

    def cells(self) -> list[str]:
        """Write the cells but the reason."""
        middle, low, high = (number(v, self.digits) for v in self.band)
        return [
            self.name,
            self.observed,
            middle if low == high else f"{middle} ({low}–{high})",
            self.status,
            "yes" if self.is_inside else "**no**",
        ]


def number(value: float, digits: int = 0) -> str:
    """Write a number with a separator of thousands."""
    return f"{value:,.{digits}f}"


def row(name: str, observed: float | tuple[float, float], values: np.ndarray, status: str, **more: Any) -> Row:
    """Make a row from the values of all replications; `tolerance` widens one published figure."""
    source, digits, tolerance = more.get("source", ""), more.get("digits", 0), more.get("tolerance", 0.0)
    one = len(values) == 1
    band = Band(values, values, values) if one else prediction_band(values[:, np.newaxis], LEVEL)
    ends = tuple(float(part[0]) for part in band)
    if isinstance(observed, tuple):
        low, high = observed
        text = (
            f"{number(low, digits)}–{number(high, digits)}" if np.isfinite(high) else f"more than {number(low, digits)}"
        )
        return Row(name, f"{text} ({source})", float("nan"), observed, ends, status, source, digits)
    bounds = (observed * (1 - tolerance), observed * (1 + tolerance))
    text = number(observed, digits) + (f" ± {100 * tolerance:.0f} %" if tolerance else "")
    return Row(name, f"{text} ({source})", observed, bounds, ends, status, source, digits)


def table(rows: Sequence[Row], reasons: dict[str, str]) -> list[str]:
    """Write a table; a miss takes its reason by the name of its row."""
    lines = [
        "| figure | published | simulated, 90 % band | status | inside | where it misses: why |",
        "|---|---|---|---|---|---|",
    ]
    for r in rows:
        reason = "" if r.is_inside else reasons.get(r.name, "not found")
        lines.append("| " + " | ".join([*r.cells(), reason]) + " |")
    return lines


def share_inside(observed: np.ndarray, values: np.ndarray, is_least: np.ndarray) -> tuple[int, int]:
    """Count the figures that the bands hold, and all."""
    band: Band = prediction_band(values, LEVEL)
    inside = is_inside(observed, band, is_least)
    return int(inside.sum()), len(inside)
