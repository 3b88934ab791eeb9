"""The tables of a finished study: figures of every point, differences from the baseline, failures."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sim.metrics.kept import Kept, kept_figures
from sim.metrics.summary import COLUMNS
from sim.study.design import Ready
from sim.study.store import StudyFolder
from sim.study.store.file import write_whole
from sim.study.store.schema import kept_metrics

from .drive import Driven
from .fronts import write_fronts
from .gains import GainTable
from .paired import PairedTable
from .plan import Plan
from .sensitive import write_sensitivities
from .sheet import factor_columns, frame, schema, table

Shown = Callable[[Sequence[Ready]], Iterable[Ready]]
"""Hands points on, and shows how many were handed on."""
_FAILURES = ("point", "key", "replication", "error", "message")


def write_tables(plan: Plan, store: StudyFolder, driven: Driven, shown: Shown = iter) -> None:
    """Write `results`, `differences` and `failures` of a study, one point in memory at a time.

    Parameters
    ----------
    plan : Plan
    store : StudyFolder
        In which all points but the failed ones are finished.
    driven : Driven
    shown : callable, optional
        Hands the points on and tells how far it is.

    Notes
    -----
    `results.parquet` and `.csv`: a row a point and figure, with the factors in columns. `differences`: every other
    point less the baseline, pair by pair, with intervals that hold together over the points (Bonferroni) and
    p-values adjusted by Holm's method. `gains.csv`, `front.csv` and
    `sensitivity.csv` where the study asks. The CSV files begin with a byte-order mark, so that Excel reads them.
    """
    lost = {failed.key for failed in driven.failed}
    ready = [r for r in plan.ready if r.key not in lost]
    factors = factor_columns(plan.ready)
    bases = _Bases(plan, store, driven)
    comparisons = len(ready) - len(plan.blocks)
    paired = PairedTable(store.path / "differences", factors, comparisons)
    gains = GainTable(plan, store.path / "gains.csv", comparisons)
    try:
        with table(store.path / "results", schema(factors, COLUMNS)) as write:
            for r in shown(ready):
                kept = _kept_of(plan, store, r, driven.of(r.key))
                confidence = plan.run(r)["confidence"]
                rows = [row for metric in kept.values() for row in kept_figures(metric, confidence)]
                write(frame(r, factors, COLUMNS, rows))
                base = bases.of(r)
                if base is not None:
                    # Screening keeps some points longer; pairs are those replications that all points have.
                    same = kept if r.key not in driven.more else _kept_of(plan, store, r, driven.replications)
                    paired.add(r, base, same, confidence)
                    gains.add(r, base, same, confidence)
        paired.finish()
    finally:
        paired.close()
    gains.finish()
    write_fronts(plan, store.path)
    write_sensitivities(plan, store.path, driven.replications)
    _write_failures(driven, store.path)
    _write_screening(plan, driven, store.path)


def _kept_of(plan: Plan, store: StudyFolder, ready: Ready, n: int) -> dict[str, Kept]:
    days = plan.run(ready)["days"]
    return {kept.metric.name: kept for kept in kept_metrics(store.read(ready.key, n), n, days)}


class _Bases:
    """The points that others are held against; one in memory at a time."""

    def __init__(self, plan: Plan, store: StudyFolder, driven: Driven) -> None:
        self.plan, self.store, self.n = plan, store, driven.replications
        self.lost = {failed.key for failed in driven.failed}
        self._held: tuple[str, dict[str, Kept]] | None = None

    def of(self, ready: Ready) -> dict[str, Kept] | None:
        """Figures of the base of a point; None for a base itself, where it failed, or where there are no pairs."""
        base = self.plan.base_of(ready)
        if base.key in (ready.key, *self.lost) or self.n < 2:
            return None
        if self._held is None or self._held[0] != base.key:
            self._held = base.key, _kept_of(self.plan, self.store, base, self.n)
        return self._held[1]


def _write_failures(driven: Driven, folder: Path) -> None:
    """Write one row a failed point, or take the file of an earlier attempt away."""
    final = folder / "failures.csv"
    if not driven.failed:
        final.unlink(missing_ok=True)
        return
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_FAILURES)
    for failed in sorted(driven.failed, key=lambda f: f.number):
        failure = failed.failure
        writer.writerow([failed.number, failed.key, failure.replication, failure.error, failure.message])
    write_whole(out.getvalue().encode("utf-8-sig"), final)


def _write_screening(plan: Plan, driven: Driven, folder: Path) -> None:
    """Write which points may be best, and how many replications each was worth."""
    final = folder / "screening.csv"
    if driven.survivors is None:
        final.unlink(missing_ok=True)
        return
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["point", "factors", "replications", "may_be_best"])
    for r in plan.ready:
        number = r.point.number
        writer.writerow([number, r.point.label(), driven.of(r.key), int(number in driven.survivors)])
    write_whole(out.getvalue().encode("utf-8-sig"), final)
