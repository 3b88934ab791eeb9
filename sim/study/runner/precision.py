"""Whether every figure that was asked for is exact enough, at every point alike."""

import math
from collections.abc import Collection, Iterator

from sim.metrics.kept import Kept, statistic_rows
from sim.metrics.sequential import is_met
from sim.scenario.study import Target
from sim.study.store import StudyFolder
from sim.study.store.schema import kept_metrics

from .plan import Plan


def is_exact_enough(plan: Plan, store: StudyFolder, replications: int, lost: Collection[str]) -> bool:
    """Look at the half-width of every target at every point.

    Parameters
    ----------
    plan : Plan
        With `precision`.
    store : StudyFolder
        In which all points but the lost ones are finished.
    replications : int
        Of every point.
    lost : collection of str
        Keys of points that failed.

    Returns
    -------
    bool
        Whether all are met. Points share their number of replications, for pairs break where it differs.
    """
    precision = plan.study.precision
    assert precision is not None
    names = {target.metric for target in precision.targets}
    for ready in plan.ready:
        if ready.key in lost:
            continue
        run = plan.run(ready)
        table = store.read(ready.key, replications)
        found = {k.metric.name: k for k in kept_metrics(table, replications, run["days"]) if k.metric.name in names}
        for target in precision.targets:
            for value, low, high in _figures(found.get(target.metric), target, run["confidence"]):
                half = max(high - value, value - low)
                if math.isnan(half) or not is_met(value, half, target.absolute, target.relative):
                    return False
    return True


def _figures(kept: Kept | None, target: Target, confidence: float) -> Iterator[tuple[float, float, float]]:
    """Yield the figures that a target names: all that agree with the columns it gives; none where there is nothing."""
    if kept is None:
        return
    statistic = "ratio" if target.statistic == "mean" and "ratio" in kept.metric.statistics else target.statistic
    wanted = (target.direction, target.line, target.vehicle_class)
    for key, row in zip(kept.keys, statistic_rows(kept, statistic, confidence), strict=True):
        _, direction, port, line, station, vehicle_class = key
        if (direction, line, vehicle_class) == wanted and (port, station) == ("all", "all") and not math.isnan(row[0]):
            yield row
