"""Columns of the tables that compiled code counts with, and how its numbers are packed."""

from sim.network.tables import StepKind
from sim.record import narrow

SERVE, SELECT, ALARM, BOARD, TRAVEL, EXIT = (int(kind) for kind in StepKind)

# Columns of a stop.
KIND, SLOT, MARK, STATION, FOLLOWING, OTHERWISE, IS_SEARCH, LINE, WAIT, BLOCKED, QUEUE, OUTSIDE = range(12)

# Columns of a source.
FIRST, LAST, CLASS, ARRIVALS, LANDINGS, COMPLETIONS, INSIDE, YARD, TIME, CROSSING, DWELL, ALL_DELAYS = range(12)

# Numbers of a network: the window, the end, outcomes of a unit, the first row of hours that is a queue or a yard, and
# the first row of levels that is a tailback; most decisions on a way.
WINDOW, WINDOW_END, HORIZON, COMPLETED, REMOVED, FIRST_LEVEL, FIRST_TAILBACK, DECISIONS = range(8)

# Rows of a record.
YARD_TICK, BOARDING_TICK, LANDING_TICK, EXIT_TICK = (
    narrow.TICK_ROWS.index(f"{name}_tick") for name in ("yard", "boarding", "landing", "exit")
)
UNIT_TICKS, OUTCOME = len(narrow.TICK_ROWS), narrow.FLAG_ROWS.index("outcome")
JOIN, START, END, RELEASE = range(len(narrow.SERVE_COLUMNS))
VISIT = len(narrow.SERVE_COLUMNS)
"""Ticks of a visit, side by side."""
SELECTED = len(narrow.FLAG_ROWS)
BLOCK_BITS = narrow.BLOCK_BITS

# What is known of a unit: whether it arrived in the window, whether it carries; of those of the window that finished,
# whether it is one without or one with a violation.
COUNTED, CARRIES, INNOCENT, GUILTY = 1, 2, 4, 8

# Of a level: how many units are there, the most so far, whether it is there: not a yard that nobody has been in.
LEVEL, MOST, IS_MET = range(3)

CLASS_BITS = 10
"""An event is one number: the tick times 2, plus 1 where a unit comes, times 2 ** CLASS_BITS, plus its class."""
BIN_BITS = 14
"""Bits of a bin in a step, below the first tick of the next bin."""
BINS_OF_LINE = 16
"""Bins in a line of the processor's cache."""
LINES_OF_WORD = 8
"""Lines that are looked at together."""
LINE_UNITS = 16
"""Ticks in a line of the processor's cache."""
BLOCK_UNITS = 2048
"""So many units are counted together."""
