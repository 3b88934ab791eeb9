"""The compiled engine: numba, arrays in and arrays out, the same record as the reference engine.

Read `fields` first (where things lie), then `loop` (what happens next), `station`, `choice`, `harbour` and `ship`; what
they must do is written in `sim.engine.rules` and `docs/engine.md`, and more readably done in `sim.engine.reference`.
With `NUMBA_DISABLE_JIT=1` the same functions run as plain Python. Doors: `simulate`, `simulate_in_pieces`.
"""

from .simulation import simulate, simulate_in_pieces

__all__ = ["simulate", "simulate_in_pieces"]
