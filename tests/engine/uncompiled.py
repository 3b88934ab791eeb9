"""The kernel imported anew: as plain Python, with blocks of few units if wanted."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim import record
from sim.record import narrow


@contextmanager
def plain_python(block_bits: int = narrow.BLOCK_BITS) -> Iterator[Any]:
    """Import the kernel anew, uncompiled."""
    sizes = narrow.BLOCK_BITS, narrow.BLOCK_UNITS
    compiled = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("sim.engine.kernel")}
    sys.modules["sim.engine.kernel.jit"] = _PlainJit("sim.engine.kernel.jit")
    try:
        _share_base(block_bits, 1 << block_bits)
        yield importlib.import_module("sim.engine.kernel")
    finally:
        _share_base(*sizes)
        for name in [name for name in sys.modules if name.startswith("sim.engine.kernel")]:
            del sys.modules[name]
        sys.modules.update(compiled)
        sys.modules["sim.engine"].kernel = compiled["sim.engine.kernel"]  # type: ignore[attr-defined]


def _share_base(bits: int, units: int) -> None:
    narrow.BLOCK_BITS, narrow.BLOCK_UNITS = bits, units
    record.BLOCK_UNITS = units


class _PlainJit(type(sys)):
    @staticmethod
    def compiled(function: Any) -> Any:
        return function

    compiled_apart = compiled_and_kept = compiled

    @staticmethod
    def fetch(_array: Any, _place: Any) -> None:
        return None
