"""The scenario: all that is asked of one run, as one frozen value."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError

from .base import Model, Name
from .calibration import Calibration
from .channel import Channel, DefenceLine, Site, Stop, Strengthening
from .channel_consistency import strengthening_faults, way_faults
from .checkpoint import Checkpoint, Staff, Technique
from .consistency import world_faults
from .custom import CustomNetwork, Network
from .custom_consistency import custom_faults
from .demand import Demand
from .draws import Draws, with_draw
from .faults import faults_of, unknown_key
from .information import Information
from .policy import Sampling
from .run import Cost, Run, Threat, Title
from .season_consistency import season_faults
from .world import Calendar, FerryService, Port, ShipType, VehicleClass


class World(Model):
    """The strait: what `network.kind: strait` is compiled from."""

    vehicle: dict[Name, VehicleClass]
    port: dict[Name, Port]
    fleet: dict[Name, ShipType]
    """Ship types by name."""
    ferry: dict[Name, FerryService]
    demand: Demand
    checkpoint: dict[Name, Checkpoint]
    """Places a vehicle passes, in order."""
    sampling: dict[Name, dict[str, Sampling]]
    """Sampling ratio, or policy, by line and class (or `any`)."""
    information: dict[Name, Information] = {}
    """Information systems by line; a line without one flags nobody."""
    detection: dict[Name, Technique]
    staffing: dict[Name, dict[Name, dict[Name, Staff]]]
    """Servers by port or site, place and station."""
    calendar: Calendar
    threat: Threat
    cost: Cost
    line: dict[Name, DefenceLine] = {}
    """What the defence lines are called; places name theirs."""
    strengthening: dict[Name, Strengthening] = {}
    """What a plan can strengthen; names outputs only, has no effect on the simulation."""
    site: dict[Name, Site] = {}
    onward: tuple[Stop, ...] = ()
    """Stops on the island of inbound vehicles after their port of entry."""
    channel: dict[Name, Channel] = {}
    calibration: Calibration | None = None
    """What is fitted to published figures of an event; has no effect on a run."""
    draws: Draws | None = None
    """What replications differ in beside their random numbers; null: nothing."""


class Scenario(Model):
    """One thing to simulate: a window, and either the world of the strait or a custom network."""

    title: Title
    run: Run
    network: Network
    world: World | None = None
    """None for a custom network."""

    def as_mapping(self) -> dict[str, Any]:
        """Turn the scenario back into the plain mapping it was made from, defaults filled in."""
        plain = self.model_dump(mode="json", by_alias=True, exclude={"world"})
        if self.world is not None:
            plain.update(self.world.model_dump(mode="json", by_alias=True))
        return plain


def make_scenario(config: Mapping[str, Any], folders: Sequence[Path] = ()) -> Scenario:
    """Validate a plain mapping (composed YAML) into a scenario.

    Parameters
    ----------
    config : mapping
        Keys `title`, `run`, `network` and, for the strait, the fields of `World`. A custom network leaves the
        world's keys aside.
    folders : sequence of Path
        Where relative CSV paths are looked up, after the working directory.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every fault found: field, rule, value, and the nearest valid name of an unknown key.
    """
    parts = dict(config)
    head: dict[str, Any] = {key: parts.pop(key) for key in ("title", "run", "network") if key in parts}
    network = head.get("network")
    if isinstance(network, Mapping) and network.get("kind") == "custom":
        unknown = [key for key in parts if key not in World.model_fields]
        if unknown:
            raise ScenarioError([unknown_key((key,)) for key in unknown])
        parts = {}
    given: dict[str, Any] = {**head, "world": parts} if parts else head
    try:
        scenario = Scenario.model_validate(given, context={"folders": tuple(folders)})
    except ValidationError as error:
        raise ScenarioError(faults_of(error, given)) from None
    faults = list(_faults_between_parts(scenario))
    if faults:
        raise ScenarioError(faults)
    return scenario


def _faults_between_parts(scenario: Scenario) -> Iterator[Fault]:
    """Yield what only shows when parts are held against each other."""
    if isinstance(scenario.network, CustomNetwork):
        yield from custom_faults(scenario.network)
    elif scenario.world is None:
        yield Fault("network.kind", "must be 'custom' where no world is given", "strait")
    else:
        yield from world_faults(scenario.world)
        yield from way_faults(scenario.world)
        yield from season_faults(scenario.world, scenario.run)
        yield from strengthening_faults(scenario.world)
        if scenario.world.draws is not None:
            yield from with_draw(scenario.as_mapping(), scenario.world.draws.of(0))
