"""Small tables of a study that are written as CSV alone, whole or not at all."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.study.store.file import write_whole


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table with a byte-order mark, so that Excel reads it; unknown numbers are empty cells."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if _is_unknown(cell) else cell for cell in row] for row in rows])
    write_whole(out.getvalue().encode("utf-8-sig"), path)


def _is_unknown(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def read_rows(path: Path) -> pd.DataFrame:
    """Read such a table; empty cells of columns of numbers are NaN."""
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""])


def figure_cells(figure: Any) -> tuple[str, str, str, str, str]:
    """Name a figure in five cells: metric, statistic, direction, line, class."""
    return figure.metric, figure.statistic, figure.direction, figure.line, figure.vehicle_class
