"""Tab completion: Hydra's own, taught that the first word is a command.

`eval "$(strait -sc install=bash)"` installs it in a shell; put the line into ~/.bashrc to keep it.
"""

import os
from collections.abc import Sequence
from typing import Any

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario

from .compose import Desk, config_folder, hydra_at
from .main import COMMANDS
from .terminal import say


def main(arguments: Sequence[str]) -> None:
    """Answer `-sc install=SHELL`, `-sc uninstall=SHELL` or, for the shell itself, `-sc query=SHELL`."""
    if not any(a.startswith("query=") for a in arguments):
        _ask_hydra(arguments)
        return
    words = os.environ.get("COMP_LINE", "").split(" ", 2)
    if len(words) < 3:
        say(" ".join(COMMANDS))
    elif choices := _choices(words[2].rpartition(" ")[2]):
        say(("\n" if "query=fish" in arguments else " ").join(choices))
    elif words[1] in {"run", "check", "gains"}:
        os.environ["COMP_LINE"] = f"{words[0]} {words[2].lstrip()}"
        _ask_hydra(arguments)


def _choices(word: str) -> list[str]:
    """List `key=value` for every value of a field that has few, where Hydra would offer only the one that is set."""
    key, equals, begun = word.partition("=")
    if not equals:
        return []
    schema = Scenario.model_json_schema(by_alias=True)
    names = schema["$defs"]
    part: Any = {"properties": {**names["World"]["properties"], **schema["properties"]}}
    for name in key.lstrip("+").split("."):
        others = [part.get("additionalProperties"), *part.get("patternProperties", {}).values()]
        part = part.get("properties", {}).get(name) or next(filter(None, others), {})
        part = names.get(part.get("$ref", "").rpartition("/")[2], part)
    values = part.get("enum") or (["true", "false"] if part.get("type") == "boolean" else [])
    return [f"{key}={value}" for value in values if value.startswith(begun)]


def _ask_hydra(arguments: Sequence[str]) -> None:
    with hydra_at(Desk(config_folder())) as hydra:
        try:
            hydra.shell_completion("config", list(arguments))
        except (ValueError, HydraException, OmegaConfBaseException) as error:
            if not any(a.startswith("query=") for a in arguments):
                rule = "must be install=SHELL or uninstall=SHELL, SHELL one of bash, fish, zsh"
                raise ScenarioError(Fault("-sc", rule, " ".join(arguments))) from error
