"""What common random numbers gain: the variance of a difference of independent runs over that of the pairs.

`python -m tests.benchmarks.pairs [--replications 40]`: `march_2018` with `channel=none` on the compiled engine, truck ratio at
line 2 around its base of 0.20, neighbours 0.02, 0.05 and 0.10 apart.

Where vehicles differ in the selection alone, and each keeps its own uniform, the factor of the inspected share is known:
a vehicle's two selections are nested, so the difference is a Bernoulli variable of |p - q|,
[p (1 - p) + q (1 - q)] / [|p - q| (1 - |p - q|)]. It grows without bound as p and q come together.
"""

import argparse
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim import load_scenario
from sim.metrics.interval import paired_ratios
from sim.metrics.kept import BY_NAME
from sim.metrics.summary import ratio_sums
from sim.metrics.tally import Reduction
from sim.network.tables import Floats
from sim.study.worker import prepare_job

STEPS = {0.02: (0.16, 0.18, 0.20, 0.22), 0.05: (0.10, 0.15, 0.20, 0.25, 0.30), 0.10: (0.0, 0.10, 0.20, 0.30, 0.40)}
"""Neighbouring ratios, by how far they are apart."""
FIGURES = (
    ("expected_interception", "all", "all"),
    ("expected_interception", "all", "truck"),
    ("inspected_ratio", "line2", "truck"),
    ("wait", "line2", "truck"),
    ("wait", "line2", "all"),
)
"""Metric, line, class; the other columns are `all`."""
Sums = dict[tuple[str, str, str], tuple[Floats, Floats]]


class Factor(NamedTuple):
    """Of one figure and one pair of ratios."""

    figure: tuple[str, str, str]
    low: float
    high: float
    difference: float
    gain: float
    """Variance ratio."""


def nested_selections(p: float, q: float) -> float:
    """Return the variance ratio of the share selected at random, where each vehicle keeps its uniform."""
    apart = abs(p - q)
    return (p * (1 - p) + q * (1 - q)) / (apart * (1 - apart))


def sums_of(ratio: float, replications: int) -> Sums:
    """Simulate one ratio: numerators and denominators of each figure, (R, 1) each."""
    scenario = load_scenario("march_2018", "channel=none", f"sampling.line2.truck={ratio}")
    job = prepare_job(scenario, "kernel")
    parts = [figures_of(job.reduce(r)) for r in range(replications)]
    return {
        figure: (np.array([[p[figure][0]] for p in parts]), np.array([[p[figure][1]] for p in parts]))
        for figure in FIGURES
    }


def figures_of(reduction: Reduction) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return a replication's sums of each figure."""
    found = {}
    for metric, line, vehicle_class in FIGURES:
        keys, (numerators, denominators), _ = ratio_sums(BY_NAME[metric], [reduction], 24 * reduction.days)
        at = list(keys).index((metric, "all", "all", line, "all", vehicle_class))
        found[metric, line, vehicle_class] = float(numerators[0, at]), float(denominators[0, at])
    return found


def factors(replications: int, step: float) -> list[Factor]:
    """Measure every pair of neighbours a step apart."""
    points = {ratio: sums_of(ratio, replications) for ratio in STEPS[step]}
    found = []
    for low, high in pairwise(STEPS[step]):
        for figure in FIGURES:
            pair = paired_ratios(points[low][figure], points[high][figure], 0.95)
            found.append(Factor(figure, low, high, float((pair.b - pair.a)[0]), float(pair.variance_ratio[0])))
    return found


def main() -> None:
    """Print the factors of all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=40)
    replications = parser.parse_args().replications
    for step in STEPS:
        for found in factors(replications, step):
            metric, line, vehicle_class = found.figure
            theory = (
                f", nested selections {nested_selections(found.low, found.high):.1f}"
                if metric == "inspected_ratio"
                else ""
            )
            print(
                f"{metric} {line} {vehicle_class}, {found.low:.2f} to {found.high:.2f}: "
                f"difference {found.difference:+.4g}, factor {found.gain:.1f}{theory}",
                flush=True,
            )


if __name__ == "__main__":
    main()
