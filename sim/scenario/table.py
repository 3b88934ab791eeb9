"""Planners' own data: CSV files that are read as data, once, while a scenario is validated."""

import csv
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationInfo

Row = dict[str, Any]
Reader = Callable[[str], Any]


def find_file(name: str, folders: Sequence[Path]) -> Path:
    """Find a file by absolute path, or below the first of the folders that has it.

    Raises
    ------
    ValueError
        If no folder has it.
    """
    with suppress(OSError):  # a name that is too long, a folder that may not be entered
        for folder in (Path(), *folders):
            if (folder / name).is_file():
                return folder / name
    raise ValueError(f"csv must name a readable file; got {name!r}")


def read_table(path: Path, columns: Mapping[str, Reader], optional: Collection[str] = ()) -> list[Row]:
    """Read the named columns of a CSV file (UTF-8, a BOM is allowed, other columns are left alone).

    Parameters
    ----------
    path : Path
        The file.
    columns : mapping of str to callable
        For each column the function that turns its text into a value, or raises ValueError with what it wants;
        `float` also refuses NaN.
    optional : collection of str
        Columns that the file may leave out; they are read as if their cells were empty.

    Returns
    -------
    list of dict
        One dict a data row, at least one.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column or has it twice, has no rows, a row has too few or too many cells, or
        a cell is not of the column's kind.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = list(reader.fieldnames or ())
            for name in columns:
                if header.count(name) != 1 and not (name in optional and name not in header):
                    raise ValueError(f"csv {path.name} must have one column {name!r}; got {header}")
            rows = [_row(row, columns, f"csv {path.name} line {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"csv must be a readable UTF-8 table; got {path.name}: {error}") from None
    if not rows:
        raise ValueError(f"csv {path.name} must have at least one row of data; got none")
    return rows


def _row(cells: Mapping[str | None, Any], columns: Mapping[str, Reader], place: str) -> Row:
    """Read one row; a cell too few reads as None, those too many stand under None and must be empty."""
    surplus = [cell for cell in cells.get(None) or () if cell.strip()]
    if surplus or None in cells.values():
        found = sum(v is not None for k, v in cells.items() if k is not None) + len(surplus)
        wanted = sum(k is not None for k in cells)
        raise ValueError(f"{place} must have {wanted} cells like the header; got {found}")
    return {name: _cell(cells.get(name), kind, f"{place} column {name!r}") for name, kind in columns.items()}


def _cell(text: str | None, kind: Reader, place: str) -> Any:
    """Turn the text of one cell into a value, or say which cell is wrong."""
    try:
        value = kind((text or "").strip())
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("a finite number")
    except ValueError as error:
        wanted = {float: "a finite number", int: "a whole number"}.get(kind, str(error))  # type: ignore[call-overload]
        raise ValueError(f"{place} must be {wanted}; got {text!r}") from None
    return value


def day_cell(text: str) -> date:
    """Read a date.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date such as 2018-02-16") from None


def fill_from_csv(
    data: Any, info: ValidationInfo, field: str, columns: Mapping[str, Reader], optional: Collection[str] = ()
) -> Any:
    """Fill `field` of a model's raw input from its `csv`, unless the field is given already.

    A table of one column becomes a list of values, a wider one a list of rows. A scenario that was resolved before
    (it has both) is taken as it is, so that a stored run does not depend on the file any more.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("csv"), str) or data.get(field):
        return data
    folders = (info.context or {}).get("folders", ())
    rows = read_table(find_file(data["csv"], folders), columns, optional)
    values = [row[next(iter(columns))] for row in rows] if len(columns) == 1 else rows
    return {**data, field: values}
