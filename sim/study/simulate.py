"""The door: one scenario, R replications, one result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from sim.engine import ENGINES
from sim.errors import Fault, ScenarioError
from sim.metrics import Reduction, channel_rates, displacement_frame, interception_report, summarise, weekly_frame
from sim.network import Network
from sim.record import Record
from sim.scenario import Scenario
from sim.workload import Workload

from .pool import run_replications
from .worker import Job, prepare_job

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Progress = Callable[[int, int], None]
"""Called with (finished, wanted) after every replication."""


@dataclass(frozen=True, eq=False)
class Result:
    """What R replications of a scenario have shown."""

    job: Job
    metrics: pd.DataFrame
    """Tidy: metric, unit, direction, port, line, station, class, statistic, value, low, high, n."""
    profile: pd.DataFrame
    """Tidy, by hour from the start of the window: hour in place of statistic."""
    reductions: tuple[Reduction, ...]
    """Sums and histograms of each replication, in order."""

    @cached_property
    def interception(self) -> pd.DataFrame:
        """The interception report: what each line, place, channel, class and concealment level contributes."""
        return interception_report(self.network, self.reductions, self.scenario.run.confidence)

    @cached_property
    def displacement(self) -> pd.DataFrame:
        """How carriers react; empty without `threat.adaptation`, or where a channel had no unit."""
        world, confidence = self.scenario.world, self.scenario.run.confidence
        adaptation = world.threat.adaptation if world is not None else None
        if adaptation is None:
            return pd.DataFrame()
        rates = channel_rates(adaptation, self.reductions)
        return displacement_frame(adaptation, {self.scenario.title.name: rates}, confidence)

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """The window week by week, see `sim.metrics.weekly_frame`; empty below 14 days."""
        return weekly_frame(self.network, self.reductions, self.scenario.run.confidence)

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.job.scenario

    @property
    def network(self) -> Network:
        """The compiled network."""
        return self.job.network

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self.reductions)

    def workload(self, replication: int) -> Workload:
        """Draw the units of a replication (number from 0) again: a pure function of its key."""
        return self.job.workload(replication)

    def record(self, replication: int) -> Record:
        """Simulate a replication (number from 0) again and return all its columns."""
        return self.job.record(replication)

    def figures(self, language: str | None = None) -> dict[str, Figure]:
        """Draw every figure; `language` is zh or en, default the scenario's."""
        from sim.figures import draw_figures, draw_reaction, draw_weekly  # noqa: PLC0415 - matplotlib takes longer than a small run

        run, title = self.scenario.run, self.scenario.title
        titles = {"zh": title.zh, "en": title.en}
        spoken = language or run.language
        pages = draw_figures(self.metrics, self.profile, self.network, spoken, titles, run.confidence)
        pages |= draw_weekly(self.weekly, self.network, spoken, titles, run.confidence)
        return pages | draw_reaction(self.displacement, spoken, run.confidence, {title.name: titles[spoken]})


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while replications were running.

    `result` holds those that were finished without a gap from the first on (the same numbers as a run with
    that many replications), or None if they are fewer than two.
    """

    def __init__(self, result: Result | None) -> None:
        self.result = result
        super().__init__()


def simulate(
    scenario: Scenario,
    replications: int | None = None,
    engine: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
    replications : int, optional
        How many; default `scenario.run.replications`. Replication r is the same whatever their number.
    engine : str, optional
        Key of `sim.engine.ENGINES`; default `scenario.run.engine`.
    workers : int, optional
        Processes; default `scenario.run.workers`. Changes no result.
    progress : callable, optional
        Called with (finished, wanted) after every replication.

    Returns
    -------
    Result

    Raises
    ------
    ScenarioError
        If an argument is out of range, or the scenario's routes lead nowhere.
    Interrupted
        On Ctrl-C; holds what was finished.
    PoolError
        If a worker process died.

    Examples
    --------
    >>> from sim import load_scenario, simulate
    >>> result = simulate(load_scenario("march_2018"), replications=5)  # doctest: +SKIP
    >>> result.metrics.query("metric == 'sailings'")  # doctest: +SKIP
    """
    run = scenario.run
    wanted = run.replications if replications is None else replications
    processes = run.workers if workers is None else workers
    job = prepare_job(scenario, _known_engine(engine or run.engine))
    _refuse_less_than_one(replications=wanted, workers=processes)
    finished: dict[int, Reduction] = {}
    try:
        for number, reduction in run_replications(job, range(wanted), processes):
            finished[number] = reduction
            if progress is not None:
                progress(len(finished), wanted)
    except KeyboardInterrupt:
        whole = next(r for r in range(wanted + 1) if r not in finished)
        raise Interrupted(_result(job, finished, whole) if whole >= 2 else None) from None
    return _result(job, finished, wanted)


def _result(job: Job, finished: Mapping[int, Reduction], wanted: int) -> Result:
    """Put the first replications in order, whatever order they were finished in."""
    reductions = tuple(finished[r] for r in range(wanted))
    summary = summarise(job.network, reductions, job.scenario.run.confidence)
    return Result(job, summary.metrics, summary.profile, reductions)


def _known_engine(name: str) -> str:
    if name not in ENGINES:
        raise ScenarioError(Fault("engine", f"must be one of {', '.join(ENGINES)}", name))
    return name


def _refuse_less_than_one(**counts: int) -> None:
    faults = [Fault(name, "must be 1 or more", count) for name, count in counts.items() if count < 1]
    if faults:
        raise ScenarioError(faults)
