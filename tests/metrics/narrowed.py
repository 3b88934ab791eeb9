"""Records of the reference engine as the compiled one writes them: compiled code counts only those."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.network.tables import Ints
from sim.record import BLOCK_UNITS, Narrow, Record
from sim.record.narrow import FLAG_ROWS, SELECT_FLAGS, SERVE_COLUMNS, TICK_ROWS

_FARTHEST = np.iinfo(np.int32).max


def narrowed(record: Record, arrivals: Ints) -> Record:
    """Return a record with narrow columns, made if it has none; `arrivals` are those of its whole workload."""
    if record.narrow is not None:
        return record
    base = arrivals[::BLOCK_UNITS].copy()
    units = np.arange(record.first, record.first + len(record.units["arrival_tick"]))
    here = base[units // BLOCK_UNITS]

    def less(ticks: Ints) -> Ints:
        return np.where(ticks < 0, -1, ticks - here)

    of_units = [record.units[name] if name == "sailing" else less(record.units[name]) for name in TICK_ROWS]
    ticks, visits = np.stack(of_units), np.stack([less(record.serves[name]) for name in SERVE_COLUMNS], axis=-1)
    kind = np.int64 if max(ticks.max(initial=0), visits.max(initial=0)) > _FARTHEST else np.int32
    flags: list[NDArray[np.int8]] = [record.units[name][None] for name in FLAG_ROWS]
    flags += [record.selects[name] for name in SELECT_FLAGS]
    narrow = Narrow(
        ticks.astype(kind),
        visits.astype(kind),
        np.ascontiguousarray(record.selects["ratio"]),
        np.concatenate([*flags, record.alarms["is_alarmed"]]),
        base,
    )
    return replace(record, narrow=narrow)
