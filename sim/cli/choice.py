"""Overrides that choose an option of a group: held to names before Hydra looks for files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from sim.errors import Fault
from sim.scenario.faults import nearest


def choice_faults(folders: Sequence[Path], overrides: Sequence[str]) -> Iterator[tuple[str, Fault]]:
    """Yield (override, fault) for each override of a group whose value is no name of an option.

    Hydra itself would read the environment for `${oc.env:NAME}`, and stumble over a number.

    Parameters
    ----------
    folders : sequence of Path
        Where groups lie, each a folder of options.
    overrides : sequence of str
        As on the command line; those that cannot be read are left to Hydra.
    """
    parser = OverridesParser.create()
    for override in overrides:
        try:
            parsed = parser.parse_override(override)
        except HydraException:
            continue
        except ValueError:  # Python's bound on digits, which Hydra's parser runs into
            key, _, given = override.partition("=")
            yield override, Fault(key.lstrip("+~"), "must not have a number of thousands of digits", given)
            continue
        group = parsed.key_or_group
        options = sorted({file.stem for folder in folders for file in (folder / group).glob("*.yaml")})
        if (options or group == "hydra") and not (parsed.is_delete() or _chooses(parsed)):
            given = override.partition("=")[2]
            known = ", ".join(options) or "its options"
            yield override, Fault(group, f"must be one of {known}{nearest(given, options)}", given)


def _chooses(override: Override) -> bool:
    """Tell whether the value is a name, a list of names, or a mapping of settings (which chooses nothing)."""
    value: Any = override.value()
    if override.is_sweep_override() or isinstance(value, dict):
        return True
    return all(isinstance(name, str) and "${" not in name for name in (value if isinstance(value, list) else [value]))
