"""The one table of metrics: names, units, statistics, denominators, levels and labels.

Docs (`docs/metrics.md`) and the axes of figures are made from it.
"""

from typing import Literal, NamedTuple

KEY = ("metric", "direction", "port", "line", "station", "class")
"""Columns that name one figure; `all` stands for an aggregate over a column, `none` where a network has none."""
ALL, NONE = "all", "none"

Per = Literal["items", "days", "hours", "runs"]
Level = tuple[str, ...]
"""The columns of a key that an aggregate keeps; the others become `all`."""

_UNITS: tuple[Level, ...] = (
    (),
    ("direction",),
    ("class",),
    ("direction", "class"),
    ("direction", "port"),
    ("direction", "port", "class"),
)
_SHIPS: tuple[Level, ...] = ((), ("direction",), ("direction", "port"))
_PLACES: tuple[Level, ...] = (
    ("line",),
    ("line", "class"),
    ("port", "line"),
    ("port", "line", "class"),
    ("direction", "line"),
    ("direction", "line", "class"),
)
_STATIONS: tuple[Level, ...] = (
    *_PLACES,
    ("line", "station"),
    ("port", "line", "station"),
    ("port", "line", "station", "class"),
)
_FLAGS: tuple[Level, ...] = (
    ("line", "station"),
    ("line", "station", "class"),
    ("port", "line", "station"),
    ("port", "line", "station", "class"),
)
_POSTS: tuple[Level, ...] = (("line",), ("line", "station"), ("port", "line"), ("port", "line", "station"))
_DELAYS: tuple[Level, ...] = (
    ("line",),
    ("line", "class"),
    ("port", "line"),
    ("direction", "line"),
    ("direction", "line", "class"),
)
_LINES: tuple[Level, ...] = (*((*level, "line") for level in _UNITS),)

_SPREAD = ("mean", "p50", "p95", "p99", "max")


class Metric(NamedTuple):
    """One metric: a ratio of sums over units, sailings, server time or the window."""

    name: str
    unit: str
    statistics: tuple[str, ...]
    per: Per
    """What the sum is divided by: a count or sum of its own (`items`), the window's days or hours, or replications."""
    definition: str
    """What is divided by what, and over which units."""
    zh: str
    en: str
    levels: tuple[Level, ...]
    is_share: bool = False
    """Whether it lies in [0, 1]; then the bounds of its interval do too."""


METRICS: tuple[Metric, ...] = (
    Metric(
        "arrivals",
        "veh/day",
        ("mean",),
        "days",
        "units that arrived in the window / days of the window; port of origin",
        "到达车辆",
        "arrivals",
        _UNITS,
    ),
    Metric(
        "landings",
        "veh/day",
        ("mean",),
        "days",
        "units that came ashore in the window / days; port of destination",
        "下船车辆",
        "landings",
        _UNITS,
    ),
    Metric(
        "completions",
        "veh/day",
        ("mean",),
        "days",
        "units that ended their route in the window, not removed / days; port of destination",
        "通过车辆",
        "completions",
        _UNITS,
    ),
    Metric(
        "sailings",
        "1/day",
        ("mean",),
        "days",
        "departures in the window with at least one unit aboard / days",
        "载车航次",
        "loaded sailings",
        _SHIPS,
    ),
    Metric(
        "empty_sailings",
        "1/day",
        ("mean",),
        "days",
        "departures in the window without a unit aboard / days",
        "空驶航次",
        "empty sailings",
        _SHIPS,
    ),
    Metric(
        "closed_ratio",
        "1",
        ("ratio",),
        "items",
        "time in which no ship of a service may leave a port / time of the window; of several services the mean",
        "停航时间占比",
        "share of time closed",
        _SHIPS,
        True,
    ),
    Metric(
        "vehicles_per_sailing",
        "veh",
        ("mean",),
        "items",
        "units aboard / loaded sailings in the window",
        "每航次载车数",
        "vehicles per sailing",
        _SHIPS,
    ),
    Metric(
        "load_factor",
        "1",
        ("ratio",),
        "items",
        "lane-metres filled / lane-metres of deck, loaded sailings in the window",
        "装载率",
        "load factor",
        _SHIPS,
        True,
    ),
    Metric(
        "left_behind",
        "veh",
        ("mean",),
        "items",
        "units in the yard when a loaded sailing leaves / loaded sailings in the window",
        "离港时待渡车辆",
        "left behind",
        _SHIPS,
    ),
    Metric(
        "backlog",
        "veh",
        ("mean",),
        "runs",
        "units inside the system at the window's end / replications; port of origin",
        "期末在途车辆",
        "backlog",
        _UNITS,
    ),
    Metric(
        "unfinished",
        "veh",
        ("mean",),
        "runs",
        "units that arrived in the window and are still inside at the horizon / replications",
        "未完成车辆",
        "unfinished",
        _UNITS,
    ),
    Metric(
        "in_system",
        "veh",
        ("mean",),
        "hours",
        "vehicle-hours inside the system in the window / hours of the window",
        "系统内车辆数",
        "vehicles in system",
        _UNITS,
    ),
    Metric(
        "wait",
        "min",
        _SPREAD,
        "items",
        "time from readiness (end of the activity before) to the start of "
        "service / visits of units that arrived in the window",
        "等待时间",
        "wait",
        _STATIONS,
    ),
    Metric(
        "blocked",
        "min",
        ("mean", "max"),
        "items",
        "time a server is held after the end of service because "
        "there is no room ahead / visits of units that arrived in the window",
        "受阻时间",
        "blocked",
        _STATIONS,
    ),
    Metric(
        "inspection_delay",
        "min",
        _SPREAD,
        "items",
        "waits and services of a line, blocking between its "
        "stations included / units that arrived in the window and passed the line (line `all`: any line)",
        "查验延误",
        "inspection delay",
        _DELAYS,
    ),
    Metric(
        "yard_dwell",
        "min",
        _SPREAD,
        "items",
        "time from yard entry to boarding / boardings of units that arrived in the window",
        "待渡时间",
        "yard dwell",
        _UNITS,
    ),
    Metric(
        "time_in_system",
        "min",
        _SPREAD,
        "items",
        "time from arrival to the end of the route, interception "
        "included / units that arrived in the window and finished",
        "全程时间",
        "time in system",
        _UNITS,
    ),
    Metric(
        "crossing_time",
        "min",
        _SPREAD,
        "items",
        "time from arrival to leaving the port of entry (start of the first way after landing, or end of the route), "
        "interception included / units on ferries that arrived in the window and came that far",
        "过海时间",
        "crossing time",
        _UNITS,
    ),
    Metric(
        "queue_length",
        "veh",
        ("mean", "max"),
        "hours",
        "vehicle-hours in the station's queue in the window / "
        "hours of the window; place `yard`: in the marshalling yard",
        "排队车辆数",
        "queue length",
        _STATIONS,
    ),
    Metric(
        "tailback",
        "m",
        ("mean", "max"),
        "hours",
        "metre-hours of road filled by units that wait for the first station of their route / hours of the window",
        "排队长度",
        "tailback",
        _POSTS,
    ),
    Metric(
        "utilisation",
        "1",
        ("ratio",),
        "items",
        "server time in service / server time staffed, in the window "
        "(above 1 where units are finished after a shift's end)",
        "利用率",
        "utilisation",
        _POSTS,
    ),
    Metric(
        "officer_hours",
        "h/day",
        ("mean",),
        "days",
        "officer-hours staffed in the window / days",
        "查验人时",
        "officer-hours",
        ((), *_POSTS),
    ),
    Metric(
        "selected_ratio",
        "1",
        ("ratio",),
        "items",
        "units selected / units that reached the selection, of those that arrived in the window",
        "实际抽中比例",
        "selected ratio",
        _PLACES,
        True,
    ),
    Metric(
        "inspected_ratio",
        "1",
        ("ratio",),
        "items",
        "units selected and not waived / units that reached the selection, of those that arrived in the window",
        "实际查验比例",
        "inspected ratio",
        _PLACES,
        True,
    ),
    Metric(
        "waived_ratio",
        "1",
        ("ratio",),
        "items",
        "units waived because of a full queue / units selected, of those that arrived in the window",
        "因队满免查比例",
        "waived ratio",
        _PLACES,
        True,
    ),
    Metric(
        "flagged_ratio",
        "1",
        ("ratio",),
        "items",
        "units flagged before the selection / units looked at, of those that arrived in the window; the information "
        "system and the risk score, which is asked about the units that the former did not flag, apart",
        "标记比例",
        "flagged ratio",
        _FLAGS,
        True,
    ),
    Metric(
        "alarm_ratio",
        "1",
        ("ratio",),
        "items",
        "alarms / inspections by techniques before the search, units that arrived in the window",
        "报警率",
        "alarm ratio",
        _STATIONS,
        True,
    ),
    Metric(
        "false_alarm_ratio",
        "1",
        ("ratio",),
        "items",
        "alarms / inspections by techniques before the search, of units without a violation that arrived in the window",
        "误报率",
        "false-alarm ratio",
        _STATIONS,
        True,
    ),
    Metric(
        "searches",
        "1/day",
        ("mean",),
        "days",
        "searches ended of units that arrived in the window / days",
        "彻底检查次数",
        "searches",
        _PLACES,
    ),
    Metric(
        "hit_rate",
        "1",
        ("ratio",),
        "items",
        "searches that found something / searches ended, units that arrived in the window",
        "查获率",
        "hit rate",
        _PLACES,
        True,
    ),
    Metric(
        "expected_interception",
        "1",
        ("ratio",),
        "items",
        "sum of the probability that a unit would be "
        "intercepted if it carried a violation (q_seq) / units without a violation that arrived in the window and "
        "finished; classes weighted by prevalence, those that pass no line count with 0, directions "
        "without any line (outbound) are left out; a line's figure is its contribution to the total",
        "期望拦截率",
        "expected interception",
        (*_UNITS, *_LINES),
        True,
    ),
    Metric(
        "realised_interception",
        "1",
        ("ratio",),
        "items",
        "carriers removed / carriers that arrived in the "
        "window and finished, in directions that pass a line; a line's figure is its contribution to the total; exact "
        "binomial bounds",
        "实现拦截率",
        "realised interception",
        (*_UNITS, *_LINES),
        True,
    ),
    Metric(
        "carriers",
        "veh/day",
        ("mean",),
        "days",
        "units with a violation that arrived in the window / days",
        "携带车辆",
        "carriers",
        _UNITS,
    ),
    Metric(
        "expected_finds",
        "1/day",
        ("mean",),
        "days",
        "prevalence x expected interception x units that arrived in the window, summed over classes / days",
        "期望查获数",
        "expected finds",
        (*_UNITS, *_LINES),
    ),
    Metric(
        "cost",
        "CNY/day",
        ("mean",),
        "days",
        "officer-hours and vehicle-hours of inspection delay at their unit prices / days",
        "费用",
        "cost",
        ((), ("line",)),
    ),
    Metric("cost_per_find", "CNY", ("mean",), "items", "cost / expected finds", "每次查获费用", "cost per find", ((),)),
)

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}

INTERCEPTION_SUM = "interception_sum"
"""Rows of a reduction that are no metric: the sums from which interception follows for any detection."""


class ProfileMetric(NamedTuple):
    """One metric by hour of the window; labels are those of the metric of the same name."""

    name: str
    unit: str
    per: Per
    levels: tuple[Level, ...]
    is_share: bool = False


_HOURLY: tuple[Level, ...] = ((), ("direction",), ("direction", "port"), ("direction", "class"))

PROFILES: tuple[ProfileMetric, ...] = (
    ProfileMetric("arrivals", "veh/h", "hours", _HOURLY),
    ProfileMetric("landings", "veh/h", "hours", _HOURLY),
    ProfileMetric("completions", "veh/h", "hours", _HOURLY),
    ProfileMetric("sailings", "1/h", "hours", _SHIPS),
    ProfileMetric("closed_ratio", "1", "items", _SHIPS, True),
    ProfileMetric("vehicles_per_sailing", "veh", "items", _SHIPS),
    ProfileMetric("load_factor", "1", "items", _SHIPS, True),
    ProfileMetric("in_system", "veh", "hours", _HOURLY),
    ProfileMetric("queue_length", "veh", "hours", _POSTS),
)

PROFILES_BY_NAME: dict[str, ProfileMetric] = {metric.name: metric for metric in PROFILES}
