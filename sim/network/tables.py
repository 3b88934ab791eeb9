"""The compiled network: flat tables of numbers that an engine can run without knowing any scenario.

Shape letters: S stations, P steps, K vehicle classes, Q rules, A techniques, L concealment levels, I sources (arrival
streams), H ports,
T terminals (one end of a ferry service; 2 v and 2 v + 1 belong to service v), B ships, C closures.
Index -1 means none; ticks are int64 milliseconds from the start of the simulation, lengths int64 centimetres.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]
Wholes = NDArray[np.integer[Any]]
"""Whole numbers in as few bytes as they need."""


class StepKind(IntEnum):
    """The six steps an engine knows."""

    SERVE = 0
    SELECT = 1
    ALARM = 2
    BOARD = 3
    TRAVEL = 4
    EXIT = 5


_STREAM_ENDINGS = {
    StepKind.SERVE: "/service",
    StepKind.TRAVEL: "/travel",
    StepKind.SELECT: "",
    StepKind.ALARM: "/alarm",
}


def stream_of(kind: int, name: str) -> str:
    """Name of the random stream that a step of a kind and name reads."""
    return name + _STREAM_ENDINGS[StepKind(kind)]


class DepartureRule(IntEnum):
    """When a loading ship leaves."""

    ROLLING = 0
    TIMETABLE = 1
    AT_ONCE = 2


@dataclass(frozen=True, eq=False)
class StationTable:
    """Stations, S rows; the shifts of station s are rows `shift_pointer[s]:shift_pointer[s + 1]`."""

    name: tuple[str, ...]
    port: tuple[str, ...]
    place: tuple[str, ...]
    queue_limit: Ints
    """(S,) units that may wait, -1 without limit."""
    officers_per_server: Floats
    shift_pointer: Ints
    """(S + 1,)"""
    shift_tick: Ints
    """First shift of each station starts at tick 0; ticks rise within a station."""
    shift_servers: Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of columns (rows, N): names that never lie on one route share a row, so that a row and a unit mean one."""

    name: tuple[str, ...]
    row: Ints
    """Of each name."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.row.max(initial=-1)) + 1

    def of(self, name: str) -> int:
        """Row of a name."""
        return int(self.row[self.name.index(name)])


@dataclass(frozen=True, eq=False)
class StepTable:
    """Steps of all routes, P rows; `following` and `otherwise` always lie further down."""

    kind: Ints
    """(P,) StepKind"""
    target: Ints
    """(P,) station of serve, rule of select, technique of alarm, terminal of board; of exit 1 completed, 2 removed."""
    following: Ints
    """(P,) the step after; after a select or an alarm the step where the answer was yes."""
    otherwise: Ints
    """(P,) where a select or an alarm leads when the answer was no."""
    mark: Ints
    """(P,) column of `Workload.duration_ticks` (serve, travel) or `Workload.uniform` (select, alarm)."""
    slot: Ints
    """(P,) row of the record's serves, selects or alarms."""
    law: Ints
    """(P, K) index into `Network.laws` of a serve or travel, -1 where the class never comes."""
    priority: Ints
    """(P, K) queue priority of a serve, lower first."""
    is_flag: Flags
    """(P,) whether an alarm is no technique of a station, but only decides which selection follows."""
    route: tuple[str, ...]
    name: tuple[str, ...]
    place: tuple[str, ...]
    """Gate or checkpoint that a serve, select or alarm belongs to, empty for none."""
    port: tuple[str, ...]
    """Port or site where that is, empty for none."""
    post: tuple[str, ...]
    """Station, or instant technique, that an alarm is the answer of; empty for none."""


@dataclass(frozen=True, eq=False)
class RuleTable:
    """Selection rules, Q rows. What a policy counts, it counts for each rule and class apart."""

    name: tuple[str, ...]
    """Select slot whose start streams the rule's systematic sampling uses; empty where nothing is counted."""
    at: tuple[str, ...]
    """Where it stands; keeps rules of different ports apart that count."""
    policy: Ints
    """(Q, K) PolicyKind"""
    ratio: Floats
    """(Q, K, 24) sampling ratio by class and hour of the day, before relief; 1/k of systematic sampling."""
    count: Ints
    """(Q, K) k of systematic sampling, clean run of skip-lot, most in an hour of a quota, else 0."""
    factor: Floats
    """(Q, K) what an exemption multiplies the ratio by, else 1."""
    after: Ints
    """(Q, K) select slot whose inspection exempts, -1 none."""
    relief_station: Ints
    """(Q,) station whose queue length switches relief, -1 none."""
    relief_above: Ints
    relief_below: Ints
    relief_factor: Floats
    full_station: Ints
    """(Q,) station whose full queue waives a selected unit, -1 never waived."""


@dataclass(frozen=True, eq=False)
class TechniqueTable:
    """Probabilities of an alarm, A rows."""

    detects: Floats
    """(A, K, L) P_D by concealment level; 0 at a level that the class does not have and the technique does not name"""
    false_alarms: Floats
    """(A, K) P_FA"""


@dataclass(frozen=True, eq=False)
class SourceTable:
    """Arrival streams, I rows. A stream has either rates (pieces) or listed ticks."""

    name: tuple[str, ...]
    vehicle_class: Ints
    first_step: Ints
    direction: tuple[str, ...]
    origin: tuple[str, ...]
    destination: tuple[str, ...]
    edge_ticks: tuple[Ints, ...]
    """Per source the E + 1 edges of its pieces; empty for listed arrivals."""
    expected: tuple[Floats, ...]
    """Per source the E expected units of each piece, before the factor of the day."""
    listed_ticks: tuple[Ints, ...]
    """Per source one tick a unit."""
    batch: Ints
    """(I,) units that each arrival brings."""


@dataclass(frozen=True, eq=False)
class PortTable:
    """Ports, H rows."""

    name: tuple[str, ...]
    berths: Ints
    yard_cm: Ints
    """(H,) -1 without limit"""


@dataclass(frozen=True, eq=False)
class TerminalTable:
    """Both ends of every ferry service, T rows."""

    service: tuple[str, ...]
    port: Ints
    rule: Ints
    """(T,) DepartureRule"""
    longest_wait_ticks: Ints
    loading_berths: Ints
    open_next_cm: Ints
    closing_ticks: Ints
    load_ticks: Ints
    """(T, K)"""
    unload_ticks: Ints
    """(T, K) of units that land at this terminal"""
    boarding_rank: Ints
    """(T, K)"""
    uses: Flags
    """(T, K) whether some route lets the class board here"""
    direction: tuple[str, ...]
    """of the ships that leave from here"""
    departure_ticks: tuple[Ints, ...]
    """Per terminal the timetable within the horizon; empty unless `TIMETABLE`."""
    crossing_ticks: Ints
    """(T, 3) low, mode, high of ships that leave from here"""


@dataclass(frozen=True, eq=False)
class ShipTable:
    """Ships, B rows."""

    kind: tuple[str, ...]
    terminal: Ints
    """(B,) where the ship lies ready at tick 0"""
    deck_cm: Ints


@dataclass(frozen=True, eq=False)
class ClosureTable:
    """Suspensions of sailings, C rows."""

    start_tick: Ints
    end_tick: Ints
    stops: Flags
    """(C, T, B) whether ship b may not leave terminal t while the closure lasts"""
    spaces: Flags
    """(C, T, B) whether ship b leaves terminal t one at a time while the closure lasts (one-way working)"""
    headway_ticks: Ints
    """(C,) least time between two such departures from one port; 0 where the closure stops ships"""


@dataclass(frozen=True, eq=False)
class FogTable:
    """Fog that may close the strait on a day."""

    days: Floats
    """(12,) mean number of foggy days by month"""
    persistence: float
    start_hours: tuple[float, float]
    """Bounds of the hour of the day at which the closure begins."""
    law: tuple[str, tuple[float, ...]]
    """Law of its length: family and parameters in seconds."""


@dataclass(frozen=True, eq=False)
class StormTable:
    """One kind of storm."""

    name: str
    number: Floats
    """(12,) mean number of closures that begin in each month"""
    law: tuple[str, tuple[float, ...]]
    """Law of the length of the closure."""
    is_later: Flags
    """(B,) whether a ship returns to service later"""
    later: tuple[str, tuple[float, ...]] | None
    """Law of how much later."""


@dataclass(frozen=True, eq=False)
class WeatherTable:
    """Weather that closures are drawn from, for every replication."""

    fog: tuple[FogTable, ...]
    storms: tuple[StormTable, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """Everything an engine needs to know about the world, and the names to report it by."""

    class_name: tuple[str, ...]
    class_kind: tuple[str, ...]
    class_title: dict[str, tuple[str, ...]]
    """Titles of the classes by language."""
    channel: tuple[str, ...]
    """Channel of each class."""
    deck_cm: Ints
    """(K,)"""
    queue_m: Floats
    """(K,)"""
    persons: Floats
    """(K,)"""
    prevalence: Floats
    """(K,) share of units that carry a violation"""
    level_name: tuple[str, ...]
    """Concealment levels, L of them."""
    level_share: Floats
    """(K, L) share of a class's carriers at each level"""
    stations: StationTable
    steps: StepTable
    rules: RuleTable
    techniques: TechniqueTable
    sources: SourceTable
    ports: PortTable
    terminals: TerminalTable
    ships: ShipTable
    closures: ClosureTable
    """Those that are listed; a workload holds them together with those that were drawn."""
    weather: WeatherTable
    laws: tuple[tuple[str, tuple[float, ...]], ...]
    """Laws of durations: family and parameters in seconds."""
    serves: Rows
    selects: Rows
    alarms: Rows
    """Of the record, by name of a step."""
    durations: Rows
    uniforms: Rows
    """Of the workload, by name of a random stream (`stream_of`)."""
    day_cv: float
    start: datetime
    """Local time of tick `window_tick`."""
    clock_ticks: int
    """Time of day of tick 0."""
    window_tick: int
    """Start of the observed window; what happens earlier is lead-in."""
    window_end_tick: int
    """End of the observed window; what comes after is lead-out, in which its units may finish."""
    horizon_tick: int
    """End of the simulation; nothing happens at or after it."""
    port_title: dict[str, dict[str, str]]
    """Titles of the ports and sites by language and name."""
    place_title: dict[str, dict[str, str]]
    """Titles of gates and checkpoints by language and name."""
    line_of_place: dict[str, str]
    """Defence line of each place."""
    line_title: dict[str, dict[str, str]]
    """Titles of the defence lines by language and name."""
    channel_title: dict[str, dict[str, str]]
    """Titles of the ways without a ferry by language and name."""
    channel_unit: dict[str, dict[str, str]]
    """What is counted in them, by language and name."""
    sites: tuple[str, ...]
    """Where posts stand that are at no ferry port."""
    port_position: dict[str, tuple[float, float]]
    """Longitude and latitude of the ports that have one."""
    shore: dict[str, str]
