"""From the settings of a design point to its scenario: composed once a choice of groups, then changed as plain data."""

import re
from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario, make_scenario
from sim.scenario.faults import nearest

from .complaint import first_line
from .compose import Desk, at_stored_run, composed, csv_folders, hydra_at
from .refusal import refusals, repetition_fault

Setting = tuple[str, Any]


@dataclass(frozen=True)
class _Base:
    """A composed configuration, before references are followed."""

    plain: dict[str, Any]
    has_references: bool


class DeskSource:
    """Makes the scenarios of a study from one desk.

    Parameters
    ----------
    desk : Desk
        With the overrides that all points share.

    Raises
    ------
    ScenarioError
        If the desk itself asks for something that is not there.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._bases: dict[Hashable, _Base] = {}
        with hydra_at(desk) as hydra:
            self._groups = {g for g in hydra.list_all_config_groups() if not g.startswith("hydra")}
        self._base(())  # what all points share is at fault for all of them

    def family(self, settings: Sequence[Setting]) -> Hashable:
        """Tell the options of groups that settings choose."""
        return tuple((key, value) for key, value in settings if self._is_choice(key, value))

    def _is_choice(self, key: str, value: Any) -> bool:
        return key in self._groups and isinstance(value, str)

    def scenario(self, settings: Sequence[Setting]) -> Scenario:
        """Compose and validate the scenario of a point.

        Raises
        ------
        ScenarioError
            If a setting leads nowhere, or the scenario is not valid.
        """
        base = self._base(settings)
        plain = copy(base.plain)
        has_references = base.has_references
        faults = []
        for key, value in settings:
            if self._is_choice(key, value):
                continue
            faults += list(refusals(value, (key,)))
            faults += [fault for fault in [_put(plain, key, value)] if fault]
            has_references = has_references or "${" in str(value)
        if faults:
            raise ScenarioError(faults)
        return make_scenario(_resolved(plain) if has_references else plain, csv_folders(at_stored_run(self.desk)))

    def _base(self, settings: Sequence[Setting]) -> _Base:
        choices = self.family(settings)
        if choices not in self._bases:
            chosen = [f"{key}={value}" for key, value in settings if self._is_choice(key, value)]
            keys = {choice.partition("=")[0] for choice in chosen}
            kept = [o for o in self.desk.overrides if o.lstrip("+").partition("=")[0] not in keys]
            config = composed(at_stored_run(self.desk.with_overrides([*kept, *chosen])))
            plain = OmegaConf.to_container(config, resolve=False, throw_on_missing=True)
            assert isinstance(plain, dict)
            faults = list(refusals(plain))
            if faults:
                raise ScenarioError(faults)
            named = {str(key): value for key, value in plain.items()}
            self._bases[choices] = _Base(named, "${" in str(plain))
        return self._bases[choices]


def _put(plain: dict[str, Any], key: str, value: Any) -> Fault | None:
    """Set a value that is there (or, with +, one that is not); only what lies on the way is copied."""
    here: Any = plain
    parts = key.lstrip("+").split(".")
    for depth, part in enumerate(parts):
        is_last = depth == len(parts) - 1
        place = int(part) if isinstance(here, list) and re.fullmatch(r"\d+", part) else part
        is_there = place < len(here) if isinstance(place, int) else isinstance(here, dict) and place in here
        if not is_there and not (isinstance(here, dict) and key.startswith("+")):
            options = [str(name) for name in here] if isinstance(here, Mapping) else []
            return Fault(key, f"must be a known key{nearest(part, options)}", part)
        if is_last:
            here[place] = value
        else:
            here[place] = copy(here[place]) if is_there and here[place] is not None else {}
            here = here[place]
    return None


def _resolved(plain: Mapping[str, Any]) -> dict[str, Any]:
    if fault := repetition_fault(plain):
        raise ScenarioError(fault)
    try:
        resolved = OmegaConf.to_container(OmegaConf.create(dict(plain)), resolve=True)
    except OmegaConfBaseException as error:
        rule = "must refer to a value that is there"
        raise ScenarioError(Fault(str(error.full_key), rule, first_line(error))) from None
    assert isinstance(resolved, dict)
    return {str(key): value for key, value in resolved.items()}
