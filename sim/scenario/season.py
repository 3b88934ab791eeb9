"""How traffic varies from day to day over the years: month, weekday, public holidays, Spring Festival."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, model_validator

from .base import Amount, Count, Model, Name, Ratio
from .table import day_cell, fill_from_csv

Months = Annotated[tuple[Amount, ...], Field(min_length=12, max_length=12)]
Week = Annotated[tuple[Annotated[float, Field(gt=0, le=100, strict=True)], ...], Field(min_length=7, max_length=7)]


class MonthFactors(Model):
    """Factor of each month's mean day, January first, by direction."""

    inbound: Months
    outbound: Months


class HolidayFactor(Model):
    """Factor of a day off of a public holiday, by direction; it takes the place of the weekday's."""

    inbound: Amount
    outbound: Amount


class FestivalDay(Model):
    """Traffic of one day around New Year's Day of the lunar calendar."""

    offset: Annotated[int, Field(ge=-60, le=60, strict=True)]
    """Days after New Year's Day, negative before."""
    inbound: Amount
    """Factor on an ordinary day of that month."""
    outbound: Amount
    mix_share: Ratio
    """Share of the day's vehicles that follows the festival's mix of classes."""


class Festival(Model):
    """The Spring Festival season: its days follow this profile, whatever weekday or holiday they are."""

    csv: str | None = None
    """File with columns offset, inbound, outbound, mix_share; read once when the scenario is loaded."""
    days: Annotated[tuple[FestivalDay, ...], Field(min_length=1)]
    """The profile; one day after the other."""
    mix: dict[Name, Name] = {}
    """Mix of classes in the festival by ordinary mix. Services with another mix keep it, without a festival factor."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        columns = {"offset": int, "inbound": float, "outbound": float, "mix_share": float}
        return fill_from_csv(data, info, "days", columns)

    @model_validator(mode="after")
    def _without_gap(self) -> "Festival":
        offsets = [day.offset for day in self.days]
        gap = next((b for a, b in zip(offsets, offsets[1:], strict=False) if b != a + 1), None)
        if gap is not None:
            raise ValueError(f"days must follow one another by offset; got {gap} after another than {gap - 1}")
        return self


class Year(Model):
    """One year: its New Year's Day of the lunar calendar, and its traffic."""

    year: Annotated[int, Field(ge=1900, le=2200, strict=True)]
    new_year: date
    """First day of the first lunar month."""
    vehicles_10k: Annotated[float, Field(gt=0, le=1_000_000, strict=True)]
    """Vehicles of the year, both directions, in 10,000; only ratios to the base year matter."""

    @model_validator(mode="after")
    def _in_year(self) -> "Year":
        if self.new_year.year != self.year:
            raise ValueError(f"new_year must lie in {self.year}; got {self.new_year}")
        return self


class Season(Model):
    """Factors on `vehicles_per_day` by date; weekdays and holidays move traffic within their month only."""

    base_year: Count
    """Year that `vehicles_per_day` and the month factors belong to."""
    csv: str | None = None
    """File with columns year, new_year, vehicles_10k; read once when the scenario is loaded."""
    years: Annotated[tuple[Year, ...], Field(min_length=1)]
    """The years that may be simulated."""
    month: MonthFactors
    weekday: Week
    """Weight of Monday to Sunday; only ratios matter. A make-up workday counts as the mean of Monday to Friday."""
    holiday: dict[str, HolidayFactor] = {}
    """By holiday (or `any`); days off of others count as their weekday. Relative to the mean of the weekdays."""
    festival: Festival | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return fill_from_csv(data, info, "years", {"year": int, "new_year": day_cell, "vehicles_10k": float})

    @model_validator(mode="after")
    def _known_years(self) -> "Season":
        years = [row.year for row in self.years]
        if len(set(years)) < len(years):
            twice = next(year for year in years if years.count(year) > 1)
            raise ValueError(f"years must have one row per year; got {twice} twice")
        if self.base_year not in years:
            raise ValueError(f"base_year must be one of the years given; got {self.base_year}")
        return self
