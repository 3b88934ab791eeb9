"""What a study may ask of its points: every wrong figure, factor and design is refused by name."""

from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario.study import make_study
from sim.study.runner.asked import asked_faults, figures_asked

WAIT = {"metric": "wait", "statistic": "p95"}
ARRIVALS = {"metric": "arrivals", "statistic": "mean"}
LISTED = {"a": {"key": "x.a", "values": [1.0, 2.0]}, "b": {"key": "x.b", "values": [1, 2, 3]}}
RANGED = {"a": {"key": "x.a", "low": 0.0, "high": 1.0}}
DESIGNS = {
    "grid": {"kind": "grid", "factor": LISTED},
    "one_at_a_time": {"kind": "one_at_a_time", "factor": LISTED},
    "sobol": {"kind": "sobol", "factor": RANGED, "points": 4},
    "latin_hypercube": {"kind": "latin_hypercube", "factor": RANGED, "points": 5},
}
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "heatmaps": ("grid", {"x": "a", "y": "b", "figure": ARRIVALS, "lines": {"figure": WAIT, "levels": [15.0, 30.0]}}),
    "fronts": ("sobol", {"gain": ARRIVALS, "price": WAIT}),
    "gains": ("one_at_a_time", {"figure": WAIT, "per": ARRIVALS}),
    "forests": ("grid", {"figure": WAIT}),
    "tornadoes": ("one_at_a_time", {"figure": WAIT}),
    "sensitivities": ("latin_hypercube", {"figure": WAIT}),
}


def faults(kind: str, name: str, entry: dict[str, Any], **more: Any) -> list[str]:
    given = {
        "title": {"name": "x", "zh": "x", "en": "x"},
        "base": [],
        "design": DESIGNS[kind],
        "replications": 3,
        "outputs": {"metrics": ["wait", "arrivals"]},
        name: [entry],
    }
    try:
        return [str(fault) for fault in asked_faults(make_study(given | more))]
    except ScenarioError as error:
        return str(error).splitlines()


@pytest.mark.parametrize("name", GOOD)
def test_good_entries_pass(name: str) -> None:
    kind, entry = GOOD[name]
    assert faults(kind, name, entry) == []


@pytest.mark.parametrize(
    ("name", "kind", "kinds"),
    [
        ("heatmaps", "one_at_a_time", "grid"),
        ("gains", "grid", "one_at_a_time"),
        ("tornadoes", "sobol", "one_at_a_time"),
        ("sensitivities", "grid", "latin_hypercube or sobol"),
    ],
)
def test_a_figure_is_asked_of_its_design_only(name: str, kind: str, kinds: str) -> None:
    assert faults(kind, name, GOOD[name][1]) == [
        f"study.{name} must be asked of a design of kind {kinds}; got {kind!r}"
    ]


@pytest.mark.parametrize(
    ("name", "change", "line"),
    [
        ("heatmaps", {"x": "c"}, "study.heatmaps.0.x must be a factor; got 'c'"),
        ("heatmaps", {"y": "a"}, "study.heatmaps.0.y must be another factor than x; got 'a'"),
        ("heatmaps", {"lines": {"figure": WAIT, "levels": [30.0, 15.0]}}, "study.heatmaps.0.lines.levels must rise; got 30, 15"),
        ("heatmaps", {"lines": {"figure": WAIT | {"metric": "cost"}, "levels": [1.0]}}, "study.heatmaps.0.lines.figure.metric must be one of study.outputs.metrics; got 'cost'"),
        ("fronts", {"price": WAIT | {"statistic": "max"}}, "study.fronts.0.price.statistic must be mean, ratio, p50, p95 or p99 here; got 'max'"),
        ("gains", {"per": WAIT}, "study.gains.0.per.statistic must be mean or ratio here; got 'p95'"),
        ("gains", {"per": None}, "study.gains.0.per must hold settings by name; got None"),
        ("forests", {"figure": WAIT | {"statistic": "p99"}}, "study.forests.0.figure.statistic must be mean, ratio or p95 here; got 'p99'"),
        ("tornadoes", {"figur": WAIT}, "study.tornadoes.0.figur must be a known key (did you mean 'figure'?); got 'figur'"),
        ("tornadoes", {"figure": ARRIVALS | {"statistic": "ratio"}}, "study.tornadoes.0.figure.statistic must be a statistic of arrivals: mean; got 'ratio'"),
        ("sensitivities", {"least_q2": 1.0}, "study.sensitivities.0.least_q2 must be less than 1; got 1.0"),
    ],
)  # fmt: skip
def test_bad_entries_are_refused_by_name(name: str, change: dict[str, Any], line: str) -> None:
    kind, entry = GOOD[name]
    assert faults(kind, name, entry | change) == [line]


def test_an_axis_needs_two_numbers() -> None:
    kind, entry = GOOD["heatmaps"]
    factors = {"a": {"key": "x.a", "values": [1.0, "skip"]}, "b": {"key": "x.b", "values": [1]}}
    assert faults(kind, "heatmaps", entry, design={"kind": kind, "factor": factors}) == [
        "study.heatmaps.0.x must be a factor with two numbers or more; a has; got 'skip'",
        "study.heatmaps.0.y must be a factor with two numbers or more; b has; got 1",
    ]


def test_pairs_need_two_replications() -> None:
    kind, entry = GOOD["forests"]
    line = "study.replications must be 2 or more for the pairs of forests; got 1"
    assert faults(kind, "forests", entry, replications=1) == [line]


def test_a_label_must_be_kept() -> None:
    kind, entry = GOOD["forests"]
    given = {"figure": entry["figure"] | {"line": "line2"}}
    kept = {"metrics": ["wait"], "by": ["class"]}
    line = "study.forests.0.figure.line must be all, or study.outputs.by must hold line; got 'line2'"
    assert faults(kind, "forests", given, outputs=kept) == [line]


def test_figures_are_listed_with_their_paths() -> None:
    kind, entry = GOOD["heatmaps"]
    study = make_study(
        {
            "title": {"name": "x", "zh": "x", "en": "x"},
            "base": [],
            "design": DESIGNS[kind],
            "replications": 3,
            "outputs": {"metrics": ["wait", "arrivals"]},
            "heatmaps": [entry],
        }
    )
    found = [(path, figure.metric) for path, figure in figures_asked(study.heatmaps[0], "study.heatmaps.0")]
    assert found == [("study.heatmaps.0.figure", "arrivals"), ("study.heatmaps.0.lines.figure", "wait")]
