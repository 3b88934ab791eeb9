"""Memory that is used again, one replication after the other: to get it fresh costs more than to fill it.

Memory comes back by itself as soon as nobody holds an array of it any more, nor a view of one: a record that was handed
out is never written over.
"""

import mmap
import os
import sys
from collections import defaultdict, deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.uint8]

LINE_BYTES = 64
"""A line of the processor's cache; blocks begin at one."""
_SLACK = 16
"""One part in so many is added to a block, so that the replications of one network fit into the same."""
_TOO_LARGE = 4
"""How many times larger than asked for a block must be to be too large."""
_MOST_BYTES = 2**30
"""Larger blocks are given back, so that nothing lies about while a year of units is drawn."""
_MOST_KEPT = os.cpu_count() or 1
"""Blocks of one name that are kept for later: one for each thread that may be at work."""

_Held = tuple[Block, dict[str, Any]]
"""A block and its interface."""

_kept: defaultdict[str, deque[_Held]] = defaultdict(lambda: deque(maxlen=_MOST_KEPT))
# NOTE no lock: a block may come back wherever garbage is collected; one step of a deque is never interrupted.


class _Lease:
    """Owner of the arrays of a block: numpy keeps it as long as one of them is there, and then it gives the block back.

    NOTE without `weakref.finalize` and with the block's interface made once: half of the cost of a loan.
    """

    __slots__ = ("__array_interface__", "_block", "_kept")

    def __init__(self, held: _Held, kept: deque[_Held] | None) -> None:
        self._block, self.__array_interface__ = held
        self._kept = kept

    def __del__(self) -> None:
        if self._kept is not None:
            self._kept.appendleft((self._block, self.__array_interface__))


def lend(name: str, size: int, is_sparse: bool = False) -> Block:
    """Return memory with anything in it.

    Parameters
    ----------
    name : str
        What it is for: blocks of one name follow each other.
    size : int
        Bytes.
    is_sparse : bool
        Whether little of it will be touched. The same for all blocks of a name.

    Returns
    -------
    ndarray of uint8, shape (size,)
        Whoever holds it or a view of it keeps its memory from being used again.
    """
    kept = _kept[name]
    held = _fitting(kept, size)
    if held is None:
        most = size + size // _SLACK + 2 * LINE_BYTES
        block = _small_pages(most) if is_sparse else np.empty(most, np.uint8)
        block = block[-block.ctypes.data % LINE_BYTES :]
        held = block, block.__array_interface__
    whole: Block = np.asarray(_Lease(held, kept if len(held[0]) <= _MOST_BYTES else None))
    return whole[:size]


def _small_pages(size: int) -> Block:
    """Make memory that becomes real page by page; numpy asks for huge pages, of 2 MiB for each place touched."""
    if sys.platform == "win32":
        return np.frombuffer(mmap.mmap(-1, size), np.uint8)
    return np.frombuffer(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), np.uint8)


def _fitting(kept: deque[_Held], size: int) -> _Held | None:
    """Take a block that is neither too small nor too large; let go of those that came back after it and are."""
    while True:
        try:
            held = kept.popleft()
        except IndexError:
            return None
        if size <= len(held[0]) <= _TOO_LARGE * (size + LINE_BYTES):
            return held
