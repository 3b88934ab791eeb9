"""Relief: any policy's probability is cut while a queue is long.

Hysteresis: on at `above` or more, off at `below` or less, as it was in between. With exponential service and Poisson
arrivals the queue is a birth-death process on two sheets, one a state of the relief.
"""


class Relief:
    """Whether a rule's relief is on."""

    __slots__ = ("above", "below", "factor", "is_on")

    def __init__(self, above: int, below: int, factor: float = 1.0) -> None:
        self.above = above
        self.below = below
        self.factor = factor
        """What the probability is multiplied by while relief is on."""
        self.is_on = False

    def see(self, waiting: int) -> None:
        """Take note of a queue length."""
        if waiting >= self.above:
            self.is_on = True
        elif waiting <= self.below:
            self.is_on = False
