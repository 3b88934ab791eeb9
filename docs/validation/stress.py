"""Policies of line 1 after the fog, as a table, a paragraph and the rows of a figure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.metrics.interval import half_width

from .policies import POLICIES
from .reading import CLEARED, column
from .reasons import TEXTS
from .tables import LEVEL, number

Runs = Sequence[dict[str, Any]]
Stress = Mapping[str, Runs]
CLEARING, PEAK, FOUND, DELAY = "clearing", "peak", "interception", "delay"


def panels(runs: Runs) -> dict[str, np.ndarray]:
    """Read the four figures of the study, (R,) each: h, thousand vehicles, %, min."""
    return {
        CLEARING: column(runs, "clear_inbound"),
        PEAK: column(runs, "peak_inbound") / 1000,
        FOUND: 100 * column(runs, "expected_interception/inbound"),
        DELAY: column(runs, "inspection_delay/line1"),
    }


def watched_h(stress: Stress) -> float:
    """Hours from the reopening to the end of the event: the longest clearing time that can be seen."""
    return max(float(column(runs, "clear_inbound").max()) for runs in stress.values())


def half(values: np.ndarray) -> float:
    """Half-width of the interval of a mean."""
    return float(half_width((values - values.mean())[:, np.newaxis], LEVEL)[0])


def stress_frame(stress: Stress, language: str) -> tuple[Any, ...]:
    """Lay the study out for its figure: rows, names, policies that did not clear, replications, threshold."""
    rows, names, never = [], {}, []
    for policy in POLICIES:
        runs = stress[policy.name]
        names[policy.name] = policy.zh if language == "zh" else policy.en
        if column(runs, "clear_inbound").max() >= watched_h(stress):
            never.append(policy.name)
        for panel, values in panels(runs).items():
            middle, side = values.mean(), half(values)
            rows.append((panel, policy.name, middle, max(middle - side, 0.0), middle + side))
    frame = pd.DataFrame(rows, columns=["panel", "rung", "value", "low", "high"])
    return frame, names, never, len(stress[POLICIES[0].name]), CLEARED["inbound"]


def numbers_of(stress: Stress) -> dict[str, str]:
    """Write the numbers that the words on the study need; differences are paired by replication."""
    read = {name: panels(runs) for name, runs in stress.items()}

    def mean(name: str, panel: str) -> float:
        return float(read[name][panel].mean())

    def less(first: str, second: str, panel: str, scale: float = 1.0, digits: int = 0) -> str:
        gap = scale * (read[first][panel] - read[second][panel])
        middle = round(float(gap.mean()), digits) + 0.0  # no -0
        return f"{number(middle, digits)} ± {number(half(gap), digits)}"

    watched = watched_h(stress)
    found = {
        f"{name}_{panel}": f"{mean(name, panel):.{1 if panel == FOUND else 0}f}"
        for name in read
        for panel in (FOUND, DELAY, CLEARING)
    }
    return found | {
        "n": str(len(stress["all"])),
        "watched": number(watched),
        "threshold": number(CLEARED["inbound"]),
        "late_all": str(int((read["all"][CLEARING] >= watched).sum())),
        "late_none": str(int((read["none"][CLEARING] >= watched).sum())),
        "late_relief": str(int((read["relief"][CLEARING] >= watched).sum())),
        "saved_clear": less("all", "relief", CLEARING),
        "saved_peak": less("all", "relief", PEAK, 1000),
        "saved_delay": less("all", "relief", DELAY),
        "lost": less("all", "relief", FOUND, digits=1),
        "cost_clear": less("relief", "none", CLEARING),
        "half_saved": less("half", "half_relief", CLEARING),
        "half_lost": less("half", "half_relief", FOUND, digits=1),
        "risk_gain": less("risk", "half", FOUND, digits=1),
        "risk_clear": less("risk", "half", CLEARING),
        "out_none": number(column(stress["none"], "out_25h").mean()),
        "out_relief": number(column(stress["relief"], "out_25h").mean()),
    }


def stress_lines(stress: Stress) -> Iterator[str]:
    """Write the section."""
    words = numbers_of(stress)
    yield TEXTS["stress"].format(**words)
    yield ""
    yield (
        "| policy of line 1 | inspected at line 1 | clears after, h: median (90 %) | cleared | longest queue, vehicles | "
        "interception, % | delay at line 1, min | outbound in 25 h |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    watched = watched_h(stress)

    def late(hours: float) -> str:
        return f"> {watched:.0f}" if hours >= watched else f"{hours:.0f}"

    for policy in POLICIES:
        runs = stress[policy.name]
        seen = panels(runs)
        low, middle, high = np.quantile(seen[CLEARING], [0.05, 0.5, 0.95])
        inspected = column(runs, "inspected_ratio/line1").mean() if "inspected_ratio/line1" in runs[0] else 0.0
        cells = [
            policy.en,
            f"{100 * inspected:.0f} %",
            f"{late(middle)} ({late(low)}–{late(high)})",
            f"{int((seen[CLEARING] < watched).sum())} of {len(runs)}",
            f"{number(1000 * seen[PEAK].mean())} ± {number(1000 * half(seen[PEAK]))}",
            f"{seen[FOUND].mean():.1f} ± {half(seen[FOUND]):.1f}",
            f"{seen[DELAY].mean():.0f} ± {half(seen[DELAY]):.0f}",
            number(column(runs, "out_25h").mean()),
        ]
        yield "| " + " | ".join(cells) + " |"
    yield ""
    yield TEXTS["relief"].format(**words)
