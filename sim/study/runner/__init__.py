"""A study from its plan to its tables: what is missing is run, checked, and summed up.

Knows designs, executors and stores. Doors: `make_plan`, `run_plan`, `audit_plan`, `write_tables`.
"""

from .answers import write_answers
from .audit import audit_plan
from .drive import Driven, Failed, Progress, State, run_plan
from .plan import Plan, load_plan, make_plan
from .sliders import write_sliders
from .tables import write_tables

__all__ = [
    "Driven",
    "Failed",
    "Plan",
    "Progress",
    "State",
    "audit_plan",
    "load_plan",
    "make_plan",
    "run_plan",
    "write_answers",
    "write_sliders",
    "write_tables",
]
