"""Hydra's command line: its flags, its overrides, its way of naming several jobs at once."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import get_args_parser
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, OverrideParseException

from sim.errors import Fault, ScenarioError
from sim.study.folder import FOLDER_FIELD

from .complaint import key_of, override_fault
from .compose import Desk, config_folder, hydra_at, search_path
from .manual import command_help
from .terminal import say

MOST_JOBS = 10_000
"""Single jobs of one sweep."""
_FOLDER_KEYS = (FOLDER_FIELD, "hydra.sweep.dir")


@dataclass(frozen=True)
class Asked:
    """What a command line asks for."""

    desk: Desk
    is_sweep: bool


def read_command_line(command: str, arguments: Sequence[str]) -> Asked | None:
    """Read flags and overrides; answer `--help`, `--cfg`, `--info` and `-sc` at once.

    Parameters
    ----------
    command : str
        Name of the command, for its help.
    arguments : sequence of str
        What follows it. Flags may stand anywhere.

    Returns
    -------
    Asked or None
        None when all was answered.

    Raises
    ------
    ScenarioError
        If a flag is unknown, or a folder is not there.
    """
    parser = get_args_parser()
    parser.error = _refuse  # type: ignore[method-assign]
    flags = parser.parse_intermixed_args(list(arguments))
    desk = Desk(
        folder=_folder("--config-path", flags.config_path) or config_folder(),
        name=(flags.config_name or "config").removesuffix(".yaml"),
        more=tuple(f for f in [_folder("--config-dir", flags.config_dir)] if f),
        overrides=tuple(flags.overrides),
    )
    if _is_answered(command, desk, flags):
        return None
    return Asked(desk, flags.multirun)


def _is_answered(command: str, desk: Desk, flags: argparse.Namespace) -> bool:
    """Answer a question about the configuration, if one was asked."""
    if flags.help or flags.hydra_help:
        with hydra_at(desk) as hydra:
            groups = hydra.format_config_groups(lambda name: not name.startswith("hydra"))
        say(command_help(command, groups))
    elif flags.shell_completion:
        from .completion import main as complete  # noqa: PLC0415 - asked for once a shell

        complete(desk.overrides)
    elif flags.cfg:
        from .show import show_config  # noqa: PLC0415 - a question that few ask

        show_config(desk, flags.cfg, flags.package, flags.resolve)
    elif flags.info:
        with hydra_at(desk) as hydra:
            hydra.show_info(flags.info, desk.name, [*search_path(desk), *desk.overrides])
    else:
        return False
    return True


def _refuse(message: str) -> NoReturn:
    flag, _, rule = message.rpartition(": ")
    raise ScenarioError(Fault("command line", "must hold known flags and KEY=VALUE overrides", rule or flag))


def _folder(flag: str, given: str | None) -> Path | None:
    if given is None:
        return None
    folder = Path(given).resolve()
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise ScenarioError(Fault(flag, f"must name a folder that can be read ({error.strerror})", given)) from None
    return folder


def folder_asked(desk: Desk) -> Path | None:
    """Where `hydra.run.dir=` (with -m also `hydra.sweep.dir=`) wants the run; None when nothing is said."""
    asked = [o for o in desk.overrides if key_of(o) in _FOLDER_KEYS]
    if not asked:
        return None
    key, value = key_of(asked[-1]), asked[-1].partition("=")[2]
    text = value.strip("'\"")
    if not text or "${" in text or asked[-1].startswith("~"):
        raise ScenarioError(Fault(key, "must be the name of a folder", value))
    if "," in value and value == text:
        raise ScenarioError(Fault(key, "must be one folder; each run of a sweep gets a numbered folder in it", value))
    return Path(text).absolute()


def _refuse_too_many(overrides: Sequence[Override]) -> None:
    """Count the combinations of a sweep before any list of them is made."""
    jobs = 1
    for override in overrides:
        if override.is_sweep_override() and not override.is_hydra_override():
            jobs *= sum(1 for _ in islice(override.sweep_iterator(), MOST_JOBS + 1))
            if jobs > MOST_JOBS:
                rule = f"must make at most {MOST_JOBS:,} combinations with the other lists of -m"
                given = override.input_line or ""
                raise ScenarioError(Fault(override.get_key_element(), rule, given.partition("=")[2]))


def jobs_of(asked: Asked) -> list[Desk]:
    """Split what `-m` asks for into single jobs: every combination of the values separated by commas."""
    if not asked.is_sweep:
        return [asked.desk]
    with hydra_at(asked.desk):
        hydra = GlobalHydra.instance()
        parser = OverridesParser.create(config_loader=hydra.config_loader())
        try:
            parsed = parser.parse_overrides(list(asked.desk.overrides))
            _refuse_too_many(parsed)
            batches = BasicSweeper.split_arguments(parsed, None)
        except OverrideParseException as error:
            raise ScenarioError(override_fault(error, error.override)) from None
        except (HydraException, ValueError) as error:
            raise ScenarioError(Fault("command line", "must list its values", str(error))) from None
    return [asked.desk.with_overrides(job) for batch in batches for job in batch]
