"""Ways without a ferry as steps: stops that a share of a class reaches after a travel time, and their arrivals."""

from collections.abc import Iterator, Sequence

from sim.scenario import Scenario, World, value_for
from sim.scenario.channel import Stop
from sim.scenario.custom import Arrivals, Exit, Select, Step, Travel

from .clock import simulation_start
from .places import pass_places


def stops_of(world: World, way: Sequence[Stop], vehicle: str) -> list[Stop]:
    """List the stops that some units of a class reach and have anything to do at."""
    return [s for s in way if world.checkpoint[s.place].takes(vehicle) and _share(s, vehicle) > 0]


def _share(stop: Stop, vehicle: str) -> float:
    """Share of a class that comes to a stop."""
    return value_for(stop.share, vehicle) or 0.0


def first_label(stops: Sequence[Stop], last: str) -> str:
    """Label of the first step of a way; `last` where it has no stop."""
    return f"to_{stops[0].place}" if stops else last


def follow_way(world: World, stops: Sequence[Stop], vehicle: str, last: str) -> Iterator[Step]:
    """Go from stop to stop.

    Parameters
    ----------
    world : World
    stops : sequence of Stop
        As from `stops_of`.
    vehicle : str
        Class.
    last : str
        Label of the step behind them.

    Yields
    ------
    Step
        The first of each stop has the label `to_<place>`. A share of 1 asks nobody.
    """
    for number, stop in enumerate(stops):
        steps = _come_to(world, stop, vehicle, first_label(stops[number + 1 :], last))
        yield next(steps).model_copy(update={"label": f"to_{stop.place}"})
        yield from steps


def _come_to(world: World, stop: Stop, vehicle: str, after: str) -> Iterator[Step]:
    """Reach one stop, or go on to what `after` labels."""
    share = _share(stop, vehicle)
    if share != 1:
        name = f"{stop.place}/reached"
        yield Select(do="select", name=name, ratio={vehicle: share}, place="", otherwise=after)
    law = value_for(stop.travel, vehicle) if stop.travel is not None else None
    if law is not None:
        yield Travel(do="travel", name=f"{stop.place}/way", time={vehicle: law})
    yield from pass_places(world, [stop.place], stop.site, vehicle, after)


def channel_route(world: World, name: str) -> Iterator[Step]:
    """Tell the way of a channel's units."""
    channel = world.channel[name]
    stops = stops_of(world, channel.way, channel.vehicle_class)
    yield from follow_way(world, stops, channel.vehicle_class, "out")
    yield Exit(do="exit", label="out")


def channel_arrivals(scenario: Scenario, world: World, name: str) -> Arrivals:
    """Tell when a channel's units arrive; its first site is where they do."""
    channel = world.channel[name]
    weights = channel.hour_weight
    first = simulation_start(scenario).hour
    calls = channel.per_day / channel.batch
    return Arrivals(
        vehicle_class=channel.vehicle_class,
        route=name,
        direction=channel.direction,
        origin=channel.way[0].site,
        destination=channel.way[-1].site,
        hourly_per_h=tuple(calls * weights[(first + hour) % 24] / sum(weights) for hour in range(24)),
        batch=channel.batch,
    )
