"""What every scenario model shares: frozen, unknown keys refused, no NaN, quantities with a range.

Upper bounds lie far beyond any port: they catch slips of the pen (a unit, an exponent), and keep every tick and every
sum of ticks well inside 64 bits.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")

ANY = "any"
"""Key of a by-class mapping that stands for every class not named."""

_YEARS = (1990, 2100)
_LEAST_CV = 0.001
"""A gamma law of a smaller one has no quantiles that can be computed, and is a constant."""


class Model(BaseModel):
    """A frozen piece of a scenario; a key that is not a field is an error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


def _local_moment(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError(f"must be a local time without a zone; got {moment.isoformat()}")
    first, last = _YEARS
    if not first <= moment.year <= last:
        raise ValueError(f"must lie in the years {first} to {last}; got {moment.isoformat()}")
    return moment


def _not_a_count(moment: object) -> object:
    """Refuse numbers, which would be taken for seconds since 1970."""
    if isinstance(moment, int | float) or (isinstance(moment, str) and re.fullmatch(r"[+-]?[\d.]+", moment)):
        raise ValueError(f"must be a date and a time such as 2018-03-01T08:00; got {moment}")
    return moment


def _nought_or(least: float) -> AfterValidator:
    """Refuse what is neither 0 nor at least so much."""

    def check(value: float) -> float:
        if 0 < value < least:
            raise ValueError(f"must be 0 or at least {least:g}; got {value}")
        return value

    return AfterValidator(check)


Ratio = Annotated[float, Field(ge=0, le=1, strict=True)]
Seconds = Annotated[float, Field(ge=0, le=366 * 86_400, strict=True)]
PositiveSeconds = Annotated[float, Field(gt=0, le=366 * 86_400, strict=True)]
Minutes = Annotated[float, Field(ge=0, le=366 * 1440, strict=True)]
PositiveMinutes = Annotated[float, Field(ge=0.1, le=366 * 1440, strict=True)]
Hours = Annotated[float, Field(ge=0, le=400 * 24, strict=True)]
WholeHours = Annotated[int, Field(ge=0, le=400 * 24, strict=True)]
Metres = Annotated[float, Field(ge=0, le=1e6, strict=True)]
PositiveMetres = Annotated[float, Field(gt=0, le=1e6, strict=True)]
Amount = Annotated[float, Field(ge=0, le=1e9, strict=True)]
"""Weights, prices and officers."""
Vehicles = Annotated[float, Field(ge=0, le=1e7, strict=True)]
"""Expected vehicles, or units, in an hour or a day."""
Variation = Annotated[float, Field(ge=_LEAST_CV, le=20, strict=True)]
"""Coefficient of variation of a law."""
VariationOrNone = Annotated[float, Field(ge=0, le=20, strict=True), _nought_or(_LEAST_CV)]
"""The same, or 0 for no variation."""
Per100k = Annotated[float, Field(ge=0, le=100_000, strict=True), _nought_or(1e-6)]
"""Carriers per 100,000: a cost per find must not be infinite."""
Count = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
PositiveCount = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Seed = Annotated[int, Field(ge=0, le=10**18, strict=True)]
"""Root of random streams."""
Rank = Annotated[int, Field(ge=0, le=1000, strict=True)]
"""A priority, lower first."""
Moment = Annotated[datetime, BeforeValidator(_not_a_count), AfterValidator(_local_moment)]
"""Local time, without a zone."""
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
NameOrEmpty = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$")]
PathName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z0-9_]+)*$")]
"""Names joined by slashes, such as `xinhai/line2/nii`."""


def value_for(by_class: Mapping[str, T], name: str) -> T | None:
    """Look a class (or port) up in a mapping that may have an `any` entry; None when neither is there."""
    return by_class.get(name, by_class.get(ANY))


def hours_of_clock(clock: str) -> float:
    """Turn HH:MM into hours after midnight."""
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60
