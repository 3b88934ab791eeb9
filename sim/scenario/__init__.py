"""What is asked: a scenario as frozen, validated values.

Knows nothing of networks, engines or files other than planners' CSV tables. Door: `make_scenario`.
"""

from .base import ANY, value_for
from .scenario import Scenario, World, make_scenario

__all__ = ["ANY", "Scenario", "World", "make_scenario", "value_for"]
