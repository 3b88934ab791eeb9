"""From names and overrides to one plain mapping: the only place where Hydra composes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.hydra import Hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, basecontainer
from omegaconf import _utils as omegaconf_yaml
from omegaconf.basecontainer import BaseContainer
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException
from yaml import YAMLError

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario, make_scenario
from sim.scenario.table import find_file
from sim.study.aliases import counting_aliases

from .choice import choice_faults
from .complaint import find_culprit, first_line, override_fault
from .refusal import refusals, repetition_fault

_COMPLAINTS = (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError, OSError, RecursionError)
"""What composing raises; ValueError is also a file that is not UTF-8, TypeError and OSError are also odd YAML."""
_POLICY = re.compile(r"(sampling\.\w+\.\w+|(?:ferry|network\.ferries)\.\w+\.departure(?:\.\w+)?)=(\{.*\})", re.DOTALL)
"""Sampling of a class, departures of a ferry or of one of its ports: what has a rule with fields of its own."""
_ONE_RULE = re.compile(r"\{\s*rule\s*:.*\}", re.DOTALL)


@dataclass(frozen=True)
class Desk:
    """Where configurations come from, and which one is asked for."""

    folder: Path
    """Folder of the primary configuration, absolute."""
    name: str = "config"
    """Its file name without `.yaml`."""
    more: tuple[Path, ...] = ()
    """A planner's own folders, searched first for CSV files and last for groups."""
    overrides: tuple[str, ...] = ()

    def with_overrides(self, overrides: Sequence[str]) -> "Desk":
        """Ask the same desk for something else."""
        return replace(self, overrides=tuple(overrides))


def config_folder() -> Path:
    """Find the configurations: `sim/configs` of an installed package, else `configs` of a checkout.

    Raises
    ------
    FileNotFoundError
        If neither holds config.yaml.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "configs", package.parent / "configs"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError("no configs folder beside the package: install it again")


@contextmanager
def hydra_at(desk: Desk) -> Iterator[Hydra]:
    """Set Hydra up for a desk, and put back whatever Hydra the caller had."""
    before = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(desk.folder), job_name="strait", version_base="1.3"):
            hydra = GlobalHydra.instance().hydra
            assert hydra is not None
            yield hydra
    finally:
        GlobalHydra.instance().hydra = before


@contextmanager
def few_aliases() -> Iterator[None]:
    """Let OmegaConf, and so Hydra, refuse YAML whose aliases repeat too much."""
    before = omegaconf_yaml.get_yaml_loader
    readers: tuple[Any, ...] = (omegaconf_yaml, basecontainer)
    for reader in readers:
        reader.get_yaml_loader = lambda: counting_aliases(before())
    try:
        yield
    finally:
        for reader in readers:
            reader.get_yaml_loader = before


@contextmanager
def _without_resolvers() -> Iterator[None]:
    """Let nothing be read from the environment while files are put together, `refusals` comes only after that."""
    before = dict(BaseContainer._resolvers)
    BaseContainer._resolvers.clear()
    try:
        yield
    finally:
        BaseContainer._resolvers.update(before)


def search_path(desk: Desk) -> list[str]:
    """Write the desk's further folders as an override of Hydra's search path."""
    folders = ",".join("'file://" + str(f).replace("'", "\\'") + "'" for f in desk.more)
    return [f"hydra.searchpath=[{folders}]"] if folders else []


def load_scenario(name_or_path: str | Path = "march_2018", *overrides: str) -> Scenario:
    """Compose and validate a scenario.

    Parameters
    ----------
    name_or_path : str or Path
        An option of the group `scenario`, or the `config.yaml` of a run folder.
    *overrides : str
        As on the command line, such as `"run.days=2"` or `"sampling.line2.truck=0.4"`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With one line a fault.

    Examples
    --------
    >>> from sim import load_scenario
    >>> load_scenario("custom", "network=mmc", "run.days=2").run.days
    2.0
    """
    return scenario_at(Desk(config_folder(), overrides=(f"scenario={name_or_path}", *overrides)))


def scenario_at(desk: Desk) -> Scenario:
    """Compose and validate what a desk asks for."""
    desk = at_stored_run(desk)
    return make_scenario(plain_mapping(desk), csv_folders(desk))


def csv_folders(desk: Desk) -> tuple[Path, ...]:
    """Folders in which relative CSV paths are looked up, after the working directory."""
    return (*desk.more, desk.folder)


def csv_files(scenario: Scenario, desk: Desk) -> dict[str, Path]:
    """List the CSV files that a scenario names and that can be found, by the name it gives them."""
    folders = csv_folders(at_stored_run(desk))
    files = {}
    for name in set(_csv_names(scenario.as_mapping())):
        try:
            files[name] = find_file(name, folders)
        except ValueError:  # a stored run carries its numbers with it
            continue
    return files


def _csv_names(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("csv"), str):
            yield part["csv"]
        for value in part.values():
            yield from _csv_names(value)
    elif isinstance(part, list):
        for value in part:
            yield from _csv_names(value)


def at_stored_run(desk: Desk) -> Desk:
    """Turn `scenario=…/config.yaml`, the configuration of a stored run, into the primary configuration."""
    stored = [o for o in desk.overrides if re.fullmatch(r"\+{0,2}scenario=.*\.ya?ml'?", o)]
    if not stored:
        return desk
    path = Path(stored[-1].partition("=")[2].strip("'\""))
    if not _is_readable(path) or path.suffix != ".yaml":
        raise ScenarioError(Fault("scenario", "must name a readable file that ends in .yaml", str(path)))
    rest = tuple(o for o in desk.overrides if o not in stored)
    path = path.resolve()
    return replace(desk, folder=path.parent, name=path.stem, overrides=rest, more=(*desk.more, desk.folder))


def _is_readable(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        return False
    return True


def plain_mapping(desk: Desk) -> dict[str, Any]:
    """Compose a configuration, refuse what is not data, and resolve references.

    Raises
    ------
    ScenarioError
        With every fault of the overrides, or the first of the files.
    """
    config = composed(desk)
    written = OmegaConf.to_container(config, resolve=False)
    faults = list(refusals(written)) or [fault for fault in [repetition_fault(written)] if fault is not None]
    if faults:
        raise ScenarioError(faults)
    try:
        plain = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except MissingMandatoryValue as error:
        raise ScenarioError(Fault(str(error.full_key), "must be given", "???")) from None
    except OmegaConfBaseException as error:
        rule = "must refer to a value that is there"
        raise ScenarioError(Fault(str(error.full_key), rule, first_line(error))) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def composed(desk: Desk) -> DictConfig:
    """Compose a configuration without Hydra's own settings; faults as `composed_with_hydra`."""
    config = composed_with_hydra(desk)
    keys: list[Any] = [key for key in config if key != "hydra"]
    return OmegaConf.masked_copy(config, keys)


def _replacing(override: str) -> list[str]:
    """Let a policy that is given replace what was there, where Hydra would merge mappings or refuse a list."""
    policy = _POLICY.fullmatch(override)
    if policy is None:
        return [override]
    key, value = policy.groups()
    of_every_port = key.endswith(".departure") and _ONE_RULE.fullmatch(value)
    return [f"~{key}", f"+{key}={{any: {value}}}" if of_every_port else f"+{override}"]


def composed_with_hydra(desk: Desk) -> DictConfig:
    """Compose a configuration as Hydra does, with every fault as one line.

    Raises
    ------
    ScenarioError
        With one fault for each override that leads nowhere, or one for the files.
    """
    if not (desk.folder / f"{desk.name}.yaml").is_file():
        raise ScenarioError(Fault("config", "must be a file of the config folder", f"{desk.name}.yaml"))
    with hydra_at(desk) as hydra, _without_resolvers(), few_aliases():
        overrides, faults = list(desk.overrides), []
        refused = list(choice_faults((desk.folder, *desk.more), overrides))
        if refused:
            raise ScenarioError([fault for _, fault in refused])
        while True:
            parts = [(part, override) for override in overrides for part in _replacing(override)]
            given = [*search_path(desk), *(part for part, _ in parts)]
            try:
                config = compose(desk.name, overrides=given, return_hydra_config=True)
            except _COMPLAINTS as error:
                blamed = find_culprit(error, [part for part, _ in parts])
                faults.append((culprit := next((o for part, o in parts if part == blamed), None), error))
                if culprit is None:
                    raise ScenarioError([override_fault(e, o) for o, e in faults]) from None
                overrides.remove(culprit)
                continue
            if faults:
                known = dict.fromkeys(hydra.list_all_config_groups()) | dict(config.items())
                raise ScenarioError([override_fault(e, o, known) for o, e in faults])
            return config
