"""The one table of columns: names, dtypes, units and labels of all that a record holds.

Docs (`docs/columns.md`) and axis labels are made from it. A missing tick or index is -1, never NaN.
"""

from typing import NamedTuple

import numpy as np

TICK, NUMBER, FLAG, RATIO = np.int64, np.int64, np.int8, np.float64


class Column(NamedTuple):
    """One column of a record."""

    table: str
    """units: (N,) · serves: (serve rows, N) · selects: (select rows, N) · alarms: (alarm rows, N) ·
    sailings: (M,)"""
    name: str
    dtype: type
    unit: str
    zh: str
    en: str
    text: str


COLUMNS: tuple[Column, ...] = (
    Column("units", "arrival_tick", TICK, "ms", "到达时刻", "arrival", "arrival at the first step"),
    Column("units", "yard_tick", TICK, "ms", "进待渡场时刻", "yard entry", "entry into the marshalling yard"),
    Column("units", "boarding_tick", TICK, "ms", "上船时刻", "boarding", "start of going over the ramp"),
    Column("units", "sailing", NUMBER, "", "航次", "sailing", "row of the sailings table"),
    Column("units", "landing_tick", TICK, "ms", "下船时刻", "landing", "ashore on the other side"),
    Column("units", "exit_tick", TICK, "ms", "离开时刻", "exit", "end of the route"),
    Column("units", "outcome", FLAG, "", "结果", "outcome", "0 still inside, 1 completed, 2 removed (intercepted)"),
    Column("serves", "join_tick", TICK, "ms", "排队时刻", "joining", "entry into the station's queue or service"),
    Column("serves", "start_tick", TICK, "ms", "开始时刻", "start", "start of service"),
    Column("serves", "end_tick", TICK, "ms", "结束时刻", "end", "end of service"),
    Column("serves", "release_tick", TICK, "ms", "放行时刻", "release", "server let go; later than the end if blocked"),
    Column(
        "selects",
        "ratio",
        RATIO,
        "1",
        "抽检率",
        "sampling ratio",
        "probability of selection just before the draw; -1 not reached",
    ),
    Column("selects", "is_selected", FLAG, "", "是否抽中", "selected", "chosen by the policy; -1 not reached"),
    Column(
        "selects",
        "is_full",
        FLAG,
        "",
        "是否队满",
        "queue full",
        "whether the rule's station was full, so that a selected unit was waived; -1 not reached",
    ),
    Column("alarms", "is_alarmed", FLAG, "", "是否报警", "alarm", "answer of the technique; -1 not reached"),
    Column("sailings", "terminal", NUMBER, "", "航线端点", "terminal", "row of the terminals table"),
    Column("sailings", "ship", NUMBER, "", "船号", "ship", "row of the ships table"),
    Column("sailings", "ordinal", NUMBER, "", "离港序号", "ordinal", "how many left this terminal before"),
    Column("sailings", "open_tick", TICK, "ms", "开始装船时刻", "loading began", "ramp down; of empty trips the call"),
    Column("sailings", "secured_tick", TICK, "ms", "装载完毕时刻", "secured", "ready to leave; a closure may hold it"),
    Column("sailings", "departure_tick", TICK, "ms", "离港时刻", "departure", "left the berth"),
    Column("sailings", "arrival_tick", TICK, "ms", "到港时刻", "arrival", "off the other port"),
    Column("sailings", "berth_tick", TICK, "ms", "靠泊时刻", "berthing", "berthed at the other port"),
    Column("sailings", "ready_tick", TICK, "ms", "卸空时刻", "unloaded", "last unit ashore, ship free again"),
    Column("sailings", "units", NUMBER, "veh", "装载车辆数", "vehicles aboard", "units aboard at departure"),
    Column("sailings", "load_cm", NUMBER, "cm", "装载车道长", "lane-metres aboard", "deck filled at departure"),
    Column("sailings", "left_behind", NUMBER, "veh", "留待车辆数", "left behind", "units in the yard at departure"),
)

TABLES = ("units", "serves", "selects", "alarms", "sailings")


def columns_of(table: str) -> tuple[Column, ...]:
    """List the columns of one table."""
    return tuple(column for column in COLUMNS if column.table == table)
