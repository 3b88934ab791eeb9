"""Room for the compiled counting that is blank again afterwards: to blank it costs less than to get new one."""

from collections import deque
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bundles import Block, Spans
from .compiled import BINS_OF_LINE, BLOCK_UNITS
from .ground import Ground

_MOST_KEPT = cpu_count() or 1
"""Blocks and bins that are kept for later: one for each thread that may be at work."""
Blank = tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.int32]]
"""Bins, their lines, and room for spans that wait."""

_blank_bins: deque[Blank] = deque(maxlen=_MOST_KEPT)
_blank_blocks: deque[Block] = deque(maxlen=_MOST_KEPT)


def give_back(block: Block, spans: Spans) -> None:
    """Keep a block whose units have all been counted, and bins that have been packed."""
    _blank_blocks.append(block)
    _blank_bins.append((spans.bins, spans.lines, spans.cells))


def blank_block(ground: Ground) -> Block:
    """Take a block for no units."""
    try:
        block = _blank_blocks.popleft()
    except IndexError:
        return _new_block(*ground.block)
    is_fit = (len(block.starts), len(block.many), block.delay.shape[1]) == ground.block
    return block if is_fit else _new_block(*ground.block)


def _new_block(starts: int, stops: int, lines: int) -> Block:
    columns: Any = (
        np.zeros(starts, np.int64),
        *(np.empty(BLOCK_UNITS, kind) for kind in (np.int32, np.int64, np.int8)),
        *(np.empty(BLOCK_UNITS, np.int64) for _ in range(4)),
        *(np.empty(BLOCK_UNITS, np.int32) for _ in range(2)),
        np.full((BLOCK_UNITS, lines), -1, np.int64),
        np.zeros(stops, np.int64),
        np.empty((stops, BLOCK_UNITS), np.int16),
    )
    return Block(*columns)


def blank_bins(ground: Ground) -> Blank:
    """Take bins that are all 0, and their lines; and room for spans that wait."""
    size = ground.spans * ground.width
    try:
        bins, lines, cells = _blank_bins.popleft()
    except IndexError:
        bins, lines, cells = np.zeros(0, np.int32), np.zeros(0, np.int8), np.empty(0, np.int32)
    if len(bins) < size:
        bins, lines = np.zeros(size, np.int32), np.zeros(size // BINS_OF_LINE, np.int8)
    return bins, lines, cells if len(cells) >= ground.most_spans else np.empty(ground.most_spans, np.int32)
