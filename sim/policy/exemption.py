"""A smaller ratio for units that were inspected at an earlier line.

Closed form, ratios p1 and p2, factor c, probabilities of detection d1 and d2: a share p2 (1 - p1 + p1 c) is inspected
at the second line, and interception is p1 d1 + [(1 - p1) + p1 (1 - d1) c] p2 d2 (total probability over the
inspection at the first line). With c < 1 it is less than that of independent lines, 1 - (1 - p1 d1)(1 - p2 d2).
"""

from collections.abc import Sequence

from .ratio import Ratio


class Exemption(Ratio):
    """The ratio of the hour, times a factor for those that were inspected at the slot `after`."""

    __slots__ = ("after", "factor")

    def __init__(self, hours: Sequence[float], after: int, factor: float) -> None:
        super().__init__(hours)
        self.after = after
        self.factor = factor

    def probability(self, hour: int, is_exempt: bool) -> float:
        """Ratio of the hour, cut for the exempt."""
        ratio = self.hours[hour % 24]
        return ratio * self.factor if is_exempt else ratio
