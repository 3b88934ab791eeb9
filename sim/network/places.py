"""One checkpoint as steps: primary for all, flags, selection, techniques in order, search, removal."""

from collections.abc import Iterator, Sequence

from sim.scenario import World, value_for
from sim.scenario.checkpoint import Station
from sim.scenario.custom import Alarm, Exit, Serve, Step

from .choosing import choose_at
from .detection import compiled_detects, compiled_false_alarms


def pass_places(world: World, names: Sequence[str], where: str, vehicle: str, last: str) -> Iterator[Step]:
    """Pass one place after the other.

    Parameters
    ----------
    world : World
    names : sequence of str
        Places that take the class (`Checkpoint.takes`), in order.
    where : str
        Port or site whose staff works there.
    vehicle : str
        Class.
    last : str
        Label of the step behind them.

    Yields
    ------
    Step
        The first of each place has the label `at_<place>`.
    """
    for name, following in zip(names, [*names[1:], None], strict=False):
        steps = _pass_place(world, name, (where, vehicle), f"at_{following}" if following else last)
        yield next(steps).model_copy(update={"label": f"at_{name}"})
        yield from steps


def _pass_place(world: World, name: str, who: tuple[str, str], after: str) -> Iterator[Step]:
    """Write the steps of one class at one place; `after` labels what comes behind it."""
    place, (where, vehicle) = world.checkpoint[name], who
    if place.primary:
        yield _serve(name, where, _lane(place.primary, vehicle), vehicle, None)
    techniques = place.techniques_for(vehicle)
    if not techniques:
        return
    team = _lane(place.search, vehicle)
    yield from choose_at(world, name, who, next(iter(techniques)), after)
    names = list(techniques)
    for technique, following in zip(names, [*names[1:], None], strict=True):
        no_alarm = f"{name}_{following}" if following else after
        then = f"{name}_{team[0]}"
        yield from _look(world, name, who, (technique, techniques[technique]), (then, no_alarm))
    yield from _look(world, name, who, team, (None, after))
    yield Exit(do="exit", removed=True)


def _look(
    world: World, name: str, who: tuple[str, str], technique: tuple[str, Station], leads: tuple[str | None, str]
) -> Iterator[Step]:
    """Serve at a technique's post, unless it is instant, and ask for its answer; `leads`: to on an alarm, without."""
    (station, settings), (where, vehicle) = technique, who
    label = f"{name}_{station}"
    if not settings.instant:
        yield _serve(name, where, technique, vehicle, label)
    figures = world.detection[station]
    yield Alarm(
        do="alarm",
        name=f"{name}/{station}",
        place=name,
        port=where,
        post=f"{where}/{name}/{station}",
        detects=compiled_detects(figures, world.vehicle),
        false_alarms=compiled_false_alarms(figures, world.vehicle),
        label=label if settings.instant else None,
        then=leads[0],
        otherwise=leads[1],
    )


def _lane(stations: dict[str, Station], vehicle: str) -> tuple[str, Station]:
    """Find the first lane that serves a class; validation has made sure of one."""
    return next((n, s) for n, s in stations.items() if s.classes is None or vehicle in s.classes)


def _serve(name: str, where: str, lane: tuple[str, Station], vehicle: str, label: str | None) -> Serve:
    station, settings = lane
    law = value_for(settings.service, vehicle)
    assert law is not None
    return Serve(
        do="serve", station=f"{where}/{name}/{station}", name=f"{name}/{station}", time={vehicle: law}, label=label
    )
