"""Closures of one replication: those that are listed, and those that its weather brings.

A day, or the k-th storm of a month, keeps its random numbers whatever window is simulated: they belong to its date.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from math import exp
from typing import NamedTuple

import numpy as np

from sim.network import Network
from sim.network.tables import ClosureTable, Flags, FogTable, StormTable
from sim.units import NEVER, TICKS_PER_DAY, ticks_from_hours

from .laws import quantile_ticks
from .streams import identities, stream_key, uniforms

_FIRST_MONTH_OF_FOG_YEAR = 7
_MOST_STORMS_A_MONTH = 64


class _Spell(NamedTuple):
    """One drawn closure: ticks, and the ships (B,) that it stops."""

    start: int
    end: int
    ships: Flags


def draw_closures(network: Network, seed: int, replication: int) -> ClosureTable:
    """Draw the weather of one replication.

    Parameters
    ----------
    network : Network
    seed, replication : int
        Key of the random streams; they have the names `weather/...` and are used for nothing else.

    Returns
    -------
    ClosureTable
        The listed closures, then the drawn ones that are in force at some tick of [0, horizon), in order of start.
    """
    listed = network.closures
    if not network.weather.fog and not network.weather.storms:
        return listed
    sky = _Sky(network, seed, replication)
    drawn = [spell for fog in network.weather.fog for spell in sky.fogs(fog)]
    drawn += [spell for storm in network.weather.storms for spell in sky.storms(storm)]
    drawn = [spell for spell in drawn if spell.end > 0 and spell.start < network.horizon_tick]
    if not drawn:
        return listed
    drawn.sort(key=lambda spell: spell[:2])
    terminals = listed.stops.shape[1]
    stops = np.array([np.tile(spell.ships, (terminals, 1)) for spell in drawn])
    none = np.zeros(len(drawn), np.int64)
    return ClosureTable(
        start_tick=np.append(listed.start_tick, [max(NEVER, spell.start) for spell in drawn]),
        end_tick=np.append(listed.end_tick, [spell.end for spell in drawn]),
        stops=np.concatenate([listed.stops, stops]),
        spaces=np.concatenate([listed.spaces, np.zeros_like(stops)]),
        headway_ticks=np.append(listed.headway_ticks, none),
    )


class _Sky:
    """Dates of a network as ticks, and random numbers by date."""

    def __init__(self, network: Network, seed: int, replication: int) -> None:
        self.key = (seed, replication)
        self.every_ship = np.ones(len(network.ships.kind), np.bool_)
        zero = network.start - timedelta(milliseconds=network.window_tick)

        self.clock = network.clock_ticks
        self.first = zero.date()
        self.last = (zero + timedelta(milliseconds=network.horizon_tick)).date()

    def tick(self, day: date) -> int:
        """Tick of a day's midnight."""
        return (day - self.first).days * TICKS_PER_DAY - self.clock

    def uniform(self, stream: str, number: int) -> float:
        """Draw one number of a named stream."""
        return float(uniforms(stream_key(*self.key, f"weather/{stream}"), identities(stream, [number]))[0])

    def fogs(self, fog: FogTable) -> Iterator[_Spell]:
        """Draw the fog of every day, from the July before on, so that a spell does not depend on the window."""
        year = self.first.year - (self.first.month < _FIRST_MONTH_OF_FOG_YEAR)
        day, is_foggy = date(year, _FIRST_MONTH_OF_FOG_YEAR, 1), False
        low, high = fog.start_hours
        while day <= self.last:
            share = fog.days[day.month - 1] / monthrange(day.year, day.month)[1]
            chance = min(1.0, share * (1 - fog.persistence) + (fog.persistence if is_foggy and share > 0 else 0.0))
            number = day.toordinal()
            is_foggy = self.uniform("fog/day", number) < chance
            if is_foggy:
                hour = low + (high - low) * self.uniform("fog/start", number)
                start = self.tick(day) + ticks_from_hours(hour)
                yield _Spell(start, start + self.length("fog/length", number, fog.law), self.every_ship)
            day += timedelta(days=1)

    def storms(self, storm: StormTable) -> Iterator[_Spell]:
        """Draw the storms of every month, from two months before the start on."""
        month = (self.first.year * 12 + self.first.month - 1) - 2
        while month <= self.last.year * 12 + self.last.month - 1:
            first = date(month // 12, month % 12 + 1, 1)
            mean = float(storm.number[first.month - 1])
            for k in range(poisson_quantile(self.uniform(f"{storm.name}/number", month), mean)):
                number = month * _MOST_STORMS_A_MONTH + k
                span = monthrange(first.year, first.month)[1] * TICKS_PER_DAY
                start = self.tick(first) + int(span * self.uniform(f"{storm.name}/start", number))
                end = start + self.length(f"{storm.name}/length", number, storm.law)
                yield _Spell(start, end, self.every_ship)
                if storm.later is not None:
                    yield _Spell(start, end + self.length(f"{storm.name}/later", number, storm.later), storm.is_later)
            month += 1

    def length(self, stream: str, number: int, law: tuple[str, tuple[float, ...]]) -> int:
        """Draw a length in ticks."""
        return int(quantile_ticks(np.array([self.uniform(stream, number)]), *law)[0])


def poisson_quantile(u: float, mean: float) -> int:
    """Return the least k with P(Poisson <= k) > u, at most 63; u in [0, 1)."""
    k, chance = 0, exp(-mean)
    below = chance
    while u >= below and k < _MOST_STORMS_A_MONTH - 1:
        k += 1
        chance *= mean / k
        below += chance
    return k
