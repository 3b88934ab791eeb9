"""Rules that span parts of a custom network: every name leads somewhere, everything fits where it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sim.errors import Fault

from .base import ANY, value_for
from .concealment import concealment_faults, detection_level_faults
from .consistency import known_names
from .policy import Exemption, Risk

if TYPE_CHECKING:
    from .custom import Board, CustomNetwork, Select


def custom_faults(network: CustomNetwork) -> Iterator[Fault]:
    """Yield every fault that only shows when parts of a custom network are held against each other."""
    for name in network.ferries:
        yield from _ferry_faults(network, name)
    for name, station in network.stations.items():
        yield from _classes(network, f"network.stations.{name}.priority", station.priority)
    yield from _classes(network, "network.prevalence_per_100k", network.prevalence_per_100k)
    yield from concealment_faults("network.concealment", network.concealment, network.classes)
    for number, closure in enumerate(network.closures):
        yield from known_names(f"network.closures.{number}.ports", closure.ports or (), network.ports)
    for name, source in network.arrivals.items():
        yield from known_names(f"network.arrivals.{name}.route", [source.route], network.routes)
        yield from known_names(f"network.arrivals.{name}.class", [source.vehicle_class], network.classes)
    for name in network.routes:
        yield from _route_faults(network, name)


def _classes(network: CustomNetwork, field: str, given: Collection[str]) -> Iterator[Fault]:
    yield from known_names(field, [name for name in given if name != ANY], network.classes)


def _ferry_faults(network: CustomNetwork, name: str) -> Iterator[Fault]:
    service = network.ferries[name]
    field = f"network.ferries.{name}"
    yield from known_names(f"{field}.ends", service.ends, network.ports)
    yield from known_names(f"{field}.ships", service.ships, network.ship_types)
    yield from known_names(f"{field}.departure", [p for p in service.departure if p != ANY], service.ends)
    if len(set(service.ends)) == 1:
        yield Fault(f"{field}.ends", "must be two different ports", " and ".join(service.ends))
    if sum(service.ships.values()) == 0:
        yield Fault(f"{field}.ships", "must have at least one ship", 0)
    for end in service.ends:
        if value_for(service.departure, end) is None:
            yield Fault(f"{field}.departure", f"must cover port {end!r}", ", ".join(service.departure))
    for key in ("load_s", "unload_s", "boarding_rank"):
        yield from _classes(network, f"{field}.{key}", getattr(service, key))


def _route_faults(network: CustomNetwork, name: str) -> Iterator[Fault]:
    field = f"network.routes.{name}"
    steps = network.routes[name]
    users = {a.vehicle_class for a in network.arrivals.values() if a.route == name} & set(network.classes)
    stations = [step.station for step in steps if step.do == "serve"]
    for station in sorted({s for s in stations if stations.count(s) > 1}):
        yield Fault(field, "must visit each station at most once", station)
    labels = [step.label for step in steps]
    for number, step in enumerate(steps):
        here = f"{field}.{number}"
        if step.label is not None and step.label in labels[:number]:
            yield Fault(f"{here}.label", "must differ from the labels of earlier steps", step.label)
        for key in ("time", "ratio", "detects", "false_alarms"):
            yield from _classes(network, f"{here}.{key}", getattr(step, key, ()))
        if step.do == "serve":
            yield from known_names(f"{here}.station", [step.station], network.stations)
        if step.do == "select":
            earlier = [other.name for other in steps[:number] if other.do == "select"]
            yield from _select_faults(network, here, step, earlier)
        if step.do == "alarm":
            yield from detection_level_faults(f"{here}.detects", step.detects, network.concealment, sorted(users))
        if step.do == "board":
            yield from _board_faults(network, here, step, sorted(users))


def _select_faults(network: CustomNetwork, field: str, step: Select, earlier: list[str]) -> Iterator[Fault]:
    """Refuse stations that are not there, what needs a line of the strait, and exemptions after what comes later."""
    if step.full_station is not None:
        yield from known_names(f"{field}.full_station", [step.full_station], network.stations)
    if step.relief is not None:
        yield from known_names(f"{field}.relief.station", [step.relief.station], network.stations)
    for name, sampling in step.ratio.items():
        if isinstance(sampling, Risk):
            rule = "must not be risk in a custom network: put an alarm step with the shares before the select"
            yield Fault(f"{field}.ratio.{name}.rule", rule, sampling.rule)
        if isinstance(sampling, Exemption):
            yield from known_names(f"{field}.ratio.{name}.after", [sampling.after], earlier)


def _board_faults(network: CustomNetwork, field: str, step: Board, users: list[str]) -> Iterator[Fault]:
    """Check that the ferry sails from there, takes the classes that come, and has room for one of each."""
    yield from known_names(f"{field}.ferry", [step.ferry], network.ferries)
    if step.ferry not in network.ferries:
        return
    service = network.ferries[step.ferry]
    yield from known_names(f"{field}.origin", [step.origin], service.ends)
    fleet = [kind for kind, n in service.ships.items() if n and kind in network.ship_types]
    decks = [network.ship_types[kind].deck_m for kind in fleet]
    yard = network.ports[step.origin].yard_m if step.origin in network.ports else None
    for name in users:
        length = network.classes[name].deck_m
        for key in ("load_s", "unload_s"):
            if value_for(getattr(service, key), name) is None:
                yield Fault(f"network.ferries.{step.ferry}.{key}", f"must cover class {name!r}", "nothing")
        if decks and length > min(decks):
            rule = f"must fit on the ships of {step.ferry} ({min(decks)} m)"
            yield Fault(f"network.classes.{name}.deck_m", rule, length)
        if yard is not None and yard < length:
            yield Fault(f"network.ports.{step.origin}.yard_m", f"must hold one {name} ({length} m)", yard)
