"""What was seen: the columns of a record, and the auditor that holds it against the engine's laws.

Knows networks and workloads, not engines: an engine fills a record, anyone may check it.
Doors: `blank_record`, `audit`.
"""

from .audit import audit, check_record
from .columns import COLUMNS, TABLES, Column, columns_of
from .finding import Finding
from .narrow import BLOCK_UNITS, Narrow
from .record import Columns, Record, blank_record, route_steps, target_of_slot, with_sailings
from .replay import replay_stations

__all__ = [
    "BLOCK_UNITS",
    "COLUMNS",
    "TABLES",
    "Column",
    "Columns",
    "Finding",
    "Narrow",
    "Record",
    "audit",
    "blank_record",
    "check_record",
    "columns_of",
    "replay_stations",
    "route_steps",
    "target_of_slot",
    "with_sailings",
]
