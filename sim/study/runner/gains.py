"""`gains.csv`: what each change buys for each unit of what it takes, pair by pair, a point at a time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.metrics.comparison import bonferroni
from sim.metrics.kept import BY_NAME, Kept
from sim.metrics.marginal import Change, change_of, marginal
from sim.metrics.tally import Key
from sim.scenario.study import Figure
from sim.study.design import Ready

from .labels import changed_factors
from .listed import figure_cells, write_rows
from .plan import Plan

COLUMNS = (
    "gain", "block", "point", "factor", "setting",
    "metric", "statistic", "direction", "line", "class", "unit",
    "per_metric", "per_statistic", "per_direction", "per_line", "per_class", "per_unit",
    "change", "per_change", "case", "value", "low", "high", "n",
)  # fmt: skip
"""Values are in units of the metrics (shares in 1), for one unit of the other; intervals hold together."""


class GainTable:
    """Collects rows a point at a time, and writes them when all are there.

    Parameters
    ----------
    plan : Plan
    path : Path
        Of the table; one of an earlier question is taken away where nothing is asked now.
    comparisons : int
        Points that are held against a base.
    """

    def __init__(self, plan: Plan, path: Path, comparisons: int) -> None:
        self.plan, self.path, self.comparisons = plan, path, comparisons
        self._rows: list[tuple[Any, ...]] = []

    def add(self, ready: Ready, base: Mapping[str, Kept], other: Mapping[str, Kept], confidence: float) -> None:
        """Hold a point against its base."""
        level = bonferroni(confidence, self.comparisons)
        block = (ready.point.number - 1) // self.plan.block_size + 1
        for number, asked in enumerate(self.plan.study.gains, start=1):
            gain, price = _change(asked.figure, base, other), _change(asked.per, base, other)
            if gain is None or price is None:
                continue
            ((factor, value),) = changed_factors(self.plan, ready).items()
            self._rows.append(
                (
                    number, block, ready.point.number, factor, _setting(value),
                    *figure_cells(asked.figure), BY_NAME[asked.figure.metric].unit,
                    *figure_cells(asked.per), BY_NAME[asked.per.metric].unit,
                    gain.value - gain.base, price.value - price.base, *marginal(gain, price, level),
                    len(gain.residuals),
                )
            )  # fmt: skip

    def finish(self) -> None:
        """Write the table, entry by entry in the order of the points."""
        if self.plan.study.gains:
            write_rows(self.path, COLUMNS, sorted(self._rows, key=lambda row: (row[0], row[2])))
        else:
            self.path.unlink(missing_ok=True)


def _setting(value: Any) -> str:
    """Write a value of a factor as the files do, in no language: a policy as its fields."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_setting(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_setting, value))
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _change(figure: Figure, base: Mapping[str, Kept], other: Mapping[str, Kept]) -> Change | None:
    """Find the change of a figure between two points; None where it is not kept."""
    if figure.metric not in base or figure.metric not in other:
        return None
    key: Key = (figure.metric, figure.direction, "all", figure.line, "all", figure.vehicle_class)
    return change_of(base[figure.metric], other[figure.metric], key, figure.statistic)
