"""What is fitted to published figures of an event, from which ranges, and which figures are held out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from .base import Amount, Hours, Model, Name, PositiveCount, Ratio, Seed
from .table import Reader, fill_from_csv

Role = Literal["fitted", "held_out", "unused"]
"""Fitted; predicted and held against it; or left alone, with the reason in the file."""


class Range(Model):
    """Where a parameter may lie; the prior is uniform."""

    low: Amount
    high: Amount

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.low >= self.high:
            raise ValueError(f"high must be above low; got {self.low} to {self.high}")
        return self


class Published(Model):
    """One published figure of the event."""

    figure: Literal["queue", "departures", "sailings", "inbound_departures", "inbound_sailings", "peak", "wait"]
    """Vehicles waiting at `end`; vehicles or loaded sailings from `start` to `end` (outbound unless named inbound);
    longest queue between them; or hours waited by vehicles that leave at `end`."""
    start: datetime | None = None
    end: datetime
    value: Amount
    error: Amount
    """Relative standard error of the report."""
    bound: Literal["equal", "least"] = "equal"
    """Whether the source gives the figure, or says `more than`."""
    role: Role

    @model_validator(mode="after")
    def _spans(self) -> "Published":
        spans = self.figure not in ("queue", "wait")
        if self.role != "unused" and spans and (self.start is None or self.start >= self.end):
            raise ValueError(f"start must be earlier than end for {self.figure!r}; got {self.start} to {self.end}")
        return self


class Piece(Model):
    """A suspension of all sailings whose length is uncertain beyond a known core."""

    start: datetime
    end: datetime
    """Prior means of both ends."""
    core_start: datetime | None = None
    core_end: datetime | None = None
    """When it was certainly closed; none: nothing is certain."""

    @model_validator(mode="after")
    def _ordered(self) -> "Piece":
        moments = [m for m in (self.start, self.core_start, self.core_end, self.end) if m is not None]
        if self.start >= self.end or moments != sorted(moments) or len(moments) == 3:
            raise ValueError(f"start, core_start, core_end, end must not fall; got {[str(m) for m in moments]}")
        return self


class Restriction(Model):
    """A time in which only a share of the capacity was there."""

    start: datetime
    end: datetime
    factor: Range

    @model_validator(mode="after")
    def _ordered(self) -> "Restriction":
        if self.start >= self.end:
            raise ValueError(f"end must be later than start; got {self.start} to {self.end}")
        return self


class Ends(Model):
    """Dotted settings that take the two ends of an uncertain suspension."""

    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()


class Reopening(Model):
    """How the capacity share of a time with one port closed becomes the hour from which that port works again."""

    end: Annotated[tuple[str, ...], Field(min_length=1)]
    """Dotted settings that take that hour."""
    others: Annotated[float, Field(ge=0, lt=1, strict=True)]
    """Share of the capacity that the ports that stay open hold; with a larger one ships of the closed port work."""


class Handover(Model):
    """How a posterior draw becomes settings of the scenario."""

    level: str
    """Setting of a list with the vehicles of each day."""
    night: str
    inbound: dict[str, Range] = {}
    """Settings that nothing is fitted for, drawn from a range."""
    ramp: str
    """Setting of the ramp seconds that give the capacity."""
    ramp_s: Annotated[tuple[Amount, ...], Field(min_length=2)]
    """Values of which the simulator is asked what capacity they give; rising."""
    attained: Annotated[float, Field(gt=0, le=1, strict=True)] = 1.0
    """Share of its saturated capacity that the simulator attains in the event, from the fitted figures."""
    saturation: dict[str, float | str | tuple[float, ...] | None]
    """Settings under which vehicles always wait at every port."""
    piece: dict[Name, Ends] = {}
    reopening: dict[Name, Reopening] = {}
    """Restrictions in which the ships of one port lie idle for a part of the time."""
    headway: dict[Name, str] = {}
    """Setting of the headway, min, that gives the capacity of a restriction."""
    headway_ports: PositiveCount = 1
    """Ports of departure that each keep that headway."""
    headway_share: Ratio = 1.0
    """Share of the capacity that the headway concerns."""


class Calibration(Model):
    """Priors and data of the outbound port as a fluid (docs/validation.md)."""

    csv: str | None = None
    """File with columns figure, start, end, value, error, bound, role."""
    points: tuple[Published, ...] = ()
    end: datetime
    """Until when the event is followed; it starts with the calendar."""
    level_per_day: Amount
    """Arrivals of a day that nothing tells of, vehicles."""
    level_spread: Amount
    """Standard deviation of the logarithm of a day's arrivals around the non-negative least squares fit."""
    level_memory: Ratio
    """Correlation of that of neighbouring days."""
    capacity_per_h: Range
    """Vehicles that leave in an hour with all ports open while vehicles wait."""
    night: Range
    """Arrival rate that no hour of the day falls below, as a share of the mean."""
    vehicles_per_sailing: Range
    stay_h: Range
    """From arrival to departure when nobody waits."""
    restriction: dict[Name, Restriction] = {}
    closed: tuple[Piece, ...] = ()
    """Suspensions of all ports with known hours."""
    piece: dict[Name, Piece] = {}
    """Those with uncertain hours."""
    pieces_h: Hours | None = None
    """What the pieces of `piece` add up to."""
    piece_spread: Amount
    """Standard deviation of the logarithm of each uncertain stretch before they are scaled to `pieces_h`."""
    handover: Handover | None = None
    draws: PositiveCount
    """Draws from the prior, all of which are adjusted to the data."""
    rounds: PositiveCount
    """Rounds of adjustment."""
    inflation: Annotated[float, Field(ge=1, le=10, strict=True)] = 1.0
    """Factor on the spread of the adjusted draws, so that intervals cover what they say."""
    samples: PositiveCount
    """Posterior draws that are handed on."""
    seed: Seed

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        columns: dict[str, Reader] = {
            "figure": str,
            "start": _empty_is_none,
            "end": str,
            "value": float,
            "error": float,
            "bound": str,
            "role": str,
        }
        return fill_from_csv(data, info, "points", columns)

    @model_validator(mode="after")
    def _sizes(self) -> "Calibration":
        if self.samples > self.draws:
            raise ValueError(f"samples must be at most draws ({self.draws}); got {self.samples}")
        if not any(point.role == "fitted" for point in self.points):
            raise ValueError("points must hold a figure that is fitted; got none")
        return self


def _empty_is_none(text: str) -> str | None:
    return text or None
