"""Factors of every day: month, weekday, holiday and Spring Festival, from a scenario's season."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sim.scenario import value_for
from sim.scenario.holidays import holiday_of, is_makeup_workday
from sim.scenario.season import Festival, FestivalDay, Season


class DayFactor(NamedTuple):
    """What one day's traffic of one direction is multiplied by."""

    usual: float
    """Of services without a festival mix."""
    festive: float
    """Of services with one."""
    mix_share: float
    """Share of vehicles that follows the festival mix, of services with one."""


def day_factors(season: Season, direction: str, days: Sequence[date]) -> list[DayFactor]:
    """List the factors of days.

    The factors of weekdays and holidays have a mean of 1 over the days of a month outside the festival, so that a month
    outside it has exactly its own factor; the days of the festival have that of their month times the profile's.

    Parameters
    ----------
    season : Season
    direction : str
        inbound or outbound.
    days : sequence of date
        In years that the season has and whose holidays are known.

    Returns
    -------
    list of DayFactor
    """
    years = {row.year: row for row in season.years}
    means: dict[tuple[int, int], float] = {}
    factors = []
    for day in days:
        month = (day.year, day.month)
        if month not in means:
            means[month] = _mean_weight(season, direction, *month)
        size = years[day.year].vehicles_10k / years[season.base_year].vehicles_10k
        base = size * getattr(season.month, direction)[day.month - 1]
        special = festival_day(season, day)
        if special is None:
            factor = base * _weight(season, direction, day) / means[month]
            factors.append(DayFactor(factor, factor, 0.0))
        else:
            factors.append(DayFactor(base, base * getattr(special, direction), special.mix_share))
    return factors


def festival_day(season: Season, day: date) -> FestivalDay | None:
    """Find the row of the festival profile that a day follows; None outside the festival."""
    festival: Festival | None = season.festival
    new_year = next((row.new_year for row in season.years if row.year == day.year), None)
    if festival is None or new_year is None:
        return None
    place = (day - new_year).days - festival.days[0].offset
    return festival.days[place] if 0 <= place < len(festival.days) else None


def _weight(season: Season, direction: str, day: date) -> float:
    """Weight of a day by weekday or holiday, around 1."""
    scale = sum(season.weekday) / 7
    name = holiday_of(day)
    factor = value_for(season.holiday, name) if name else None
    if factor is not None:
        return float(getattr(factor, direction))
    if is_makeup_workday(day):
        return sum(season.weekday[:5]) / 5 / scale
    return season.weekday[day.weekday()] / scale


def _mean_weight(season: Season, direction: str, year: int, month: int) -> float:
    """Mean weight over the days of a month outside the festival; 1 where it fills the month."""
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(31)]
    weights = [
        _weight(season, direction, day) for day in days if day.month == month and festival_day(season, day) is None
    ]
    return sum(weights) / len(weights) if weights and sum(weights) > 0 else 1.0
