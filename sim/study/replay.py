"""Published figures read off the record of a replication, and curves over the event."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.network import Network
from sim.network.tables import Floats
from sim.record import Record
from sim.scenario.calibration import Published
from sim.units import TICKS_PER_HOUR
from sim.workload import Workload

_LEAVERS_H = 1.0
"""The wait of those who leave now is the mean over the hour before."""
_CURVE_H = 0.5


@dataclass(frozen=True, eq=False)
class Replay:
    """What one replication shows of one direction, in hours from the start of the window."""

    arrived_h: Floats
    """(N,) vehicles, sorted"""
    left_h: Floats
    """(N,) when their ships left, in the order of `arrived_h`; infinite while on this shore"""
    sailed_h: Floats
    """(M,) loaded sailings, sorted"""

    def queue(self, hour: float) -> float:
        """Vehicles that have come and not left."""
        return float((self.arrived_h < hour).sum() - (self.left_h < hour).sum())

    def departures(self, start: float, end: float) -> float:
        """Vehicles that left between two hours."""
        return float(((self.left_h >= start) & (self.left_h < end)).sum())

    def sailings(self, start: float, end: float) -> float:
        """Loaded sailings that left between two hours."""
        return float(((self.sailed_h >= start) & (self.sailed_h < end)).sum())

    def peak(self, start: float, end: float) -> float:
        """Longest queue at half hours between two hours."""
        return max(self.queue(hour) for hour in np.arange(start, end, _CURVE_H))

    def wait(self, hour: float) -> float:
        """Mean time since arrival of those who left in the hour before; NaN without any."""
        gone = (self.left_h >= hour - _LEAVERS_H) & (self.left_h < hour)
        return float((self.left_h[gone] - self.arrived_h[gone]).mean()) if gone.any() else float("nan")

    def figure(self, kind: str, start: float, end: float) -> float:
        """Read a published kind of figure."""
        if kind in ("queue", "wait"):
            return float(getattr(self, kind)(end))
        return float(getattr(self, kind)(start, end))

    def cleared_h(self, from_h: float, below: float, for_h: float, until_h: float) -> float:
        """First hour from which the queue stays below a number for so long; `until_h` if it never does."""
        hours = np.arange(from_h, until_h + _CURVE_H / 2, _CURVE_H)
        is_low = np.array([self.queue(hour) < below for hour in hours])
        steps = round(for_h / _CURVE_H)
        for place in range(len(hours) - steps):
            if is_low[place : place + steps + 1].all():
                return float(hours[place])
        return until_h


def replay_of(network: Network, workload: Workload, record: Record) -> dict[str, Replay]:
    """Keep of a replication what published figures are about, by direction."""
    window = network.window_tick

    def hours(ticks: np.ndarray) -> Floats:
        return np.asarray((ticks - window) / TICKS_PER_HOUR, np.float64)

    sailings, units = record.sailings, record.units
    gone = np.append(sailings["departure_tick"], -1)[units["sailing"]]
    left = np.where(gone >= 0, hours(gone), np.inf)
    ways = np.array(network.sources.direction)[workload.source]
    ends = np.array(network.terminals.direction)[sailings["terminal"]]
    is_loaded = (sailings["units"] > 0) & (sailings["departure_tick"] >= 0)
    return {
        way: Replay(
            hours(units["arrival_tick"][ways == way]),
            left[ways == way],
            np.sort(hours(sailings["departure_tick"][(ends == way) & is_loaded])),
        )
        for way in ("inbound", "outbound")
    }


def read_figures(
    replay: dict[str, Replay], points: Sequence[Published], hours: Sequence[tuple[float, float]]
) -> Floats:
    """Read published figures off a replication, (points,); `hours` are their first and last hours."""
    found = []
    for point, (start, end) in zip(points, hours, strict=True):
        way = "inbound" if point.figure.startswith("inbound_") else "outbound"
        found.append(replay[way].figure(point.figure.removeprefix("inbound_"), start, end))
    return np.array(found)


def curves_of(replay: Replay, hours: Floats) -> Floats:
    """Queue, departures and loaded sailings since hour 0 at some hours, (3, hours)."""
    rows = [[replay.queue(h), replay.departures(0, h), replay.sailings(0, h)] for h in hours]
    return np.array(rows).T
