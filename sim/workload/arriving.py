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
from .bundles import Arrivals, Order, Rates, Starts
from .mixing import identity, uniform
from .streams import Keys

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE = Path(__file__)


def _kept(function: Function) -> Function:
    digest = jit.digest_of([_HERE, mixing.HERE, _HERE.with_name("bundles.py")])
    return jit.compiled_and_kept(function, f"arriving-{digest}", _HERE.parent)


@_kept
def draw_gaps(
    rates: Rates, factor: Floats, slack: float, names: tuple[Keys, Keys], starts: Starts, arrivals: Arrivals
) -> int:
    """Add up the arrivals, batches of them, that are expected before each edge; draw as many gaps, and some more.

    The starts of the rules that count are drawn here too: to compile one function takes less time than two.

    Returns
    -------
    int
        How many units there may be of one source.
    """
    (name_key, keys), first, cumulative = names, arrivals.first, arrivals.cumulative
    for place in range(len(starts.who)):
        stream = starts.stream[place]
        starts.drawn[place] = uniform(keys[stream, 0], keys[stream, 1], starts.who[place])
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
            for number in range(size):
                arrivals.gaps[first[i] + number] = 0.0
        first[i + 1] = first[i] + size
        most = max(most, size * rates.batch[i])
    return most


@compiled
def _read_off(edges: Floats, cumulative: Floats, gaps: Floats, ticks: Ints) -> int:
    """Add up the gaps of a source and read off its ticks; return how many, or -1 if gaps were too few."""
    edge, total = -1, cumulative[len(edges) - 1]
    time = start = before = after = slope = 0.0
    for place in range(len(gaps)):
        time -= gaps[place]
        if not time < total:
            return place
        if after <= time:
            while cumulative[edge + 1] <= time:
                edge += 1
            start, before, after = edges[edge], cumulative[edge], cumulative[edge + 1]
            slope = (edges[edge + 1] - start) / (after - before)
        tick = slope * (time - before) + start if time != before else start
        ticks[place] = int(np.floor(tick))
    return -1


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
        for arrival in range(first, first + arrivals.counts[i]):
            tick = arrivals.tick[arrival]
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
        is_earlier = mine < latest
        packed[unit] = mine if is_earlier else latest
        latest = latest if is_earlier else mine
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
    (shift, places), first, counts, units = spans, arrivals.first, arrivals.counts, 0
    for span in range(len(places)):
        places[span] = 0
    for i in range(len(rates.batch)):
        begin, end = rates.edge_first[i], rates.edge_first[i + 1]
        ticks = arrivals.tick[first[i] : first[i + 1]]
        if end > begin:
            gaps = arrivals.gaps[first[i] : first[i + 1]]
            counts[i] = _read_off(rates.edge[begin:end], arrivals.cumulative[begin:end], gaps, ticks)
            if counts[i] < 0:
                return -1, False
        else:
            counts[i] = len(ticks)
            for k in range(len(ticks)):
                ticks[k] = rates.listed[rates.listed_first[i] + k]
        for k in range(counts[i]):
            places[ticks[k] >> shift] += rates.batch[i]
        units += counts[i] * rates.batch[i]
    _lay_out(rates.batch, arrivals, shift, places, order)
    return units, _move_ahead(order.packed[:units], most_moves * units)
