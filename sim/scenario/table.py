"""Planners' own data: CSV files that are read as data, once, while a scenario is validated."""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
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
    for folder in (Path(), *folders):
        if (folder / name).is_file():
            return folder / name
    raise ValueError(f"csv must name a readable file; got {name!r}")


def read_table(path: Path, columns: Mapping[str, Reader]) -> list[Row]:
    """Read the named columns of a CSV file (UTF-8, a BOM is allowed, other columns are left alone).

    Parameters
    ----------
    path : Path
        The file.
    columns : mapping of str to callable
        For each column the function that turns its text into a value; `float` also refuses NaN.

    Returns
    -------
    list of dict
        One dict a data row, at least one.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, has no rows, or a cell is not of the column's kind.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise ValueError(f"csv {path.name} must have a column {missing[0]!r}; got {reader.fieldnames}")
            rows = [
                {
                    name: _cell(row[name], kind, f"csv {path.name} line {number} column {name!r}")
                    for name, kind in columns.items()
                }
                for number, row in enumerate(reader, start=2)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"csv must be a readable UTF-8 table; got {path.name}: {error}") from None
    if not rows:
        raise ValueError(f"csv {path.name} must have at least one row of data; got none")
    return rows


def _cell(text: str | None, kind: Reader, place: str) -> Any:
    """Turn the text of one cell into a value, or say which cell is wrong."""
    try:
        value = kind((text or "").strip())
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError
    except ValueError:
        wanted = {float: "a finite number", int: "a whole number"}.get(kind, "valid")  # type: ignore[call-overload]
        raise ValueError(f"{place} must be {wanted}; got {text!r}") from None
    return value


def fill_from_csv(data: Any, info: ValidationInfo, field: str, columns: Mapping[str, Reader]) -> Any:
    """Fill `field` of a model's raw input from its `csv`, unless the field is given already.

    A table of one column becomes a list of values, a wider one a list of rows. A scenario that was resolved before
    (it has both) is taken as it is, so that a stored run does not depend on the file any more.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("csv"), str) or data.get(field):
        return data
    folders = (info.context or {}).get("folders", ())
    rows = read_table(find_file(data["csv"], folders), columns)
    values = [row[next(iter(columns))] for row in rows] if len(columns) == 1 else rows
    return {**data, field: values}
