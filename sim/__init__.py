"""Discrete-event simulator of the ferry-port checkpoints on the Qiongzhou Strait.

>>> from sim import load_scenario, simulate
>>> scenario = load_scenario("custom", "network=mmc", "run.replications=2")
>>> result = simulate(scenario, workers=1)
>>> result.replications
2

| name | lives in | is |
|---|---|---|
| `load_scenario` | `sim.cli.compose` | a scenario by name or file, with overrides |
| `simulate` | `sim.study.simulate` | R replications of a scenario: a `Result` with metrics, records, figures |
| `sweep` | `sim.cli.sweep` | a designed study, kept in a folder: points times replications |
| `Scenario` | `sim.scenario` | what is asked; `sim.scenario.make_scenario` makes one from a plain mapping |
| `ScenarioError` | `sim.errors` | bad input, one line a fault |

Names are looked up when they are first used, so that `import sim` costs nothing and says nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cli.compose import load_scenario
    from .cli.sweep import sweep
    from .errors import ScenarioError
    from .scenario import Scenario
    from .study.simulate import simulate

__all__ = ["Scenario", "ScenarioError", "load_scenario", "simulate", "sweep"]

_HOMES = {
    "load_scenario": "sim.cli.compose",
    "simulate": "sim.study",
    "sweep": "sim.cli.sweep",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.errors",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
