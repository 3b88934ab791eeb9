"""The port as a fluid: cumulative arrivals and departures with closures, for many parameter sets at once.

Newell 1971, Applications of Queueing Theory, ch. 2 (cumulative curves). Vehicles come at the rate of their day and
hour, are ready to leave after a stay, and leave at most at the capacity of the moment.
"""

from dataclasses import dataclass

import numpy as np

from sim.network.tables import Floats

from .case import Case, Parameters

STEP_H = 0.5
LEAD_H = 24.0
"""Followed before the first hour, so that the stay is filled."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Cumulative vehicles at the edges of the time steps, for N parameter sets."""

    hour: Floats
    """(T + 1,) from the start of the event"""
    arrived: Floats
    """(N, T + 1), 0 at the first edge"""
    left: Floats
    """(N, T + 1)"""

    def at(self, curve: Floats, hour: float) -> Floats:
        """Read a curve at an hour, (N,)."""
        place = np.clip((hour - self.hour[0]) / STEP_H, 0, len(self.hour) - 1)
        below = min(int(place), len(self.hour) - 2)
        share = place - below
        value: Floats = (1 - share) * curve[:, below] + share * curve[:, below + 1]
        return value

    def queue(self, hour: float) -> Floats:
        """Vehicles that have come and not left, (N,)."""
        return self.at(self.arrived, hour) - self.at(self.left, hour)

    def departures(self, start: float, end: float) -> Floats:
        """Vehicles that left between two hours, (N,)."""
        return self.at(self.left, end) - self.at(self.left, start)

    def peak(self, start: float, end: float) -> Floats:
        """Most vehicles that waited at an edge between two hours, (N,)."""
        inside = (self.hour >= start) & (self.hour <= end)
        highest: Floats = (self.arrived - self.left)[:, inside].max(axis=1)
        return highest

    def wait(self, hour: float) -> Floats:
        """Hours since those came who leave now, first come first served, (N,)."""
        gone = self.at(self.left, hour)
        return np.array([hour - np.interp(g, a, self.hour) for g, a in zip(gone, self.arrived, strict=True)])


def grid(case: Case) -> Floats:
    """Edges of the time steps, hours from the start of the event."""
    steps = round((LEAD_H + case.hours) / STEP_H)
    return np.linspace(-LEAD_H, steps * STEP_H - LEAD_H, steps + 1)


def arrivals(case: Case, parameters: Parameters, hour: Floats, rng: np.random.Generator | None = None) -> Floats:
    """Cumulative arrivals at the edges, (N, T + 1): expected ones, or with a generator with their Poisson spread."""
    middle = hour[:-1] + STEP_H / 2
    day = np.clip(middle // 24, 0, case.days - 1).astype(np.int64)
    weight = case.hour_weight[((middle + case.first_hour) // 1 % 24).astype(np.int64)]
    night = parameters.night[:, np.newaxis]
    rate = parameters.level[:, day] / 24 * (night + (1 - night) * weight)
    come = rate * STEP_H
    if rng is not None:
        come = np.clip(come + np.sqrt(come) * rng.standard_normal(come.shape), 0, None)
    return np.pad(np.cumsum(come, axis=1), ((0, 0), (1, 0)))


def capacity(case: Case, parameters: Parameters, hour: Floats) -> Floats:
    """Vehicles that can leave in an hour of each step, (N, T)."""
    start, end = hour[:-1], hour[1:]

    def share(first: Floats, last: Floats) -> Floats:
        inside = np.minimum(end, last[:, np.newaxis]) - np.maximum(start, first[:, np.newaxis])
        clipped: Floats = np.clip(inside, 0, None) / STEP_H
        return clipped

    open_share = np.ones((len(parameters.capacity), len(start)))
    for first, last in zip(parameters.closed_from.T, parameters.closed_to.T, strict=True):
        open_share -= share(first, last)
    for number, (first_h, last_h) in enumerate(case.restricted):
        lost = 1 - parameters.factor[:, number : number + 1]
        open_share *= 1 - lost * share(np.array([first_h]), np.array([last_h]))
    possible: Floats = parameters.capacity[:, np.newaxis] * np.clip(open_share, 0, None)
    return possible


def follow(case: Case, parameters: Parameters, rng: np.random.Generator | None = None) -> Curves:
    """Follow the port through the event.

    Parameters
    ----------
    case : Case
        What is known.
    parameters : Parameters
        N sets.
    rng : Generator, optional
        Of the spread of arrivals; without it they come as expected.

    Returns
    -------
    Curves
        Nobody leaves before the stay is over, nor faster than the capacity; no vehicle gives up.
    """
    hour = grid(case)
    arrived = arrivals(case, parameters, hour, rng)
    ready = _later(arrived, parameters.stay_h)
    room = capacity(case, parameters, hour) * STEP_H
    left = np.empty_like(arrived)
    left[:, 0] = ready[:, 0]
    for step in range(room.shape[1]):
        left[:, step + 1] = np.minimum(ready[:, step + 1], left[:, step] + room[:, step])
    return Curves(hour, arrived, left)


def _later(curve: Floats, hours: Floats) -> Floats:
    """Shift curves by a time each, (N, T + 1); what came before the first edge came at the rate of the first step."""
    steps = hours / STEP_H
    whole = np.floor(steps).astype(np.int64)
    part = (steps - whole)[:, np.newaxis]
    edge = np.arange(curve.shape[1])[np.newaxis] - whole[:, np.newaxis]

    def read(place: np.ndarray) -> Floats:
        first = curve[:, 1:2]
        here: Floats = np.where(place < 0, place * first, np.take_along_axis(curve, np.maximum(place, 0), axis=1))
        return here

    shifted: Floats = (1 - part) * read(edge) + part * read(edge - 1)
    return shifted
