"""The front door: `strait COMMAND [overrides]`, one module per command, and all that knows Hydra.

`load_scenario` (in `compose`) is the same door for Python. Nothing here knows how a simulation works.
"""

from .main import main

__all__ = ["main"]
