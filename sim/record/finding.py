"""What the auditor says when a law is broken, and the ticks it compares."""

from typing import NamedTuple

import numpy as np

from sim.network.tables import Ints

OPEN = np.iinfo(np.int64).max // 4
"""Tick later than all others: stands for the missing end of something that is still going on."""


class Finding(NamedTuple):
    """One broken law."""

    law: str
    """Short name, such as `work conservation`."""
    place: str
    """Station, terminal, port, or the record's column."""
    entity: str
    """Unit, sailing or ship, and the tick."""
    text: str
    """What was expected and what stands in the record."""

    def __str__(self) -> str:
        """Write the finding on one line."""
        return f"{self.law} at {self.place}, {self.entity}: {self.text}"


def open_ended(ticks: Ints) -> Ints:
    """Replace missing ticks by `OPEN`."""
    return np.where(ticks < 0, OPEN, ticks)


def level_at(ticks: Ints, ups: Ints, downs: Ints) -> Ints:
    """Count the intervals [up, down) that are going on once everything of a tick has happened.

    Parameters
    ----------
    ticks : ndarray of int64, shape (T,)
        When to look.
    ups, downs : ndarray of int64, shape (N,)
        Ends of the intervals; in any order.

    Returns
    -------
    ndarray of int64, shape (T,)
    """
    begun = np.searchsorted(np.sort(ups), ticks, "right")
    ended = np.searchsorted(np.sort(downs), ticks, "right")
    return (begun - ended).astype(np.int64)
