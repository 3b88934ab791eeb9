"""Skip-lot sampling by Dodge's first continuous plan, CSP-1: 100 % until a run of clean inspections, then a fraction.

Closed form for answers that are known at once, share p of units that alarm, clearing number i, fraction f, q = 1 - p:
a stretch at 100 % lasts u = (1 - q^i) / (p q^i) units on average, a stretch at the fraction v = 1 / (f p), so the
average fraction inspected is (u + f v) / (u + v) (Dodge 1943, A sampling inspection plan for continuous production,
Annals of Mathematical Statistics 14). Answers that come later (a queue, a scan) prolong both stretches.
"""

from collections.abc import Sequence

from .ratio import Ratio


class SkipLot(Ratio):
    """At 100 % count clean inspections in a row; after `clean` of them follow the ratio; an alarm leads back."""

    __slots__ = ("clean", "run")

    learns = True

    def __init__(self, hours: Sequence[float], clean: int) -> None:
        super().__init__(hours)
        self.clean = clean
        self.run = 0
        """Clean inspections in a row since the last alarm, at most `clean`."""

    def probability(self, hour: int, is_exempt: bool) -> float:
        """One until the run is long enough, then the ratio of the hour."""
        return 1.0 if self.run < self.clean else super().probability(hour, is_exempt)

    def learn(self, is_alarmed: bool) -> None:
        """Lengthen the run, or begin again."""
        self.run = 0 if is_alarmed else min(self.run + 1, self.clean)
