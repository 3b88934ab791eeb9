"""`network=custom`: stations, arrivals and routes given directly, for textbook queues and other checkpoints."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import (
    Amount,
    Count,
    Hours,
    Model,
    Moment,
    Name,
    PathName,
    Per100k,
    PositiveCount,
    Rank,
    Ratio,
    Seconds,
    VariationOrNone,
    Vehicles,
)
from .checkpoint import Relief, Staff
from .concealment import Concealment, Detects
from .duration import Duration
from .policy import Sampling
from .weather import Weather
from .world import Closure, FerryService, Port, ShipType, VehicleClass


class CustomStation(Model):
    """Servers with one queue."""

    port: str = ""
    place: str = ""
    """Where it stands: labels of the metrics, without effect on the simulation."""
    servers: Staff = 1
    queue_limit: Count | None = None
    """Units that may wait; none means without limit."""
    priority: dict[str, Rank] = {}
    """Queue priority by class (or `any`, default 0), lower first."""
    officers_per_server: Amount = 0.0


class Serve(Model):
    """Join a station's queue, hold a server for the service time, leave."""

    do: Literal["serve"]
    station: PathName
    time: dict[str, Duration]
    """Service time by class (or `any`)."""
    when_full: Literal["wait", "waive"] = "wait"
    """A full queue holds the unit's previous server (`wait`) or sends it to `otherwise` (`waive`)."""
    name: str | None = None
    """Name of the step in the record and of its random stream; default the station."""
    label: Name | None = None
    otherwise: Name | None = None
    """Label to go to when waived; default the last step of the route."""


class Select(Model):
    """Go on with the ratio's probability, else jump."""

    do: Literal["select"]
    ratio: dict[str, Sampling]
    """Probability of going on, or a policy, by class (or `any`)."""
    relief: Relief | None = None
    full_station: PathName | None = None
    """Station whose full queue waives the unit; none means it is never waived."""
    at: str = ""
    """Where it stands: selects of one name share what a policy counts where this is the same too."""
    name: str
    place: str | None = None
    port: str = ""
    """Where it is: labels of the metrics; default those of the first station behind, an empty place counts nowhere."""
    label: Name | None = None
    then: Name | None = None
    """Label to go to when selected; default the step after."""
    otherwise: Name | None = None
    """Label to go to when not selected (or waived); default the last step of the route."""


class Alarm(Model):
    """Go on when the technique alarms, else jump."""

    do: Literal["alarm"]
    detects: dict[str, Detects]
    """P_D by class (or `any`): one probability, or one for each concealment level."""
    false_alarms: dict[str, Ratio]
    """P_FA by class (or `any`)."""
    flag: bool = False
    """True where it is no technique of a station, but only decides which selection follows."""
    name: str
    place: str | None = None
    port: str = ""
    post: str = ""
    """Where it is and what it is called: labels of the metrics; default those of the station before."""
    label: Name | None = None
    then: Name | None = None
    """Label to go to on an alarm; default the step after."""
    otherwise: Name | None = None
    """Label to go to without an alarm; default the last step of the route."""


class Board(Model):
    """Enter the yard, wait for a ship, load, cross, land."""

    do: Literal["board"]
    ferry: Name
    origin: Name
    """Port of the ferry's two at which the unit boards."""
    label: Name | None = None


class Travel(Model):
    """Be on the way for a drawn time."""

    do: Literal["travel"]
    time: dict[str, Duration]
    name: str
    label: Name | None = None


class Exit(Model):
    """Leave the model."""

    do: Literal["exit"]
    removed: bool = False
    """True where the unit leaves because it was intercepted."""
    label: Name | None = None


Step = Annotated[Serve | Select | Alarm | Board | Travel | Exit, Field(discriminator="do")]


class Arrivals(Model):
    """One stream of units: homogeneous in a window, piecewise hourly, or listed."""

    vehicle_class: Annotated[Name, Field(alias="class")] = "unit"
    route: PathName
    direction: Literal["inbound", "outbound", "none"] = "none"
    origin: str = ""
    destination: str = ""
    """Ports at both ends: labels of the metrics, without effect on the simulation."""
    rate_per_h: Vehicles | None = None
    from_h: Hours = 0.0
    to_h: Hours | None = None
    """End of the window; default the horizon."""
    hourly_per_h: Annotated[tuple[Vehicles, ...], Field(min_length=1)] | None = None
    """Rate of each hour from the start of the simulation on; repeats after the last."""
    times_s: tuple[Seconds, ...] | None = None
    """Listed arrival times."""
    batch: PositiveCount = 1
    """Units that each arrival brings at once."""

    @model_validator(mode="after")
    def _one_kind(self) -> "Arrivals":
        given = [k for k in ("rate_per_h", "hourly_per_h", "times_s") if getattr(self, k) is not None]
        if len(given) != 1:
            raise ValueError(
                f"must have exactly one of rate_per_h, hourly_per_h, times_s; got {' and '.join(given) or 'none'}"
            )
        if self.times_s is not None and list(self.times_s) != sorted(self.times_s):
            raise ValueError("times_s must not fall; got an unsorted list")
        if self.to_h is not None and self.to_h <= self.from_h:
            raise ValueError(f"to_h must be later than from_h; got {self.from_h} to {self.to_h}")
        return self


class CustomNetwork(Model):
    """Stations, ferries, routes and arrivals given directly; every jump leads forward."""

    kind: Literal["custom"]
    start: Moment = datetime(2018, 1, 1)
    """Start of the observed window, local time."""
    classes: dict[Name, VehicleClass] = {"unit": VehicleClass()}
    stations: dict[PathName, CustomStation] = {}
    ports: dict[Name, Port] = {}
    ship_types: dict[Name, ShipType] = {}
    ferries: dict[Name, FerryService] = {}
    closures: tuple[Closure, ...] = ()
    weather: Weather | None = None
    """Drawn closures beside those."""
    routes: dict[PathName, Annotated[tuple[Step, ...], Field(min_length=1)]]
    arrivals: Annotated[dict[PathName, Arrivals], Field(min_length=1)]
    prevalence_per_100k: dict[str, Per100k] = {"any": 0.0}
    """Units (of a class that carries several items: items) with a violation, per 100,000, by class (or `any`)."""
    concealment: Concealment = {"any": {"usual": 1.0}}
    """Share of the carriers at each concealment level, by class (or `any`); at most 8 levels in all."""
    day_cv: VariationOrNone = 0.0
    """Coefficient of variation of a day's traffic: one gamma factor for all arrivals at a rate."""


class StraitNetwork(Model):
    """The network compiled from ports, ferries and checkpoints."""

    kind: Literal["strait"]


Network = Annotated[StraitNetwork | CustomNetwork, Field(discriminator="kind")]
