"""Every k-th unit, from a random start.

Closed form: exactly every k-th of N units is chosen, so the share is floor or ceil of N/k, over N; over the start
each unit is chosen with probability 1/k (Cochran 1977, Sampling Techniques, ch. 8). The chosen of a Poisson stream
have Erlang(k) gaps, smoother than a Poisson stream of the same rate: a station behind sees E_k/M/c.
"""

from .policy import Policy


class Systematic(Policy):
    """Count units and choose every k-th; relief keeps each pick with its factor."""

    __slots__ = ("every", "seen", "share", "start")

    def __init__(self, every: int, start: float) -> None:
        self.every = every
        self.share = 1 / every
        self.start = min(int(start * every), every - 1)
        """Number of units before the first that is chosen."""
        self.seen = 0

    def probability(self, hour: int, is_exempt: bool) -> float:  # noqa: ARG002
        """One in k, whatever came before: the probability over the start."""
        return self.share

    def choose(self, uniform: float, probability: float, relief: float) -> bool:  # noqa: ARG002
        """Count the unit, and choose it when its turn has come."""
        is_due = self.seen == self.start
        self.seen = (self.seen + 1) % self.every
        return is_due and uniform < relief
