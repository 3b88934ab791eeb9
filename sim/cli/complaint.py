"""What Hydra complains of, said in one line: the override to blame, the rule, the nearest valid name."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.errors import MissingConfigException, OverrideParseException
from yaml import YAMLError

from sim.errors import Fault
from sim.scenario.faults import known_keys, nearest
from sim.study.aliases import MOST_REPEATED, TooManyAliases

_KEY = re.compile(r"(?:Could not override|item is already at|Could not delete from config\.) '([^']+)'")
_TWICE = re.compile(r"^(\S+) appears more than once in the final defaults list")
_MERGING = "Error merging override "
_LIST = re.compile(r"primary config '([^']+)' must be a DictConfig, got ListConfig")
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
    named = _KEY.search(str(error)) or _TWICE.search(str(error))
    blamed = [o for o in overrides if named and key_of(o) == named[1].split("=")[0]]
    return next((o for o in blamed if o.startswith("+")), blamed[0] if blamed else None)


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
    if override is None:
        return _file_fault(error)
    new = _NEW_KEY.search(str(error.__cause__))
    full = new[1].replace("[", ".").replace("]", "") if new else key
    key = full if full.startswith(key) else key
    return Fault(key, _rule(error, key, override, config or {}), value)


def _rule(error: Exception, key: str, override: str, config: Mapping[Any, Any]) -> str:
    if _SWEEP.search(str(error)):
        return "must be one value; several values need -m, a list needs [brackets]"
    if "already at" in str(error) or _TWICE.search(str(error)):
        return "must be given without +: the key is there"
    if str(error).startswith(_MERGING):
        return "must lead to a place of the configuration"
    if key.rpartition(".")[2] in known_keys():
        return f"must be in the configuration already; add it with +{override}"
    return f"must be a known key{_nearest_key(key, config)}"


def _missing_option(error: MissingConfigException) -> Fault:
    options = list(error.options or ())
    group, _, name = (error.missing_cfg_file or "").rpartition("/")
    known = ", ".join(options) or "its options (there is none)"
    return Fault(group.rstrip("/") or "config", f"must be one of {known}{nearest(name, options)}", name)


def _file_fault(error: Exception) -> Fault:
    """Say what is wrong with a file, and which one it is where that is known."""
    listed = _LIST.search(str(error))
    name = _file_read(error) or (f"{listed[1]}.yaml" if listed else "config")
    if listed or "Invalid loaded object type" in str(error):
        return Fault(name, "must hold settings by name", _Bare("something else"))
    if isinstance(error, RecursionError) or "RecursionError" in str(error):
        return Fault(name, "must not be nested so deep, nor hold itself", _Bare("no end of it"))
    if isinstance(error, OSError):
        return Fault(name, "must be a readable file", _Bare(error.strerror or first_line(error)))
    if isinstance(error, UnicodeDecodeError):
        return Fault(name, "must be UTF-8 text", _Bare(first_line(error)))
    return Fault(name, "must be a configuration that Hydra can compose", first_line(error))


def _file_read(error: Exception) -> str | None:
    """Name the file that Hydra was reading when it failed."""
    place = error.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_name == "load_config" and "full_path" in place.tb_frame.f_locals:
            return Path(place.tb_frame.f_locals["full_path"]).name
        place = place.tb_next
    return None


def _yaml_fault(error: YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    place = f"{Path(mark.name).name} line {mark.line + 1} column {mark.column + 1}" if mark else "config"
    if isinstance(error, TooManyAliases):
        return Fault(place, f"must not repeat more than {MOST_REPEATED:,} values by aliases", _Bare(error.problem))
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
