"""The strait as stations and routes: a world is written out as a custom network.

A place is a gate or a line; a route is one class on one service in one direction: gate, lines at the origin,
ship, lines at the destination. Nothing here is known to the engine.
"""

from collections.abc import Iterator

from sim.scenario import World, value_for
from sim.scenario.checkpoint import Station
from sim.scenario.custom import Alarm, Arrivals, Board, CustomNetwork, CustomStation, Exit, Serve, Step
from sim.scenario.scenario import Scenario

from .choosing import choose_at
from .clock import simulation_start


def wire_strait(scenario: Scenario) -> CustomNetwork:
    """Write a world out as stations, ferries, routes and arrivals.

    Parameters
    ----------
    scenario : Scenario
        With a world.

    Returns
    -------
    CustomNetwork
        Station names are `port/place/station`; step names `place/station` are shared by all ports, so that a
        vehicle keeps its random marks whichever port it uses.
    """
    world = scenario.world
    assert world is not None
    trips = list(_trips(world))
    return CustomNetwork(
        kind="custom",
        start=world.calendar.start,
        classes=world.vehicle,
        stations=dict(_stations(world)),
        ports=world.port,
        ship_types=world.fleet,
        ferries=world.ferry,
        closures=world.calendar.closures,
        routes={"/".join(trip): tuple(_route(world, *trip)) for trip in trips},
        arrivals={"/".join(trip): _arrivals(scenario, world, trip) for trip in trips},
        prevalence_per_100k=world.threat.prevalence_per_100k,
        day_cv=world.demand.day_cv,
    )


Trip = tuple[str, str, str]
"""Ferry service, direction, vehicle class."""


def _trips(world: World) -> Iterator[Trip]:
    for ferry, demand in world.demand.service.items():
        for direction in ("inbound", "outbound"):
            for vehicle, share in world.demand.mix[demand.mix].items():
                if share > 0:
                    yield ferry, direction, vehicle


def ports_of(world: World, ferry: str, direction: str) -> tuple[str, str]:
    """Name origin and destination port of a trip."""
    a, b = world.ferry[ferry].ends
    north, south = (a, b) if world.port[a].shore == "north" else (b, a)
    return (north, south) if direction == "inbound" else (south, north)


def _stations(world: World) -> Iterator[tuple[str, CustomStation]]:
    for port, places in world.staffing.items():
        for place, staff in places.items():
            for name, settings in world.checkpoint[place].stations.items():
                yield (
                    f"{port}/{place}/{name}",
                    CustomStation(
                        port=port,
                        place=place,
                        servers=staff[name],
                        queue_limit=settings.queue_limit,
                        priority=settings.priority,
                        officers_per_server=settings.officers_per_server,
                    ),
                )


def _route(world: World, ferry: str, direction: str, vehicle: str) -> Iterator[Step]:
    """Tell one vehicle's way through the strait."""
    origin, destination = ports_of(world, ferry, direction)
    yield from _shore(world, _places(world, "origin", direction), origin, vehicle, "aboard")
    yield Board(do="board", ferry=ferry, origin=origin, label="aboard")
    yield from _shore(world, _places(world, "destination", direction), destination, vehicle, "out")
    yield Exit(do="exit", label="out")


def _places(world: World, at: str, direction: str) -> list[str]:
    """Name the places on one shore that vehicles of a direction pass, in order."""
    return [name for name, p in world.checkpoint.items() if p.at == at and direction in p.directions]


def _shore(world: World, places: list[str], port: str, vehicle: str, last: str) -> Iterator[Step]:
    """Pass one place after the other; `last` labels the step behind them."""
    for name, following in zip(places, [*places[1:], None], strict=False):
        yield from _pass_place(world, name, (port, vehicle), f"at_{following}" if following else last)


def _pass_place(world: World, name: str, who: tuple[str, str], after: str) -> Iterator[Step]:
    """Primary for all; flags; selection; techniques in order; search on an alarm; removal when it finds something."""
    place, (port, vehicle) = world.checkpoint[name], who
    yield _serve(name, port, _lane(place.primary, vehicle), vehicle, f"at_{name}")
    techniques = {n: s for n, s in place.secondary.items() if s.classes is None or vehicle in s.classes}
    if not techniques:
        return
    yield from choose_at(world, name, who, next(iter(techniques)), after)
    team = _lane(place.search, vehicle)
    names = list(techniques)
    for technique, following in zip(names, [*names[1:], None], strict=True):
        yield _serve(name, port, (technique, techniques[technique]), vehicle, f"{name}_{technique}")
        no_alarm = f"{name}_{following}" if following else after
        yield _alarm(world, name, technique, then=f"{name}_{team[0]}", otherwise=no_alarm)
    yield _serve(name, port, team, vehicle, f"{name}_{team[0]}")
    yield _alarm(world, name, team[0], then=None, otherwise=after)
    yield Exit(do="exit", removed=True)


def _lane(stations: dict[str, Station], vehicle: str) -> tuple[str, Station]:
    """Find the first lane that serves a class; validation has made sure of one."""
    return next((n, s) for n, s in stations.items() if s.classes is None or vehicle in s.classes)


def _serve(name: str, port: str, lane: tuple[str, Station], vehicle: str, label: str) -> Serve:
    station, settings = lane
    law = value_for(settings.service, vehicle)
    assert law is not None
    return Serve(
        do="serve", station=f"{port}/{name}/{station}", name=f"{name}/{station}", time={vehicle: law}, label=label
    )


def _alarm(world: World, name: str, technique: str, then: str | None, otherwise: str) -> Alarm:
    figures = world.detection[technique]
    return Alarm(
        do="alarm",
        name=f"{name}/{technique}",
        detects=figures.detects,
        false_alarms=figures.false_alarms,
        then=then,
        otherwise=otherwise,
    )


def _arrivals(scenario: Scenario, world: World, trip: Trip) -> Arrivals:
    ferry, direction, vehicle = trip
    origin, destination = ports_of(world, ferry, direction)
    return Arrivals(
        vehicle_class=vehicle,
        route="/".join(trip),
        direction="inbound" if direction == "inbound" else "outbound",
        origin=origin,
        destination=destination,
        hourly_per_h=tuple(_hourly(scenario, world, trip)),
    )


def _hourly(scenario: Scenario, world: World, trip: Trip) -> list[float]:
    """List the expected arrivals of each hour from the start of the simulation on; they repeat."""
    ferry, direction, vehicle = trip
    demand = world.demand
    origin, _ = ports_of(world, ferry, direction)
    if any(count.port == origin for count in demand.counts):
        return _counted(scenario, world, trip)
    weights = value_for(demand.hour_weight, vehicle)
    assert weights is not None
    day = getattr(demand.vehicles_per_day, direction) * _share(world, trip)
    first = simulation_start(scenario).hour
    return [day * weights[(first + hour) % 24] / sum(weights) for hour in range(24)]


def _share(world: World, trip: Trip) -> float:
    """Share of a direction's vehicles that makes this trip."""
    ferry, direction, vehicle = trip
    service = world.demand.service[ferry]
    share: float = getattr(service.share, direction)
    return share * world.demand.mix[service.mix].get(vehicle, 0.0)


def _counted(scenario: Scenario, world: World, trip: Trip) -> list[float]:
    """List the planner's counts of a trip's port and class, divided among the services that carry the class."""
    ferry, direction, vehicle = trip
    origin, _ = ports_of(world, ferry, direction)
    rivals = [f for f in world.ferry if origin in world.ferry[f].ends]
    total = sum(_share(world, (f, direction, vehicle)) for f in rivals)
    counts = world.demand.counts
    hours = 1 + max(count.hour for count in counts)
    listed = [0.0] * hours
    for count in counts:
        if count.port == origin and count.vehicle_class == vehicle and total > 0:
            listed[(count.hour + scenario.run.lead_in_h) % hours] += count.vehicles * _share(world, trip) / total
    return listed
