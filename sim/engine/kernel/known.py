"""What the kernel knows; a network with anything else is turned away, so that it cannot differ unnoticed."""

from dataclasses import fields
from typing import Any

from sim.errors import EngineError
from sim.network import Network
from sim.record import COLUMNS
from sim.record.narrow import FLAG_ROWS, SELECT_FLAGS, SERVE_COLUMNS, TICK_ROWS
from sim.workload import Workload

from .fields import SAILING_COLUMNS

_TABLES = {
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
    "closures": "start_tick end_tick stops spaces headway_ticks",
}
_NETWORK = (
    "class_name class_kind class_title channel deck_cm queue_m persons prevalence level_name level_share laws "
    "serves selects alarms durations uniforms day_cv start clock_ticks window_tick window_end_tick "
    "horizon_tick port_title place_title line_of_place line_title channel_title channel_unit sites port_position shore "
    "weather"
)
_WORKLOAD = (
    "seed replication arrival_tick source vehicle_class carries_violation concealment duration_ticks uniform start "
    "closures"
)
_RECORD = {
    *(f"units.{name}" for name in ("arrival_tick", *TICK_ROWS, *FLAG_ROWS)),
    *(f"serves.{name}" for name in SERVE_COLUMNS),
    *(f"selects.{name}" for name in ("ratio", *SELECT_FLAGS)),
    "alarms.is_alarmed",
    *(f"sailings.{name}" for name in SAILING_COLUMNS),
}


def refuse_unknown(network: Network, workload: Workload) -> None:
    """Make sure that the kernel knows every column of a network, a workload and a record.

    Raises
    ------
    EngineError
        Naming the first column that it does not know.
    """
    strange = [
        *_strange("workload", workload, _WORKLOAD),
        *_strange("network", network, f"{_NETWORK} {' '.join(_TABLES)}"),
        *(name for table, known in _TABLES.items() for name in _strange(table, getattr(network, table), known)),
        *sorted({f"{column.table}.{column.name}" for column in COLUMNS} ^ _RECORD),
    ]
    if strange:
        raise EngineError(f"the compiled engine does not know {strange[0]}: take run.engine=reference")


def _strange(name: str, table: Any, known: str) -> list[str]:
    """List the fields of a table that are not known."""
    return [f"{name}.{field.name}" for field in fields(table) if field.name not in known.split()]
