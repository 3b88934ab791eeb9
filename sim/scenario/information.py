"""The information system at a line: who is flagged before the selection, and what flagged units follow."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from .base import Model, Name, Ratio, value_for
from .policy import SamplingRatio


class Joint(Model):
    """Joint work with a province of origin: it raises the sensitivity for the units that come from there."""

    share: Ratio
    """Share of all units that come from there."""
    uplift: Annotated[float, Field(ge=1, le=1e6, strict=True)]
    """Sensitivity for them is multiplied by this, up to 1."""


def _kind_of_joint(value: Any) -> str:
    is_one = isinstance(value, Joint) or (isinstance(value, Mapping) and ("share" in value or "uplift" in value))
    return "one_origin" if is_one else "by_origin"


class Information(Model):
    """An information system on people and vehicles: hits among carriers and among innocents."""

    sensitivity: dict[str, Ratio]
    """Probability that a carrier is flagged, by class (or `any`)."""
    specificity: dict[str, Ratio]
    """Probability that an innocent unit is not flagged, by class (or `any`)."""
    ratio: dict[str, SamplingRatio]
    """Sampling ratio of flagged units, by class (or `any`)."""
    joint: (
        Annotated[
            Annotated[Joint, Tag("one_origin")] | Annotated[dict[Name, Joint], Tag("by_origin")],
            Discriminator(_kind_of_joint),
        ]
        | None
    ) = None
    """Joint work with one province of origin, or with several by name."""

    @property
    def origins(self) -> dict[str, Joint]:
        """Joint work by origin."""
        if self.joint is None:
            return {}
        return {"origin": self.joint} if isinstance(self.joint, Joint) else self.joint

    @model_validator(mode="after")
    def _shares_of_one_whole(self) -> "Information":
        total = sum(joint.share for joint in self.origins.values())
        if total > 1 + 1e-9:
            raise ValueError(f"joint must have shares of at most 1 together; got {total:g}")
        return self

    def flags(self, vehicle: str) -> tuple[float, float]:
        """Probability of a flag for a carrier and for an innocent unit of a class.

        The origin of a unit matters for nothing else, so it is integrated out exactly: the mean of the sensitivity
        over origins.
        """
        plain = value_for(self.sensitivity, vehicle) or 0.0
        rest = 1.0 - sum(joint.share for joint in self.origins.values())
        raised = sum(joint.share * min(1.0, plain * joint.uplift) for joint in self.origins.values())
        clear = value_for(self.specificity, vehicle)
        return min(1.0, max(0.0, rest) * plain + raised), 1.0 - (1.0 if clear is None else clear)
