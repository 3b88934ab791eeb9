"""Who comes: named random streams, arrivals, classes and marks, as columns.

Knows networks, not engines. Door: `draw_workload`.
"""

from .workload import Workload, draw_workload

__all__ = ["Workload", "draw_workload"]
