"""The one declared schema of stored replications, and the way from kept rows to columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.metrics.catalogue import ALL, Metric
from sim.metrics.kept import BY_NAME, Kept, KeptRow
from sim.metrics.spreads import Spreads
from sim.metrics.tally import KEY_COLUMNS, Key
from sim.network.tables import Flags, Ints

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
_SINGLE = ("replication", "numerator", "denominator", "maximum", "longest_tick")
DICTIONARIES = (*KEY_COLUMNS, "level", "counts.list.element")
"""Columns that Parquet writes as numbers of the values that occur: few do, over and over."""


def rows_to_table(replications: Iterable[tuple[int, Iterable[KeptRow]]]) -> pa.Table:
    """Lay the rows of some replications out as columns of `SCHEMA`.

    Parameters
    ----------
    replications : iterable of (int, iterable of KeptRow)
        Number and rows of each, numbers rising.

    Returns
    -------
    Table
    """
    numbers, kept = [], []
    for number, rows in replications:
        own = list(rows)
        numbers.append(np.full(len(own), number, np.int32))
        kept += own
    if not kept:
        return SCHEMA.empty_table()
    keys, levels, numerators, denominators, maxima, spreads = zip(*kept, strict=True)
    names: dict[tuple[Key, str], int] = {}
    which = np.array([names.setdefault(name, len(names)) for name in zip(keys, levels, strict=True)])
    columns: dict[str, Any] = {"replication": np.concatenate(numbers)}
    for place, column in enumerate(KEY_COLUMNS):
        columns[column] = _words([key[place] for key, _ in names], which)
    columns["level"] = _words([level for _, level in names], which)
    columns["numerator"] = np.array(numerators, np.float64)
    columns["denominator"] = np.array(denominators, np.float64)
    columns["maximum"] = pa.array(np.array(maxima, np.float64), from_pandas=True)
    found = [(row, spread) for row, spread in enumerate(spreads) if spread is not None]
    at = [row for row, _ in found]
    is_none, longest, sizes = np.ones(len(kept), np.bool_), np.zeros(len(kept), np.int64), np.zeros(len(kept), np.int32)
    is_none[at] = False
    longest[at] = [spread.maximum for _, spread in found]
    sizes[at] = [len(spread.bins) for _, spread in found]
    columns["longest_tick"] = pa.array(longest, mask=is_none)
    pointer = np.concatenate([[0], np.cumsum(sizes)])
    columns["bins"] = _lists("bins", [spread.bins for _, spread in found], pointer, is_none)
    columns["counts"] = _lists("counts", [spread.counts for _, spread in found], pointer, is_none)
    return pa.table(columns, schema=SCHEMA)


def _words(names: Sequence[str], which: Ints) -> pa.DictionaryArray:
    """Lay out the word of each row, of those that `which` numbers."""
    words = sorted(set(names))
    place = {word: number for number, word in enumerate(words)}
    codes = np.array([place[name] for name in names], np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(codes[which]), pa.array(words, pa.string()))


def _lists(column: str, parts: Sequence[Ints], pointer: Ints, is_none: Flags) -> pa.ListArray:
    kind = SCHEMA.field(column).type
    dtype = kind.value_type.to_pandas_dtype()
    values = np.concatenate([np.zeros(0, dtype), *parts], dtype=dtype, casting="same_kind")
    return pa.ListArray.from_arrays(
        pa.array(pointer.astype(np.int32)), pa.array(values), type=kind, mask=pa.array(is_none)
    )


def in_order(tables: Sequence[pa.Table]) -> pa.Table:
    """Put the tables of some tasks in the order of their replications, with one dictionary for all words.

    The columns are then the same bytes, whatever tasks the replications came in.
    """
    parts = [part for table in tables for part in by_replication(table)] if len(tables) > 1 else []
    parts.sort(key=lambda part: part[0])
    whole = pa.concat_tables([part for _, part in parts] if parts else [SCHEMA.empty_table(), *tables])
    for place, field in enumerate(SCHEMA):
        if pa.types.is_dictionary(field.type):
            whole = whole.set_column(place, field, _one_dictionary(whole.column(place)))
    return whole.combine_chunks()


def _one_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Number the words that occur in any chunk, sorted."""
    chunks = [(chunk.indices.to_numpy(), chunk.dictionary.to_pylist()) for chunk in column.chunks]
    words = sorted({words[code] for codes, words in chunks for code in np.unique(codes).tolist()})
    place = {word: number for number, word in enumerate(words)}
    codes = [np.array([place.get(word, -1) for word in words], np.int16)[codes] for codes, words in chunks]
    numbers = np.concatenate([np.zeros(0, np.int16), *codes])
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(words, pa.string()))


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
    words, codes = _words_of(table)
    place = np.ravel_multi_index(tuple(codes), [max(len(own), 1) for own in words])
    _, first = np.unique(codes[0], return_index=True)
    for row in np.sort(first).tolist():
        metric = BY_NAME.get(words[0][codes[0, row]])
        if metric is not None:
            rows = np.flatnonzero(codes[0] == codes[0, row])
            _, shown, key = np.unique(place[rows], return_index=True, return_inverse=True)
            keys = [_as_key([own[c] for own, c in zip(words, codes[:, rows[n]], strict=True)]) for n in shown.tolist()]
            yield _kept(metric, keys, (table, rows), (key, replications, days))


def _as_key(parts: Sequence[str]) -> Key:
    metric, direction, port, line, station, vehicle_class = parts
    return metric, direction, port, line, station, vehicle_class


def _words_of(table: pa.Table) -> tuple[list[list[str]], Ints]:
    """Words of each key column, sorted, and the number of each row's, (6, rows)."""
    all_words, codes = [], []
    for name in KEY_COLUMNS:
        column = table.column(name).combine_chunks()
        own = column.dictionary.to_pylist()
        words = sorted(own)
        place = {word: number for number, word in enumerate(words)}
        all_words.append(words)
        codes.append(np.array([place[word] for word in own], np.int64)[column.indices.to_numpy()])
    return all_words, np.stack(codes)


def _kept(metric: Metric, keys: Sequence[Key], part: tuple[pa.Table, Ints], where: tuple[Ints, int, float]) -> Kept:
    """Spread the rows of a metric over (replication, key); a key that a replication lacks had nothing to count."""
    (table, rows), (key, n, days) = part, where
    number, above, below, highest, longest = (table.column(name).take(rows) for name in _SINGLE)
    number = number.to_numpy()
    fixed = {"items": 0.0, "days": days, "hours": 24 * days, "runs": 1.0}[metric.per]
    numerators, denominators = np.zeros((n, len(keys))), np.full((n, len(keys)), fixed)
    maxima = np.full((n, len(keys)), np.nan)
    numerators[number, key] = above.to_numpy()
    denominators[number, key] = below.to_numpy()
    maxima[number, key] = highest.to_numpy()
    is_there = longest.is_valid().to_numpy()
    order = np.flatnonzero(is_there)[np.argsort(key[is_there], kind="stable")]
    bins, counts = (table.column(name).take(rows[order]).combine_chunks() for name in ("bins", "counts"))
    pointer = np.concatenate([[0], np.cumsum(pc.list_value_length(bins).to_numpy(zero_copy_only=False))])
    spreads = Spreads(
        (n, len(keys)), key[order], number[order], longest.take(order).to_numpy(), pointer, _flat(bins), _flat(counts)
    )
    return Kept(metric, keys, numerators, denominators, maxima, spreads)


def _flat(column: pa.ListArray) -> Ints:
    return np.asarray(column.flatten().to_numpy(), np.int64)


__all__ = [
    "ALL",
    "DICTIONARIES",
    "SCHEMA",
    "SCHEMA_VERSION",
    "by_replication",
    "first_replications",
    "in_order",
    "kept_metrics",
    "replications_in",
    "rows_to_table",
]
