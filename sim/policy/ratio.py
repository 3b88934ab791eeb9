"""A ratio for each hour of the day; a fixed ratio is the same at all hours.

Closed form: the expected share chosen is the mean of the ratio over arrivals; at a fixed ratio p a Poisson stream stays
Poisson with p times its rate, and what is left is independent of it (thinning: Kingman 1993, Poisson Processes, 5.1).
"""

from collections.abc import Sequence

from .policy import Policy


class Ratio(Policy):
    """Choose each unit by itself: uniform below the ratio of the hour."""

    __slots__ = ("hours",)

    def __init__(self, hours: Sequence[float]) -> None:
        self.hours = hours

    def probability(self, hour: int, is_exempt: bool) -> float:  # noqa: ARG002
        """Ratio of the hour."""
        return self.hours[hour % 24]
