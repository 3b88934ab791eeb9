"""Compilation with numba, and a cache of machine code that cannot go stale unnoticed.

numba's own cache watches only the file of the cached function. Here the folder of the cache is named by a digest of
every file that can change the machine code.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

_njit: Any = numba.njit
_config: Any = numba.config
_OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}
"""Compiled functions make no arrays. With numba's reference counts (`_nrt`) each call would count all it passes on."""

_PREFETCH = "llvm.prefetch.p0"

_OF_USER = Path.home() / ".cache" / "strait"


def digest_of(files: Sequence[Path]) -> str:
    """Digest of source that machine code is made from, this file included."""
    digest = blake2b(digest_size=8)
    for file in (*files, Path(__file__)):
        source = file.read_bytes()
        digest.update(len(source).to_bytes(8, "little") + source)
    return digest.hexdigest()


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, into the machine code of its callers."""
    # NOTE inlined, or each call would copy the descriptions of all arrays: twice the time of a run.
    return cast(Function, _njit(**_OPTIONS, no_cpython_wrapper=True, forceinline=True)(function))


def compiled_apart(function: Function) -> Function:
    """Compile a function that is seldom called: not inlined, so that its callers stay short."""
    return cast(Function, _njit(**_OPTIONS, no_cpython_wrapper=True)(function))


def compiled_and_kept(function: Function, name: str, beside: Path) -> Function:
    """Compile a function that Python calls, and keep the machine code of it and all that it calls.

    Parameters
    ----------
    function : callable
    name : str
        Of the folder of the cache: with a digest of all source that the machine code is made from.
    beside : Path
        Where that source lies. The cache is beside it unless `NUMBA_CACHE_DIR` says otherwise, else with the user's.
    """
    ordinary = _config.CACHE_DIR
    folder = cache_folder([Path(ordinary)] if ordinary else [beside / "__pycache__", _OF_USER], name)
    if folder is None:  # nothing can be written here: compile in every process
        return cast(Function, _njit(**_OPTIONS)(function))
    _config.CACHE_DIR = str(folder)
    try:
        return cast(Function, _njit(**_OPTIONS, cache=True)(function))
    finally:
        _config.CACHE_DIR = ordinary


def cache_folder(places: Sequence[Path], name: str) -> Path | None:
    """Make the folder of that name in the first place that can be written to."""
    for place in places:
        folder = place / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _fetch(_context: Any, array: Any, place: Any) -> Any:
    """Begin to bring `array[place]` into the processor's cache, and do nothing else."""

    def emit(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, given[0]).data
        number, pointer = ir.IntType(32), ir.PointerType()
        hint = builder.module.globals.get(_PREFETCH)
        if hint is None:
            kind = ir.FunctionType(ir.VoidType(), (pointer, number, number, number))
            hint = ir.Function(builder.module, kind, _PREFETCH)
        where = builder.bitcast(builder.gep(data, (given[1],)), pointer)
        builder.call(hint, (where, number(0), number(3), number(1)))
        return context.get_dummy_value()

    return types.void(array, place), emit


fetch: Any = (lambda _array, _place: None) if _config.DISABLE_JIT else intrinsic(_fetch)
"""`fetch(array, place)` begins to bring a number into the processor's cache, and does nothing else."""
