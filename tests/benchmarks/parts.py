"""What one replication costs in parts, CPU nanoseconds a vehicle: drawing, engine, counting, metrics as a whole.

`python -m tests.benchmarks.parts [--scenario march_2018] [--rounds 5] [overrides ...]`. The parts take turns; medians
over rounds. `--memory` runs one whole replication instead, and prints the peak of the process after each part.
"""

import argparse
from collections.abc import Callable
from statistics import median

from sim import load_scenario
from sim.engine import run_engine
from sim.metrics import reduce_replication
from sim.metrics.plain import count_plainly
from sim.metrics.plan import plan_of
from sim.metrics.walk import count_compiled
from sim.network import compile_network
from sim.scenario import Scenario
from sim.workload import draw_workload
from tests.benchmarks.bench import cost
from tests.benchmarks.month import peak_bytes

MEGABYTE = 1e6


def measure(scenario: Scenario, rounds: int) -> None:
    """Let the parts take turns and print the median of each."""
    network, seed = compile_network(scenario), scenario.run.seed
    workload = draw_workload(network, seed, 0)
    record, plan = run_engine(network, workload, "kernel"), plan_of(network)
    price = scenario.world.cost if scenario.world is not None else None
    parts: dict[str, Callable[[], object]] = {
        "workload": lambda: draw_workload(network, seed, 0),
        "kernel": lambda: run_engine(network, workload, "kernel"),
        "metrics": lambda: reduce_replication(network, workload, record, price),
        "  of these: counting, compiled": lambda: count_compiled(network, workload, [record], plan),
        "counting, with numpy": lambda: count_plainly(network, workload, record, plan),
    }
    found: dict[str, list[float]] = {name: [] for name in parts}
    for turn in range(rounds):
        for name in sorted(parts, reverse=bool(turn % 2)):
            found[name].append(1e9 * cost(parts[name]) / len(workload.source))
    print(f"{len(workload.source):,} vehicles, {len(network.sources.name)} sources, {rounds} rounds")
    for name, values in found.items():
        print(f"{name:32s} {median(values):8,.0f} ns a vehicle (least {min(values):,.0f})")


def measure_memory(scenario: Scenario) -> None:
    """Run one replication and print the peak of the process after each part."""
    network = compile_network(scenario)
    print(f"network   {peak_bytes() / MEGABYTE:8,.0f} MB")
    workload = draw_workload(network, scenario.run.seed, 0)
    print(f"workload  {peak_bytes() / MEGABYTE:8,.0f} MB, {len(workload.source):,} vehicles")
    record = run_engine(network, workload, "kernel")
    print(f"kernel    {peak_bytes() / MEGABYTE:8,.0f} MB")
    workload = workload.without_uniforms()
    reduce_replication(network, workload, record)
    print(f"metrics   {peak_bytes() / MEGABYTE:8,.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="march_2018")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("overrides", nargs="*")
    arguments = parser.parse_args()
    scenario = load_scenario(arguments.scenario, *arguments.overrides)
    if arguments.memory:
        measure_memory(scenario)
    else:
        measure(scenario, arguments.rounds)


if __name__ == "__main__":
    main()
