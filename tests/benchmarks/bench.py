"""All engines side by side on the textbook model: cost a vehicle against the number of vehicles.

`python -m tests.benchmarks.bench [--rounds R] [--vehicles N ...] [--scopes S ...] [--engines E ...] [--parts P ...] [--add]
[--folder F]`

Competitors take turns, the garbage collector rests, one figure is CPU time of the engine alone (drawing the workload
is given as a row of its own). Ratios are medians of the ratios of a round. Slow competitors stop at smaller sizes unless
`--engines` asks for them (Ciw takes 20 s a round and 1.5 GB for a million vehicles).
Beyond a million vehicles there are at most three rounds. Memory a vehicle (`memory`) and two threads against one (`threads`)
have tables of their own. Writes `bench.csv`, `bench.md` and `bench.png`.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd

from sim.engine import run_engine
from sim.network import Network
from sim.workload import Workload, draw_workload
from tests.engine.running import differences

from . import memory, others, threads, whole
from .engines import MEAN_PER_DAY, run_textbook, textbook_network

MOST = {
    "textbook": 10**6,
    "reference": 10**6,
    "kernel": 10**7,
    "C++": 10**7,
    "C++, same work": 10**7,
    "workload": 10**7,
    "Ciw": 10**5,
    "salabim": 10**4,
}
"""Vehicles beyond which a competitor is not asked."""
REUSES_MEMORY = ("kernel", "C++", "C++, same work")
"""Those whose first run in a process, which takes fresh memory, is a row of its own."""
SCOPES = ("line", "cross", "landing")
PARTS = ("scenario", "engines", "memory", "threads")
KEYS = ("scope", "vehicles", "engine", "name", "model", "work")
"""Columns that tell measurements apart, other than the round."""
MOST_ROUNDS_OF_MANY = 3
"""Rounds with more than a million vehicles."""
MODELS_IN_MEMORY = ("line", "cross", "march_2018_month")
REPLICATIONS_IN_THREADS = 8


class Case(NamedTuple):
    """One scope at one size."""

    scope: str
    days: float
    network: Network
    workload: Workload


Competitor = Callable[[Case], object]


def competitors(scope: str, folder: Path) -> Iterator[tuple[str, Competitor]]:
    """Yield those that can run here and can express the scope."""
    yield "textbook", lambda case: run_textbook(case.scope, case.days)
    yield "reference", lambda case: run_engine(case.network, case.workload)
    yield "kernel", lambda case: run_engine(case.network, case.workload, "kernel")
    yield "workload", lambda case: draw_workload(case.network, 1, 0)
    yardstick = others.build_yardstick(folder)
    if yardstick is not None:
        yield "C++", lambda case: others.run_yardstick(yardstick, case.scope, case.network, case.workload)
        whole = others.run_whole_yardstick
        yield "C++, same work", lambda case: whole(yardstick, case.scope, case.network, case.workload)
    if scope == "line" and find_spec("ciw") is not None:
        yield "Ciw", lambda case: others.run_ciw(case.days)
    if scope == "line" and find_spec("salabim") is not None:
        yield "salabim", lambda case: others.run_salabim(*_listed(case), case.days)


def _listed(case: Case) -> tuple[list[float], list[str]]:
    kinds = [case.network.class_name[k] for k in case.workload.vehicle_class]
    return (case.workload.arrival_tick / 60_000).tolist(), kinds


def cost(run: Callable[[], object]) -> float:
    """CPU seconds of a run."""
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        run()
        return time.process_time() - begun
    finally:
        gc.enable()


def measure(scope: str, vehicles: int, rounds: int, folder: Path, asked: Collection[str] = ()) -> list[dict[str, Any]]:
    """Let all competitors run in turn, `rounds` times; or the kernel and those that are asked for by name."""
    days = vehicles / MEAN_PER_DAY
    network = textbook_network(scope, days)
    case = Case(scope, days, network, draw_workload(network, 1, 0))
    count = len(case.workload.arrival_tick)
    wanted = {"kernel", *asked} if asked else {name for name, most in MOST.items() if vehicles <= most}
    field = {name: run for name, run in competitors(scope, folder) if name in wanted}
    first = [(f"{name}, first", cost(lambda name=name: field[name](case))) for name in REUSES_MEMORY if name in field]
    rows = [
        {"scope": scope, "engine": name, "vehicles": count, "round": 0, "ns": 1e9 * seconds / count}
        for name, seconds in first
    ]
    for turn in range(rounds):
        for name in sorted(field, reverse=bool(turn % 2)):
            seconds = cost(lambda name=name: field[name](case))
            rows.append({"scope": scope, "engine": name, "vehicles": count, "round": turn, "ns": 1e9 * seconds / count})
        print(f"{scope} {count:,}: round {turn + 1} of {rounds}", flush=True)
    return rows


def warm_up(folder: Path) -> None:
    """Compile, and make sure that what is compared is the same thing."""
    for scope in SCOPES:
        network = textbook_network(scope, 1.0)
        workload = draw_workload(network, 1, 0)
        record = run_engine(network, workload, "kernel")
        assert differences(record, run_engine(network, workload)) == []
        yardstick = others.build_yardstick(folder)
        if yardstick is not None:
            seen = others.run_yardstick(yardstick, scope, network, workload)
            assert (seen["end"] == record.serves["end_tick"]).all()
            assert (seen["land"] == record.units["landing_tick"]).all()
            assert differences(record, others.run_whole_yardstick(yardstick, scope, network, workload)) == []


def ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Cost of each competitor in that of the kernel, round by round: median, least, most."""
    wide = rows.pivot_table(index=["scope", "vehicles", "round"], columns="engine", values="ns")
    found = []
    for (scope, vehicles), group in wide.groupby(level=["scope", "vehicles"]):
        for name in group.columns[group.notna().any()]:
            ratio = (group[name] / group["kernel"]).dropna()
            figures = {"ns": group[name].median(), "ratio": ratio.median(), "least": ratio.min(), "most": ratio.max()}
            found.append({"scope": scope, "vehicles": vehicles, "engine": name, **figures})
    return pd.DataFrame(found)


def as_markdown(table: pd.DataFrame) -> str:
    """Write the table of ratios."""
    lines = [
        "| scope | vehicles | engine | ns a vehicle | in kernels | least | most |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.scope} | {row.vehicles:,} | {row.engine} | {row.ns:,.0f} | {row.ratio:.2f} | {row.least:.2f} | {row.most:.2f} |"
        for row in table.itertuples()
    ]
    return "\n".join([*lines, ""])


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw cost a vehicle against vehicles, one panel a scope, both axes logarithmic."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    colours = {name: f"C{number}" for number, name in enumerate(MOST)}
    table = table[table["engine"].isin(MOST)]
    scopes = [scope for scope in SCOPES if scope in set(table["scope"])]
    if not scopes:
        return
    page, axes = plt.subplots(1, len(scopes), figsize=(12, 4), sharey=True, squeeze=False, layout="constrained")
    panels = axes[0]
    for scope, panel in zip(scopes, panels, strict=True):
        here = table[table["scope"] == scope]
        for name, line in here.groupby("engine"):
            panel.loglog(line["vehicles"], line["ns"], marker="o", label=name, color=colours[name])
        panel.set(title=scope, xlabel="vehicles")
        panel.grid(visible=True, which="major", alpha=0.3)
    panels[0].set_ylabel("CPU time a vehicle, ns")
    page.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", fontsize="small")
    page.savefig(path, dpi=150)


def write(found: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write what has been measured so far."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in found.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    pages = []
    if "bench" in found:
        table = ratios(found["bench"])
        draw(table, folder / "bench.png")
        pages += [as_markdown(table), whole.as_markdown(found["bench"])]
    if "memory" in found:
        pages.append(memory.as_markdown(found["memory"]))
    if "threads" in found:
        pages.append(threads.as_markdown(found["threads"]))
    (folder / "bench.md").write_text("\n".join(pages), encoding="utf-8")


def kept(folder: Path) -> dict[str, pd.DataFrame]:
    """Read what a folder holds of earlier pieces."""
    files = {name: folder / f"{name}.csv" for name in ("bench", "memory", "threads")}
    return {name: pd.read_csv(file) for name, file in files.items() if file.exists()}


def measured(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield rows of one of the tables as they come."""
    if "scenario" in arguments.parts:
        for name in whole.DEFAULT:
            yield "bench", whole.measure(name, arguments.rounds, whole.REPLICATIONS)
    for scope in arguments.scopes if "engines" in arguments.parts else ():
        for vehicles in sorted(arguments.vehicles):
            rounds = arguments.rounds if vehicles <= 10**6 else min(arguments.rounds, MOST_ROUNDS_OF_MANY)
            yield "bench", measure(scope, vehicles, rounds, folder, arguments.engines)
    if "memory" in arguments.parts:
        yield "memory", [memory.measure_apart(name, 10**6)._asdict() for name in MODELS_IN_MEMORY]
    if "threads" in arguments.parts:
        yield "threads", threads.measure(list(threads.DEFAULT), REPLICATIONS_IN_THREADS, arguments.rounds)


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--vehicles", type=int, nargs="+", default=[10**4, 10**5, 10**6, 10**7])
    parser.add_argument("--scopes", nargs="+", choices=SCOPES, default=SCOPES)
    parser.add_argument("--engines", nargs="+", choices=MOST, default=(), help="these and the kernel, at any size")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--add", action="store_true", help="put what is measured to what the folder holds already")
    parser.add_argument("--folder", type=Path, default=Path("results/bench"))
    arguments = parser.parse_args()
    found = kept(arguments.folder) if arguments.add else {}
    with tempfile.TemporaryDirectory() as folder:
        warm_up(Path(folder))
        for name, rows in measured(arguments, Path(folder)):
            frame = pd.concat([found.get(name, pd.DataFrame()), pd.DataFrame(rows)], ignore_index=True)
            frame["round"] = frame.groupby([key for key in KEYS if key in frame]).cumcount()
            found[name] = frame
            write(found, arguments.folder)
    print((arguments.folder / "bench.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
