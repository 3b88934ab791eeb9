"""How it is wired: a scenario compiled to flat tables of stations, steps, services and calendars.

Knows scenarios, not random numbers or engines. Door: `compile_network`.
"""

from .assemble import COMPLETED, REMOVED, compile_network
from .tables import DepartureRule, Network, StepKind

__all__ = ["COMPLETED", "REMOVED", "DepartureRule", "Network", "StepKind", "compile_network"]
