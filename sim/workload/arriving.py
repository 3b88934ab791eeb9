"""Arrivals and their order by compiled code: what `arrivals` and a sort give, to the last bit.

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

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    digest = jit.digest_of([_HERE, mixing.HERE, _HERE.with_name("bundles.py")])
    return jit.compiled_and_kept(function, f"arriving-{digest}", _HERE.parent)


@_kept
def draw_few(keys: Keys, stream: Ints, who: Keys, out: Floats) -> None:
    """Draw one uniform of each of some streams."""
    for place in range(len(who)):
        out[place] = uniform(keys[stream[place], 0], keys[stream[place], 1], who[place])


@_kept
def draw_gaps(rates: Rates, factor: Floats, slack: float, names: tuple[Keys, Keys], arrivals: Arrivals) -> int:
    """Add up the arrivals, batches of them, that are expected before each edge; draw as many gaps, and some more.

    Returns
    -------
    int
        How many units there may be of one source.
    """
    (name_key, keys), first, cumulative = names, arrivals.first, arrivals.cumulative
    first[0] = most = 0
    for i in range(len(rates.batch)):
        begin, end, total = rates.edge_first[i], rates.edge_first[i + 1], 0.0
        size = rates.listed_first[i + 1] - rates.listed_first[i]
        if end > begin:
            cumulative[begin] = 0.0
            for edge in range(begin + 1, end):
                total += rates.expected[edge] * factor[rates.day[edge]]
                cumulative[edge] = total / rates.batch[i]
            batches = cumulative[end - 1]
            size = int(batches + slack * (sqrt(batches) + 2.0)) + 1
            name, low, high = name_key[i], keys[i, 0], keys[i, 1]
            out = arrivals.gaps[first[i] : first[i] + size]
            for number in range(len(out)):
                out[number] = -uniform(low, high, identity(name, number))
        else:
            arrivals.gaps[first[i] : first[i] + size] = 0.0
        first[i + 1] = first[i] + size
        most = max(most, size * rates.batch[i])
    return most


@compiled
def _read_off(rates: Rates, i: int, arrivals: Arrivals) -> bool:
    """Add up the gaps of a source and read off its ticks; tells whether there were enough."""
    edge, last, cumulative = rates.edge_first[i] - 1, rates.edge_first[i + 1] - 1, arrivals.cumulative
    time, place, total, end = 0.0, arrivals.first[i], cumulative[last], arrivals.first[i + 1]
    start = before = after = slope = 0.0
    while True:
        if place == end:
            return False
        time -= arrivals.gaps[place]
        if not time < total:
            break
        if after <= time:
            while cumulative[edge + 1] <= time:
                edge += 1
            start, before, after = rates.edge[edge], cumulative[edge], cumulative[edge + 1]
            slope = (rates.edge[edge + 1] - start) / (after - before)
        tick = slope * (time - before) + start if time != before else start
        arrivals.tick[place] = int(np.floor(tick))
        place += 1
    arrivals.counts[i] = place - arrivals.first[i]
    return True


@compiled
def _count(rates: Rates, arrivals: Arrivals, shift: int, spans: Wholes) -> int:
    """Add up gaps and read off ticks, or take those that are listed; count units, by spans, too; -1: too few gaps."""
    units, first, counts = 0, arrivals.first, arrivals.counts
    spans[:] = 0
    for i in range(len(rates.batch)):
        if rates.edge_first[i + 1] > rates.edge_first[i]:
            if not _read_off(rates, i, arrivals):
                return -1
        else:
            counts[i] = first[i + 1] - first[i]
            for k in range(counts[i]):
                arrivals.tick[first[i] + k] = rates.listed[rates.listed_first[i] + k]
        batch = rates.batch[i]
        for tick in arrivals.tick[first[i] : first[i] + counts[i]]:
            spans[tick >> shift] += batch
        units += counts[i] * batch
    return units


@compiled
def _lay_out(batch: Ints, arrivals: Arrivals, shift: int, spans: Wholes, order: Order) -> None:
    """Put units into their spans; in each they stand source after source."""
    total = 0
    for span in range(len(spans)):
        here = spans[span]
        spans[span] = total
        total += here
    for i in range(len(batch)):
        number, first = i << order.number_bits, arrivals.first[i]
        for tick in arrivals.tick[first : first + arrivals.counts[i]]:
            place, packed = spans[tick >> shift], tick << (order.number_bits + order.source_bits)
            order.packed[place] = packed + number
            for more in range(1, batch[i]):
                order.packed[place + more] = packed + number + more
            number += batch[i]
            spans[tick >> shift] = place + batch[i]


@compiled
def _move_ahead(packed: Ints, left: int) -> bool:
    """Move each unit ahead of those that come later; give up where that takes too many moves, which is told.

    Most have to pass one other, so each first does that, without a branch that the processor would have to guess.
    """
    last = len(packed) - 1
    latest = packed[0] if last >= 0 else 0
    for unit in range(last):
        mine = packed[unit + 1]
        packed[unit] = min(latest, mine)
        latest = max(latest, mine)
    if last >= 0:
        packed[last] = latest
    for unit in range(1, len(packed)):
        mine, place = packed[unit], unit
        if packed[place - 1] > mine:
            while place > 0 and packed[place - 1] > mine:
                packed[place] = packed[place - 1]
                place -= 1
            packed[place] = mine
            left -= unit - place
            if left < 0:
                return False
    return True


@_kept
def arrive(
    rates: Rates, arrivals: Arrivals, spans: tuple[int, Wholes], order: Order, most_moves: int
) -> tuple[int, bool]:
    """Add up gaps and read off the ticks, as `sim.workload.arrivals` does, and put units in order.

    Parameters
    ----------
    spans : int, ndarray
        Each of two to the power of so many ticks.
    most_moves : int
        Moves a unit beyond which sorting by insertion is given up.

    Returns
    -------
    int, bool
        Units of all sources, or -1 if gaps were too few; and whether they are in order.
    """
    shift, places = spans
    units = _count(rates, arrivals, shift, places)
    if units < 0:
        return units, False
    _lay_out(rates.batch, arrivals, shift, places, order)
    return units, _move_ahead(order.packed[:units], most_moves * units)
