"""What the kernel knows; a network with anything else is turned away, so that it cannot differ unnoticed."""

from dataclasses import fields

from sim.errors import EngineError
from sim.network import Network
from sim.record import COLUMNS

from .fields import FLAG_ROWS, SAILING_COLUMNS, TICK_ROWS

_KNOWN = {
    "stations": "name port place queue_limit officers_per_server shift_pointer shift_tick shift_servers",
    "steps": "kind target following otherwise mark slot law priority is_flag route name place port post",
    "rules": (
        "name at policy ratio count factor after relief_station relief_above relief_below relief_factor full_station"
    ),
    "techniques": "detects false_alarms",
    "sources": "name vehicle_class first_step direction origin destination edge_ticks expected listed_ticks batch",
    "ports": "name berths yard_cm",
    "terminals": (
        "service port rule longest_wait_ticks loading_berths open_next_cm closing_ticks load_ticks unload_ticks "
        "boarding_rank uses direction departure_ticks crossing_ticks"
    ),
    "ships": "kind terminal deck_cm",
    "closures": "start_tick end_tick stops",
}
_NEUTRAL_AT_ZERO = {"closures.headway_ticks"}
"""Columns of features that the kernel does not have; a network may carry them as long as they are 0."""
_RECORD = {
    *(f"units.{name}" for name in (*TICK_ROWS, *FLAG_ROWS)),
    *(f"serves.{name}_tick" for name in ("join", "start", "end", "release")),
    *(f"selects.{name}" for name in ("ratio", "is_selected", "is_full")),
    "alarms.is_alarmed",
    *(f"sailings.{name}" for name in SAILING_COLUMNS),
}


def refuse_unknown(network: Network) -> None:
    """Make sure that the kernel knows every column of a network and of a record.

    Raises
    ------
    EngineError
        Naming the first column that it does not know.
    """
    for table, known in _KNOWN.items():
        for field in fields(getattr(network, table)):
            name = f"{table}.{field.name}"
            if field.name in known.split():
                continue
            if name in _NEUTRAL_AT_ZERO and not getattr(getattr(network, table), field.name).any():
                continue
            raise EngineError(f"the compiled engine does not know {name}: take run.engine=reference")
    strange = {f"{column.table}.{column.name}" for column in COLUMNS} ^ _RECORD
    if strange:
        raise EngineError(f"the compiled engine does not know {min(strange)}: take run.engine=reference")
