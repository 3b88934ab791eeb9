"""Gates and inspection lines: their stations, sampling ratios, detection and staff."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Amount, ClockTime, Count, Model, Name, PathName, Ratio
from .duration import Duration
from .world import Direction


class Station(Model):
    """One kind of post: how long it takes, for whom."""

    classes: tuple[Name, ...] | None = None
    """Classes that are served here; none means every class."""
    service: dict[str, Duration]
    """Service time by class (or `any`)."""
    queue_limit: Count | None = None
    """Units that may wait here; none means without limit."""
    priority: dict[str, Count] = {}
    """Queue priority by class (or `any`, default 0), lower first."""
    officers_per_server: Amount = 1.0
    """Officers that one open lane, scanner or team needs."""


class Relief(Model):
    """Cut the sampling ratio while a queue is long: on at `above`, off again at `below`."""

    station: PathName
    """Station (of this line) whose queue is watched."""
    above: Annotated[int, Field(ge=1, strict=True)]
    """Relief starts when this many units or more wait."""
    below: Count
    """Relief ends when this many units or fewer wait."""
    factor: Ratio
    """The sampling ratio is multiplied by this while relief is on."""

    @model_validator(mode="after")
    def _ordered(self) -> "Relief":
        if self.below >= self.above:
            raise ValueError(f"below must be less than above; got {self.below} and {self.above}")
        return self


class Checkpoint(Model):
    """A gate (primary only) or an inspection line: primary, selection, secondary techniques, search."""

    title_zh: str = ""
    title_en: str = ""
    at: Literal["origin", "destination"]
    """Before boarding, or after landing."""
    directions: tuple[Direction, ...]
    primary: dict[Name, Station]
    """Lanes for all units: a unit uses the first lane that serves its class."""
    secondary: dict[Name, Station] = {}
    """Techniques for selected units, in order; an alarm leads to the search at once."""
    search: dict[Name, Station] = {}
    """Full search after an alarm: a unit uses the first team that serves its class."""
    when_full: Literal["wait", "waive"] = "wait"
    """What a selected unit does when its first technique's queue is full: hold the previous server, or pass."""
    relief: Relief | None = None

    @model_validator(mode="after")
    def _search_follows_secondary(self) -> "Checkpoint":
        if bool(self.secondary) != bool(self.search):
            raise ValueError(
                "secondary and search must be given together; "
                f"got secondary {list(self.secondary)} and search {list(self.search)}"
            )
        if self.relief and self.relief.station not in self.stations:
            raise ValueError(f"relief.station must be one of {list(self.stations)}; got {self.relief.station!r}")
        return self

    @property
    def stations(self) -> dict[str, Station]:
        """Every station of the place by name."""
        return {**self.primary, **self.secondary, **self.search}


class Technique(Model):
    """How well a technique finds and how often it cries wolf, by class (or `any`)."""

    detects: dict[str, Ratio]
    """P_D: probability of an alarm given a violation and an inspection."""
    false_alarms: dict[str, Ratio]
    """P_FA: probability of an alarm given no violation and an inspection."""


class Shift(Model):
    """From this time of day on, so many servers are open."""

    start: ClockTime
    servers: Count


Staff = Count | Annotated[tuple[Shift, ...], Field(min_length=1)]
"""A fixed number of servers, or shifts that repeat every day."""
