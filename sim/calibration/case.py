"""What a calibration knows: times in hours, observed figures, and how standard normals become parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy import special

from sim.errors import Fault, ScenarioError
from sim.network.tables import Floats
from sim.scenario import Scenario, value_for
from sim.scenario.calibration import Calibration, Piece, Published, Range

_FEWEST = 1.0
"""A day's arrivals are at least this, so that they have a logarithm."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """N parameter sets."""

    level: Floats
    """(N, days) vehicles that come on each day"""
    capacity: Floats
    """(N,) vehicles an hour"""
    night: Floats
    """(N,) share of the mean rate that no hour falls below"""
    per_sailing: Floats
    """(N,) vehicles a loaded sailing"""
    stay_h: Floats
    """(N,)"""
    factor: Floats
    """(N, restrictions) share of the capacity"""
    closed_from: Floats
    """(N, suspensions) hours from the start of the event"""
    closed_to: Floats
    """(N, suspensions)"""


@dataclass(frozen=True, eq=False)
class Case:
    """An event to be calibrated."""

    settings: Calibration
    start: datetime
    hours: float
    hour_weight: Floats
    """(24,) arrival rate by hour of the day, mean 1"""

    @property
    def days(self) -> int:
        """Days that have arrivals of their own."""
        return int(np.ceil((self.hours + self.first_hour) / 24))

    @property
    def first_hour(self) -> int:
        """Hour of the day at which the event starts."""
        return self.start.hour

    def hour_of(self, moment: datetime) -> float:
        """Hours from the start of the event to a moment."""
        return (moment - self.start).total_seconds() / 3600

    @property
    def restricted(self) -> list[tuple[float, float]]:
        """First and last hour of each restriction."""
        return [(self.hour_of(r.start), self.hour_of(r.end)) for r in self.settings.restriction.values()]

    def points(self, *roles: str) -> list[Published]:
        """List the figures of some roles, in the order of the file."""
        return [point for point in self.settings.points if point.role in roles]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the parameters; each is a standard normal variate before the data are seen."""
        head = (*(f"level_{day}" for day in range(self.days)), "capacity", "night", "per_sailing", "stay")
        return (*head, *self.settings.restriction, *self.settings.piece)

    def parameters(self, z: Floats, level: Floats) -> Parameters:
        """Turn standard normals into N parameter sets.

        Parameters
        ----------
        z : ndarray of float64, shape (N, P)
            Columns as `names`.
        level : ndarray of float64, shape (days,)
            Arrivals of each day around which the prior lies, vehicles.
        """
        settings, days = self.settings, self.days
        restrictions = list(settings.restriction.values())
        ranges = [settings.capacity_per_h, settings.night, settings.vehicles_per_sailing, settings.stay_h]
        ranges += [restriction.factor for restriction in restrictions]
        columns = [_uniform(r, z[:, days + number]) for number, r in enumerate(ranges)]
        first, last = self._pieces(z[:, days + len(ranges) :])
        spread = settings.level_spread * _with_memory(z[:, :days], settings.level_memory)
        return Parameters(
            level=np.maximum(level, _FEWEST) * np.exp(spread),
            capacity=columns[0],
            night=columns[1],
            per_sailing=columns[2],
            stay_h=columns[3],
            factor=np.stack(columns[4:], axis=1) if restrictions else np.empty((len(z), 0)),
            closed_from=first,
            closed_to=last,
        )

    def _pieces(self, z: Floats) -> tuple[Floats, Floats]:
        """Both ends of every suspension, (N, suspensions): those with known hours first."""
        settings = self.settings
        known = np.array([[self.hour_of(c.start), self.hour_of(c.end)] for c in settings.closed]).reshape(-1, 2)
        ends = np.array([self._ends(piece) for piece in settings.piece.values()]).reshape(-1, 4)
        start, core_from, core_to, end = ends.T
        before, after = core_from - start, end - core_to
        uncertain = (before + after) * np.exp(settings.piece_spread * z)
        if settings.pieces_h is not None and len(ends):
            free = settings.pieces_h - (core_to - core_from).sum()
            uncertain *= free / uncertain.sum(axis=1, keepdims=True)
        scale = uncertain / np.maximum(before + after, 1e-9)
        first, last = core_from - before * scale, core_to + after * scale
        return tuple(  # type: ignore[return-value]
            np.concatenate([np.broadcast_to(known[:, side], (len(z), len(known))), free_ends], axis=1)
            for side, free_ends in ((0, first), (1, last))
        )

    def _ends(self, piece: Piece) -> tuple[float, float, float, float]:
        """Start, core and end; without a core its middle takes that place."""
        start, end = self.hour_of(piece.start), self.hour_of(piece.end)
        if piece.core_start is None or piece.core_end is None:
            return start, (start + end) / 2, (start + end) / 2, end
        return start, self.hour_of(piece.core_start), self.hour_of(piece.core_end), end


def case_of(scenario: Scenario) -> Case:
    """Set up what a scenario calibrates; the hours of the day are those of its outbound demand.

    Raises
    ------
    ScenarioError
        If it calibrates nothing.
    """
    world = scenario.world
    if world is None or world.calibration is None:
        raise ScenarioError(Fault("calibration", "must be given", None))
    demand = world.demand
    weight = np.zeros(24)
    for service in demand.service.values():
        for vehicle, share in demand.mix[service.mix].items():
            hours = np.array(value_for(demand.hour_weight, vehicle))
            weight += service.share.outbound * share * hours / hours.sum()
    return make_case(world.calibration, world.calendar.start, weight.tolist())


def make_case(settings: Calibration, start: datetime, hour_weight: Sequence[float]) -> Case:
    """Set a calibration up; `hour_weight` holds 24 weights, of which only ratios matter."""
    weight = np.asarray(hour_weight, np.float64)
    hours = (settings.end - start).total_seconds() / 3600
    return Case(settings, start, hours, weight / weight.mean())


def _uniform(limits: Range, z: Floats) -> Floats:
    value: Floats = limits.low + (limits.high - limits.low) * special.ndtr(z)
    return value


def _with_memory(z: Floats, memory: float) -> Floats:
    """Autoregressive standard normals over days, (N, days)."""
    chained = np.array(z, copy=True)
    for day in range(1, z.shape[1]):
        chained[:, day] = memory * chained[:, day - 1] + np.sqrt(1 - memory**2) * z[:, day]
    return chained
