"""Many runs: replications over processes, their result, the run folder and its provenance.

Knows every room but the command line. Doors: `simulate`, `folder.save_run`, `compare.compare_runs`.
"""

from .pool import PoolError
from .simulate import Interrupted, Progress, Result, WorkerLostError, simulate

__all__ = ["Interrupted", "PoolError", "Progress", "Result", "WorkerLostError", "simulate"]
