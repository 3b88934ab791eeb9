"""The plan of a study: every point validated, nothing run."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.metrics.catalogue import INTERCEPTION_SUM
from sim.metrics.kept import BY_NAME, KEPT_NAMES, levels_kept
from sim.scenario.faults import nearest
from sim.scenario.study import Study
from sim.study.design import Family, Ready, Shown, Source, change_mapping, points_of, validate_points
from sim.study.executors import Setup
from sim.study.store.manifest import fingerprint_of, read_plan

from .asked import asked_faults
from .settings import slider_faults


@dataclass(frozen=True)
class Plan:
    """What is to be run."""

    study: Study
    ready: Sequence[Ready]
    families: Sequence[Family]

    @property
    def block_size(self) -> int:
        """Points in each repetition of the design across scenarios."""
        across = getattr(self.study.design, "across", {})
        return len(self.ready) // math.prod(len(factor.values or ()) for factor in across.values())

    @property
    def blocks(self) -> list[Sequence[Ready]]:
        """The points of each repetition of the design."""
        size = self.block_size
        return [self.ready[first : first + size] for first in range(0, len(self.ready), size)]

    def base_of(self, ready: Ready) -> Ready:
        """The point that a point is held against."""
        first = (ready.point.number - 1) // self.block_size * self.block_size
        return self.ready[first + self.study.baseline - 1]

    @property
    def setup(self) -> Setup:
        """What every worker needs."""
        return Setup(tuple(self.families), self.study.outputs.metrics, self.study.outputs.by)

    def mapping(self, ready: Ready) -> dict[str, Any]:
        """Full mapping of the scenario of a point."""
        return change_mapping(self.families[ready.family].mapping, ready.changes)

    def run(self, ready: Ready) -> Mapping[str, Any]:
        """Settings of the run of a point."""
        run: Mapping[str, Any] = self.mapping(ready)["run"]
        return run


def make_plan(study: Study, source: Source, folders: Sequence[Path] = (), shown: Shown = iter) -> Plan:
    """Expand a study's design and validate all of it.

    Parameters
    ----------
    study : Study
    source : Source
        Makes scenarios from settings.
    folders : sequence of Path
        Where a table of points is looked up.
    shown : callable, optional
        Hands the points on to be validated, and tells how far it is.

    Returns
    -------
    Plan

    Raises
    ------
    ScenarioError
        With the faults of the outputs, or of the points, each by its number.
    """
    faults = list(_output_faults(study))
    if faults:
        raise ScenarioError(faults)
    points = points_of(study.design, folders)
    ready, families = validate_points(points, source, fingerprint_of(study), shown)
    plan = Plan(study, ready, families)
    if study.baseline > plan.block_size:
        raise ScenarioError(Fault("study.baseline", f"must be one of {plan.block_size} points", study.baseline))
    faults = list(slider_faults(study, [plan.mapping(plan.base_of(block[0])) for block in plan.blocks]))
    if faults:
        raise ScenarioError(faults)
    return plan


def load_plan(folder: Path) -> Plan:
    """Read the plan of a study's folder, without composing anything.

    Raises
    ------
    ScenarioError
        If the folder is not one of a study.
    """
    return Plan(*read_plan(folder))


def _output_faults(study: Study) -> Iterator[Fault]:
    kept = study.outputs
    for name in kept.metrics:
        if name not in KEPT_NAMES:
            yield Fault("study.outputs.metrics", f"must be names of docs/metrics.md{nearest(name, KEPT_NAMES)}", name)
        elif name != INTERCEPTION_SUM and not levels_kept(BY_NAME[name], kept.by).levels:
            fewest = min(BY_NAME[name].levels, key=len)
            yield Fault("study.outputs.by", f"must hold {', '.join(fewest)} for the metric {name}", ", ".join(kept.by))
    if len(set(kept.metrics)) != len(kept.metrics):
        yield Fault("study.outputs.metrics", "must name each metric once", ", ".join(kept.metrics))
    yield from asked_faults(study)
    for number, target in enumerate(study.precision.targets if study.precision else ()):
        field = f"study.precision.targets.{number}"
        if target.metric not in kept.metrics or target.metric not in BY_NAME:
            yield Fault(f"{field}.metric", "must be one of study.outputs.metrics", target.metric)
        elif target.statistic not in BY_NAME[target.metric].statistics and target.statistic != "mean":
            yield Fault(f"{field}.statistic", f"must be a statistic of {target.metric}", target.statistic)
