"""Crossing times by compiled code: what `crossings` draws with numpy, to the last bit.

No product is fused with a sum, and a root is rounded once, so every machine rounds alike.
"""

from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim import jit, units
from sim.network.tables import Floats, Ints

from . import mixing
from .mixing import identity, uniform
from .streams import Keys

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE = Path(__file__)
_PER_SECOND = float(units.TICKS_PER_SECOND)


def _kept(function: Function) -> Function:
    digest = jit.digest_of([_HERE, mixing.HERE, Path(units.__file__)])
    return jit.compiled_and_kept(function, f"crossing-{digest}", _HERE.parent)


@_kept
def cross(keys: Keys, name_key: Keys, law: Floats, first: int, ticks: Ints) -> None:
    """Draw sailings from the `first` on by triangular laws (as `laws.triangular`), terminal by terminal."""
    for row in range(len(name_key)):
        key_low, key_high, name = keys[row, 0], keys[row, 1], name_key[row]
        low, mode, high = law[0, row], law[1, row], law[2, row]
        out = ticks[row]
        for place in range(len(out)):
            u = uniform(key_low, key_high, identity(name, first + place))
            rising = low + sqrt(u * (high - low) * (mode - low))
            falling = high - sqrt((1 - u) * (high - low) * (high - mode))
            seconds = rising if u * (high - low) < mode - low else falling
            out[place] = int(max(1.0, np.rint(seconds * _PER_SECOND)))
