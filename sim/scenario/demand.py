"""How many vehicles come, when, of which class and for which service."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from .base import Amount, Model, Name, Ratio, VariationOrNone, Vehicles, WholeHours
from .season import Season
from .table import fill_from_csv

Weights = Annotated[tuple[Amount, ...], Field(min_length=24, max_length=24)]


class ByDirection(Model):
    """A figure for each direction."""

    inbound: Vehicles
    """To Hainan (north to south)."""
    outbound: Vehicles


class DailyVehicles(Model):
    """Vehicles on each day by direction; an empty list leaves that direction as it is."""

    inbound: tuple[Vehicles, ...] = ()
    outbound: tuple[Vehicles, ...] = ()


class ServiceDemand(Model):
    """What share of the traffic one ferry service attracts, and its mix of classes."""

    share: ByDirection
    """Share of all vehicles of that direction; the shares of all services add up to 1."""
    mix: Name
    """Name of an entry of `demand.mix`."""


class HourlyCount(Model):
    """Vehicles that arrive in one hour."""

    hour: WholeHours
    """0 is the first hour of the observed window."""
    port: Name
    """Port of departure."""
    vehicle_class: Name = Field(alias="class")
    vehicles: Vehicles


class Demand(Model):
    """Arrival rates at the gates of all ports."""

    vehicles_per_day: ByDirection
    """Mean number of vehicles a day over the observed window."""
    service: dict[Name, ServiceDemand]
    mix: dict[Name, dict[Name, Ratio]]
    """Named class mixes; each adds up to 1."""
    hour_weight: dict[str, Weights]
    """Weight of each hour of the day by class (or `any`); only ratios matter."""
    hour_floor: Ratio = 0.0
    """Raises the hours of every class so that none lies below this share of the mean; 1 makes them all alike."""
    daily: DailyVehicles | None = None
    """Vehicles on each calendar day in place of `vehicles_per_day`: the first from the window's first day, and before
    it; the last goes on. Not together with a season."""
    day_cv: VariationOrNone = 0.0
    """Coefficient of variation of a day's total: one gamma factor for all traffic of a day."""
    backlog: dict[Name, Annotated[int, Field(ge=0, le=1_000_000, strict=True)]] = {}
    """Vehicles that stand at the gate of a port of departure when the simulation begins, lead-in included; they are
    divided among services and classes like the traffic of that day."""
    season: Season | None = None
    """How the traffic of a day depends on its date; null: every day is alike. Counts, below, are taken as they are."""
    csv: str | None = None
    """File with columns hour, port, class, vehicles: expected counts that replace the rates above, port by port."""
    counts: tuple[HourlyCount, ...] = ()
    """The same, inline. The last given hour is followed by the first again."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return fill_from_csv(data, info, "counts", {"hour": int, "port": str, "class": str, "vehicles": float})

    @model_validator(mode="after")
    def _sums(self) -> "Demand":
        for name, mix in self.mix.items():
            _adds_up(f"mix.{name}", sum(mix.values()))
        _adds_up("service.*.share.inbound", sum(s.share.inbound for s in self.service.values()))
        _adds_up("service.*.share.outbound", sum(s.share.outbound for s in self.service.values()))
        for name, service in self.service.items():
            if service.mix not in self.mix:
                raise ValueError(f"service.{name}.mix must be one of {list(self.mix)}; got {service.mix!r}")
        if self.daily is not None and self.season is not None:
            raise ValueError("daily must be null where a season is given; got both")
        for name, weights in self.hour_weight.items():
            if sum(weights) <= 0:
                raise ValueError(f"hour_weight.{name} must have a positive hour; got all zero")
        return self

    @model_validator(mode="after")
    def _sorted_hours(self) -> "Demand":
        hours = [count.hour for count in self.counts]
        fall = next((b for a, b in zip(hours, hours[1:], strict=False) if b < a), None)
        if fall is not None:
            raise ValueError(f"counts must be sorted by hour; got hour {fall} after a later one")
        keys = [(count.hour, count.port, count.vehicle_class) for count in self.counts]
        if len(set(keys)) != len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"counts must have one row per hour, port and class; got {twice} twice")
        return self


def _adds_up(field: str, total: float) -> None:
    if abs(total - 1) > 1e-6:
        raise ValueError(f"{field} must add up to 1; got {total:.6g}")
