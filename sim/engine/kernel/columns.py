"""The record's columns as the kernel writes them: one after the other in memory that is used again."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arena import lend
from sim.network import Network
from sim.network.tables import Floats, Ints
from sim.record import TABLES, Record, columns_of
from sim.record.record import Columns as Table
from sim.workload import Workload

from . import fields as f


class Columns(NamedTuple):
    """One column a row; a column is a little longer than there are units."""

    ticks: Ints
    ratios: Floats
    flags: NDArray[Any]


def blank_columns(network: Network, units: int) -> Columns:
    """Make the columns of a record; the kernel blanks them as units come, `blank_rest` what never came.

    Columns begin at lines of the cache, and the same unit's places in them do not compete for one place in it: their
    length is an odd number of lines.
    """
    serves, selects, alarms = network.serves.count, network.selects.count, network.alarms.count
    length = f.LINE_UNITS * (-(-units // f.LINE_UNITS) | 1)
    kinds = (
        (f.SERVE_ROWS + 4 * serves, np.int64),
        (selects, np.float64),
        (f.SELECT_ROWS + 2 * selects + alarms, np.int8),
    )
    sizes = [rows * length * np.dtype(kind).itemsize for rows, kind in kinds]
    parts = np.split(lend("record", sum(sizes)), np.cumsum(sizes)[:-1])
    return Columns(*(part.view(kind).reshape(-1, length) for part, (_, kind) in zip(parts, kinds, strict=True)))


def blank_rest(columns: Columns, units: int) -> None:
    """Note that nothing was seen of the units that never came: all but the first so many."""
    for part in columns:
        part[:, units:] = -1
    columns.flags[f.OUTCOME_ROW, units:] = 0


def as_record(workload: Workload, columns: Columns, sailings: Ints) -> Record:
    """Name the rows; the columns are views of them."""
    units = len(workload.arrival_tick)
    ticks, ratios, flags = (part[:, :units] for part in columns)
    selects = len(ratios)
    arrivals = workload.arrival_tick.view()
    arrivals.flags.writeable = False
    of_units: Table = {name: ticks[row] for row, name in enumerate(f.TICK_ROWS)}
    of_units |= {name: flags[row] for row, name in enumerate(f.FLAG_ROWS)}
    serves = np.split(ticks[f.SERVE_ROWS :], 4)
    answers = flags[f.SELECT_ROWS :]
    tables: dict[str, Table] = {
        "units": {"arrival_tick": arrivals, **of_units},
        "serves": dict(zip(("join_tick", "start_tick", "end_tick", "release_tick"), serves, strict=True)),
        "selects": {"ratio": ratios, "is_selected": answers[:selects], "is_full": answers[selects : 2 * selects]},
        "alarms": {"is_alarmed": answers[2 * selects :]},
        "sailings": {name: sailings[:, column].copy() for column, name in enumerate(f.SAILING_COLUMNS)},
    }
    return Record(**{table: {c.name: tables[table][c.name] for c in columns_of(table)} for table in TABLES})
