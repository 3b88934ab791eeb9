"""`strait run`: simulate one scenario, or with -m one for every combination."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from omegaconf import OmegaConf
from tqdm import tqdm

from sim.engine import refuse_engine
from sim.scenario import Scenario
from sim.study import Interrupted, Result, WorkerLostError, simulate
from sim.study.folder import new_name, refuse_folder, runs_folder, save_run
from sim.study.provenance import command_line, file_digests, manifest, without_folders

from .compose import Desk, csv_files, scenario_at
from .displacement import print_reaction
from .interception import print_report
from .names import beside, names_of_network
from .options import folder_asked, jobs_of, read_command_line
from .summary import place_table, summary_header, summary_table
from .terminal import count_of, print_table, say, shown_path, warn
from .weeks import print_weeks


@dataclass(frozen=True)
class _Job:
    """One run that is ready to start."""

    desk: Desk
    scenario: Scenario
    final: Path
    csv_sha256: dict[str, str]


def run_main(arguments: Sequence[str]) -> None:
    """Run what the overrides ask for, after all of it has been validated."""
    asked = read_command_line("run", arguments)
    if asked is None:
        return
    wanted = folder_asked(asked.desk)
    desks = jobs_of(asked)
    jobs = [_prepare(desk, _place(wanted, number, asked.is_sweep)) for number, desk in enumerate(desks)]
    for number, job in enumerate(jobs, start=1):
        if asked.is_sweep:
            say(f"[{number}/{len(jobs)}] {' '.join(job.desk.overrides)}")
        _run(job, [command_line("run", arguments)])


def _place(wanted: Path | None, number: int, is_sweep: bool) -> Path | None:
    return wanted / str(number) if wanted is not None and is_sweep else wanted


def _prepare(desk: Desk, wanted: Path | None) -> _Job:
    """Validate a job and its folder; nothing has been written when this fails."""
    scenario = scenario_at(desk)
    refuse_engine(scenario.run.engine)
    final = wanted or runs_folder() / new_name(scenario.title.name, datetime.now())
    refuse_folder(final)
    return _Job(desk, scenario, final, file_digests(csv_files(scenario, desk)))


def _run(job: _Job, command: list[str]) -> None:
    """Simulate, print the summary, write the folder; on Ctrl-C, or when a worker dies, with what is finished."""
    started = datetime.now().astimezone()
    try:
        result = _simulate_with_bar(job.scenario)
    except (Interrupted, WorkerLostError) as stop:
        if stop.result is not None:
            _keep(job, stop.result, started, command, is_whole=False)
        raise
    _keep(job, result, started, command, is_whole=True)


def _simulate_with_bar(scenario: Scenario) -> Result:
    quiet = not sys.stderr.isatty()
    wanted = scenario.run.replications
    with tqdm(total=wanted, desc=scenario.title.name, unit="replication", disable=quiet, leave=False) as bar:

        def show(finished: int, _wanted: int) -> None:
            bar.update(finished - bar.n)

        return simulate(scenario, progress=show)


def _keep(job: _Job, result: Result, started: datetime, command: list[str], is_whole: bool) -> None:
    """Write the folder, then print the summary and where it lies."""
    kept = _with_replications(job.scenario, result.replications)
    texts = {
        "config.yaml": OmegaConf.to_yaml(OmegaConf.create(kept.as_mapping())),
        "overrides.txt": "".join(
            f"{without_folders(line)}\n" for line in job.desk.overrides if not line.startswith("hydra.")
        ),
    }
    more = {"command": command[0], "csv_sha256": job.csv_sha256, "interrupted": not is_whole}
    if not is_whole:
        more["replications_wanted"] = job.scenario.run.replications
    origin = manifest(job.scenario, result.replications, started, **more)
    place = save_run(result, job.final, texts, origin, figures=is_whole and job.scenario.run.figures)
    _report(job, result)
    say(shown_path(place))
    if place != job.final:
        warn(f"{shown_path(job.final)} was taken by another run meanwhile; this one is kept as {shown_path(place)}")
    if not is_whole:
        warn(
            f"interrupted: kept the first {result.replications} of {job.scenario.run.replications} replications, "
            "without figures; the same command runs all of them, and its first ones are these"
        )


def _report(job: _Job, result: Result) -> None:
    run, title = job.scenario.run, job.scenario.title
    name = title.zh if run.language == "zh" else title.en
    n = result.replications
    level = f"{run.confidence:.0%}"
    english = f"{count_of(n, 'replication')}, {level} intervals"
    say(beside(name, f"{n} 次重复，置信水平 {level}" if run.language == "zh" else english, run.language))
    names = names_of_network(result.network, run.language)
    rows = summary_table(result.metrics, names)
    print_table(summary_header(run.language), rows, right=(2, 3))
    header, rows = place_table(result.metrics, result.network, names)
    if rows:
        say()
        print_table(header, rows, right=range(1, len(header)))
    print_weeks(result.weekly, run.language)
    print_report(result.interception, result.network, run.language)
    if job.scenario.world is not None and job.scenario.world.threat.adaptation is not None:
        titles = dict(zip(result.network.class_name, result.network.class_title[run.language], strict=True))
        classes = job.scenario.world.threat.adaptation.classes
        groups = {channel: [titles[name] or name for name in members] for channel, members in classes.items()}
        print_reaction(result.displacement, groups, run.language)


def _with_replications(scenario: Scenario, finished: int) -> Scenario:
    """Make the stored configuration give the stored numbers."""
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"replications": finished})})
