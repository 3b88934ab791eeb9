"""What was seen: the columns of a record, and the auditor that holds it against the engine's laws.

Knows networks and workloads, not engines: an engine fills a record, anyone may check it.
Doors: `blank_record`, `audit`.
"""

from .columns import COLUMNS, TABLES, Column, columns_of
from .record import Columns, Record, blank_record, route_steps, target_of_slot, with_sailings

__all__ = [
    "COLUMNS",
    "TABLES",
    "Column",
    "Columns",
    "Record",
    "blank_record",
    "columns_of",
    "route_steps",
    "target_of_slot",
    "with_sailings",
]
