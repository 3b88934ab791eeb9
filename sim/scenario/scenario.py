"""The scenario: all that is asked of one run, as one frozen value."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import Fault, ScenarioError
from .base import Model, Name
from .checkpoint import Checkpoint, SamplingRatio, Staff, Technique
from .consistency import world_faults
from .custom import CustomNetwork, Network
from .demand import Demand
from .run import Cost, Run, Threat, Title
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
    sampling: dict[Name, dict[str, SamplingRatio]]
    """Sampling ratio by line and class (or `any`)."""
    detection: dict[Name, Technique]
    staffing: dict[Name, dict[Name, dict[Name, Staff]]]
    """Servers by port, place and station."""
    calendar: Calendar
    threat: Threat
    cost: Cost


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
    head = {key: parts.pop(key) for key in ("title", "run", "network") if key in parts}
    network = head.get("network")
    if isinstance(network, Mapping) and network.get("kind") == "custom":
        unknown = [key for key in parts if key not in World.model_fields]
        if unknown:
            raise ScenarioError([_unknown_key((key,), None) for key in unknown])
        parts = {}
    try:
        scenario = Scenario.model_validate(
            {**head, **({"world": parts} if parts else {})}, context={"folders": tuple(folders)}
        )
    except ValidationError as error:
        raise ScenarioError([_fault(item) for item in error.errors(include_url=False)]) from None
    if scenario.world is None and not isinstance(scenario.network, CustomNetwork):
        raise ScenarioError(Fault("network.kind", "must be 'custom' where no world is given", "strait"))
    faults = list(world_faults(scenario.world)) if scenario.world is not None else []
    if faults:
        raise ScenarioError(faults)
    return scenario


_UNION_TAGS = frozenset(
    "constant exponential lognormal gamma uniform triangular empirical rolling timetable headway at_once "
    "serve select alarm board travel exit strait custom".split()
)


def _fault(item: Any) -> Fault:
    """Turn one pydantic error into field, rule and value."""
    where = [str(part) for part in item["loc"] if part != "world"]
    field = ".".join(part for part in where if part not in _UNION_TAGS and not _is_branch(part)) or "scenario"
    kind, given = item["type"], item["input"]
    if kind == "extra_forbidden":
        return _unknown_key(tuple(where), given)
    if kind == "missing":
        return Fault(field, "must be given", "nothing")
    if kind in {"value_error", "assertion_error"}:
        rule, _, value = item["msg"].removeprefix("Value error, ").rpartition("; got ")
        inner, _, rest = rule.partition(" must ")
        return Fault(f"{field}.{inner}" if rest else field, f"must {rest}" if rest else rule, _Plain(value))
    message = item["msg"][0].lower() + item["msg"][1:]
    rule = message.replace("input should", "must").replace("field required", "must be given")
    return Fault(field, rule, given)


class _Plain(str):
    """Text that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _is_branch(part: str) -> bool:
    """Tell whether part of an error's path is pydantic's name of a union branch, not a key."""
    return "[" in part or part in {"float", "int"}


def _unknown_key(where: tuple[str, ...], given: Any) -> Fault:
    """Describe a key that no model has, with the nearest that one has."""
    near = get_close_matches(where[-1], _known_keys(), n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return Fault(".".join(where), f"must be a known key{hint}", where[-1])


def _known_keys() -> list[str]:
    """List every field name of every model, for suggestions."""
    return sorted({name for model in _all_models(Model) for name in model.model_fields})


def _all_models(root: type[Model]) -> Iterable[type[Model]]:
    for model in root.__subclasses__():
        yield model
        yield from _all_models(model)
