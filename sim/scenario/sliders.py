"""What may be changed after a study, without another simulation: detection, prevalence and shares of levels."""

import re
from itertools import product
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from .asked import Figure
from .base import Model
from .factor import Factors

METRICS = ("expected_interception", "expected_finds")
_ALLOWED = re.compile(r"detection\.\w+\.detects(\.\w+)*|threat\.(prevalence_per_100k|concealment)(\.\w+)*")


def _rescaled(figure: Figure) -> Figure:
    if figure.metric not in METRICS or figure.direction != "all":
        raise ValueError(f"metric must be one of {', '.join(METRICS)}, of all directions; got {figure.metric!r}")
    return figure


class Sliders(Model):
    """Every combination of the values, at every point of the study: interception and expected finds, by weighting."""

    factor: Factors
    """Settings `detection.TECHNIQUE.detects...`, `threat.prevalence_per_100k...` or `threat.concealment...`."""
    figure: Annotated[Figure, AfterValidator(_rescaled)]
    """Drawn along the values of the first, a curve a point of the design, a panel for each value of the second."""

    @model_validator(mode="after")
    def _can_be_changed_afterwards(self) -> Self:
        for name, factor in self.factor.items():
            if factor.values is None:
                raise ValueError(f"factor.{name}.values must be given; got a range")
            for value in factor.values:
                for key, _ in factor.settings(value):
                    if not _ALLOWED.fullmatch(key):
                        rule = "must be detects of a detection, or a prevalence or concealment of the threat"
                        raise ValueError(f"factor.{name}.key {rule}; got {key!r}")
        return self

    def combinations(self) -> list[tuple[dict[str, Any], tuple[tuple[str, Any], ...]]]:
        """List the values of the sliders, and the settings that follow; the last slider changes fastest."""
        names = list(self.factor)
        chosen = [
            dict(zip(names, row, strict=True)) for row in product(*(f.values or () for f in self.factor.values()))
        ]
        return [(c, tuple(s for name, value in c.items() for s in self.factor[name].settings(value))) for c in chosen]


__all__ = ["METRICS", "Sliders"]
