"""From published figures to posterior draws: least squares, then approximate Bayesian computation on the fluid."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.network.tables import Floats
from sim.scenario.calibration import Published

from .case import Case, Parameters
from .fluid import Curves, follow
from .levels import fit_levels
from .regression import adjust

_CHUNK = 1000
_FEW, _FEW_SAILINGS = 100.0, 1.0
"""Vehicles and sailings below which a logarithm says more than the data do."""

FIGURES = ("queue", "departures", "sailings", "peak", "wait")
"""What the fluid can tell: it follows one direction."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the figures leave open."""

    case: Case
    level: Floats
    """(days,) centre of the prior, vehicles a day"""
    z: Floats
    """(samples, P) equally likely draws"""

    @property
    def parameters(self) -> Parameters:
        """The draws as parameters."""
        return self.case.parameters(self.z, self.level)

    def curves(self) -> Curves:
        """Follow the port with every draw, arrivals with their spread."""
        rng = np.random.Generator(np.random.Philox(key=self.case.settings.seed))
        return follow(self.case, self.parameters, rng)

    def predict(self, points: Sequence[Published]) -> Floats:
        """Tell figures with every draw, without reporting error, (samples, points)."""
        return figures(self.case, self.curves(), self.parameters, points)


def figures(case: Case, curves: Curves, parameters: Parameters, points: Sequence[Published]) -> Floats:
    """Read published figures off the curves, (N, points)."""
    columns = []
    for point in points:
        end = case.hour_of(point.end)
        if point.figure == "queue":
            columns.append(curves.queue(end))
        elif point.figure == "wait":
            columns.append(curves.wait(end))
        else:
            assert point.start is not None
            start = case.hour_of(point.start)
            if point.figure == "peak":
                columns.append(curves.peak(start, end))
            elif point.figure == "departures":
                columns.append(curves.departures(start, end))
            elif point.figure == "sailings":
                columns.append(curves.departures(start, end) / parameters.per_sailing)
            else:
                raise ValueError(f"figure must be one of {FIGURES}; got {point.figure!r}")
    return np.stack(columns, axis=1)


def calibrate(case: Case) -> Posterior:
    """Fit a case to its fitted figures.

    Parameters
    ----------
    case : Case
        The same case gives the same draws.

    Returns
    -------
    Posterior
    """
    settings = case.settings
    points = case.points("fitted")
    level = fit_levels(case)
    rng = np.random.Generator(np.random.Philox(settings.seed))
    z = rng.standard_normal((settings.draws, len(case.names)))
    errors = np.array([point.error for point in points]) * np.sqrt(settings.rounds)
    few = np.array([_FEW_SAILINGS if point.figure == "sailings" else _FEW for point in points])
    observed = np.log(np.array([point.value for point in points]) + few)
    for _ in range(settings.rounds):
        simulated = _simulate(case, z, level, rng)
        noise = rng.standard_normal(simulated.shape)
        z = adjust(z, np.log(simulated * np.exp(errors * noise) + few), observed)
    z = z.mean(axis=0) + settings.inflation * (z - z.mean(axis=0))
    chosen = rng.choice(len(z), settings.samples, replace=False)
    return Posterior(case, level, z[chosen])


def _simulate(case: Case, z: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    """Tell the fitted figures for many draws, a chunk at a time, (N, points)."""
    points = case.points("fitted")
    chunks = (case.parameters(z[first : first + _CHUNK], level) for first in range(0, len(z), _CHUNK))
    return np.concatenate([figures(case, follow(case, chunk, rng), chunk, points) for chunk in chunks])
