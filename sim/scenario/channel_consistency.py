"""Rules of stops, channels and strengthenings: names lead somewhere, channels have classes of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.errors import Fault

from .consistency import by_class, ferried_classes, known_names

if TYPE_CHECKING:
    from .channel import Stop
    from .scenario import World


def way_faults(world: World) -> Iterator[Fault]:
    """Yield every fault of sites, stops and channels held against the rest of a world."""
    for name in world.site:
        if name in world.port:
            yield Fault(f"site.{name}", "must not have the name of a port", name)
    ferried = sorted(ferried_classes(world))
    yield from _stops_faults(world, "onward", world.onward, ferried)
    for stop in world.onward:
        place = world.checkpoint.get(stop.place)
        if place is not None and place.at != "island":
            yield Fault(f"checkpoint.{stop.place}.at", "must be 'island' where onward vehicles stop", place.at)
    taken: dict[str, str] = {}
    for name, channel in world.channel.items():
        field, vehicle = f"channel.{name}", channel.vehicle_class
        yield from known_names(f"{field}.class", [vehicle], world.vehicle)
        if vehicle in ferried:
            yield Fault(f"{field}.class", "must be a class that no ferry carries", vehicle)
        if vehicle in taken:
            yield Fault(f"{field}.class", f"must not be that of channel {taken[vehicle]!r}", vehicle)
        taken[vehicle] = name
        yield from _stops_faults(world, f"{field}.way", channel.way, [vehicle])
        for number, stop in enumerate(channel.way):
            place = world.checkpoint.get(stop.place)
            if place is not None and vehicle in world.vehicle and not place.takes(vehicle):
                yield Fault(f"{field}.way.{number}.place", f"must lead to a place that takes {vehicle!r}", stop.place)


def strengthening_faults(world: World) -> Iterator[Fault]:
    """Yield every fault of what the strengthenings cover: groups of settings, each in one."""
    groups, taken = [name for name in type(world).model_fields if name != "strengthening"], set[str]()
    for name, strengthening in world.strengthening.items():
        field = f"strengthening.{name}.covers"
        yield from known_names(field, strengthening.covers, groups)
        for group in strengthening.covers:
            if group in taken:
                yield Fault(field, "must name each group of settings once", group)
            taken.add(group)


def _stops_faults(world: World, field: str, way: Sequence[Stop], classes: Sequence[str]) -> Iterator[Fault]:
    places = [stop.place for stop in way]
    for number, stop in enumerate(way):
        here = f"{field}.{number}"
        yield from known_names(f"{here}.place", [stop.place], world.checkpoint)
        yield from known_names(f"{here}.site", [stop.site], world.site)
        if stop.place in places[:number]:
            yield Fault(f"{here}.place", "must lead to each place at most once", stop.place)
        place = world.checkpoint.get(stop.place)
        coming = [c for c in classes if c in world.vehicle and (place is None or place.takes(c))]
        yield from by_class(world, f"{here}.share", stop.share, coming)
        if stop.travel is not None:
            yield from by_class(world, f"{here}.travel", stop.travel, coming)
