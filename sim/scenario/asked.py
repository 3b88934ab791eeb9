"""What a study asks of its points: answers in words, and figures."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from .base import Model, Name

Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class Figure(Model):
    """One figure of every point, by name and labels; what is not given is `all`."""

    metric: Name
    statistic: Literal["mean", "ratio", "p50", "p95", "p99", "max"]
    direction: str = "all"
    line: str = "all"
    vehicle_class: str = "all"


def _of_statistics(*allowed: str) -> AfterValidator:
    """Refuse a figure of any other statistic."""

    def check(figure: Figure) -> Figure:
        if figure.statistic not in allowed:
            options = ", ".join(allowed[:-1]) + f" or {allowed[-1]}"
            raise ValueError(f"statistic must be {options} here; got {figure.statistic!r}")
        return figure

    return AfterValidator(check)


PairedFigure = Annotated[Figure, _of_statistics("mean", "ratio", "p95")]
"""A figure of which `differences` holds pairs."""
SummedFigure = Annotated[Figure, _of_statistics("mean", "ratio")]
EstimatedFigure = Annotated[Figure, _of_statistics("mean", "ratio", "p50", "p95", "p99")]
"""A figure with an interval."""


class Crossing(Model):
    """At what value of a factor a figure passes a threshold, and what others are there; asked of every block."""

    factor: Name
    """With numbers as values; all other factors stay as in the base."""
    figure: Figure
    threshold: Finite
    """In the unit of display: minutes, per cent for shares."""
    also: tuple[Figure, ...] = ()
    """Told at the crossing."""


class Tradeoff(Model):
    """A curve that a factor runs along: one figure against others, in a panel for each of these and each block."""

    factor: Name
    gain: Figure
    """What should be high, such as interception."""
    price: Annotated[tuple[Figure, ...], Field(min_length=1, max_length=3)]
    """What it costs, such as delay or throughput."""


class Isolines(Model):
    """Lines along which a second figure has the same value, such as iso-delay lines."""

    figure: EstimatedFigure
    levels: Annotated[tuple[Finite, ...], Field(min_length=1, max_length=4)]
    """In the unit of display: minutes, per cent for shares."""

    @model_validator(mode="after")
    def _levels_rise(self) -> Self:
        if any(low >= high for low, high in zip(self.levels, self.levels[1:], strict=False)):
            raise ValueError(f"levels must rise; got {', '.join(f'{level:g}' for level in self.levels)}")
        return self


class Heatmap(Model):
    """A figure over two factors of a grid, in a panel for each block; all other factors stay as in the base."""

    x: Name
    """Factor with numbers as values."""
    y: Name
    """Another."""
    figure: Figure
    """Shown as colour."""
    lines: Isolines | None = None

    @model_validator(mode="after")
    def _factors_differ(self) -> Self:
        if self.x == self.y:
            raise ValueError(f"y must be another factor than x; got {self.y!r}")
        return self


class Front(Model):
    """Every point of a block in two figures, with those that no other point beats in both (Pareto front)."""

    gain: EstimatedFigure
    """What should be high, such as interception."""
    price: EstimatedFigure
    """What should be low, such as delay."""


class Gain(Model):
    """What each change buys: paired change of a figure from the base for each unit of change of another."""

    figure: PairedFigure
    per: SummedFigure
    """Such as officer-hours."""


class Forest(Model):
    """Paired differences of every point from the base of its block, with intervals that hold together."""

    figure: PairedFigure


class Tornado(Model):
    """Lowest and highest paired change that each factor makes, the strongest factor on top."""

    figure: PairedFigure


class Sensitivity(Model):
    """Which factor matters most: Sobol indices of a polynomial that is fitted to the points."""

    figure: EstimatedFigure
    less: EstimatedFigure | None = None
    """Taken off it, such as the same figure of another line; of the same unit."""
    least_q2: Annotated[float, Field(ge=0, lt=1, strict=True)] = 0.7
    """Cross-validated share of the variance between points that the polynomial must explain, else no index is shown."""


ASKED_OF_DESIGN: dict[str, tuple[str, ...]] = {
    "heatmaps": ("grid",),
    "gains": ("one_at_a_time",),
    "tornadoes": ("one_at_a_time",),
    "sensitivities": ("latin_hypercube", "sobol"),
}
"""Fields of a study to the kinds of design that they can be asked of; all others can be asked of any."""
