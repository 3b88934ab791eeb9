"""Gates and inspection lines: their stations, sampling ratios, detection and staff."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Amount, ClockTime, Count, Model, Name, NameOrEmpty, PathName, PositiveCount, Rank, Ratio
from .concealment import Detects
from .duration import Duration
from .world import Direction


class Station(Model):
    """One kind of post: how long it takes, for whom."""

    classes: tuple[Name, ...] | None = None
    """Classes that are served here; none means every class."""
    service: dict[str, Duration] = {}
    """Service time by class (or `any`)."""
    instant: bool = False
    """No post, no queue, no time, no staff: only its detection counts."""
    queue_limit: Count | None = None
    """Units that may wait here; none means without limit."""
    priority: dict[str, Rank] = {}
    """Queue priority by class (or `any`, default 0), lower first."""
    officers_per_server: Amount = 1.0
    """Officers that one open lane, scanner or team needs."""

    @model_validator(mode="after")
    def _instant_takes_no_time(self) -> "Station":
        if self.instant and self.service:
            raise ValueError(f"service must be left out where instant is true; got {', '.join(self.service)}")
        if self.instant and self.queue_limit is not None:
            raise ValueError(f"queue_limit must be left out where instant is true; got {self.queue_limit}")
        return self


class Relief(Model):
    """Cut the sampling ratio while a queue is long: on at `above`, off again at `below`."""

    station: PathName
    """Station (of this line) whose queue is watched."""
    above: PositiveCount
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
    line: NameOrEmpty = ""
    """Defence line that it belongs to; default its own name."""
    at: Literal["origin", "destination", "island"]
    """Before boarding, after landing, or further on; `onward` and channels may stop at any place."""
    directions: tuple[Direction, ...]
    """Vehicles on ferries that pass here, unless `at` is `island`."""
    classes: tuple[Name, ...] | None = None
    """Classes that pass here; none means every class."""
    primary: dict[Name, Station] = {}
    """Lanes for all units: a unit uses the first lane that serves its class; may be empty."""
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
                "must have secondary and search together; "
                f"got secondary {list(self.secondary)} and search {list(self.search)}"
            )
        if not self.stations:
            raise ValueError("primary must have a lane where nobody is selected; got nothing")
        swift = [name for name, station in self.primary.items() if station.instant]
        if swift:
            raise ValueError(f"primary.{swift[0]}.instant must be false: lanes take time; got True")
        if self.relief and self.relief.station not in self.posts:
            raise ValueError(f"relief.station must be one of {list(self.posts)}; got {self.relief.station!r}")
        return self

    @property
    def stations(self) -> dict[str, Station]:
        """Every station of the place by name."""
        return {**self.primary, **self.secondary, **self.search}

    @property
    def posts(self) -> dict[str, Station]:
        """Stations that take time and staff, by name."""
        return {name: station for name, station in self.stations.items() if not station.instant}

    def techniques_for(self, vehicle: str) -> dict[str, Station]:
        """Techniques that look at a selected unit of a class, in order."""
        return {n: s for n, s in self.secondary.items() if s.classes is None or vehicle in s.classes}

    def watched_by(self, vehicle: str) -> str | None:
        """First post of a selected unit of a class, whose queue may be full; none where all is instant."""
        teams = [(n, s) for n, s in self.search.items() if s.classes is None or vehicle in s.classes]
        return next((n for n, s in [*self.techniques_for(vehicle).items(), *teams[:1]] if not s.instant), None)

    def takes(self, vehicle: str) -> bool:
        """Tell whether units of a class have anything to do here."""
        is_let_in = self.classes is None or vehicle in self.classes
        return is_let_in and bool(self.primary or self.techniques_for(vehicle))


_Boxes = Annotated[int, Field(ge=1, le=1000, strict=True)]


class Group(Model):
    """Some boxes of a unit are opened, the load is in some."""

    items: _Boxes
    """M: boxes in the unit."""
    bad: _Boxes
    """b: boxes of a carrier that hold the load."""
    opened: _Boxes
    """n: boxes opened, drawn without replacement."""

    @model_validator(mode="after")
    def _fits(self) -> "Group":
        for name in ("bad", "opened"):
            if getattr(self, name) > self.items:
                raise ValueError(f"{name} must not exceed items ({self.items}); got {getattr(self, name)}")
        return self


class Technique(Model):
    """How well a technique finds and how often it cries wolf, by class (or `any`)."""

    detects: dict[str, Detects]
    """P_D: probability of an alarm given a violation and an inspection; one, or one for each concealment level."""
    false_alarms: dict[str, Ratio]
    """P_FA: probability of an alarm given no violation and an inspection."""
    per_item: bool = False
    """P_FA is that of each item of the unit (`items` of its class); P_D is that of the one item with the load."""
    group: Group | None = None
    """Only some boxes are opened; then P_D is that of one box with the load, when it is opened."""


class Shift(Model):
    """From this time of day on, so many servers are open."""

    start: ClockTime
    servers: Count


Staff = Count | Annotated[tuple[Shift, ...], Field(min_length=1)]
"""A fixed number of servers, or shifts that repeat every day."""
