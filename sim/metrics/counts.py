"""What is counted in a record before it is called anything: whole numbers only, so no order of adding up matters."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import Ints

from .histogram import Histogram
from .plan import MOMENTS, Plan

Decision = tuple[int, int, float]
"""What a unit met on its way: a stop, 1 selected + 2 queue full (of a board 0), and the ratio in force."""

Way = tuple[Decision, ...]
"""All decisions that a unit met, in order: what its chance of being found depends on."""


class Sums(NamedTuple):
    """Sums over the units of a record; shape letters and rows as in `plan`."""

    moments: Ints
    """(moments, H) units by hour"""
    hours: Ints
    """(hours, H) ticks that units spent inside, or in a queue, within each hour"""
    spans: Ints
    """(spans, 3) number, sum in ticks, longest in ticks (-1: none)"""
    busy: Ints
    """(S,) ticks of service within the window"""
    outside: Ints
    """(tailbacks, 1) ticks that units spent before the first service, within the window"""
    choices: Ints
    """(E, 3) units of the window at a select: eligible, selected, of these waived"""
    answers: Ints
    """(E, 4) units of the window at an alarm: all, alarmed, innocent, innocent and alarmed"""
    units: Ints
    """(I, 5) backlog at the end of the window; of the units of the window: unfinished, carriers, all, innocent units
    that finished"""
    guilty: Ints
    """(I, L) carriers of the window that finished"""
    removed: Ints
    """(I, L) those removed"""
    caught: Ints
    """(E, L) those removed by the search at a stop"""


def blank_sums(network: Network, plan: Plan) -> Sums:
    """Make sums of nothing."""
    sources, stops, levels = len(network.sources.name), len(plan.stops.step), len(network.level_name)
    hours = len(plan.edges) - 1
    sizes = (
        (len(plan.moments), hours), (len(plan.hours), hours), (len(plan.spans), 3), (len(network.stations.name),),
        (len(plan.tailbacks),), (stops, 3), (stops, 4), (sources, 5), (sources, levels), (sources, levels),
        (stops, levels),
    )  # fmt: skip
    sums = Sums(*(np.zeros(size, np.int64) for size in sizes))
    sums.spans[:, 2] = -1
    return sums


@dataclass(frozen=True, eq=False)
class Counts:
    """All that is counted in one record."""

    sums: Sums
    histograms: tuple[Histogram | None, ...]
    """By row of spans, None where there are none."""
    highest: Ints
    """(hours,) most units in a queue or yard at one time in the window; -1 where nobody waited, or of what is not"""
    tailback_cm: Ints
    """(S,) longest tailback before each station in the window; -1 of stations without"""
    ways: tuple[dict[Way, int], ...]
    """By source: innocent units of the window that finished, by their way."""


__all__ = ["MOMENTS", "Counts", "Decision", "Sums", "Way", "blank_sums"]
