"""Parameters of an event from its published figures: a fast fluid model, least squares, posterior draws.

Stands right of the model because it draws on the scenario alone and hands scenarios back; `study` runs them.
Doors: `case_of`, `make_case`, `calibrate`.
"""

from .case import Case, Parameters, case_of, make_case
from .fluid import Curves, follow
from .posterior import Posterior, calibrate

__all__ = ["Case", "Curves", "Parameters", "Posterior", "calibrate", "case_of", "follow", "make_case"]
