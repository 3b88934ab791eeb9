"""What every sampling policy answers."""

from enum import IntEnum


class PolicyKind(IntEnum):
    """The policies that need more than a ratio, and the ratio itself."""

    RATIO = 0
    SYSTEMATIC = 1
    EXEMPTION = 2
    SKIP_LOT = 3
    QUOTA = 4


class Policy:
    """A state machine that is asked about each unit that comes to a selection, in order.

    For each unit: `probability`, then `choose`, then, if it was chosen and the station was not full, `take`; and later,
    when its inspection's answer is known, `learn`.
    """

    __slots__ = ()

    after = -1
    """Select slot whose inspection exempts a unit, -1 none."""
    learns = False
    """Whether it wants to know the answers of inspections."""

    def probability(self, hour: int, is_exempt: bool) -> float:
        """Probability that the next unit is chosen, before relief.

        Parameters
        ----------
        hour : int
            Hours on the clock since midnight of the simulation's first day; modulo 24 the hour of the day.
        is_exempt : bool
            Whether the unit was inspected at the slot `after`.

        Returns
        -------
        float
            In [0, 1], known before the draw.
        """
        raise NotImplementedError

    def choose(self, uniform: float, probability: float, relief: float) -> bool:  # noqa: ARG002 (the counter's)
        """Choose the next unit or not.

        Parameters
        ----------
        uniform : float
            The unit's stored mark, in [0, 1).
        probability : float
            What `probability` said, times `relief`.
        relief : float
            Factor in force, 1 without relief.

        Returns
        -------
        bool
        """
        return uniform < probability

    def take(self, hour: int) -> None:
        """Take note that the chosen unit is really inspected."""

    def learn(self, is_alarmed: bool) -> None:
        """Take note of an inspection's answer."""
