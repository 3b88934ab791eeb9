"""How a scenario is run: window, replications, seed, language."""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from sim.errors import ScenarioError

from .base import Amount, Model, Name, Per100k, PositiveCount, Ratio, Seed, WholeHours
from .concealment import Concealment
from .faults import faults_of

_OneLine = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Title(Model):
    """What the scenario is called."""

    name: Annotated[Name, Field(max_length=100)]
    zh: _OneLine
    en: _OneLine


class Run(Model):
    """The observed window and how often it is repeated."""

    days: Annotated[float, Field(ge=0.001, le=400, strict=True)]
    """Length of the observed window in days of 24 h."""
    lead_in_h: WholeHours
    """Simulated before the window (whole hours) and not reported, so that ships and queues are under way."""
    lead_out_h: WholeHours = 0
    """Simulated after the window (whole hours), so that units that arrived in it can finish."""
    replications: PositiveCount
    seed: Seed
    """Root of every random stream."""
    workers: Annotated[int, Field(ge=1, le=1024, strict=True)] = 2
    """Processes that share the replications; changes no result."""
    language: Literal["zh", "en"] = "en"
    """Language of figures and the printed table."""
    figures: bool = True
    confidence: Annotated[float, Field(ge=0.5, le=0.999, strict=True)] = 0.95
    """Level of every interval."""
    engine: Literal["reference", "kernel"] = "reference"
    """The reference engine, or the compiled one: the same record, much faster; needs numba. Changes no result."""


def refuse_run(run: Run, **changes: int) -> None:
    """Hold what a caller wants in place of some fields of `run` to the rules of those fields.

    Raises
    ------
    ScenarioError
        If one is broken.
    """
    given = run.model_dump() | changes
    try:
        Run.model_validate(given)
    except ValidationError as error:
        raise ScenarioError(faults_of(error, given)) from None


class Adaptation(Model):
    """How carriers shift between channels or give up; applied after the simulation (docs/model.md, section 2)."""

    eta: Annotated[tuple[Annotated[float, Field(ge=0, le=1000, strict=True)], ...], Field(min_length=1)]
    """Strength of reaction, an expert range: 0.1 more interception multiplies a channel's odds by exp(-0.1 eta)."""
    outside_share: Ratio
    """Share of would-be attempts that is abandoned."""
    share: Annotated[dict[Name, Ratio], Field(min_length=1)]
    """Shares of would-be attempts by channel; with `outside_share` they add up to 1."""
    classes: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]]
    """Vehicle classes whose interception is that of each channel."""
    reference: dict[Name, Ratio] | None = None
    """Interception rates by channel that the shares belong to; null takes the run's own result."""


class Threat(Model):
    """Ground truth that the interception figures need."""

    prevalence_per_100k: dict[str, Per100k]
    """Carrying vehicles per 100,000 (of a class that carries several items: items), by class (or `any`)."""
    concealment: Concealment = {"any": {"usual": 1.0}}
    """Share of the carriers at each concealment level, by class (or `any`); at most 8 levels in all."""
    adaptation: Adaptation | None = None
    """How carriers react to interception; null: not at all."""


class Cost(Model):
    """Unit prices."""

    officer_hour_cny: Amount
    delay_vehicle_hour_cny: dict[str, Amount]
    """Value of an hour of one vehicle's inspection delay, people and goods together, by class (or `any`)."""
