"""What a season must fit: the mixes of classes, and the dates that are simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sim.errors import Fault

from .base import ANY
from .consistency import known_names
from .holidays import HOLIDAYS, KNOWN_YEARS

if TYPE_CHECKING:
    from .run import Run
    from .scenario import World


def season_faults(world: World, run: Run) -> Iterator[Fault]:
    """Yield what does not fit the season of the demand; nothing without one."""
    season = world.demand.season
    if season is None:
        return
    start = world.calendar.start
    first = start - timedelta(hours=run.lead_in_h)
    last = start + timedelta(days=run.days, hours=run.lead_out_h) - timedelta(microseconds=1)
    given = {row.year for row in season.years}
    for year in range(first.year, last.year + 1):
        if not KNOWN_YEARS[0] <= year <= KNOWN_YEARS[1]:
            known = f"{KNOWN_YEARS[0]} to {KNOWN_YEARS[1]}"
            rule = f"must lie, lead-in and lead-out included, in years whose holidays are known ({known})"
            yield Fault("calendar.start", rule, year)
        elif year not in given:
            yield Fault("demand.season.years", "must cover every year that is simulated", f"none for {year}")
    yield from known_names("demand.season.holiday", [name for name in season.holiday if name != ANY], HOLIDAYS)
    yield from _mix_faults(world)


def _mix_faults(world: World) -> Iterator[Fault]:
    """A festival mix may leave classes out, but not bring new ones."""
    demand = world.demand
    festival = demand.season.festival if demand.season is not None else None
    for usual, special in (festival.mix if festival is not None else {}).items():
        field = f"demand.season.festival.mix.{usual}"
        for name in (usual, special):
            if name not in demand.mix:
                yield Fault(field, f"must join two of {', '.join(demand.mix)}", name)
        if usual in demand.mix and special in demand.mix:
            for vehicle, share in demand.mix[special].items():
                if share > 0 and not demand.mix[usual].get(vehicle):
                    yield Fault(field, f"must have no class that {usual} has not", vehicle)
