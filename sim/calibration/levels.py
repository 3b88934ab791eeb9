"""Arrivals of each day by non-negative least squares on cumulative counts: the centre of the prior.

Lawson and Hanson 1974, Solving Least Squares Problems, ch. 23. Unknowns, none of them negative: arrivals of each
day, the queue at every observed hour, and the capacity left over between them.
"""

import numpy as np
from scipy.optimize import nnls

from sim.network.tables import Floats

from .case import Case
from .fluid import Curves, arrivals, capacity, grid

_SMOOTH, _USUAL, _EMPTY, _IDLE = 2.0, 2.0, 0.02, 0.02
"""Weights of a bend in the arrivals, of a day unlike the usual one, of a queue that nothing tells of, and of capacity
left over."""


def fit_levels(case: Case) -> Floats:
    """Find arrivals that explain the fitted figures.

    Parameters
    ----------
    case : Case
        Its ranges count with their middle.

    Returns
    -------
    ndarray of float64, shape (days,)
        Vehicles that come on each day.
    """
    points = [p for p in case.points("fitted") if p.figure in ("queue", "departures")]
    moments = [m for p in points for m in (p.start, p.end) if m is not None]
    edges = np.unique([0.0, *(case.hour_of(m) for m in moments)])
    come, possible = _per_day(case, edges)
    days, spans = case.days, len(edges) - 1
    scale = possible.sum() / case.hours * 24

    def left(start: float, end: float) -> Floats:
        """Departures between two edges as a row: what came, less what the queue grew."""
        first, last = np.searchsorted(edges, (start, end))
        row = np.zeros(days + spans + 1 + spans)
        row[:days] = come[first:last].sum(axis=0)
        row[days + first] += 1
        row[days + last] -= 1
        return row

    rows, values = [], []

    def ask(row: Floats, value: float, weight: float) -> None:
        rows.append(weight * row)
        values.append(weight * value)

    unit = np.eye(days + spans + 1 + spans)
    for point in points:
        weight = 1 / max(point.error * point.value, 1.0)
        if point.start is None:
            ask(unit[days + int(np.searchsorted(edges, case.hour_of(point.end)))], point.value, weight)
        else:
            ask(left(case.hour_of(point.start), case.hour_of(point.end)), point.value, weight)
    for span in range(spans):
        ask(left(edges[span], edges[span + 1]) + unit[days + spans + 1 + span], possible[span], 100 / scale)
        ask(unit[days + spans + 1 + span], 0.0, _IDLE / scale)
    for edge in range(spans + 1):
        ask(unit[days + edge], 0.0, _EMPTY / scale)
    for day in range(1, days - 1):
        ask(unit[day - 1] - 2 * unit[day] + unit[day + 1], 0.0, _SMOOTH / scale)
    for day in range(days):
        ask(unit[day], case.settings.level_per_day, _USUAL / scale)
    solution, _ = nnls(np.array(rows), np.array(values))
    level: Floats = solution[:days]
    return level


def _per_day(case: Case, edges: Floats) -> tuple[Floats, Floats]:
    """Share of a day's arrivals (spans, days) and possible departures (spans,) between neighbouring edges."""
    hour = grid(case)
    middle = case.parameters(np.zeros((1, len(case.names))), np.ones(case.days))
    day = np.clip((hour[:-1] + hour[1:]) / 2 // 24, 0, case.days - 1)
    steps = np.diff(arrivals(case, middle, hour)[0])
    curves = [np.pad(np.cumsum(np.where(day == d, steps, 0.0)), (1, 0)) for d in range(case.days)]
    room = np.pad(np.cumsum(capacity(case, middle, hour)[0] * np.diff(hour)), (1, 0))
    reader = Curves(hour, np.array(curves), room[np.newaxis])
    come = np.array([reader.at(reader.arrived, edge) for edge in edges])
    can = np.array([reader.at(reader.left, edge)[0] for edge in edges])
    return np.diff(come, axis=0), np.diff(can)
