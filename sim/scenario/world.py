"""The places and things of the strait: vehicle classes, ports, ships, ferry services, closures."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from .base import (
    ClockTime,
    Count,
    Metres,
    Minutes,
    Model,
    Moment,
    Name,
    NameOrEmpty,
    PositiveCount,
    PositiveMetres,
    PositiveMinutes,
    Rank,
    Seconds,
)
from .table import Reader, fill_from_csv
from .weather import Weather

Direction = Literal["inbound", "outbound"]


class VehicleClass(Model):
    """A kind of vehicle."""

    title_zh: str = ""
    title_en: str = ""
    deck_m: PositiveMetres = 1.0
    """Lane-metres that it fills on deck and in the marshalling yard, gap included."""
    queue_m: PositiveMetres = 1.0
    """Metres of road that it fills in a queue, gap included."""
    persons: Metres = 1.0
    """Mean number of people aboard."""
    items: PositiveCount = 1
    """Parcels or pieces that one unit carries; then the prevalence is that of an item."""
    kind: Literal["car", "truck", "other"] = "other"
    """Which summary line the class counts in; has no effect on the simulation."""
    channel: NameOrEmpty = ""
    """Channel that its figures are added up in; default the class's own name."""


class Port(Model):
    """A port: berths and a marshalling yard."""

    title_zh: str = ""
    title_en: str = ""
    shore: Literal["north", "south"] = "north"
    berths: PositiveCount
    """Ships that can load or unload at once; ready ships that wait for demand lie off and need none."""
    yard_m: PositiveMetres | None = None
    """Lane-metres of the marshalling yard, shared by all services; none means without limit."""
    longitude: Annotated[float, Field(ge=-180, le=180, strict=True)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, strict=True)] | None = None


class ShipType(Model):
    """A type of ship."""

    title_zh: str = ""
    title_en: str = ""
    deck_m: PositiveMetres
    """Lane-metres of deck."""
    wind_class: Count = 8
    """Beaufort force that the ship is rated for; closures may name it."""


class Rolling(Model):
    """Leave when full, or after the longest wait since loading began."""

    rule: Literal["rolling"]
    longest_wait_min: Minutes


class Timetable(Model):
    """Leave at the listed times of every day with what is aboard."""

    rule: Literal["timetable"]
    csv: str | None = None
    """File with a column `time` (HH:MM); read once when the scenario is loaded."""
    times: Annotated[tuple[ClockTime, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return fill_from_csv(data, info, "times", {"time": str})

    @model_validator(mode="after")
    def _rising(self) -> "Timetable":
        if any(a >= b for a, b in zip(self.times, self.times[1:], strict=False)):
            raise ValueError(f"times must rise through the day; got {', '.join(self.times)}")
        return self


class Headway(Model):
    """Leave every so many minutes with what is aboard, first after one headway."""

    rule: Literal["headway"]
    every_min: PositiveMinutes


class AtOnce(Model):
    """Turn round empty as soon as unloaded (a shuttle that serves the other end only)."""

    rule: Literal["at_once"]


Departure = Annotated[Rolling | Timetable | Headway | AtOnce, Field(discriminator="rule")]


class Crossing(Model):
    """Sailing time from berth to berth: a triangular law; equal figures make it fixed."""

    low_min: Minutes
    mode_min: Minutes
    high_min: Minutes

    @model_validator(mode="after")
    def _ordered(self) -> "Crossing":
        if not 0 < self.low_min <= self.mode_min <= self.high_min:
            raise ValueError(
                "must have low_min, mode_min and high_min that are positive and do not fall; "
                f"got {self.low_min}, {self.mode_min}, {self.high_min}"
            )
        return self


class FerryService(Model):
    """Ships that shuttle between two ports, and how they load and leave."""

    ends: tuple[Name, Name]
    """The two ports."""
    ships: dict[Name, Count]
    """Number of ships by type."""
    departure: dict[str, Departure]
    """Departure rule by port (or `any`)."""
    crossing: Crossing
    loading_berths: PositiveCount = 1
    """Ships of this service that may load at once at one port."""
    open_next_m: Metres = 0.0
    """A further ship starts to load only when the units waiting for it need at least this many lane-metres."""
    load_s: dict[str, Seconds]
    """Ramp time of one unit going aboard, by class (or `any`); 0 means at once."""
    unload_s: dict[str, Seconds]
    """Ramp time of one unit going ashore, by class (or `any`)."""
    closing_min: Minutes = 0.0
    """From the last unit aboard to leaving the berth: lashing, walk-on passengers, ramp up."""
    boarding_rank: dict[str, Rank] = {}
    """Boarding priority by class (or `any`, default 0), lower first; each class has a lane of its own."""


class Closure(Model):
    """A suspension of sailings; what it leaves out is closed altogether."""

    start: Moment
    end: Moment
    ports: tuple[Name, ...] | None = None
    """Ports that no ship may leave or leave for; none means every port."""
    wind_class: Count | None = None
    """Ships rated at most for this force are stopped; none means every ship."""
    direction: Direction | None = None
    """Only ships bound this way are stopped; none means both ways."""
    headway_min: PositiveMinutes | None = None
    """One-way working: the ships it names are not stopped, but leave a port one at a time, so many minutes apart."""

    @model_validator(mode="after")
    def _ordered(self) -> "Closure":
        if self.start >= self.end:
            raise ValueError(f"end must be later than start; got {self.start} to {self.end}")
        return self


class Calendar(Model):
    """When the simulated window starts, and when sailings are suspended."""

    start: Moment
    """Start of the observed window, local time; simulation begins `run.lead_in_h` earlier."""
    csv: str | None = None
    """File with columns start, end, ports (separated by spaces), wind_class, direction and, if one-way working occurs,
    headway_min; cells other than start and end may be empty. Rows may come in any order and overlap."""
    closures: tuple[Closure, ...] = ()
    weather: Weather | None = None
    """Closures that are drawn for every replication, beside those that are listed; null: none."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        columns: dict[str, Reader] = {
            "start": _moment,
            "end": _moment,
            "ports": _words,
            "wind_class": _whole,
            "direction": _direction,
            "headway_min": _minutes,
        }
        return fill_from_csv(data, info, "closures", columns, optional=("headway_min",))

    @model_validator(mode="after")
    def _full_hour(self) -> "Calendar":
        if self.start.minute or self.start.second or self.start.microsecond:
            raise ValueError(f"start must be a full hour; got {self.start.isoformat()}")
        return self


def _words(text: str) -> tuple[str, ...] | None:
    return tuple(text.split()) or None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a date and time such as 2018-02-19 22:00") from None


def _whole(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        raise ValueError("a whole number or empty") from None


def _direction(text: str) -> str | None:
    if text not in ("", "inbound", "outbound"):
        raise ValueError("inbound, outbound or empty")
    return text or None


def _minutes(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError("a number or empty") from None
