"""What every scenario model shares: frozen, unknown keys refused, no NaN, quantities with a range."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

ANY = "any"
"""Key of a by-class mapping that stands for every class not named."""


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


Ratio = Annotated[float, Field(ge=0, le=1, strict=True)]
Seconds = Annotated[float, Field(ge=0, strict=True)]
PositiveSeconds = Annotated[float, Field(gt=0, strict=True)]
Minutes = Annotated[float, Field(ge=0, strict=True)]
Hours = Annotated[float, Field(ge=0, strict=True)]
Metres = Annotated[float, Field(ge=0, strict=True)]
PositiveMetres = Annotated[float, Field(gt=0, strict=True)]
Amount = Annotated[float, Field(ge=0, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
PositiveCount = Annotated[int, Field(ge=1, strict=True)]
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
