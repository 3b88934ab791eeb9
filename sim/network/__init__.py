"""How it is wired: a scenario compiled to flat tables of stations, steps, services and calendars.

Knows scenarios, not random numbers or engines. Door: `compile_network`.
"""

from .assemble import COMPLETED, REMOVED, compile_network
from .tables import DepartureRule, Network, Rows, StepKind, stream_of

__all__ = ["COMPLETED", "REMOVED", "DepartureRule", "Network", "Rows", "StepKind", "compile_network", "stream_of"]
