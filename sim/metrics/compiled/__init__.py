"""Counting with compiled code: the units of a record, block by block. Counts what `plain` counts.

Every figure is a sum of whole numbers or a maximum, so the order of the units does not matter. The compiled functions
make no arrays: they fill those that are handed to them in bundles. Doors: `make_room`, `count_units`, `sweep`,
`close_hours`, `pack_bins`, `plant`.
"""

from .columns import BIN_BITS, BINS_OF_LINE, BLOCK_UNITS, BOARD, DECISIONS, IS_MET, LINES_OF_WORD, MOST, SELECT
from .levels import close_hours, make_room, pack_bins, sweep
from .nodes import plant
from .units import count_units

__all__ = [
    "BINS_OF_LINE",
    "BIN_BITS",
    "BLOCK_UNITS",
    "BOARD",
    "DECISIONS",
    "IS_MET",
    "LINES_OF_WORD",
    "MOST",
    "SELECT",
    "close_hours",
    "count_units",
    "make_room",
    "pack_bins",
    "plant",
    "sweep",
]
