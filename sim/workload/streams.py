"""Named random streams: a counter-based function of (seed, replication, stream, unit).

The uniform of a unit in a stream is a hash of the stream's 128-bit key and the unit's 64-bit identity: no state, no
order of use, nothing that moves when a station, a class or a unit is added (Salmon et al. 2011 name the idea; the
mixing function is variant 13 of Stafford's, the finaliser of SplitMix64: Steele, Lea and Flood 2014).
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.network.tables import Floats

Keys = NDArray[np.uint64]


class StreamKey(NamedTuple):
    """Key of one stream, two uint64 words."""

    low: np.uint64
    high: np.uint64


def stream_key(seed: int, replication: int, name: str) -> StreamKey:
    """Derive the key of a named stream of one replication."""
    digest = blake2b(f"{seed}/{replication}/{name}".encode(), digest_size=16).digest()
    low, high = np.frombuffer(digest, "<u8")
    return StreamKey(low, high)


def stream_keys(seed: int, replication: int, names: Sequence[bytes]) -> Keys:
    """Derive the keys of several named streams of one replication, (S, 2); as `stream_key`."""
    before = blake2b(f"{seed}/{replication}/".encode(), digest_size=16)
    digests = []
    for name in names:
        digest = before.copy()
        digest.update(name)
        digests.append(digest.digest())
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64).reshape(-1, 2)


@lru_cache(maxsize=1024)
def name_key(name: str) -> np.uint64:
    """Hash a name to a uint64, the same in every process and on every machine."""
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def _mix(words: Keys) -> Keys:
    """Scramble 64-bit words in place (a bijection; Stafford's variant 13)."""
    shifted = words >> np.uint64(30)
    words ^= shifted
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= np.right_shift(words, np.uint64(27), out=shifted)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= np.right_shift(words, np.uint64(31), out=shifted)
    return words


def identities(name: str, numbers: ArrayLike) -> Keys:
    """Identify elements of a named series.

    Parameters
    ----------
    name : str
        The series, such as an arrival stream.
    numbers : array_like of int, shape (N,)
        Position of each element in its series.

    Returns
    -------
    ndarray of uint64, shape (N,)
    """
    counters = np.asarray(numbers, np.int64).astype(np.uint64)
    return _mix(counters * np.uint64(0x9E3779B97F4A7C15) + name_key(name))


def uniforms(key: StreamKey, who: Keys) -> Floats:
    """Draw the uniforms of a stream.

    Parameters
    ----------
    key : StreamKey
        The stream.
    who : ndarray of uint64, shape (N,)
        Identities of the elements.

    Returns
    -------
    ndarray of float64, shape (N,)
        In [0, 1), multiples of 2**-53.
    """
    return _drawn(who + key.low, key.high)


def uniforms_of_rows(keys: Keys, who: Keys) -> Floats:
    """Draw the uniforms of several streams.

    Parameters
    ----------
    keys : ndarray of uint64, shape (S, 2)
        The streams.
    who : ndarray of uint64, shape (S, N)
        Identities of the elements of each.

    Returns
    -------
    ndarray of float64, shape (S, N)
        As `uniforms`.
    """
    return _drawn(who + keys[:, :1], keys[:, 1:])


def _drawn(words: Keys, high: np.uint64 | Keys) -> Floats:
    """Scramble words in place, with the second word of a key in between, and scale them."""
    words = _mix(words)
    words ^= high
    words = _mix(words)
    words >>= np.uint64(11)
    return np.asarray(words * 2.0**-53, np.float64)
