"""Sampling: a ratio, a ratio for each hour of the day, or a policy with a rule of its own."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .base import Count, Model, PathName, PositiveCount, Ratio


def _kind_of(value: Any) -> str:
    """Tell by its shape which kind of sampling a value is meant to be."""
    if isinstance(value, list | tuple):
        return "by_hour"
    return "by_policy" if isinstance(value, Mapping | Model) else "at_ratio"


_AtRatio = Annotated[Ratio, Tag("at_ratio")]
_ByHour = Annotated[tuple[Ratio, ...], Field(min_length=24, max_length=24), Tag("by_hour")]


def _kind_of_ratio(value: Any) -> str:
    return "by_hour" if isinstance(value, list | tuple) else "at_ratio"


SamplingRatio = Annotated[_AtRatio | _ByHour, Discriminator(_kind_of_ratio)]
"""One ratio, or one for each hour of the day."""


class Systematic(Model):
    """Every k-th unit of a class at a port, from a random start."""

    rule: Literal["systematic"]
    every: PositiveCount
    """One unit in so many."""


class Risk(Model):
    """The top share of a risk score always, the rest by a ratio; only at the lines of the strait."""

    rule: Literal["risk"]
    top_share: Annotated[float, Field(gt=0, le=1, strict=True)]
    """Share of innocent units whose score is high enough to be inspected always."""
    d_prime: Annotated[float, Field(ge=0, le=10, strict=True)]
    """How well the score tells carriers from innocents: distance of the means of two normal laws, in standard
    deviations; 0 is no better than chance."""
    ratio: SamplingRatio
    """Ratio for all others."""


class Exemption(Model):
    """A ratio that is cut for units inspected at an earlier selection."""

    rule: Literal["exemption"]
    ratio: SamplingRatio
    """Ratio for all others."""
    after: PathName
    """The earlier line; in a custom network the name of an earlier select of the route."""
    factor: Ratio = 0.0
    """The ratio of exempt units is multiplied by this."""


class SkipLot(Model):
    """Skip-lot (CSP-1): 100 % until a run of clean inspections, then a ratio; an alarm leads back to 100 %."""

    rule: Literal["skip_lot"]
    clean: PositiveCount
    """Clean inspections in a row that end the inspection of all."""
    ratio: SamplingRatio
    """Fraction inspected from then on."""


class Quota(Model):
    """A ratio until so many units of a class were taken at a port in an hour of the clock, then nobody."""

    rule: Literal["quota"]
    per_hour: Count
    """Units of a class at one port in an hour of the clock."""
    ratio: SamplingRatio = 1.0
    """Ratio until then."""


Policy = Annotated[Systematic | Risk | Exemption | SkipLot | Quota, Field(discriminator="rule")]
Sampling = Annotated[_AtRatio | _ByHour | Annotated[Policy, Tag("by_policy")], Discriminator(_kind_of)]
"""A ratio, 24 ratios, or a policy."""


def ratio_of(sampling: "Sampling") -> Any:
    """Ratio, or 24 of them, that a sampling follows where nothing else holds; of systematic sampling its share."""
    if isinstance(sampling, Systematic):
        return 1 / sampling.every
    return sampling.ratio if isinstance(sampling, Model) else sampling
