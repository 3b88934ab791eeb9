"""`front.csv`: every point in two figures, and which of them no other point beats."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.metrics.crossing import knee
from sim.metrics.front import pareto_front, surely_dominated

from .curves import figures_at, read_figure, scale_of
from .listed import figure_cells, write_rows
from .plan import Plan

COLUMNS = (
    "front", "block", "point", "factors",
    "metric", "statistic", "direction", "line", "class", "value", "low", "high",
    "price_metric", "price_statistic", "price_direction", "price_line", "price_class",
    "price_value", "price_low", "price_high", "is_on_front", "is_knee", "is_surely_dominated",
)  # fmt: skip
"""Values in the unit of the metric: minutes, 1 for shares."""


def write_fronts(plan: Plan, folder: Path) -> None:
    """Write the table from `results.parquet`, or take that of an earlier question away."""
    path = folder / "front.csv"
    if plan.study.fronts:
        write_rows(path, COLUMNS, _rows(plan, folder))
    else:
        path.unlink(missing_ok=True)


def _rows(plan: Plan, folder: Path) -> Iterator[tuple[Any, ...]]:
    for number, asked in enumerate(plan.study.fronts, start=1):
        gains, prices = read_figure(folder, asked.gain), read_figure(folder, asked.price)
        for block, points in enumerate(plan.blocks, start=1):
            numbers = [r.point.number for r in points]
            gain = figures_at(gains, numbers) / scale_of(asked.gain)
            price = figures_at(prices, numbers) / scale_of(asked.price)
            front = pareto_front(gain[:, 0], price[:, 0])
            bend = knee(price[front, 0], gain[front, 0])
            is_beaten = surely_dominated(gain, price)
            for place, ready in enumerate(points):
                marks = [place in front, bend >= 0 and place == front[bend], bool(is_beaten[place])]
                yield (
                    number, block, ready.point.number, ready.point.label(),
                    *figure_cells(asked.gain), *map(float, gain[place]),
                    *figure_cells(asked.price), *map(float, price[place]), *map(int, marks),
                )  # fmt: skip
