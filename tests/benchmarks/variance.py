"""How many days of counted carriers one day of q_seq is worth, at prevalence 1e-4 and at equal work.

`python -m tests.benchmarks.variance [--days 60]`

The toy of METHODS.md: 8,000 vehicles a day with two peaks, three lines of several scanners with lognormal service,
fixed ratios, or ratios cut to a quarter while a queue is long. A day's naive ratio has the variance
theta (1 - theta) / (prevalence N) (Bernoulli carriers, exact); it is checked here by counting at a prevalence at
which it can be. q_seq's is measured over days without carriers. Equal work: q_seq's time a day (simulation,
reading back and estimating) against the simulation alone, which is all that counting needs.
"""

import argparse
import time
from typing import Any

import numpy as np

from sim.engine import run_engine
from sim.metrics.interception import sequential_contributions
from sim.metrics.passages import passages
from sim.metrics.path import trace_path, units_by_source
from sim.network import REMOVED, Network, compile_network
from sim.scenario import make_scenario
from sim.workload import draw_workload

PREVALENCE = 1e-4
SEED = 20180301
LINES = ((0.20, 0.6, 5), (0.15, 0.5, 4), (0.10, 0.7, 3))
"""Ratio, P_D, scanners."""
ADAPTIVE = {"above": 12, "below": 11, "factor": 0.25}
CASES: dict[str, dict[str, Any]] = {
    "fixed": {},
    "adaptive": {"relief": ADAPTIVE},
    "exemption": {"relief": ADAPTIVE, "rule": "exemption"},
    "flags": {"flag": (0.3, 0.01)},
    "skip-lot": {"rule": "skip_lot", "false_alarms": 0.05},
}
"""Relief, rule, false alarms and flags (of carriers, of innocents) of each case; exemption spares whoever the line before
inspected, who is flagged is inspected, skip-lot begins after five clean inspections and ends with an alarm."""


def toy(case: dict[str, Any]) -> dict[str, Any]:
    """Three lines in a row, a ratio each."""
    relief = case.get("relief")
    law = {"any": {"family": "lognormal", "mean_s": 180.0, "cv": 0.53}}
    steps: list[dict[str, Any]] = []
    for number, (ratio, detects, _) in enumerate(LINES, start=1):
        after = f"way{number}"
        sampling = sampling_of(case, ratio, number)
        select: dict[str, Any] = {
            "do": "select", "name": f"line{number}", "ratio": {"any": sampling}, "otherwise": after,
        }  # fmt: skip
        if relief:
            select["relief"] = relief | {"station": f"nii{number}"}
        if "flag" in case:
            steps += flagged(case["flag"], number, after)
            select["label"] = f"rest{number}"
        steps += [
            select,
            {"do": "serve", "station": f"nii{number}", "time": law, "label": f"in{number}"},
            {
                "do": "alarm",
                "name": f"nii{number}",
                "detects": {"any": detects},
                "false_alarms": {"any": case.get("false_alarms", 0.0)},
                "otherwise": after,
            },
            # What an alarm means is seen at once: a carrier is found, an innocent vehicle goes on.
            {
                "do": "alarm",
                "name": f"search{number}",
                "detects": {"any": 1.0},
                "false_alarms": {"any": 0.0},
                "otherwise": after,
            },
            {"do": "exit", "removed": True},
            {
                "do": "travel",
                "name": after,
                "label": after,
                "time": {"any": {"family": "exponential", "mean_s": 900.0}},
            },
        ]
    hours = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(24) - 3) / 12)
    rate = [*(8000 * hours / hours.sum()).tolist(), *[0.0] * 24]
    return {
        "title": {"name": "toy", "zh": "算例", "en": "toy"},
        "run": {"days": 1, "lead_in_h": 0, "lead_out_h": 24, "replications": 1, "seed": SEED},
        "network": {
            "kind": "custom",
            "stations": {f"nii{n}": {"servers": s} for n, (_, _, s) in enumerate(LINES, start=1)},
            "routes": {"main": steps},
            "arrivals": {"main": {"route": "main", "hourly_per_h": rate}},
            "prevalence_per_100k": {"any": 0.0},
        },
    }


def flagged(chances: tuple[float, float], line: int, after: str) -> list[dict[str, Any]]:
    """A flag before a line, and the selection of whoever has it."""
    seen = {"detects": {"any": chances[0]}, "false_alarms": {"any": chances[1]}, "flag": True}
    every = {"ratio": {"any": 1.0}, "then": f"in{line}", "otherwise": after}
    return [
        {"do": "alarm", "name": f"flag{line}", "otherwise": f"rest{line}"} | seen,
        {"do": "select", "name": f"line{line}"} | every,
    ]


def sampling_of(case: dict[str, Any], ratio: float, line: int) -> Any:
    """Sampling of a line: its ratio, or the policy of the case that follows it."""
    rule = case.get("rule")
    if rule == "exemption" and line > 1:
        return {"rule": rule, "ratio": ratio, "after": f"line{line - 1}"}
    return {"rule": rule, "clean": 5, "ratio": ratio} if rule == "skip_lot" else ratio


def day_of(network: Network, replication: int) -> tuple[float, int, float, float, float]:
    """One day: sum of q, units, carriers removed as share, seconds of the simulation, seconds of the estimate."""
    began = time.perf_counter()
    workload = draw_workload(network, SEED, replication)
    record = run_engine(network, workload)
    simulated = time.perf_counter()
    (units,) = units_by_source(network, workload)
    lines = passages(network, trace_path(network, workload, record, 0, units))
    innocent = ~workload.carries_violation
    q = float(sequential_contributions(lines).sum(axis=(0, 1))[innocent].sum())
    estimated = time.perf_counter()
    caught = record.units["outcome"][~innocent] == REMOVED
    share = float(caught.mean()) if len(caught) else float("nan")
    return q, int(innocent.sum()), share, simulated - began, estimated - simulated


def factor_of(case: dict[str, Any], days: int) -> str:
    """Measure one case and word it."""
    settings = toy(case)
    rows = np.array([day_of(compile_network(make_scenario(settings)), r) for r in range(days)])
    q, n, _, simulating, estimating = rows.T
    theta = q.sum() / n.sum()
    variance = float(((q - theta * n) ** 2).sum() / (days - 1) / n.mean() ** 2)
    naive = theta * (1 - theta) / (PREVALENCE * n.mean())
    work = 1 + estimating.sum() / simulating.sum()
    settings["network"]["prevalence_per_100k"] = {"any": 5000.0}
    counted = np.array([day_of(compile_network(make_scenario(settings)), r)[2] for r in range(days)])
    formula = theta * (1 - theta) / (0.05 * n.mean())
    return (
        f"theta {theta:.4f}, sd of a day's q_seq {variance**0.5:.2e}, of a day's count {naive**0.5:.2e} "
        f"(formula checked at 5 %: {counted.var(ddof=1) / formula:.2f}); variance ratio {naive / variance:.3g}, "
        f"work +{100 * (work - 1):.1f} %, at equal work {naive / variance / work:.3g}"
    )


def main() -> None:
    """Print the factor of each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60)
    days = parser.parse_args().days
    for name, case in CASES.items():
        print(f"{name}: {factor_of(case, days)}")


if __name__ == "__main__":
    main()
