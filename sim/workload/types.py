"""Types of columns: as narrow as their numbers allow."""

from typing import Any

import numpy as np


def row_type(rows: int) -> type[np.integer[Any]]:
    """Type of the numbers of so many rows."""
    return np.int16 if rows <= 1 + np.iinfo(np.int16).max else np.int64
