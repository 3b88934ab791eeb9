"""What a process needs to its end is kept out of the garbage collector's rounds: each took a tenth of a second."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_settled: list[bool] = []
"""Holds something once this process has settled."""


def settle() -> None:
    """Let the collector pass over all that is there now, modules and compiled code; only the first call counts."""
    if not _settled:
        _settled.append(True)
        gc.collect()
        gc.freeze()


@contextmanager
def unsettled_after() -> Iterator[None]:
    """Let the collector see everything again at the end: the process may go on with something else."""
    try:
        yield
    finally:
        if _settled:
            _settled.clear()
            gc.unfreeze()
