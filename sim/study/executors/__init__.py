"""Who runs the tasks of a study: this process, threads, processes, or a dask cluster.

Knows tasks and outcomes, not points or files. Door: `outcomes_of`.
"""

from .outcomes import outcomes_of, refuse_executor, worker_count
from .task import Failure, Outcome, Setup, Task, run_task

__all__ = ["Failure", "Outcome", "Setup", "Task", "outcomes_of", "refuse_executor", "run_task", "worker_count"]
