"""What happens: engines, each a pure function of a network and a workload.

The contract is `sim.engine.rules`. Door: `run_engine`.
"""

from .simulate import ENGINES, run_engine

__all__ = ["ENGINES", "run_engine"]
