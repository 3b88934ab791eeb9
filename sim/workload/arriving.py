"""Arrivals and their order by compiled code: what `arrivals` and a stable sort give, to the last bit.

Nothing here takes a logarithm: that is numpy's, over a buffer that is filled here. The compiled functions make no
arrays. No product is fused with a sum, so every machine rounds alike.
"""

from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim import jit
from sim.jit import compiled
from sim.network.tables import Floats, Ints, Wholes

from . import mixing
from .bundles import Arrivals, Order, Rates
from .mixing import identity, uniform
from .streams import Keys

Function = TypeVar("Function", bound=Callable[..., Any])

MOST_MOVES = 16
"""Moves a unit beyond which sorting by insertion is given up."""

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    digest = jit.digest_of([_HERE, mixing.HERE, _HERE.with_name("bundles.py")])
    return jit.compiled_and_kept(function, f"arriving-{digest}", _HERE.parent)


@_kept
def cumulate(rates: Rates, factor: Floats, cumulative: Floats, sizes: Ints) -> None:
    """Add up the arrivals, batches of them, that are expected before each edge; and tell how many gaps to draw."""
    for i in range(len(rates.batch)):
        first, last, total = rates.edge_first[i], rates.edge_first[i + 1], 0.0
        if last > first:
            cumulative[first] = 0.0
            for edge in range(first + 1, last):
                total += rates.expected[edge] * factor[rates.day[edge]]
                cumulative[edge] = total / rates.batch[i]
            batches = cumulative[last - 1]
            sizes[i] = int(batches + 6 * sqrt(batches) + 16)


@_kept
def draw_gaps(name_key: Keys, keys: Keys, first: Ints, uniforms: Floats) -> None:
    """Draw the uniforms of the gaps between arrivals, with a minus, source after source."""
    for i in range(len(first) - 1):
        name, low, high = name_key[i], keys[i, 0], keys[i, 1]
        out = uniforms[first[i] : first[i + 1]]
        for number in range(len(out)):
            out[number] = -uniform(low, high, identity(name, number))


@_kept
def arrive(rates: Rates, cumulative: Floats, first: Ints, gaps: Floats, ticks: Ints, counts: Ints) -> bool:
    """Add up gaps (with a minus) and read off the ticks, as `arrivals` does; tells whether there were enough."""
    for i in range(len(first) - 1):
        edge, last = rates.edge_first[i] - 1, rates.edge_first[i + 1] - 1
        if last <= edge:
            continue
        time, place, total = 0.0, first[i], cumulative[last]
        start = before = after = slope = 0.0
        while True:
            if place == first[i + 1]:
                return False
            time -= gaps[place]
            if not time < total:
                break
            if after <= time:
                while cumulative[edge + 1] <= time:
                    edge += 1
                start, before, after = rates.edge[edge], cumulative[edge], cumulative[edge + 1]
                slope = (rates.edge[edge + 1] - start) / (after - before)
            tick = slope * (time - before) + start if time != before else start
            ticks[place] = int(np.floor(tick))
            place += 1
        counts[i] = place - first[i]
    return True


@compiled
def _lay_out(batch: Ints, arrivals: Arrivals, shift: int, places: Wholes, units: Order) -> None:
    """Put units into spans of 2**shift ticks; in each they stand source after source."""
    for i in range(len(arrivals.total)):
        for tick in arrivals.tick[arrivals.first[i] : arrivals.first[i] + arrivals.total[i]]:
            places[tick >> shift] += batch[i]
    total = 0
    for span in range(len(places)):
        here = places[span]
        places[span] = total
        total += here
    for i in range(len(arrivals.total)):
        number = units.start[i]
        for tick in arrivals.tick[arrivals.first[i] : arrivals.first[i] + arrivals.total[i]]:
            place = places[tick >> shift]
            for _ in range(batch[i]):
                units.tick[place], units.source[place], units.number[place] = tick, i, number
                place += 1
                number += 1
            places[tick >> shift] = place


@compiled
def _move_ahead(units: Order) -> bool:
    """Move each unit ahead of those that come later; give up where that takes too many moves, which is told."""
    left = MOST_MOVES * len(units.tick)
    for unit in range(1, len(units.tick)):
        tick, place = units.tick[unit], unit
        if units.tick[place - 1] > tick:
            source, number = units.source[unit], units.number[unit]
            while place > 0 and units.tick[place - 1] > tick:
                units.tick[place], units.source[place] = units.tick[place - 1], units.source[place - 1]
                units.number[place] = units.number[place - 1]
                place -= 1
            units.tick[place], units.source[place], units.number[place] = tick, source, number
            left -= unit - place
            if left < 0:
                return False
    return True


@_kept
def sort(batch: Ints, arrivals: Arrivals, shift: int, places: Wholes, units: Order) -> bool:
    """Put units in order of (tick, source, number); tells whether that was done."""
    _lay_out(batch, arrivals, shift, places, units)
    if not _move_ahead(units):
        return False
    for unit in range(len(units.tick)):
        units.rank[units.number[unit]] = unit
    return True
