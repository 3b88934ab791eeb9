"""Every point against the baseline, pair by pair; p-values are adjusted once all points are known."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.metrics.comparison import bonferroni, differences, holm
from sim.metrics.kept import BY_NAME, Kept
from sim.study.design import Ready

from .sheet import frame, schema, table

_KEY = ["metric", "direction", "port", "line", "station", "class", "statistic"]
COLUMNS = (
    "metric", "unit", "direction", "port", "line", "station", "class", "statistic",
    "base", "value", "difference", "low", "high", "p_holm", "variance_ratio", "n",
)  # fmt: skip


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
        self._writer: Any = pq.ParquetWriter(self._raw, self._schema)
        self._p_values: list[pd.Series[float]] = []

    def add(self, ready: Ready, base: Mapping[str, Kept], other: Mapping[str, Kept], confidence: float) -> None:
        """Compare a point with the baseline; intervals hold together over all comparisons."""
        level = bonferroni(confidence, self.comparisons)
        rows = list(_rows(base, other, level))
        part = frame(ready, self.factors, COLUMNS, rows)
        self._p_values.append(part.set_index(_KEY)["p_holm"])
        self._writer.write_table(pa.Table.from_pandas(part, schema=self._schema, preserve_index=False))

    def finish(self) -> None:
        """Adjust the p-values of each figure over the points and write the table."""
        self._writer.close()
        adjusted = iter(_adjusted(self._p_values))
        raw = pq.ParquetFile(self._raw)
        with table(self.path, self._schema) as write:
            for number in range(raw.num_row_groups):
                part = raw.read_row_group(number).to_pandas()
                if len(part):
                    write(part.assign(p_holm=next(adjusted)))
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


def _adjusted(p_values: Sequence[Any]) -> Iterator[Any]:
    """Yield the adjusted p-values of each point that has any."""
    kept = [p for p in p_values if len(p)]
    if not kept:
        return
    whole = pd.concat(kept, keys=range(len(kept)), names=["place"])
    adjusted = whole.groupby(_KEY, sort=False).transform(lambda p: holm(p.to_numpy(np.float64)))
    for place in range(len(kept)):
        yield adjusted.loc[place].to_numpy()
