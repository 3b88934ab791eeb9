"""One table of a study as Parquet and CSV: a point at a time, with the factors in columns, whole or not at all."""

import csv
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.study.design import Ready
from sim.study.design.point import shown
from sim.study.store.manifest import factor_names

Write = Callable[[pd.DataFrame], None]
_GROUP_ROWS = 1 << 15
"""Rows that are written at a time; each group of rows has a description that stays in memory up to the end."""
_GROUP_FRAMES = 64
"""Frames that are, however short: each has a description too."""
_NUMBERS = {"value", "low", "high", "base", "difference", "p_value", "p_holm", "variance_ratio"}


def factor_columns(ready: Sequence[Ready]) -> dict[str, bool]:
    """Tell for each factor whether all of its values are numbers."""
    names = factor_names(ready)
    values = {name: [r.point.factors.get(name) for r in ready] for name in names}
    return {name: all(v is None or _is_number(v) for v in found) for name, found in values.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def schema(factors: Mapping[str, bool], columns: Sequence[str]) -> pa.Schema:
    """Declare the columns of a table: point, factors, then `columns`."""
    fields = [("point", pa.int64())]
    fields += [(_column(name), pa.float64() if is_number else pa.string()) for name, is_number in factors.items()]
    fields += [
        (name, pa.float64() if name in _NUMBERS else pa.int64() if name == "n" else pa.string()) for name in columns
    ]
    return pa.schema(fields)


def _column(factor: str) -> str:
    """Name the column of a factor, apart from those of figures."""
    return f"factor.{factor}"


def frame(
    ready: Ready, factors: Mapping[str, bool], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> pd.DataFrame:
    """Lay rows of one point out, with its number and factors in front."""
    frame = pd.DataFrame(rows, columns=list(columns))
    cells: dict[str, Any] = {"point": ready.point.number}
    for name, is_number in factors.items():
        value = ready.point.factors.get(name)
        cells[_column(name)] = value if value is None else float(value) if is_number else shown(value)
    for place, (name, cell) in enumerate(cells.items()):
        is_number = name == "point" or factors[name.removeprefix("factor.")]
        kind: Any = np.float64 if is_number and name != "point" else np.int64 if is_number else object
        frame.insert(place, name, pd.Series([cell] * len(frame), dtype=kind))
    return frame


class GroupedWriter:
    """Writes frames below each other into one Parquet file, many in a group of rows.

    Parameters
    ----------
    path : Path
    columns : Schema
    """

    def __init__(self, path: Path, columns: pa.Schema) -> None:
        self._columns = columns
        self._writer = pq.ParquetWriter(path, columns, compression="zstd")
        self._parts: list[pa.Table] = []
        self._rows = 0

    def add(self, frame: pd.DataFrame) -> None:
        """Put a frame below the others."""
        part = pa.Table.from_pandas(frame, schema=self._columns, preserve_index=False)
        self._parts.append(part)
        self._rows += len(part)
        if self._rows >= _GROUP_ROWS or len(self._parts) >= _GROUP_FRAMES:
            self._write()

    def _write(self) -> None:
        if self._parts:
            self._writer.write_table(pa.concat_tables(self._parts).combine_chunks())
        self._parts, self._rows = [], 0

    def close(self) -> None:
        """Write what is left; closing again does nothing."""
        self._write()
        self._writer.close()


@contextmanager
def table(path: Path, columns: pa.Schema) -> Iterator[Write]:
    """Write frames below each other into `path`.parquet and `path`.csv, which appear when they are whole."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    csv_partial = partial.with_suffix(".csv")
    try:
        with (
            closing(GroupedWriter(partial, columns)) as writer,
            csv_partial.open("w", encoding="utf-8-sig", newline="") as text,
        ):
            _write_header(text, columns)

            def write(frame: pd.DataFrame) -> None:
                writer.add(frame)
                frame.to_csv(text, index=False, header=False, lineterminator="\n")

            yield write
        partial.replace(path.with_suffix(".parquet"))
        csv_partial.replace(path.with_suffix(".csv"))
    except BaseException:
        partial.unlink(missing_ok=True)
        csv_partial.unlink(missing_ok=True)
        raise


def _write_header(text: TextIO, schema: pa.Schema) -> None:
    csv.writer(text, lineterminator="\n").writerow(schema.names)
