"""At most n inspections in an hour of the clock.

Closed form for a Poisson stream at rate λ an hour, ratio p: min(X, n) units an hour are inspected, X Poisson with
mean λ p; on average the sum of P(X >= j) over j = 1 ... n (those chosen before the quota is full are a thinned
Poisson stream).
"""

from collections.abc import Sequence

from .ratio import Ratio


class Quota(Ratio):
    """Follow the ratio until `most` units were taken in this hour of the clock, then nobody."""

    __slots__ = ("hour", "most", "taken")

    def __init__(self, hours: Sequence[float], most: int) -> None:
        super().__init__(hours)
        self.most = most
        self.hour = -1
        """Hour that `taken` counts in."""
        self.taken = 0

    def probability(self, hour: int, is_exempt: bool) -> float:
        """Ratio of the hour while the quota lasts, then 0."""
        is_used_up = hour == self.hour and self.taken >= self.most
        return 0.0 if is_used_up or not self.most else super().probability(hour, is_exempt)

    def take(self, hour: int) -> None:
        """Count a unit that is really inspected; a new hour starts at none."""
        self.taken = self.taken + 1 if hour == self.hour else 1
        self.hour = hour
