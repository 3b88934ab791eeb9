"""Uniforms of streams by compiled code: what `streams` draws with numpy, to the last bit."""

from pathlib import Path

import numpy as np

from sim.jit import compiled, compiled_apart
from sim.network.tables import Floats

from .streams import Keys

# As in `streams`.
_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53

HERE = Path(__file__)


@compiled
def mixed(word: np.uint64) -> np.uint64:
    """Scramble a word."""
    word ^= word >> _30
    word *= _FIRST
    word ^= word >> _27
    word *= _SECOND
    return word ^ (word >> _31)


@compiled
def identity(name_key: np.uint64, number: int) -> np.uint64:
    """Identity of an element of a series."""
    return mixed(np.uint64(number) * _GOLDEN + name_key)


@compiled
def uniform(low: np.uint64, high: np.uint64, who: np.uint64) -> float:
    """Uniform of an element in the stream of that key."""
    return np.float64(mixed(mixed(who + low) ^ high) >> _11) * _UNIT


@compiled_apart
def draw(keys: Keys, stream: int, who: Keys, out: Floats) -> None:
    """Draw the uniforms of a row of the keys. No place is negative here, so several are drawn in one instruction."""
    low, high = keys[stream, 0], keys[stream, 1]
    for place in range(len(who)):
        out[place] = uniform(low, high, who[place])
