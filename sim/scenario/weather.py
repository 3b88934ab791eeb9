"""Weather that is drawn: fog by season, and storms, each a suspension of all sailings."""

from typing import Annotated

from pydantic import Field, model_validator

from .base import Amount, Count, Hours, Model, Name
from .duration import Duration

Months = Annotated[tuple[Amount, ...], Field(min_length=12, max_length=12)]
FewAMonth = Annotated[
    tuple[Annotated[float, Field(ge=0, le=10, strict=True)], ...], Field(min_length=12, max_length=12)
]
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Fog(Model):
    """Fog that closes the strait in the morning, at most once a day."""

    days: Months
    """Mean number of days with fog in each month, January first."""
    persistence: Annotated[float, Field(ge=0, lt=1, strict=True)] = 0.0
    """Correlation of a day with the day before; spells last 1 / ((1 - persistence) (1 - share of foggy days)) days."""
    start_from_h: Hours
    """The closure begins at an hour of the day from this one on …"""
    start_to_h: Hours
    """… up to this one, all alike."""
    length: Duration
    """Length of the closure."""

    @model_validator(mode="after")
    def _within_bounds(self) -> "Fog":
        for month, (days, most) in enumerate(zip(self.days, _DAYS, strict=True), start=1):
            if days > most:
                raise ValueError(f"days must not exceed the {most} days of month {month}; got {days}")
        if not self.start_from_h <= self.start_to_h <= 24:
            raise ValueError(
                f"start_to_h must lie between start_from_h and 24; got {self.start_from_h} to {self.start_to_h}"
            )
        return self


class Storm(Model):
    """Typhoons or strong wind."""

    number: FewAMonth
    """Mean number of closures that begin in each month, January first."""
    length: Duration
    """Until the first ships return to service."""
    lower_class: Count | None = None
    """Ships rated at most for this force return to service later; none means all return together."""
    later: Duration | None = None
    """How much later they do."""

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Storm":
        if (self.lower_class is None) != (self.later is None):
            given = "only later" if self.lower_class is None else "only lower_class"
            raise ValueError(f"lower_class must be given together with later; got {given}")
        return self


class Weather(Model):
    """Seasonal weather, drawn for every replication; added to the closures that are listed."""

    fog: Fog | None = None
    storm: dict[Name, Storm] = {}
    """Kinds of storms by name, such as typhoon and wind."""
