"""`strait sweep`: a designed study, points times replications; the same command resumes it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.scenario.study import Executor, make_study
from sim.study.executors import refuse_executor
from sim.study.folder import runs_folder, try_to_make
from sim.study.provenance import command_line
from sim.study.runner import Driven, Plan, audit_plan, make_plan, run_plan, write_answers, write_sliders, write_tables
from sim.study.store import FOLDER_FIELD, StudyFolder, alone_in
from sim.study.store.manifest import other_packages, read_manifest, refuse_other_code, write_manifest, write_plan

from .experiment import read_experiment
from .manual import plain_help
from .options import read_command_line
from .points import DeskSource
from .progress import points_shown, progress_shown
from .terminal import count_of, say, shown_path, warn

POINTS_FAILED = 3
"""Exit code of a study of which some points failed."""


@dataclass(frozen=True)
class _Sweep:
    """A validated study and where it goes."""

    plan: Plan
    folder: Path
    executor: Executor
    command: str
    started: datetime


def sweep_main(arguments: Sequence[str]) -> int:
    """Run a study, or what is missing of it."""
    if {"-h", "--help"} & set(arguments):
        say(plain_help("sweep"))
        return 0
    prepared = _prepare(arguments)
    if prepared is None:
        return 0
    prepared.folder.mkdir(parents=True, exist_ok=True)
    with alone_in(prepared.folder):
        return _run(prepared)


def sweep(experiment: str | Path, *overrides: str) -> Path:
    """Run a study from Python, or what is missing of it.

    Parameters
    ----------
    experiment : str or Path
        A name of `experiments/`, or the path of a .yaml file.
    *overrides : str
        As on the command line, such as `"study.replications=5"`, `"executor=serial"`, `"study.folder=mine"`.

    Returns
    -------
    Path
        Folder of the study; `pandas.read_parquet(folder / "results.parquet")` reads its figures. Points that failed
        are in `failures.csv`.

    Raises
    ------
    ScenarioError
        If anything is wrong with the study; then nothing has been written.
    KeyboardInterrupt
        On Ctrl-C; what was finished is kept, and the same call goes on from there.
    """
    prepared = _prepare([f"experiment={experiment}", *overrides])
    assert prepared is not None  # only flags can ask for something else
    prepared.folder.mkdir(parents=True, exist_ok=True)
    with alone_in(prepared.folder):
        _run(prepared)
    return prepared.folder


def _prepare(arguments: Sequence[str]) -> _Sweep | None:
    """Validate everything; nothing has been written when this fails."""
    started = datetime.now().astimezone()
    experiment = read_experiment(arguments)
    asked = read_command_line("sweep", [*experiment.base, *experiment.rest])
    if asked is None:
        return None
    if asked.is_sweep:
        raise ScenarioError(Fault("command line", "must hold no -m: the design lists the points", "-m"))
    study = make_study({**experiment.given, "base": list(asked.desk.overrides)})
    plan = make_plan(study, DeskSource(asked.desk), (experiment.beside,), points_shown)
    folder = (experiment.folder or runs_folder().with_name("studies") / study.title.name).absolute()
    _refuse_place(folder)
    before = read_manifest(folder)
    if before is not None:
        refuse_other_code(folder, before)
        for changed in other_packages(before):
            warn(f"note: {changed} since this study was begun; its last digits may differ from there on")
    refuse_executor(experiment.executor)
    return _Sweep(plan, folder, experiment.executor, command_line("sweep", arguments), started)


def _refuse_place(folder: Path) -> None:
    rule = "must lie in a folder that can be written to"
    try:
        above = next(f for f in (folder, *folder.parents) if f.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise ScenarioError(Fault(FOLDER_FIELD, rule, folder.name))
        if above != folder:
            try_to_make(folder)
    except OSError as error:  # such as a name that is too long
        raise ScenarioError(Fault(FOLDER_FIELD, f"{rule} ({error.strerror})", folder.name)) from None


def _run(asked: _Sweep) -> int:
    plan, store = asked.plan, StudyFolder(asked.folder)
    store.open()
    for name in store.damaged:
        warn(f"note: {name} was damaged; what it held is run again")
    write_plan(asked.folder, plan.ready, plan.families)
    _write_manifest(asked, Driven(plan.study.replications), "running")
    try:
        with progress_shown(plan.study.title.name) as progress:
            driven = run_plan(plan, store, asked.executor, progress)
        compared = audit_plan(plan, store, asked.executor, driven.replications)
    except KeyboardInterrupt:
        finished, done = store.counts((r.key for r in plan.ready), plan.study.replications)
        _write_manifest(asked, Driven(plan.study.replications), "interrupted")
        kept = f"{count_of(done, 'replication')} kept in {shown_path(asked.folder)}"
        points = count_of(len(plan.ready), "point")
        warn(f"interrupted: {finished} of {points} finished ({kept}); the same command goes on from there")
        raise
    write_tables(plan, store, driven, partial(points_shown, doing="tables of"))
    write_sliders(plan, store, driven)
    answers = write_answers(plan, asked.folder, driven.replications)
    _write_manifest(asked, driven, "finished", audited_replications=compared)
    _write_page(asked.folder)
    for line in answers:
        say(line)
    return _report(asked, driven, compared)


def _write_manifest(asked: _Sweep, driven: Driven, state: str, **more: object) -> None:
    write_manifest(
        asked.folder,
        asked.plan.study,
        asked.started,
        str(asked.plan.run(asked.plan.ready[0])["engine"]),
        command=asked.command,
        state=state,
        points=len(asked.plan.ready),
        failed_points=len(driven.failed),
        replications=driven.replications,
        is_exact=driven.is_exact,
        executor=asked.executor.kind,
        **more,
    )


def _write_page(folder: Path) -> None:
    """Write the page of the study; a file of somebody else in its place stays, and is told."""
    from .report import write_report  # noqa: PLC0415 - takes its time

    try:
        write_report(folder)
    except ScenarioError as error:
        warn(f"note: the page was not written: {error}")


def _report(asked: _Sweep, driven: Driven, compared: int) -> int:
    study = asked.plan.study
    points, each = count_of(len(asked.plan.ready), "point"), count_of(driven.replications, "replication")
    say(f"{study.title.en}: {points}, {each} each")
    if not driven.is_exact:
        warn("note: not every target of precision is met at study.precision.most replications")
    were = "was" if compared == 1 else "were"
    say(f"{count_of(compared, 'replication')} {were} run again and came out the same, bit for bit")
    if driven.survivors is not None:
        best = f"point{'s' if len(driven.survivors) > 1 else ''} {', '.join(map(str, driven.survivors))}"
        say(f"may be best: {best}; see screening.csv")
    for failed in sorted(driven.failed, key=lambda f: f.number)[:10]:
        warn(f"point {failed.number} failed: {failed.failure.error}: {failed.failure.message}")
    say(shown_path(asked.folder))
    if driven.failed:
        warn(f"{len(driven.failed)} of {points} failed; see failures.csv")
    return POINTS_FAILED if driven.failed else 0
