"""What happens: engines, each a pure function of a network and a workload.

The contract is `sim.engine.rules`. Doors: `run_engine`, `run_in_pieces`, `refuse_engine`.
"""

from .simulate import ENGINES, refuse_engine, run_engine, run_in_pieces

__all__ = ["ENGINES", "refuse_engine", "run_engine", "run_in_pieces"]
