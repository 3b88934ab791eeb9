"""From posterior draws of the fluid to settings of the simulator, which every replication takes one of."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from sim.calibration import Posterior
from sim.network.tables import Floats
from sim.scenario import Scenario, make_scenario
from sim.scenario.calibration import Handover
from sim.scenario.draws import with_draw
from sim.units import TICKS_PER_HOUR

from .worker import prepare_job

WARM_H = 12.0
"""Hours before the dispatch is counted: ships have gone round by then."""


def saturated_capacity(scenario: Scenario, handover: Handover) -> Floats:
    """Ask the simulator how many vehicles an hour leave outbound while vehicles wait everywhere.

    Parameters
    ----------
    scenario : Scenario
        Its own draws are left aside.
    handover : Handover
        Names the ramp seconds to try.

    Returns
    -------
    ndarray of float64, shape (tried,)
        Vehicles an hour, one replication each.
    """
    found = []
    for seconds in handover.ramp_s:
        plain = scenario.as_mapping() | {"draws": None}
        with_draw(plain, {**handover.saturation, handover.ramp: seconds})
        job = prepare_job(make_scenario(plain), scenario.run.engine)
        network, record = job.network, job.record(0)
        outbound = np.array([d == "outbound" for d in network.terminals.direction])[record.sailings["terminal"]]
        hour = (record.sailings["departure_tick"] - network.window_tick) / TICKS_PER_HOUR
        last = (network.window_end_tick - network.window_tick) / TICKS_PER_HOUR
        counted = outbound & (hour >= WARM_H) & (hour < last)
        found.append(record.sailings["units"][counted].sum() / (last - WARM_H))
    return np.array(found, np.float64)


def ramp_seconds(capacity: Floats, tried_s: Sequence[float], found: Floats) -> Floats:
    """Find the ramp seconds that give a capacity: between the tried ones on a straight line, else the nearest end."""
    order = np.argsort(found)
    return np.asarray(np.interp(capacity, found[order], np.asarray(tried_s)[order]), np.float64)


def draw_settings(posterior: Posterior, handover: Handover, found: Floats) -> tuple[list[str], list[list[Any]]]:
    """Write posterior draws as settings.

    Parameters
    ----------
    posterior : Posterior
    handover : Handover
    found : ndarray of float64, shape (tried,)
        Capacities of `handover.ramp_s`.

    Returns
    -------
    names : list of str
        Dotted settings.
    rows : list of list
        One a draw.
    """
    case, drawn = posterior.case, posterior.parameters
    days = [f"{handover.level}.{day}" for day in range(case.days)]
    columns: dict[str, Sequence[Any]] = {
        name: np.round(level, 1).tolist() for name, level in zip(days, drawn.level.T, strict=True)
    }
    columns[handover.night] = np.round(drawn.night, 4).tolist()
    ramp = ramp_seconds(drawn.capacity / handover.attained, handover.ramp_s, found)
    columns[handover.ramp] = np.round(ramp, 2).tolist()
    rng = np.random.Generator(np.random.Philox(key=case.settings.seed))
    for name, limits in handover.inbound.items():
        columns[name] = np.round(rng.uniform(limits.low, limits.high, len(drawn.capacity)), 1).tolist()
    known = len(case.settings.closed)
    for number, piece in enumerate(case.settings.piece):
        ends = handover.piece[piece]
        for names, hours in ((ends.start, drawn.closed_from), (ends.end, drawn.closed_to)):
            clock = [_clock(posterior, hour) for hour in hours[:, known + number].tolist()]
            columns |= dict.fromkeys(names, clock)
    places = list(case.settings.restriction)
    for name, reopening in handover.reopening.items():
        hours = _idle_until(posterior, places.index(name), reopening.others)
        clock = [_clock(posterior, hour) for hour in hours.tolist()]
        columns |= dict.fromkeys(reopening.end, clock)
    for name, setting in handover.headway.items():
        sailings = handover.headway_share * drawn.factor[:, places.index(name)] * drawn.capacity / drawn.per_sailing
        columns[setting] = np.round(60 * handover.headway_ports / sailings, 2).tolist()
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]


def _idle_until(posterior: Posterior, place: int, others: float) -> Floats:
    """Hour until which the ships of a closed port lie idle, so that its mean capacity share is the drawn one."""
    first, last = posterior.case.restricted[place]
    idle = (1 - posterior.parameters.factor[:, place]) / (1 - others)
    until: Floats = first + np.maximum(np.clip(idle, 0, 1) * (last - first), 1 / 60)
    return until


def _clock(posterior: Posterior, hour: float) -> str:
    """Local time to the minute."""
    moment = posterior.case.start + timedelta(minutes=round(60 * hour))
    return moment.isoformat(sep=" ", timespec="minutes")
