"""The strait as stations and routes: a world is written out as a custom network.

A place is a gate or a checkpoint; a route is one class on one service in one direction: gate, places at the origin,
ship, places at the destination, stops on the island; or the way of a channel. Nothing here is known to the engine.
"""

from collections.abc import Iterator, Sequence

from sim.errors import Fault, ScenarioError
from sim.scenario import World, value_for
from sim.scenario.custom import Arrivals, Board, CustomNetwork, CustomStation, Exit, Step
from sim.scenario.scenario import Scenario

from .channels import channel_arrivals, channel_route, first_label, follow_way, stops_of
from .clock import simulated_dates, simulation_start
from .places import pass_places
from .season import DayFactor, day_factors


def wire_strait(scenario: Scenario) -> CustomNetwork:
    """Write a world out as stations, ferries, routes and arrivals.

    Parameters
    ----------
    scenario : Scenario
        With a world.

    Returns
    -------
    CustomNetwork
        Station names are `port/place/station` (or `site/place/station`); step names `place/station` are shared by all
        ports, so that a vehicle keeps its random marks whichever port it uses. A channel's stream has its name.
    """
    world = scenario.world
    assert world is not None
    trips = list(_trips(world))
    routes = {"/".join(trip): tuple(_route(world, *trip)) for trip in trips}
    arrivals = {"/".join(trip): _arrivals(scenario, world, trip) for trip in trips}
    arrivals |= dict(_backlog(scenario, world, trips))
    return CustomNetwork(
        kind="custom",
        start=world.calendar.start,
        classes=world.vehicle,
        stations=dict(_stations(world)),
        ports=world.port,
        ship_types=world.fleet,
        ferries=world.ferry,
        closures=world.calendar.closures,
        weather=world.calendar.weather,
        routes=routes | {name: tuple(channel_route(world, name)) for name in world.channel},
        arrivals=arrivals | {name: channel_arrivals(scenario, world, name) for name in world.channel},
        prevalence_per_100k=world.threat.prevalence_per_100k,
        concealment=world.threat.concealment,
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
            for name, settings in world.checkpoint[place].posts.items():
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
    stops = stops_of(world, world.onward, vehicle) if direction == "inbound" else []
    yield from pass_places(world, _places(world, "origin", direction, vehicle), origin, vehicle, "aboard")
    yield Board(do="board", ferry=ferry, origin=origin, label="aboard")
    ashore = _places(world, "destination", direction, vehicle)
    yield from pass_places(world, ashore, destination, vehicle, first_label(stops, "out"))
    yield from follow_way(world, stops, vehicle, "out")
    yield Exit(do="exit", label="out")


def _places(world: World, at: str, direction: str, vehicle: str) -> list[str]:
    """Name the places on one shore that a class of one direction passes, in order."""
    places = world.checkpoint.items()
    return [name for name, p in places if p.at == at and direction in p.directions and p.takes(vehicle)]


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


def _backlog(scenario: Scenario, world: World, trips: Sequence[Trip]) -> Iterator[tuple[str, Arrivals]]:
    """Yield a stream for each part of the backlog, all at the first tick; the largest fractions are rounded up."""
    for port, vehicles in world.demand.backlog.items():
        here = [trip for trip in trips if ports_of(world, *trip[:2])[0] == port]
        weights = [_days(scenario, trip)[0] for trip in here]
        if vehicles and not sum(weights):
            raise ScenarioError(Fault(f"demand.backlog.{port}", "must be 0 where no traffic departs", vehicles))
        exact = [vehicles * weight / sum(weights) for weight in weights] if vehicles else []
        whole = [int(part) for part in exact]
        order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
        for i in order[: vehicles - sum(whole)]:
            whole[i] += 1
        for trip, number in zip(here, whole, strict=False):
            if number:
                stream = _arrivals(scenario, world, trip).model_copy(
                    update={"hourly_per_h": None, "times_s": (0.0,) * number}
                )
                yield f"backlog/{'/'.join(trip)}", stream


def _hourly(scenario: Scenario, world: World, trip: Trip) -> list[float]:
    """List the expected arrivals of each hour from the start of the simulation on; they repeat."""
    ferry, direction, vehicle = trip
    demand = world.demand
    origin, _ = ports_of(world, ferry, direction)
    if any(count.port == origin for count in demand.counts):
        return _counted(scenario, world, trip)
    weights = value_for(demand.hour_weight, vehicle)
    assert weights is not None
    start = simulation_start(scenario)
    total = getattr(demand.vehicles_per_day, direction)
    floor, mean = demand.hour_floor, sum(weights) / 24
    raised = [floor * mean + (1 - floor) * weight for weight in weights]
    listed = [total * share * weight / sum(raised) for share in _days(scenario, trip) for weight in raised]
    return listed[start.hour :] + listed[: start.hour]


def _days(scenario: Scenario, trip: Trip) -> list[float]:
    """List what share of a direction's mean day makes this trip on each day that is simulated; they repeat."""
    assert scenario.world is not None
    season, daily = scenario.world.demand.season, scenario.world.demand.daily
    vehicles = getattr(daily, trip[1]) if daily is not None else ()
    if vehicles:
        first = scenario.world.calendar.start.date()
        places = [(day - first).days for day in simulated_dates(scenario)]
        mean = getattr(scenario.world.demand.vehicles_per_day, trip[1])
        return [_share(scenario.world, trip) * vehicles[min(max(p, 0), len(vehicles) - 1)] / mean for p in places]
    if season is None:
        return [_share(scenario.world, trip)]
    factors = day_factors(season, trip[1], simulated_dates(scenario))
    return [_share_on(scenario.world, trip, factor) for factor in factors]


def _share_on(world: World, trip: Trip, factor: DayFactor) -> float:
    """Share of a direction's mean day that makes this trip on a day with such factors."""
    ferry, direction, vehicle = trip
    service = world.demand.service[ferry]
    season = world.demand.season
    assert season is not None
    special = season.festival.mix.get(service.mix) if season.festival is not None else None
    if special is None:
        return factor.usual * _share(world, trip)
    usual, festive = (world.demand.mix[mix].get(vehicle, 0.0) for mix in (service.mix, special))
    share: float = getattr(service.share, direction)
    return factor.festive * share * (usual + factor.mix_share * (festive - usual))


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
