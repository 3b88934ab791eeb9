"""Every point against the baseline, pair by pair; p-values are adjusted once all points are known."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sim.metrics.comparison import bonferroni, differences, holm
from sim.metrics.kept import BY_NAME, Kept
from sim.network.tables import Floats, Ints
from sim.study.design import Ready

from .sheet import GroupedWriter, frame, schema, table

COLUMNS = (
    "metric", "unit", "direction", "port", "line", "station", "class", "statistic",
    "base", "value", "difference", "low", "high", "p_holm", "variance_ratio", "n",
)  # fmt: skip
_BATCH_ROWS = 1 << 13
_P_VALUE = COLUMNS.index("p_holm")


class PairedTable:
    """Collects differences on disk, a point at a time, and writes them when all are there.

    Parameters
    ----------
    path : Path
        Of the table, without its ending.
    factors : mapping of str to bool
        As `factor_columns` returns it.
    comparisons : int
        Points that are held against the baseline.
    """

    def __init__(self, path: Path, factors: Mapping[str, bool], comparisons: int) -> None:
        self.path, self.factors, self.comparisons = path, factors, comparisons
        self._raw = path.with_name(f".{path.name}.raw.{os.getpid()}.tmp")
        self._schema = schema(factors, COLUMNS)
        self._writer = GroupedWriter(self._raw, self._schema)
        self._figures: dict[tuple[str, ...], int] = {}
        """Number of each figure: metric, place, class and statistic."""
        self._asked: list[Ints] = []
        """Number of the figure of each row, a point at a time."""
        self._p_values: list[Floats] = []

    def add(self, ready: Ready, base: Mapping[str, Kept], other: Mapping[str, Kept], confidence: float) -> None:
        """Compare a point with the baseline; intervals hold together over all comparisons."""
        level = bonferroni(confidence, self.comparisons)
        rows = list(_rows(base, other, level))
        figures = [self._figures.setdefault(_figure(row), len(self._figures)) for row in rows]
        self._asked.append(np.array(figures, np.int32))
        self._p_values.append(np.array([row[_P_VALUE] for row in rows], np.float64))
        self._writer.add(frame(ready, self.factors, COLUMNS, rows))

    def finish(self) -> None:
        """Adjust the p-values of each figure over the points and write the table."""
        self._writer.close()
        adjusted = _adjusted(self._asked, self._p_values)
        done = 0
        with table(self.path, self._schema) as write:
            for batch in pq.ParquetFile(self._raw).iter_batches(_BATCH_ROWS):
                write(batch.to_pandas().assign(p_holm=adjusted[done : done + len(batch)]))
                done += len(batch)
        self.close()

    def close(self) -> None:
        """Leave nothing half-made behind."""
        self._writer.close()
        self._raw.unlink(missing_ok=True)


def _rows(base: Mapping[str, Kept], other: Mapping[str, Kept], level: float) -> Iterator[tuple[Any, ...]]:
    for name, kept in other.items():
        for d in differences(base[name], kept, level) if name in base else ():
            low, high = d.difference - d.half_width, d.difference + d.half_width
            yield (
                name, BY_NAME[name].unit, *d.key[1:], d.statistic, d.base, d.value, d.difference, low, high, d.p_value,
                d.variance_ratio, len(kept.numerators),
            )  # fmt: skip


def _figure(row: Sequence[Any]) -> tuple[str, ...]:
    metric, _, *place = row[: COLUMNS.index("base")]
    return metric, *place


def _adjusted(asked: Sequence[Ints], p_values: Sequence[Floats]) -> Floats:
    """Adjust the p-values of each figure over the points."""
    figure = np.concatenate([np.zeros(0, np.int32), *asked])
    adjusted = np.concatenate([np.zeros(0), *p_values])
    order = np.argsort(figure, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(figure[order])) + 1):
        adjusted[rows] = holm(adjusted[rows])
    return adjusted
