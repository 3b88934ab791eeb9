"""Who comes: all units of one replication as columns, with every random mark they will ever need."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.network import Network
from sim.network.tables import ClosureTable, Flags, Floats, Ints, Levels, Wholes

from .arrivals import arrival_ticks, draw_days
from .crossings import draw_crossings
from .marks import draw_marks
from .starts import draw_starts
from .streams import identities, stream_key, uniforms
from .types import row_type
from .weather import draw_closures

_CHUNK = 64


@dataclass(frozen=True, eq=False)
class Workload:
    """Units of one replication, N of them, in order of (arrival, source, number)."""

    seed: int
    replication: int
    arrival_tick: Ints
    source: Wholes
    """(N,) row of `Network.sources`; int16 where all rows fit"""
    vehicle_class: Wholes
    """(N,) row of `Network.class_name`; int16 where all rows fit"""
    carries_violation: Flags
    concealment: Levels
    """(N,) row of `Network.level_name`: how well the unit hides what it carries, or would hide it"""
    duration_ticks: Wholes
    """(D, N) service and travel times, D = `network.durations.count`; 0 where the unit never comes; int32 where the
    longest of every law fits"""
    uniform: Floats
    """(U, N) uniforms in [0, 1), U = `network.uniforms.count`; 0 where the unit never comes"""
    start: Floats
    """(Q, K) uniforms in [0, 1), for the random starts of the rules that count"""
    closures: ClosureTable
    """Closures in force in this replication: those of the network, and those that its weather brings"""

    def without_uniforms(self) -> "Workload":
        """Leave out the uniforms, which only engines and auditors read: a third of the memory."""
        return replace(self, uniform=self.uniform[:, :0].copy())

    def crossing_ticks(self, network: Network, terminal: int, sailing: int) -> int:
        """Give the crossing time of the sailing-th ship (from 0) that leaves a terminal."""
        return int(self.crossings(network, sailing, 1)[terminal, 0])

    def crossings(self, network: Network, first: int, count: int) -> Ints:
        """Give the crossing times of `count` ships in a row from the `first` on, (T, count) ticks by terminal.

        Each is a function of its number alone. They are drawn by chunks and kept: design points ask for the same ones.
        """
        ready: Ints = self.__dict__.get("_crossings", np.zeros((len(network.terminals.port), 0), np.int64))
        if ready.shape[1] < first + count:
            more = -(-(first + count - ready.shape[1]) // _CHUNK) * _CHUNK
            drawn = draw_crossings(network, self.seed, self.replication, ready.shape[1], more)
            whole = np.concatenate([ready, drawn], axis=1) if ready.shape[1] else drawn
            ready = self.__dict__["_crossings"] = whole
        return ready[:, first : first + count]


def draw_workload(network: Network, seed: int, replication: int) -> Workload:
    """Draw the units of one replication.

    Parameters
    ----------
    network : Network
    seed : int
        Root of every stream.
    replication : int
        Number of the replication, from 0.

    Returns
    -------
    Workload
        Columns of length N; the same for every engine and every design point that has the same arrivals.
    """
    return Workload(
        seed=seed,
        replication=replication,
        **_columns(network, seed, replication),
        closures=draw_closures(network, seed, replication),
    )


def _columns(network: Network, seed: int, replication: int) -> dict[str, Any]:
    """Draw the columns of the units with compiled code where numba is loaded, else with numpy: the same bits."""
    if sys.modules.get("numba") is None:
        return _plain_columns(network, seed, replication)
    columns = _compiled_columns(network, seed, replication)
    return _plain_columns(network, seed, replication) if columns is None else columns


def _compiled_columns(network: Network, seed: int, replication: int) -> dict[str, Any] | None:
    """Draw the columns of the units with compiled code; None if their order does not fit into its numbers."""
    from .drawing import draw_compiled  # noqa: PLC0415 - numba takes longer to load than a small run

    drawn = draw_compiled(network, (seed, replication))
    if drawn is None:
        return None
    units, start = drawn
    return {
        "arrival_tick": units.tick,
        "source": units.source,
        "vehicle_class": units.vehicle_class,
        "carries_violation": units.carries,
        "concealment": units.concealment,
        "duration_ticks": units.duration,
        "uniform": units.uniform,
        "start": start,
    }


def _plain_columns(network: Network, seed: int, replication: int) -> dict[str, Any]:
    """Draw the columns of the units with numpy, source by source and stream by stream."""
    days = draw_days(network, seed, replication)
    arrivals = [arrival_ticks(network, seed, replication, i, days) for i in range(len(network.sources.name))]
    sizes = [len(ticks) for ticks in arrivals]
    source = np.repeat(np.arange(len(sizes), dtype=row_type(len(sizes))), sizes)
    ticks = np.concatenate(arrivals)
    names = network.sources.name
    who = np.concatenate([identities(name, np.arange(n)) for name, n in zip(names, sizes, strict=True)])
    order = np.argsort(ticks, kind="stable")
    ticks, source, who = ticks[order], source[order], who[order]
    vehicle_class = network.sources.vehicle_class.astype(row_type(len(network.class_name)))[source]
    duration_ticks, uniform = draw_marks(network, (seed, replication), source, who)

    def draw(stream: str) -> Floats:
        return uniforms(stream_key(seed, replication, stream), who)

    return {
        "arrival_tick": ticks,
        "source": source,
        "vehicle_class": vehicle_class,
        "carries_violation": draw("threat/carries") < network.prevalence[vehicle_class],
        "concealment": _levels(network, vehicle_class, draw),
        "duration_ticks": duration_ticks,
        "uniform": uniform,
        "start": draw_starts(network, (seed, replication)),
    }


def _levels(network: Network, vehicle_class: Wholes, draw: Callable[[str], Floats]) -> Levels:
    """Draw the concealment level of each unit; nothing is drawn where there is only one."""
    levels = np.zeros(len(vehicle_class), np.int8)
    if len(network.level_name) > 1:
        u = draw("threat/concealment")
        for k, shares in enumerate(network.level_share):
            here = vehicle_class == k
            last = np.flatnonzero(shares)[-1]
            # Rounded sums of shares may end below 1.
            levels[here] = np.minimum(np.searchsorted(np.cumsum(shares), u[here], side="right"), last)
    return levels
