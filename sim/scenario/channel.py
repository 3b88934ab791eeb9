"""Ways without a ferry: stops on the island, and channels of their own such as containers, parcels and the coast."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Amount, Model, Name, PositiveCount, Ratio
from .demand import Weights
from .duration import Duration


class DefenceLine(Model):
    """What a defence line is called."""

    title_zh: str = ""
    title_en: str = ""


class Strengthening(Model):
    """What one of the "two strengthenings" is called, and which settings it is about."""

    title_zh: str = ""
    title_en: str = ""
    covers: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Groups of settings (`sampling`, `staffing`, …); plans are listed by them."""


class Site(Model):
    """Somewhere with posts that is no ferry port."""

    title_zh: str = ""
    title_en: str = ""


class Stop(Model):
    """A place on the way, reached by a share of each class after a travel time."""

    place: Name
    """Entry of `checkpoint`."""
    site: Name
    """Entry of `site`, whose staff works there."""
    share: dict[str, Ratio] = {"any": 1.0}
    """Share of units that come this way, by class (or `any`)."""
    travel: dict[str, Duration] | None = None
    """Time on the way there, by class (or `any`); none means at once."""


class Channel(Model):
    """Arrivals of a class of their own on a way of stops, without a ferry."""

    title_zh: str = ""
    title_en: str = ""
    unit_zh: str = "单元"
    unit_en: str = "units"
    """What is counted in it."""
    vehicle_class: Name = Field(alias="class")
    direction: Literal["inbound"] = "inbound"
    per_day: Amount
    """Mean number of units a day over the observed window."""
    hour_weight: Weights
    """Weight of each hour of the day; only ratios matter."""
    batch: PositiveCount = 1
    """Units that each arrival brings at once (a ship call, a convoy)."""
    way: Annotated[tuple[Stop, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_an_hour(self) -> "Channel":
        if sum(self.hour_weight) <= 0:
            raise ValueError("hour_weight must have a positive hour; got all zero")
        return self
