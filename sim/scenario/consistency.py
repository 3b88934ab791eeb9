"""Rules that span several parts of a world: every name leads somewhere, every class is served everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sim.errors import Fault

from .base import ANY, value_for
from .channel import Stop
from .concealment import concealment_faults, detection_level_faults
from .faults import nearest
from .policy import Exemption

if TYPE_CHECKING:
    from .checkpoint import Checkpoint, Station
    from .information import Information
    from .run import Adaptation
    from .scenario import World


def world_faults(world: World) -> Iterator[Fault]:
    """Yield every fault that only shows when parts of a world are held against each other."""
    yield from _ferry_faults(world)
    yield from _demand_faults(world)
    for name, place in world.checkpoint.items():
        yield from _place_faults(world, name, place)
    yield from _sampling_faults(world)
    yield from _information_faults(world)
    yield from _staffing_faults(world)
    yield from by_class(world, "threat.prevalence_per_100k", world.threat.prevalence_per_100k)
    if world.threat.adaptation is not None:
        yield from _adaptation_faults(world.threat.adaptation, world.vehicle)
    yield from concealment_faults("threat.concealment", world.threat.concealment, world.vehicle)
    yield from by_class(world, "cost.delay_vehicle_hour_cny", world.cost.delay_vehicle_hour_cny)
    for number, closure in enumerate(world.calendar.closures):
        yield from known_names(f"calendar.closures.{number}.ports", closure.ports or (), world.port)


def known_names(field: str, given: Collection[str], allowed: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each given name that is not allowed."""
    for name in given:
        if name not in allowed:
            yield Fault(field, f"must name one of {', '.join(allowed) or 'none'}{nearest(name, allowed)}", name)


def by_class(
    world: World,
    field: str,
    given: Collection[str],
    needed: Collection[str] = (),
    rule: str = "must cover class",
) -> Iterator[Fault]:
    """Check the keys of a by-class mapping: known classes, and none of `needed` left out."""
    yield from known_names(field, [name for name in given if name != ANY], world.vehicle)
    for name in needed:
        if name not in given and ANY not in given:
            yield Fault(field, f"{rule} {name!r}", f"only {', '.join(given) or 'none'}")


def _adaptation_faults(adaptation: Adaptation, vehicles: Collection[str]) -> Iterator[Fault]:
    """Check that the shares are a distribution, and that classes and a reference cover the same channels."""
    field = "threat.adaptation"
    total = adaptation.outside_share + sum(adaptation.share.values())
    if abs(total - 1) > 1e-9:
        yield Fault(f"{field}.share", "must add up to 1 with outside_share", f"{total:g}")
    by_channel: dict[str, Collection[str]] = {"classes": adaptation.classes}
    if adaptation.reference is not None:
        by_channel["reference"] = adaptation.reference
    for name, given in by_channel.items():
        yield from known_names(f"{field}.{name}", given, adaptation.share)
        for channel in adaptation.share:
            if channel not in given:
                yield Fault(f"{field}.{name}", f"must cover channel {channel!r}", f"only {', '.join(given) or 'none'}")
    for channel, classes in adaptation.classes.items():
        yield from known_names(f"{field}.classes.{channel}", classes, vehicles)
    everyone = [vehicle for classes in adaptation.classes.values() for vehicle in classes]
    for vehicle in dict.fromkeys(v for v in everyone if everyone.count(v) > 1):
        yield Fault(f"{field}.classes", "must name each class once", vehicle)


def _ferry_faults(world: World) -> Iterator[Fault]:
    sailed: set[str] = set()
    for name, service in world.ferry.items():
        field = f"ferry.{name}"
        yield from known_names(f"{field}.ends", service.ends, world.port)
        yield from known_names(f"{field}.ships", service.ships, world.fleet)
        yield from known_names(f"{field}.departure", [p for p in service.departure if p != ANY], service.ends)
        shores = {world.port[end].shore for end in service.ends if end in world.port}
        if len(shores) == 1:
            yield Fault(f"{field}.ends", "must join the north and the south shore", " and ".join(service.ends))
        if sum(service.ships.values()) == 0:
            yield Fault(f"{field}.ships", "must have at least one ship", 0)
        else:
            sailed.update(service.ends)
        for end in service.ends:
            if value_for(service.departure, end) is None:
                yield Fault(f"{field}.departure", f"must cover port {end!r}", ", ".join(service.departure))
        classes = _classes_of(world, name)
        yield from by_class(world, f"{field}.load_s", service.load_s, classes)
        yield from by_class(world, f"{field}.unload_s", service.unload_s, classes)
        yield from by_class(world, f"{field}.boarding_rank", service.boarding_rank)
        yield from _deck_faults(world, name, classes)
    for port, settings in world.port.items():
        if port not in sailed:
            yield Fault(f"port.{port}.berths", "must be sailed to by a service with a ship", settings.berths)


def _deck_faults(world: World, name: str, classes: Collection[str]) -> Iterator[Fault]:
    """Check that a class fits on every ship of its service and into the yards of its ports."""
    service = world.ferry[name]
    decks = [world.fleet[kind].deck_m for kind, n in service.ships.items() if n and kind in world.fleet]
    yards = [(f"port.{end}.yard_m", world.port[end].yard_m) for end in service.ends if end in world.port]
    for vehicle in classes:
        length = world.vehicle[vehicle].deck_m
        if decks and length > min(decks):
            yield Fault(f"vehicle.{vehicle}.deck_m", f"must fit on the ships of {name} ({min(decks)} m)", length)
        for field, yard in yards:
            if yard is not None and yard < length:
                yield Fault(field, f"must hold one {vehicle} ({length} m)", yard)


def _classes_of(world: World, service: str) -> list[str]:
    """List the classes that use a service."""
    demand = world.demand.service.get(service)
    mix = world.demand.mix.get(demand.mix, {}) if demand else {}
    return [name for name, share in mix.items() if share > 0 and name in world.vehicle]


def _demand_faults(world: World) -> Iterator[Fault]:
    demand = world.demand
    yield from known_names("demand.service", demand.service, world.ferry)
    for name in world.ferry:
        if name not in demand.service:
            yield Fault("demand.service", f"must give the share of service {name!r}", ", ".join(demand.service))
    used = {name for mix in demand.mix.values() for name in mix}
    for name, mix in demand.mix.items():
        yield from known_names(f"demand.mix.{name}", mix, world.vehicle)
    yield from by_class(world, "demand.hour_weight", demand.hour_weight, sorted(used & set(world.vehicle)))
    yield from known_names("demand.backlog", demand.backlog, world.port)
    yield from known_names("demand.counts.port", sorted({c.port for c in demand.counts}), world.port)
    yield from known_names("demand.counts.class", sorted({c.vehicle_class for c in demand.counts}), world.vehicle)


def _place_faults(world: World, name: str, place: Checkpoint) -> Iterator[Fault]:
    field = f"checkpoint.{name}"
    yield from known_names(f"{field}.classes", place.classes or (), world.vehicle)
    if place.line and world.line:
        yield from known_names(f"{field}.line", [place.line], world.line)
    used = classes_at(world, name)
    if place.primary:
        yield from _stage_faults(world, f"{field}.primary", place.primary, sorted(used))
    for station, settings in {**place.secondary, **place.search}.items():
        yield from _station_faults(world, f"{field}.{station}", settings)
        yield from _detection_faults(world, station, settings)
    names = [*place.primary, *place.secondary, *place.search]
    for station in {s for s in names if names.count(s) > 1}:
        yield Fault(field, "must use each station name once", station)
    if place.search:
        inspected = sorted(c for c in used if place.techniques_for(c))
        yield from _stage_faults(world, f"{field}.search", place.search, inspected)


def _stage_faults(world: World, field: str, lanes: dict[str, Station], needed: list[str]) -> Iterator[Fault]:
    """Each needed class must find a lane of the stage, with a service time there."""
    for lane, settings in lanes.items():
        yield from _station_faults(world, f"{field}.{lane}", settings)
    for vehicle in needed:
        if not any(s.classes is None or vehicle in s.classes for s in lanes.values()):
            yield Fault(field, f"must have a lane for class {vehicle!r}", ", ".join(lanes))


def _station_faults(world: World, field: str, settings: Station) -> Iterator[Fault]:
    yield from known_names(f"{field}.classes", settings.classes or (), world.vehicle)
    served = [c for c in (settings.classes or world.vehicle) if c in world.vehicle]
    if not settings.instant:
        yield from by_class(world, f"{field}.service", settings.service, served, "must give a service time for class")
    yield from by_class(world, f"{field}.priority", settings.priority)


def _detection_faults(world: World, station: str, settings: Station) -> Iterator[Fault]:
    if station not in world.detection:
        yield Fault("detection", f"must describe technique {station!r}", ", ".join(world.detection))
        return
    served = [c for c in (settings.classes or world.vehicle) if c in world.vehicle]
    technique = world.detection[station]
    yield from by_class(world, f"detection.{station}.detects", technique.detects, served)
    yield from by_class(world, f"detection.{station}.false_alarms", technique.false_alarms, served)
    levels = world.threat.concealment
    yield from detection_level_faults(f"detection.{station}.detects", technique.detects, levels, served)


def _sampling_faults(world: World) -> Iterator[Fault]:
    lines = [name for name, place in world.checkpoint.items() if place.secondary]
    yield from known_names("sampling", world.sampling, lines)
    for line in lines:
        if line not in world.sampling:
            yield Fault("sampling", f"must give the ratios of line {line!r}", ", ".join(world.sampling) or "none")
            continue
        yield from by_class(world, f"sampling.{line}", world.sampling[line], _inspected_at(world, line))
        for vehicle, sampling in world.sampling[line].items():
            if isinstance(sampling, Exemption):
                earlier = [name for name in lines if _comes_before(world, name, line)]
                yield from known_names(f"sampling.{line}.{vehicle}.after", [sampling.after], earlier)


def _inspected_at(world: World, line: str) -> list[str]:
    """List the classes that some technique of a line serves."""
    place, used = world.checkpoint[line], classes_at(world, line)
    return [c for c in world.vehicle if c in used and place.techniques_for(c)]


def _comes_before(world: World, earlier: str, line: str) -> bool:
    """Tell whether vehicles that pass both lines pass one before the other."""
    one, other = world.checkpoint[earlier], world.checkpoint[line]
    if not classes_at(world, earlier) & classes_at(world, line) or earlier == line:
        return False
    if not set(one.directions) & set(other.directions):
        return False
    if one.at != other.at:
        order = ["origin", "destination", "island"]
        return order.index(one.at) < order.index(other.at)
    places = list(world.checkpoint)
    return places.index(earlier) < places.index(line)


def _information_faults(world: World) -> Iterator[Fault]:
    lines = [name for name, place in world.checkpoint.items() if place.secondary]
    yield from known_names("information", world.information, lines)
    for line, system in world.information.items():
        if line in lines:
            for key in ("sensitivity", "specificity", "ratio"):
                needed = _inspected_at(world, line)
                yield from by_class(world, f"information.{line}.{key}", getattr(system, key), needed)
            yield from _specificity_faults(world, line, system)


def _specificity_faults(world: World, line: str, system: Information) -> Iterator[Fault]:
    """Where carriers are flagged innocents must be too: what flagged carriers meet is read off flagged innocents."""
    for key in dict.fromkeys(key for key in system.specificity if key == ANY or key in world.vehicle):
        named = [key] if key != ANY else [c for c in world.vehicle if c not in system.specificity]
        if system.specificity[key] == 1 and any(value_for(system.sensitivity, c) for c in named):
            rule = "must be less than 1 where sensitivity is more than 0"
            yield Fault(f"information.{line}.specificity.{key}", rule, system.specificity[key])


def _staffing_faults(world: World) -> Iterator[Fault]:
    """Every station that some unit can reach needs staff, and staff needs such a station."""
    needed = set(required_staff(world))
    given = {
        (port, place, station)
        for port, places in world.staffing.items()
        for place, stations in places.items()
        for station in stations
    }
    for port, place, station in sorted(given - needed):
        options = sorted(".".join(key) for key in needed)
        hint = nearest(f"{port}.{place}.{station}", options)
        yield Fault(f"staffing.{port}.{place}.{station}", f"must name a station that vehicles reach{hint}", station)
    for port, place, station in sorted(needed - given):
        yield Fault(f"staffing.{port}.{place}.{station}", "must be given", "nothing")


def required_staff(world: World) -> Iterator[tuple[str, str, str]]:
    """Yield (port or site, place, station) of every station that vehicles can reach."""
    ferried = ferried_classes(world)
    for name, place in world.checkpoint.items():
        if any(place.takes(c) for c in ferried):
            for port, settings in world.port.items():
                leaving = "inbound" if settings.shore == "north" else "outbound"
                arriving = "outbound" if settings.shore == "north" else "inbound"
                passing = {"origin": leaving, "destination": arriving}.get(place.at)
                if passing in place.directions:
                    for station in place.posts:
                        yield port, name, station
    for stop in {(s.site, s.place) for s, _ in stops_with_classes(world)}:
        for station in world.checkpoint[stop[1]].posts:
            yield *stop, station


def ferried_classes(world: World) -> set[str]:
    """Classes that some ferry service carries."""
    return {c for service in world.ferry for c in _classes_of(world, service)}


def stops_with_classes(world: World) -> Iterator[tuple[Stop, list[str]]]:
    """Yield every stop at a known place with the classes that may be sent there."""
    ways = [(world.onward, sorted(ferried_classes(world)))]
    ways += [(channel.way, [channel.vehicle_class]) for channel in world.channel.values()]
    for way, classes in ways:
        for stop in way:
            if stop.place in world.checkpoint:
                yield stop, [c for c in classes if c in world.vehicle]


def classes_at(world: World, name: str) -> set[str]:
    """Classes that some vehicle or unit of passes a place."""
    place = world.checkpoint[name]
    coming = ferried_classes(world) if place.at != "island" else set()
    for stop, classes in stops_with_classes(world):
        if stop.place == name:
            coming |= set(classes)
    return {c for c in coming if place.takes(c)}
