"""Every point is made into a scenario before the first one runs; what differs from its family is all that travels."""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol

from sim.errors import Fault, ScenarioError
from sim.network import compile_network
from sim.scenario import Scenario

from .point import Point, Setting

_MOST_FAULTS = 20
_ASIDE = ("replications", "workers", "language", "figures", "confidence")
"""Settings of `run` that change no replication."""

Change = tuple[tuple[str, ...], Any]
"""Path and new value; the empty path stands for the whole mapping."""

Shown = Callable[[Sequence[Point]], Iterable[Point]]
"""Hands points on, and shows how many were handed on."""


class Source(Protocol):
    """Makes scenarios from settings; composing configurations is the command line's business."""

    def scenario(self, settings: Sequence[Setting]) -> Scenario:
        """Compose and validate; raises ScenarioError."""

    def family(self, settings: Sequence[Setting]) -> Hashable:
        """Tell which choice of groups the settings make: points of one family differ in little."""


@dataclass(frozen=True)
class Family:
    """The full mapping that points differ from in a few values."""

    mapping: Mapping[str, Any]


@dataclass(frozen=True)
class Ready:
    """A validated point, small enough to keep many thousands of."""

    point: Point
    key: str
    """Digest of everything that its replications depend on."""
    family: int
    """Position of its family."""
    changes: tuple[Change, ...]
    """What differs from the family's mapping."""


def validate_points(
    points: Sequence[Point], source: Source, fingerprint: Mapping[str, Any], shown: Shown = iter
) -> tuple[list[Ready], list[Family]]:
    """Validate every point of a design.

    Parameters
    ----------
    points : sequence of Point
    source : Source
    fingerprint : mapping
        What else the stored replications depend on: code, schema, outputs. Goes into the keys.
    shown : callable, optional
        Hands the points on and tells how far it is: a point takes milliseconds, and there may be a million.

    Returns
    -------
    ready : list of Ready
        In the order of the points.
    families : list of Family

    Raises
    ------
    ScenarioError
        With every fault of every point (the first 20), each with the point's number, or if two points are the same.
    """
    keys = {name: point.keys.get(name, name) for point in points for name in point.factors}
    faults: list[Fault] = []
    ready: list[Ready] = []
    families: dict[Hashable, int] = {}
    mappings: list[Family] = []
    seen: dict[str, int] = {}
    for point in shown(points):
        try:
            scenario = source.scenario(point.settings)
            name = source.family(point.settings)
            if name not in families:
                compile_network(scenario)  # routes that lead nowhere show here; once a family, for it takes long
                families[name] = len(mappings)
                mappings.append(Family(scenario.as_mapping()))
        except ScenarioError as error:
            faults += [Fault(f"point {point.number}: {f.field}", f.rule, f.value) for f in error.faults]
            continue
        mapping = scenario.as_mapping()
        key = point_key(mapping, fingerprint)
        same = seen.setdefault(key, point.number)
        if same != point.number:
            faults.append(Fault(f"point {point.number}", f"must differ from point {same}", point.label()))
        family = families[name]
        changes = tuple(_differences(mappings[family].mapping, mapping))
        ready.append(Ready(_filled(point, keys, mapping), key, family, changes))
    if faults:
        raise ScenarioError(_shortened(faults))
    return ready, mappings


def _filled(point: Point, keys: Mapping[str, str], mapping: Mapping[str, Any]) -> Point:
    """Give factors that a point leaves alone the value of the base, where it is a number, a word or a switch."""
    here = {name: point.factors.get(name, _value_at(mapping, key)) for name, key in keys.items()}
    return replace(point, factors={name: value for name, value in here.items() if value is not None})


def _value_at(mapping: Any, key: str) -> Any:
    for part in key.lstrip("+").split("."):
        if not (isinstance(mapping, Mapping) and part in mapping):
            return None
        mapping = mapping[part]
    return mapping if isinstance(mapping, int | float | str) else None


def _shortened(faults: list[Fault]) -> list[Fault]:
    """Keep the first faults; a setting that is wrong in the same way at many points is told once."""
    told: dict[str, Fault] = {}
    for fault in faults:
        told.setdefault(str(fault).partition(": ")[2] or str(fault), fault)
    kept = list(told.values())[:_MOST_FAULTS]
    left = len(faults) - len(kept)
    more = f"{left} more fault{'s' if left > 1 else ''}"
    return [*kept, Fault("design", "must be valid at every point", more)] if left else kept


def point_key(mapping: Mapping[str, Any], fingerprint: Mapping[str, Any]) -> str:
    """Digest everything that the replications of a scenario depend on.

    Parameters
    ----------
    mapping : mapping
        The scenario, as `Scenario.as_mapping` returns it.
    fingerprint : mapping
        What else counts.

    Returns
    -------
    str
        20 hexadecimal digits of SHA-256 over canonical JSON (shortest floats that read back). The order of the
        scenario's keys counts, for places are passed in it.
    """
    model = {name: part for name, part in mapping.items() if name not in ("title", "run")}
    run = {name: value for name, value in mapping["run"].items() if name not in _ASIDE}
    return digest({"model": model, "run": run, "with": fingerprint})[:20]


def digest(entries: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(entries, allow_nan=False, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def _differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Yield what must be changed in one mapping to make the other.

    NOTE the order of keys counts (places are passed in it), so a mapping with other keys is replaced as a whole.
    """
    both = isinstance(old, Mapping) and isinstance(new, Mapping)
    if both and list(old) == list(new):
        for name, value in new.items():
            yield from _differences(old[name], value, (*path, name))
    elif both or old != new or type(old) is not type(new):
        yield path, new


def change_mapping(mapping: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """Apply changes to a mapping without touching it; parts that do not change are shared."""
    changed = dict(mapping)
    copied: dict[tuple[str, ...], dict[str, Any]] = {(): changed}
    for path, value in changes:
        if not path:
            return dict(value)
        here = changed
        for depth in range(1, len(path)):
            part = path[:depth]
            if part not in copied:
                copied[part] = dict(here[path[depth - 1]])
                here[path[depth - 1]] = copied[part]
            here = copied[part]
        here[path[-1]] = value
    return changed
