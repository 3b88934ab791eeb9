"""A study: which scenarios are asked about, how often each is run, and which figures are kept."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from sim.errors import ScenarioError

from .asked import (
    ASKED_OF_DESIGN,
    Crossing,
    Figure,
    Forest,
    Front,
    Gain,
    Heatmap,
    Sensitivity,
    Tornado,
    Tradeoff,
)
from .base import Count, Model, Name, PositiveCount, Ratio
from .factor import Factor, Factors, Key, Package
from .faults import faults_of
from .sliders import Sliders


class _Listed(Model):
    factor: Factors

    @model_validator(mode="after")
    def _all_have_values(self) -> Self:
        for name, factor in self.factor.items():
            if factor.values is None:
                raise ValueError(f"factor.{name}.values must be given in a design of this kind; got a range")
        return self


class _Repeated(Model):
    across: dict[Name, Factor] = {}
    """Factors for whose every combination the design is repeated, such as two scenarios."""

    @model_validator(mode="after")
    def _across_is_a_grid(self) -> Self:
        for name, factor in self.across.items():
            if factor.values is None:
                raise ValueError(f"across.{name}.values must be given; got a range")
            if name in getattr(self, "factor", {}):
                raise ValueError(f"across.{name} must not be a factor too; got {name!r}")
        return self


class Grid(_Listed, _Repeated):
    """Every combination of the values of all factors; the last factor changes fastest."""

    kind: Literal["grid"]


class OneAtATime(_Listed, _Repeated):
    """The base itself, then each value of each factor with all else as in the base."""

    kind: Literal["one_at_a_time"]


class _Drawn(_Repeated):
    factor: Factors
    points: PositiveCount
    seed: Count = 1
    """Of the design alone; the random numbers of the replications are those of `run.seed`."""


class LatinHypercube(_Drawn):
    """As many points as strata of every factor, one in each (McKay, Beckman and Conover 1979, Technometrics 21)."""

    kind: Literal["latin_hypercube"]


class Sobol(_Drawn):
    """A scrambled Sobol sequence (Owen 1998, J. Complexity 14); its balance needs a power of 2 points."""

    kind: Literal["sobol"]

    @model_validator(mode="after")
    def _is_balanced(self) -> Self:
        if self.points & (self.points - 1):
            raise ValueError(f"points must be a power of 2; got {self.points}")
        return self


class Table(Model):
    """Points from a CSV file: a column for each setting, named by its key, and a row for each point."""

    kind: Literal["csv"]
    csv: str
    """File, looked up in the working directory and then beside the experiment."""


Design = Annotated[Grid | OneAtATime | LatinHypercube | Sobol | Table, Field(discriminator="kind")]


class Target(Model):
    """How exact a figure must be at every design point."""

    metric: Name
    direction: str = "all"
    line: str = "all"
    vehicle_class: str = "all"
    statistic: Literal["mean", "p50", "p95", "p99"] = "mean"
    absolute: Annotated[float, Field(gt=0, strict=True)] | None = None
    """Half-width that is small enough, in the metric's unit."""
    relative: Annotated[float, Field(gt=0, lt=1, strict=True)] | None = None
    """Half-width that is small enough, as a share of the figure; met when either bound is."""

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.absolute is None and self.relative is None:
            raise ValueError("absolute must be given, or relative; got neither")
        return self


class Precision(Model):
    """Replications are added, to all points alike, until every target is met at every point."""

    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
    step: PositiveCount = 5
    """Replications between two looks."""
    most: PositiveCount
    """Replications at which it ends, met or not."""


class Outputs(Model):
    """Which figures of each replication are kept."""

    metrics: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names of docs/metrics.md; `interception_sum` keeps what detection can be changed with afterwards."""
    by: tuple[Literal["direction", "port", "line", "station", "class"], ...] = ("direction", "line", "class")
    """What figures are told apart by; everything else is added up."""


class Screening(Model):
    """Points are dropped as soon as another of their block is surely better (procedure KN)."""

    figure: Figure
    """Mean or ratio, replication by replication."""
    best: Literal["highest", "lowest"]
    indifference: Annotated[float, Field(gt=0, strict=True)]
    """Smallest difference that matters, in the figure's unit."""
    probability: Annotated[float, Field(gt=0, lt=1, strict=True)] = 0.95
    """Of keeping the best, where it is better than all others by the indifference."""
    step: PositiveCount = 5
    """Replications between two looks."""
    most: PositiveCount
    """Replications at which it ends, however many points are left."""

    @model_validator(mode="after")
    def _is_a_mean(self) -> Self:
        if self.figure.statistic not in ("mean", "ratio"):
            raise ValueError(f"figure.statistic must be mean or ratio; got {self.figure.statistic!r}")
        return self


class StudyTitle(Model):
    """What the study is called, and what it asks."""

    name: Name
    zh: str
    en: str
    question_zh: str = ""
    question_en: str = ""


class Study(Model):
    """One study: design points, replications, figures."""

    title: StudyTitle
    base: tuple[str, ...]
    """Overrides that all points share, as on the command line: `scenario=march_2018`."""
    design: Design
    replications: PositiveCount
    """Of every point; with `precision` those before the first look."""
    precision: Precision | None = None
    screening: Screening | None = None
    outputs: Outputs
    baseline: PositiveCount = 1
    """Number, within its block, of the point that all others are held against; `across` makes several blocks."""
    crossings: tuple[Crossing, ...] = ()
    tradeoffs: tuple[Tradeoff, ...] = ()
    heatmaps: tuple[Heatmap, ...] = ()
    fronts: tuple[Front, ...] = ()
    gains: tuple[Gain, ...] = ()
    forests: tuple[Forest, ...] = ()
    tornadoes: tuple[Tornado, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    sliders: Sliders | None = None
    """Needs `interception_sum` and `expected_interception` among the outputs, and figures by line and class."""
    audit: Ratio = 0.01
    """Share of the replications that are simulated again at the end and compared bit for bit (at least one)."""

    @model_validator(mode="after")
    def _caps_are_above_the_first_look(self) -> Self:
        for name, part in (("precision", self.precision), ("screening", self.screening)):
            if part is not None and part.most < self.replications:
                raise ValueError(f"{name}.most must be at least replications; got {part.most}")
        if self.precision is not None and self.screening is not None:
            raise ValueError(
                "screening must not be given with precision: pairs need one number of replications; got both"
            )
        if self.screening is not None and self.replications < 5:
            raise ValueError(f"replications must be 5 or more before points are dropped; got {self.replications}")
        return self

    @model_validator(mode="after")
    def _figures_suit_the_design(self) -> Self:
        for name, kinds in ASKED_OF_DESIGN.items():
            if getattr(self, name) and self.design.kind not in kinds:
                raise ValueError(
                    f"{name} must be asked of a design of kind {' or '.join(kinds)}; got {self.design.kind!r}"
                )
        for name in ("gains", "tornadoes"):
            if getattr(self, name) and self.baseline != 1:
                raise ValueError(f"baseline must be 1 for {name}, which change one factor of it; got {self.baseline}")
        for name in ("gains", "forests", "tornadoes"):
            if getattr(self, name) and self.replications < 2:
                raise ValueError(f"replications must be 2 or more for the pairs of {name}; got {self.replications}")
        return self


class Executor(Model):
    """Who runs the tasks; changes no result."""

    kind: Literal["serial", "threads", "processes", "dask"] = "processes"
    workers: PositiveCount | None = None
    """Processes or threads; null: one for each core."""
    address: str | None = None
    """Scheduler that `dask` joins, such as `tcp://127.0.0.1:8786`; null: a cluster of its own on this machine."""
    batch: PositiveCount | None = None
    """Replications in a task; null: as many as take about three seconds."""

    @model_validator(mode="after")
    def _only_dask_has_an_address(self) -> Self:
        if self.address is not None and self.kind != "dask":
            raise ValueError(f"address must be given with kind dask only; got {self.address!r}")
        return self


def make_study(given: Mapping[str, Any]) -> Study:
    """Validate the plain mapping of an experiment file.

    Raises
    ------
    ScenarioError
        With every fault found; fields begin with `study.`.
    """
    wrapped = {"study": dict(given)}
    try:
        return _StudyFile.model_validate(wrapped).study
    except ValidationError as error:
        raise ScenarioError(faults_of(error, wrapped)) from None


def make_executor(given: Mapping[str, Any]) -> Executor:
    """Validate the settings of an executor.

    Raises
    ------
    ScenarioError
        With every fault found; fields begin with `executor.`.
    """
    wrapped = {"executor": dict(given)}
    try:
        return _ExecutorFile.model_validate(wrapped).executor
    except ValidationError as error:
        raise ScenarioError(faults_of(error, wrapped)) from None


__all__ = [
    "Crossing",
    "Design",
    "Executor",
    "Factor",
    "Figure",
    "Forest",
    "Front",
    "Gain",
    "Grid",
    "Heatmap",
    "Key",
    "LatinHypercube",
    "OneAtATime",
    "Outputs",
    "Package",
    "Precision",
    "Screening",
    "Sensitivity",
    "Sliders",
    "Sobol",
    "Study",
    "StudyTitle",
    "Table",
    "Target",
    "Tornado",
    "Tradeoff",
    "make_executor",
    "make_study",
]


class _StudyFile(Model):
    study: Study


class _ExecutorFile(Model):
    executor: Executor
