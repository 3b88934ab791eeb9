"""What Hydra complains of, said in one line: the override to blame, the rule, the nearest valid name."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.errors import MissingConfigException, OverrideParseException
from yaml import YAMLError

from sim.errors import Fault
from sim.scenario.faults import known_keys, nearest

_KEY = re.compile(r"(?:Could not override|item is already at|Could not delete from config\.) '([^']+)'")
_MERGING = "Error merging override "
_NEW_KEY = re.compile(r"is not in struct\s+full_key: (\S+)")
_SWEEP = re.compile(r"Ambiguous value for argument '([^']+)'")


def find_culprit(error: Exception, overrides: Sequence[str]) -> str | None:
    """Find the override that Hydra complains of; None when a file is to blame."""
    if isinstance(error, OverrideParseException):
        return error.override if error.override in overrides else None
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        group, _, option = error.missing_cfg_file.rpartition("/")
        return next((o for o in overrides if _chooses(o, group, option)), None)
    if str(error).startswith(_MERGING):
        return next((o for o in overrides if o == str(error).removeprefix(_MERGING)), None)
    if swept := _SWEEP.search(str(error)):
        return swept[1] if swept[1] in overrides else None
    named = _KEY.search(str(error))
    return next((o for o in overrides if named and key_of(o) == named[1].split("=")[0]), None)


def _chooses(override: str, group: str, option: str) -> bool:
    value = override.partition("=")[2].strip("'\"").removesuffix(".yaml")
    return key_of(override) == group and value == option


def key_of(override: str) -> str:
    """Key of an override, without its sign."""
    return override.lstrip("+~").partition("=")[0]


def override_fault(error: Exception, override: str | None, config: Mapping[Any, Any] | None = None) -> Fault:
    """Say in one line what Hydra found.

    Parameters
    ----------
    error : Exception
        Of Hydra, OmegaConf or the YAML reader.
    override : str or None
        Which override is to blame; None when a file is.
    config : mapping, optional
        What is composed without it, for suggestions.

    Returns
    -------
    Fault
    """
    key = key_of(override) if override else "config"
    value = override.partition("=")[2] if override else first_line(error)
    if isinstance(error, OverrideParseException):
        return Fault(key, "must be KEY=VALUE; other letters than a-z need quotes: \"key='value'\"", override)
    if isinstance(error, MissingConfigException):
        return _missing_option(error)
    if isinstance(error, YAMLError):
        return _yaml_fault(error)
    new = _NEW_KEY.search(str(error.__cause__))
    full = new[1].replace("[", ".").replace("]", "") if new and override else key
    key = full if full.startswith(key) else key
    return Fault(key, _rule(error, key, override, config or {}), value)


def _rule(error: Exception, key: str, override: str | None, config: Mapping[Any, Any]) -> str:
    if override is None:
        return "must be a configuration that Hydra can compose"
    if _SWEEP.search(str(error)):
        return "must be one value; several values need -m, a list needs [brackets]"
    if "already at" in str(error):
        return "must be given without +: the key is there"
    if str(error).startswith(_MERGING):
        return "must lead to a place of the configuration"
    if key.rpartition(".")[2] in known_keys():
        return f"must be in the configuration already; add it with +{override}"
    return f"must be a known key{_nearest_key(key, config)}"


def _missing_option(error: MissingConfigException) -> Fault:
    options = list(error.options or ())
    group, _, name = (error.missing_cfg_file or "").rpartition("/")
    return Fault(group or "config", f"must be one of {', '.join(options) or 'nothing'}{nearest(name, options)}", name)


def _yaml_fault(error: YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    place = f"{Path(mark.name).name} line {mark.line + 1} column {mark.column + 1}" if mark else "config"
    return Fault(place, "must be valid YAML", _Bare(getattr(error, "problem", None) or first_line(error)))


def _nearest_key(key: str, config: Mapping[Any, Any]) -> str:
    """Suggest the key that is spelled most like the first part of `key` that leads nowhere."""
    here: Any = config
    for number, part in enumerate(key.split(".")):
        if not isinstance(here, Mapping) or part not in here:
            options = [str(k) for k in here] if isinstance(here, Mapping) else []
            return nearest(part, options) or (nearest(part, known_keys()) if number and options else "")
        here = here[part]
    return ""


def first_line(error: Exception) -> str:
    """First line of an error's text."""
    return (str(error).splitlines() or [""])[0]


class _Bare(str):
    """Text that is shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
