"""What one more of something buys: a point of ratio, a post, a team, each tried alone on the same random numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.metrics import paired_difference
from sim.metrics.catalogue import ALL
from sim.scenario import Scenario
from sim.scenario.scenario import World

from .simulate import Result

POINT = 0.01
"""One more point of sampling ratio."""

COLUMNS = ("change", "line", "port", "station", "figure", "unit", "base", "changed", "difference", "low", "high", "n")
FIGURES = ("expected_interception", "expected_finds", "inspection_delay", "officer_hours", "cost")


@dataclass(frozen=True)
class Change:
    """A scenario with one thing more."""

    kind: str
    """`ratio`, `post` (a technique's) or `team` (of the search)"""
    line: str
    """the place"""
    port: str
    """where the post or team is added; `all` for a ratio"""
    station: str
    scenario: Scenario


def single_changes(base: Result) -> Iterator[Change]:
    """List what can be raised by one, place after place.

    Parameters
    ----------
    base : Result
        Of a scenario with a world; its utilisations tell at which port a post is added: the busiest.

    Yields
    ------
    Change
        One point of ratio for all classes of a place; one server of each technique and of each search.
    """
    scenario = base.scenario
    world = scenario.world
    if world is None:
        return
    for place, settings in world.checkpoint.items():
        raised = _with_ratio(world, place)
        if raised is not None:
            yield Change("ratio", place, ALL, ALL, _with_world(scenario, raised))
        for name in (*settings.secondary, *settings.search):
            port = _busiest(base.metrics, world, place, name)
            if port is not None:
                kind = "team" if name in settings.search else "post"
                more = _with_server(world, (port, place, name))
                yield Change(kind, place, port, name, _with_world(scenario, more))


def _with_world(scenario: Scenario, world: World) -> Scenario:
    return scenario.model_copy(update={"world": world})


def _with_ratio(world: World, place: str) -> World | None:
    """Raise the ratios of a place by a point, up to 1; None where no ratio can rise."""
    ratios = world.sampling.get(place, {})
    raised = {name: _raised(value) for name, value in ratios.items()}
    if raised == dict(ratios):
        return None
    return world.model_copy(update={"sampling": {**world.sampling, place: raised}})


def _raised(value: Any) -> Any:
    """Raise a ratio, each of 24 ratios, or the ratio of a policy that has one."""
    if isinstance(value, int | float):
        return min(1.0, value + POINT)
    if isinstance(value, tuple):
        return tuple(_raised(ratio) for ratio in value)
    ratio = getattr(value, "ratio", None)
    return value if ratio is None else value.model_copy(update={"ratio": _raised(ratio)})


def _with_server(world: World, post: tuple[str, str, str]) -> World:
    """Open one server more at a station, in every shift."""
    port, place, station = post
    places = world.staffing[port]
    staff = places[place][station]
    shifts = staff + 1 if isinstance(staff, int) else tuple(_longer(shift) for shift in staff)
    here = {**places, place: {**places[place], station: shifts}}
    return world.model_copy(update={"staffing": {**world.staffing, port: here}})


def _longer(shift: Any) -> Any:
    return shift.model_copy(update={"servers": shift.servers + 1})


def _busiest(metrics: pd.DataFrame, world: World, place: str, station: str) -> str | None:
    """Name the port at which a kind of station is busiest; None where it has no servers at all."""
    ports = [port for port, places in world.staffing.items() if station in places.get(place, {})]
    rows = metrics[(metrics["metric"] == "utilisation") & (metrics["line"] == place) & metrics["port"].isin(ports)]
    names = {f"{port}/{place}/{station}": port for port in ports}
    used = rows[rows["station"].isin(names)].sort_values(["value", "port"])
    return str(used["port"].iloc[-1]) if len(used) else None


def gain_rows(change: Change, base: Result, changed: Result) -> pd.DataFrame:
    """Hold a change against the base, replication by replication.

    Parameters
    ----------
    change : Change
    base, changed : Result
        Of the same seed and number of replications.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`; differences (changed - base) with paired intervals. Delays are those of the place.
    """
    paired = paired_difference(base.reductions, changed.reductions, base.scenario.run.confidence)
    whole = paired[(paired[["direction", "port", "station", "class"]] == ALL).all(axis="columns")]
    wanted = whole[whole["metric"].isin(FIGURES)]
    local = wanted["metric"] == "inspection_delay"
    chosen = wanted[wanted["line"].eq(change.line) & local | wanted["line"].eq(ALL) & ~local]
    label: Mapping[str, str] = {"change": change.kind, "line": change.line, "port": change.port}
    rows = chosen.rename(columns={"metric": "figure", "a": "base", "b": "changed"})
    rows = rows.assign(**label, station=change.station)
    return rows[list(COLUMNS)].reset_index(drop=True)
