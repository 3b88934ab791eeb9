"""Compilation of the kernel, and its cache of machine code.

The folder of the cache is named by a digest of every file that can change the machine code: this package, and the
modules that it takes constants from.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sim import jit, units
from sim.engine import rules
from sim.jit import compiled, compiled_apart, fetch
from sim.network import tables
from sim.policy import policy
from sim.record import narrow

__all__ = ["CONSTANTS_FROM", "compiled", "compiled_and_kept", "compiled_apart", "fetch"]

Function = TypeVar("Function", bound=Callable[..., Any])

CONSTANTS_FROM = (rules, tables, policy, narrow, units)
"""Modules outside this package whose constants are compiled in."""

_HOME = Path(__file__).parent


def source_digest() -> str:
    """Digest of all source that the machine code is made from."""
    return jit.digest_of([*sorted(_HOME.glob("*.py")), *(Path(str(module.__file__)) for module in CONSTANTS_FROM)])


def compiled_and_kept(function: Function) -> Function:
    """Compile a function that Python calls, and keep the machine code of it and all that it calls."""
    return jit.compiled_and_kept(function, _cache_name(), _HOME)


def cache_folder(places: Sequence[Path]) -> Path | None:
    """Make the folder for the machine code of this source in the first place that can be written to."""
    return jit.cache_folder(places, _cache_name())


def _cache_name() -> str:
    return f"kernel-{source_digest()}"
