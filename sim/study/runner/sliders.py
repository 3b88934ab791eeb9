"""The sliders of a finished study: interception and expected finds for other detection and prevalence, by weighting."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sim.metrics.catalogue import INTERCEPTION_SUM
from sim.metrics.kept import Kept, kept_figures
from sim.metrics.rescaled import HistorySums, rescaled
from sim.metrics.summary import COLUMNS
from sim.network import Network, compile_network
from sim.scenario import make_scenario
from sim.scenario.sliders import METRICS
from sim.study.design import Ready
from sim.study.store import StudyFolder
from sim.study.store.schema import kept_metrics

from .drive import Driven
from .plan import Plan
from .settings import Settings, changed
from .sheet import factor_columns, frame, schema, table


def write_sliders(plan: Plan, store: StudyFolder, driven: Driven) -> None:
    """Write `sliders.parquet` and `.csv`: rows as in `results`, at every point and combination of the sliders.

    Parameters
    ----------
    plan : Plan
        Nothing is written where it has no sliders.
    store : StudyFolder
        In which all points but the failed ones are finished.
    driven : Driven
    """
    sliders = plan.study.sliders
    if sliders is None:
        return
    lost = {failed.key for failed in driven.failed}
    ready = [r for r in plan.ready if r.key not in lost]
    combinations = sliders.combinations()
    factors = factor_columns([moved(r, values) for r in ready for values, _ in combinations])
    with table(store.path / "sliders", schema(factors, COLUMNS)) as write:
        for r in ready:
            point = StoredPoint(plan, store, r, driven.of(r.key))
            for values, settings in combinations:
                kept = point.rescaled(settings).values()
                rows = [row for metric in kept for row in kept_figures(metric, plan.run(r)["confidence"])]
                write(frame(moved(r, values), factors, COLUMNS, rows))


def moved(ready: Ready, values: Mapping[str, Any]) -> Ready:
    """Add the values of the sliders to the factors of a point."""
    return replace(ready, point=replace(ready.point, factors={**ready.point.factors, **values}))


class StoredPoint:
    """The replications of one finished point, to be weighted anew.

    Parameters
    ----------
    plan : Plan
    store : StudyFolder
    ready : Ready
    n : int
        Replications of the point.
    """

    def __init__(self, plan: Plan, store: StudyFolder, ready: Ready, n: int) -> None:
        stored = store.read(ready.key, n)
        days = plan.run(ready)["days"]
        self._mapping = plan.mapping(ready)
        self._network = _network(self._mapping)
        self._kept = {kept.metric.name: kept for kept in kept_metrics(_only(stored, METRICS), n, days)}
        self._history = _history(stored)

    def rescaled(self, settings: Settings) -> dict[str, Kept]:
        """Weight with dotted settings of detection and threat: the metrics of `METRICS` that the study keeps."""
        return rescaled(self._kept, self._history, self._network, _network(changed(self._mapping, settings)))


def _network(mapping: Mapping[str, Any]) -> Network:
    return compile_network(make_scenario(mapping))


def _only(stored: pa.Table, names: Sequence[str]) -> pa.Table:
    return stored.filter(pc.is_in(stored.column("metric").cast(pa.string()), pa.array(names)))


def _history(stored: pa.Table) -> HistorySums:
    rows = _only(stored, [INTERCEPTION_SUM])
    words = {name: rows.column(name).cast(pa.string()).to_pylist() for name in ("class", "station", "level")}
    return HistorySums(
        rows.column("replication").to_pylist(),
        words["class"],
        words["station"],
        words["level"],
        rows.column("numerator").to_pylist(),
    )


__all__ = ["StoredPoint", "moved", "write_sliders"]
