"""What varies in a study: one setting, several that move together, packages of settings, the option of a group."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from .asked import Finite
from .base import Model, Name

Key = Annotated[str, Field(pattern=r"^\+?[A-Za-z_]\w*(\.\w+)*$")]
"""A dotted override, such as `sampling.line2.truck`, or the name of a group, such as `scenario`."""


class Package(Model):
    """Settings that are made together, under one name."""

    zh: str = ""
    """What it is called in figures and answers."""
    en: str = ""
    settings: Annotated[dict[Key, Any], Field(min_length=1)]


class Factor(Model):
    """One thing that varies: a setting, several that move together, or the option of a group."""

    key: Key | Annotated[tuple[Key, ...], Field(min_length=1)] | None = None
    """Setting, as on the command line (`+` adds a key that is not there); all keys of a list get the same value."""
    packages: Annotated[dict[Name, Package], Field(min_length=1)] | None = None
    """In place of `key` and `values`: packages of different settings, such as a ratio and the posts that go with it."""
    values: Annotated[tuple[Any, ...], Field(min_length=1)] | None = None
    """What it may be: numbers, names of options, or whole policies."""
    low: Finite | None = None
    """Lower end of a range, for latin_hypercube and sobol."""
    high: Finite | None = None
    scale: Literal["linear", "log"] = "linear"
    """Whether values or their logarithms are spread evenly."""
    is_whole: bool = False
    """Whether a drawn value is rounded to a whole number."""
    zh: str = ""
    """What it is called in figures and answers; without a name, one is made of its key."""
    en: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that it changes to its value; none where it chooses a package."""
        return (self.key,) if isinstance(self.key, str) else self.key or ()

    @property
    def choices(self) -> tuple[Any, ...]:
        """Its listed values; none where it is a range."""
        return self.values or ()

    def called(self, value: Any, language: str) -> str:
        """Name a value: a package by its title, anything else as it is written."""
        package = (self.packages or {}).get(value) if isinstance(value, str) else None
        title = getattr(package, language, "")
        return title or (f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value))

    def settings(self, value: Any) -> tuple[tuple[str, Any], ...]:
        """List the settings that follow from a value."""
        if self.packages is not None:
            return tuple(self.packages[value].settings.items())
        return tuple((key, value) for key in self.keys)

    @model_validator(mode="before")
    @classmethod
    def _packages_are_values(cls, given: Any) -> Any:
        """Make the names of the packages the values."""
        if isinstance(given, Mapping) and isinstance(given.get("packages"), Mapping):
            if given.get("key") is not None or list(given.get("values") or given["packages"]) != [*given["packages"]]:
                raise ValueError("packages must be given without key and values; got both")
            return {**given, "values": tuple(given["packages"])}
        return given

    @model_validator(mode="after")
    def _has_values_or_range(self) -> Self:
        if self.key is None and self.packages is None:
            raise ValueError("key must be given, or packages; got neither")
        if (self.values is None) == (self.low is None or self.high is None):
            raise ValueError("values must be given, or low and high; got neither or both")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"high must be above low; got {self.high:g}")
        if self.scale == "log" and self.low is not None and self.low <= 0:
            raise ValueError(f"low must be above 0 on a log scale; got {self.low:g}")
        return self


Factors = Annotated[dict[Name, Factor], Field(min_length=1)]
