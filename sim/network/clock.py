"""Local time and ticks: where a scenario's window lies, daily shifts, timetables and closures as ticks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sim.scenario.base import hours_of_clock
from sim.scenario.checkpoint import Staff
from sim.scenario.scenario import Scenario
from sim.units import TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_SECOND, ticks_from_hours


def window_start(scenario: Scenario) -> datetime:
    """Local time at which the observed window starts."""
    if scenario.world is not None:
        return scenario.world.calendar.start
    return scenario.network.start  # type: ignore[union-attr]


def simulation_start(scenario: Scenario) -> datetime:
    """Local time of tick 0."""
    return window_start(scenario) - timedelta(hours=scenario.run.lead_in_h)


def simulated_dates(scenario: Scenario) -> list[date]:
    """List every date of which some moment is simulated."""
    run = scenario.run
    first = simulation_start(scenario)
    last = window_start(scenario) + timedelta(days=run.days, hours=run.lead_out_h) - timedelta(milliseconds=1)
    return [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]


def tick_of(moment: datetime, zero: datetime) -> int:
    """Tick of a local time, given the local time of tick 0 (negative before it)."""
    return (moment - zero) // timedelta(milliseconds=1000 // TICKS_PER_SECOND)


def clock_of(moment: datetime) -> int:
    """Ticks since midnight."""
    return tick_of(moment, datetime.combine(moment.date(), datetime.min.time()))


def daily_ticks(times: Iterable[str], clock: int, horizon: int) -> list[int]:
    """List the ticks in (0, horizon) at which the clock shows one of the times (HH:MM)."""
    first = [ticks_from_hours(hours_of_clock(time)) - clock for time in times]
    days = range(-1, horizon // TICKS_PER_DAY + 2)
    return sorted(t for day in days for t in (at + day * TICKS_PER_DAY for at in first) if 0 < t < horizon)


def shift_ticks(staff: Staff, clock: int, horizon: int) -> list[tuple[int, int]]:
    """List (tick, servers) of a station's shifts, the first at tick 0; shifts repeat daily."""
    if isinstance(staff, int):
        return [(0, staff)]
    order = sorted(staff, key=lambda shift: shift.start)
    hour = clock / TICKS_PER_HOUR
    now = [s for s in order if hours_of_clock(s.start) <= hour] or order
    changes = [(tick, shift.servers) for shift in order for tick in daily_ticks([shift.start], clock, horizon)]
    return _without_repeats([(0, now[-1].servers), *sorted(changes)])


def _without_repeats(changes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop a change to the number of servers that is in force already."""
    kept = [changes[0]]
    for change in changes[1:]:
        if change[1] != kept[-1][1]:
            kept.append(change)
    return kept
