"""Laws of a duration, each fixed by figures a planner can read off a survey; all times in seconds."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from .base import Model, PositiveSeconds, Seconds, Variation
from .table import fill_from_csv


class Constant(Model):
    """Always the same time."""

    family: Literal["constant"]
    mean_s: Seconds


class Exponential(Model):
    """Memoryless time."""

    family: Literal["exponential"]
    mean_s: PositiveSeconds


class Lognormal(Model):
    """Skewed time with a given mean and coefficient of variation."""

    family: Literal["lognormal"]
    mean_s: PositiveSeconds
    cv: Variation
    """Standard deviation divided by the mean."""


class Gamma(Model):
    """Gamma (Erlang) time with a given mean and coefficient of variation."""

    family: Literal["gamma"]
    mean_s: PositiveSeconds
    cv: Variation
    """Standard deviation divided by the mean; 0.5 is Erlang-4."""


class Uniform(Model):
    """Any time between two bounds, all alike."""

    family: Literal["uniform"]
    low_s: Seconds
    high_s: Seconds

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low_s > self.high_s:
            raise ValueError(f"low_s must not exceed high_s; got {self.low_s} > {self.high_s}")
        return self


class Triangular(Model):
    """Least, most frequent and longest time."""

    family: Literal["triangular"]
    low_s: Seconds
    mode_s: Seconds
    high_s: Seconds

    @model_validator(mode="after")
    def _ordered(self) -> "Triangular":
        if not self.low_s <= self.mode_s <= self.high_s:
            figures = f"{self.low_s}, {self.mode_s}, {self.high_s}"
            raise ValueError(f"must have low_s, mode_s and high_s that do not fall; got {figures}")
        return self


class Empirical(Model):
    """Measured times: the step quantile function of the sample, so only measured values are drawn."""

    family: Literal["empirical"]
    csv: str | None = None
    """File with a column `seconds`; read once when the scenario is loaded."""
    samples_s: Annotated[tuple[Seconds, ...], Field(min_length=1)]
    """The sample itself; filled from `csv` when that is given."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        return fill_from_csv(data, info, "samples_s", {"seconds": float})


Duration = Annotated[
    Constant | Exponential | Lognormal | Gamma | Uniform | Triangular | Empirical, Field(discriminator="family")
]
