"""Design points from a planner's CSV file: a column for each setting, a row for each point."""

import csv
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.scenario.table import find_file

_FIELD = "study.design.csv"
_KEY = re.compile(r"\+?[A-Za-z_]\w*(\.\w+)*")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_LONGEST_NUMBER = 400
"""Characters; what is longer is text, which no setting takes for a number."""
_WORDS = {"true": True, "false": False, "null": None}


def rows_of(name: str, folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Read settings, one row a point.

    Parameters
    ----------
    name : str
        File, UTF-8 (a byte-order mark is allowed). The header names settings, such as `sampling.line2.truck`.
    folders : sequence of Path
        Where it is looked up, after the working directory.

    Returns
    -------
    list of dict
        Value by setting. Cells are numbers, true, false, null, mappings or lists as JSON, else text.

    Raises
    ------
    ScenarioError
        If the file cannot be read, has no rows, or a row is not as wide as the header.
    """
    try:
        path = find_file(name, folders)
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [*csv.reader(file, strict=True)] or [[]]
    except (OSError, ValueError, csv.Error) as error:
        rule = "must name a readable UTF-8 table" if not isinstance(error, OSError) else f"must be readable ({error})"
        raise ScenarioError(Fault(_FIELD, rule, name)) from None
    wrong = [column for column in header if not _KEY.fullmatch(column.strip())]
    different = {column.strip().lstrip("+") for column in header}
    if wrong or len(different) != len(header) or not header:
        raise ScenarioError(Fault(_FIELD, "must have a header of different settings", (wrong or header)[:1]))
    kept = [(line, row) for line, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    if not kept:
        raise ScenarioError(Fault(_FIELD, "must have at least one row of data", path.name))
    faults = [
        Fault(f"{_FIELD} {path.name} line {line}", f"must have {len(header)} cells", len(row))
        for line, row in kept if len(row) != len(header)
    ]  # fmt: skip
    if faults:
        raise ScenarioError(faults)
    keys = [column.strip() for column in header]
    return [{key: _value(cell) for key, cell in zip(keys, row, strict=True)} for _, row in kept]


def _value(cell: str) -> Any:
    """Read a cell as a configuration would."""
    text = cell.strip()
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        number = float(text)
        is_whole = re.fullmatch(r"[-+]?\d+", text)
        return int(text) if is_whole else number if math.isfinite(number) else text
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text
