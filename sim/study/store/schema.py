"""The one declared schema of stored replications, and the way from kept rows to columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sim.metrics.catalogue import ALL, Metric
from sim.metrics.histogram import Histogram
from sim.metrics.kept import BY_NAME, Kept, KeptRow
from sim.metrics.tally import KEY_COLUMNS, Key

SCHEMA_VERSION = 1
"""Goes up whenever a column or its meaning changes; stored files of another version are not read."""

_WORD = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("replication", pa.int32(), nullable=False),
        *(pa.field(name, _WORD, nullable=False) for name in KEY_COLUMNS),
        pa.field("level", _WORD, nullable=False),
        pa.field("numerator", pa.float64(), nullable=False),
        pa.field("denominator", pa.float64(), nullable=False),
        pa.field("maximum", pa.float64()),
        pa.field("longest_tick", pa.int64()),
        # NOTE `element` is what Parquet calls the items of a list: other names would not come back as they went.
        pa.field("bins", pa.list_(pa.field("element", pa.int16()))),
        pa.field("counts", pa.list_(pa.field("element", pa.int32()))),
    ]
)
"""One row a replication and key, in that order. bins and counts are a `sim.metrics.histogram.Histogram`."""


def rows_to_table(replication: int, rows: Iterable[KeptRow]) -> pa.Table:
    """Lay the rows of one replication out as columns of `SCHEMA`."""
    kept = list(rows)
    columns: dict[str, Any] = {"replication": np.full(len(kept), replication, np.int32)}
    for place, name in enumerate(KEY_COLUMNS):
        columns[name] = _words([row.key[place] for row in kept])
    columns["level"] = _words([row.level for row in kept])
    columns["numerator"] = [row.numerator for row in kept]
    columns["denominator"] = [row.denominator for row in kept]
    columns["maximum"] = [None if np.isnan(row.maximum) else row.maximum for row in kept]
    spreads = [row.histogram for row in kept]
    columns["longest_tick"] = [None if h is None else h.maximum for h in spreads]
    columns["bins"] = [None if h is None else h.bins for h in spreads]
    columns["counts"] = [None if h is None else h.counts for h in spreads]
    return pa.table(columns, schema=SCHEMA)


def _words(names: Sequence[str]) -> pa.DictionaryArray:
    words = sorted(set(names))
    place = {word: number for number, word in enumerate(words)}
    codes = pa.array([place[name] for name in names], pa.int16())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))


def in_order(tables: Sequence[pa.Table]) -> pa.Table:
    """Put the tables of single replications in the order of their numbers, with one dictionary for all words.

    The columns are then the same bytes, whatever tasks the replications came in.
    """
    parts = [part for table in tables for part in by_replication(table)]
    parts.sort(key=lambda part: part[0])
    whole = pa.concat_tables([part for _, part in parts]) if parts else SCHEMA.empty_table()
    for place, field in enumerate(SCHEMA):
        if pa.types.is_dictionary(field.type):
            plain = whole.column(place).cast(pa.string()).to_pylist()
            whole = whole.set_column(place, field, _words(plain))
    return whole.combine_chunks()


def by_replication(table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Cut a table into those of its replications, which lie together."""
    numbers = table.column("replication").to_numpy()
    starts = np.flatnonzero(np.diff(numbers, prepend=-1)) if len(numbers) else np.zeros(0, np.int64)
    for first, last in zip(starts.tolist(), [*starts[1:].tolist(), len(numbers)], strict=True):
        yield int(numbers[first]), table.slice(first, last - first)


def replications_in(table: pa.Table) -> list[int]:
    """List the replications that a table holds, rising."""
    return sorted({int(number) for number in np.unique(table.column("replication").to_numpy())})


def first_replications(table: pa.Table, n: int) -> pa.Table:
    """Keep the replications before number n."""
    return table.slice(0, int(np.searchsorted(table.column("replication").to_numpy(), n)))


def kept_metrics(table: pa.Table, replications: int, days: float) -> Iterator[Kept]:
    """Read the metrics of a point back, one after another; sums for changed detection are left out.

    Parameters
    ----------
    table : Table
        Of `SCHEMA`, replications 0 to `replications` - 1.
    replications : int
        R.
    days : float
        Length of the window, for metrics that are divided by it.

    Yields
    ------
    Kept
    """
    names = _texts(table, "metric")
    numbers = table.column("replication").to_numpy()
    order = {name: [] for name in dict.fromkeys(names) if name in BY_NAME}  # type: dict[str, list[int]]
    for row, name in enumerate(names):
        if name in order:
            order[name].append(row)
    keys = list(zip(*(_texts(table, name) for name in KEY_COLUMNS), strict=True))
    for name, rows in order.items():
        yield _kept(table, BY_NAME[name], np.array(rows), (keys, numbers), (replications, days))


def _texts(table: pa.Table, name: str) -> list[str]:
    """Words of a column, row by row; each word is one object."""
    column = table.column(name).combine_chunks()
    words = np.array(column.dictionary.to_pylist(), dtype=object)
    found: list[str] = words[column.indices.to_numpy()].tolist()
    return found


def _kept(table: pa.Table, metric: Metric, rows: Any, where: tuple[list[Any], Any], shape: tuple[int, float]) -> Kept:
    """Spread rows over (replication, key); a key that a replication lacks had nothing to count."""
    all_keys, numbers = where
    n, days = shape
    keys: list[Key] = sorted({all_keys[row] for row in rows})
    place = {key: m for m, key in enumerate(keys)}
    at = (numbers[rows], np.array([place[all_keys[row]] for row in rows]))
    fixed = {"items": 0.0, "days": days, "hours": 24 * days, "runs": 1.0}[metric.per]
    numerators, denominators = np.zeros((n, len(keys))), np.full((n, len(keys)), fixed)
    maxima = np.full((n, len(keys)), np.nan)
    part = table.take(rows)
    numerators[at] = part.column("numerator").to_numpy()
    denominators[at] = part.column("denominator").to_numpy()
    maxima[at] = part.column("maximum").to_numpy()
    histograms: list[list[Histogram | None]] = [[None] * len(keys) for _ in range(n)]
    longest = part.column("longest_tick").to_pylist()
    if any(tick is not None for tick in longest):
        bins, counts = (part.column(name).combine_chunks() for name in ("bins", "counts"))
        for row, (r, m) in enumerate(zip(at[0].tolist(), at[1].tolist(), strict=True)):
            if longest[row] is not None:
                own = bins[row].values.to_numpy(), counts[row].values.to_numpy().astype(np.int64)
                histograms[r][m] = Histogram(*own, longest[row])
    return Kept(metric, keys, numerators, denominators, maxima, histograms)


__all__ = [
    "ALL",
    "SCHEMA",
    "SCHEMA_VERSION",
    "by_replication",
    "first_replications",
    "in_order",
    "kept_metrics",
    "replications_in",
    "rows_to_table",
]
