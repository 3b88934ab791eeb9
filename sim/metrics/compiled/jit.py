"""Compilation of the counting, and its cache of machine code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sim import jit
from sim.network import tables
from sim.record import narrow

Function = TypeVar("Function", bound=Callable[..., Any])

_HOME = Path(__file__).parent
_BESIDE = (_HOME.with_name("bundles.py"), _HOME.with_name("counts.py"))
_CONSTANTS_FROM = (narrow, tables)
"""Modules of other rooms whose constants are compiled in."""


def kept(function: Function) -> Function:
    """Compile a function that Python calls; all source that is compiled in names the folder of its machine code."""
    constants = (Path(str(module.__file__)) for module in _CONSTANTS_FROM)
    digest = jit.digest_of([*sorted(_HOME.glob("*.py")), *_BESIDE, *constants])
    return jit.compiled_and_kept(function, f"counting-{digest}", _HOME)
