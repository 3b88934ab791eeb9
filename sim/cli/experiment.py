"""From `experiment=NAME` and overrides to a study: reads the YAML file, and splits off what is the study's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from sim.errors import Fault, ScenarioError
from sim.scenario.faults import nearest
from sim.scenario.study import Executor, make_executor

from .complaint import first_line, override_fault
from .compose import few_aliases
from .refusal import refusals

_OWN = re.compile(r"(experiment|executor|study)([.=].*)?", re.DOTALL)


@dataclass(frozen=True)
class Experiment:
    """What an experiment file and the command line ask of a study."""

    given: dict[str, Any]
    """The study as a plain mapping, not validated yet."""
    base: tuple[str, ...]
    """Overrides of the file."""
    rest: tuple[str, ...]
    """Arguments that are not the study's: flags, and overrides of the configuration."""
    executor: Executor
    folder: Path | None
    """Where the study is to be kept."""
    beside: Path
    """Folder of the file, where its tables lie."""


def experiments_folder() -> Path:
    """Find the experiments: `sim/experiments` of an installed package, else `experiments` of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "experiments"
    return inside if inside.is_dir() else package.parent / "experiments"


def experiment_names() -> list[str]:
    """List the experiments that come with the program."""
    return sorted(path.stem for path in experiments_folder().glob("*.yaml"))


def read_experiment(arguments: Sequence[str]) -> Experiment:
    """Read what is the study's of a command line.

    Parameters
    ----------
    arguments : sequence of str
        `experiment=NAME` or `experiment=FILE.yaml`, `study.KEY=VALUE`, `executor=KIND`, `executor.KEY=VALUE`, and
        anything else.

    Returns
    -------
    Experiment

    Raises
    ------
    ScenarioError
        If there is no such experiment, or its file is not plain YAML.
    """
    own = [a for a in arguments if _OWN.fullmatch(a)]
    chosen = [a.partition("=")[2].strip("'\"") for a in own if a.startswith("experiment=")]
    if not chosen:
        raise ScenarioError(Fault("experiment", f"must be given, one of {', '.join(experiment_names())}", "nothing"))
    path = _find(chosen[-1])
    given = _read(path)
    _put_all(given, own, "study")
    folder = given.pop("folder", None)
    faults = list(refusals(given))
    if faults:
        raise ScenarioError([Fault(f"study.{f.field}", f.rule, f.value) for f in faults])
    executor = _executor(own)
    base = given.get("base", [])
    if not isinstance(base, list) or not all(isinstance(o, str) for o in base):
        raise ScenarioError(Fault("study.base", "must be a list of overrides", base))
    rest = tuple(a for a in arguments if a not in own)
    return Experiment(given, tuple(base), rest, executor, Path(str(folder)) if folder else None, path.parent)


def _find(name: str) -> Path:
    path = Path(name)
    if path.suffix == ".yaml":
        if path.is_file():
            return path.resolve()
        raise ScenarioError(Fault("experiment", "must name a readable file that ends in .yaml", name))
    names = experiment_names()
    if name not in names:
        raise ScenarioError(Fault("experiment", f"must be one of {', '.join(names)}{nearest(name, names)}", name))
    return experiments_folder() / f"{name}.yaml"


def _read(path: Path) -> dict[str, Any]:
    try:
        with few_aliases():
            config = OmegaConf.load(path)
        plain = OmegaConf.to_container(config, resolve=False)
    except (YAMLError, OmegaConfBaseException, ValueError, OSError, RecursionError) as error:
        fault = override_fault(error, None)
        raise ScenarioError(replace(fault, field=path.name) if fault.field == "config" else fault) from None
    if not isinstance(plain, dict):
        raise ScenarioError(Fault("experiment", "must be a mapping", path.name))
    return {str(key): value for key, value in plain.items()}


def _put_all(given: dict[str, Any], own: Sequence[str], name: str) -> None:
    """Put the overrides that begin with a name into a mapping; a value replaces what was there, as a whole."""
    for line in (a.removeprefix(f"{name}.") for a in own if a.startswith(f"{name}.")):
        key, equals, text = line.partition("=")
        try:
            if not equals or not key:
                raise ValueError(line)
            with few_aliases():
                value = OmegaConf.to_container(OmegaConf.from_dotlist([f"value={text}"]), resolve=False)
        except (YAMLError, OmegaConfBaseException, ValueError, RecursionError) as error:
            raise ScenarioError(Fault(name, f"must be given as {name}.KEY=VALUE", first_line(error))) from None
        assert isinstance(value, dict)
        here, *rest = given, *key.split(".")
        for part in rest[:-1]:
            deeper = here.get(part)
            here[part] = deeper = deeper if isinstance(deeper, dict) else {}
            here = deeper
        here[rest[-1]] = value["value"]


def _executor(own: Sequence[str]) -> Executor:
    kinds = [a.partition("=")[2].strip("'\"") for a in own if a.startswith("executor=")]
    given: dict[str, Any] = {"kind": kinds[-1]} if kinds else {}
    _put_all(given, own, "executor")
    return make_executor(given)
