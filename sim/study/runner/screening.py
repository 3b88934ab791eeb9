"""Points in a race for the best: after each look those that are surely not best leave."""

from collections.abc import Sequence

import numpy as np

from sim.metrics.kept import BY_NAME
from sim.metrics.selection import contenders, kn_constant, paired_variances
from sim.network.tables import Floats
from sim.scenario.study import Screening
from sim.study.design import Ready
from sim.study.store import StudyFolder
from sim.study.store.schema import kept_metrics

from .plan import Plan


class Race:
    """One block of points.

    Parameters
    ----------
    screening : Screening
    plan : Plan
    points : sequence of Ready
        That have figures.
    first : int
        Replications before the first look; variances are those of their paired differences.
    """

    def __init__(self, screening: Screening, plan: Plan, points: Sequence[Ready], first: int) -> None:
        self.screening, self.plan, self.first = screening, plan, first
        self.alive = list(points)
        self._entrants = max(2, len(points))

    @property
    def is_open(self) -> bool:
        """Whether more than one point is left."""
        return len(self.alive) > 1

    def look(self, store: StudyFolder, replications: int) -> None:
        """Drop points that are surely not best, given so many replications of each that is left."""
        if not self.is_open:
            return
        asked = self.screening
        outputs = np.column_stack([self._outputs(store, ready, replications) for ready in self.alive])
        outputs = outputs if asked.best == "highest" else -outputs
        constant = kn_constant(self._entrants, self.first, asked.probability)
        stays = contenders(outputs, paired_variances(outputs[: self.first]), asked.indifference, constant)
        self.alive = [ready for ready, stay in zip(self.alive, stays, strict=True) if stay]

    def _outputs(self, store: StudyFolder, ready: Ready, replications: int) -> Floats:
        """Figure of each replication, (R,); one without anything to count has 0."""
        figure = self.screening.figure
        days = self.plan.run(ready)["days"]
        kept = {k.metric.name: k for k in kept_metrics(store.read(ready.key, replications), replications, days)}
        found = kept.get(BY_NAME[figure.metric].name)
        key = (figure.metric, figure.direction, "all", figure.line, "all", figure.vehicle_class)
        if found is None or key not in found.keys:
            return np.zeros(replications)
        m = list(found.keys).index(key)
        below = found.denominators[:, m]
        return np.asarray(np.divide(found.numerators[:, m], below, out=np.zeros(len(below)), where=below > 0))
