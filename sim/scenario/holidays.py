"""Public holidays of China, make-up workdays included, as announced by the State Council year by year.

From the package `chinesecalendar` (MIT licence), which lists them and computes nothing: a year is known once its
arrangement has been announced and the package released, so the years known end with its version.
"""

from datetime import date

import chinese_calendar
from chinese_calendar.constants import holidays as _listed

KNOWN_YEARS = (min(_listed).year, max(_listed).year)
"""First and last year that can be asked about."""

_NAMES = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
}
HOLIDAYS = tuple(_NAMES.values())
"""What they are called here."""


def holiday_of(day: date) -> str:
    """Name the public holiday that a day off belongs to, its bridged weekend days included; empty for any other day.

    Raises
    ------
    NotImplementedError
        If the year is not in `KNOWN_YEARS`.
    """
    is_off, name = chinese_calendar.get_holiday_detail(day)
    return _NAMES.get(str(name), "any" if name else "") if is_off else ""


def is_makeup_workday(day: date) -> bool:
    """Tell whether a Saturday or Sunday is worked in exchange for a bridged day.

    Raises
    ------
    NotImplementedError
        If the year is not in `KNOWN_YEARS`.
    """
    return day.weekday() >= 5 and chinese_calendar.is_workday(day)
