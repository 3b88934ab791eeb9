"""Who runs the tasks changes no byte; a task that kills its worker takes nothing with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario.study import Executor, make_executor
from sim.study import PoolError
from sim.study.executors import Setup, Task, outcomes_of, processes
from sim.study.runner import Plan, audit_plan, run_plan, write_tables
from sim.study.runner.audit import AuditError
from sim.study.runner.drive import Driven, State
from sim.study.store import StudyFolder
from sim.study.store.file import write_table
from sim.study.store.schema import first_replications
from sim.study.worker import Job

from .tiny import Poison, contents, queue_plan


def run(folder: Path, plan: Plan, **executor: Any) -> Driven:
    folder.mkdir(exist_ok=True)
    store = StudyFolder(folder)
    store.open()
    driven = run_plan(plan, store, make_executor(executor))
    write_tables(plan, store, driven)
    return driven


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert not run(folder, queue_plan(), kind="serial").failed
    found = contents(folder)
    assert [name.partition("/")[0] for name in found if name.endswith(".parquet")] == [
        "differences.parquet", "points", "points", "points", "results.parquet",
    ]  # fmt: skip
    return found


@pytest.mark.parametrize(
    "executor",
    [
        {"kind": "serial", "batch": 3},
        {"kind": "threads", "workers": 3, "batch": 1},
        {"kind": "processes", "workers": 2, "batch": 2},
        {"kind": "dask", "workers": 2, "batch": 2},
    ],
    ids=lambda executor: executor["kind"],
)
def test_executors_change_no_byte(executor: dict[str, Any], tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    driven = run(tmp_path / "s", queue_plan(), **executor)
    assert not driven.failed
    assert contents(tmp_path / "s") == undisturbed


def poisoned(plan: Plan) -> Plan:
    """Make the second point end whichever process runs it."""
    bad = replace(plan.ready[1], changes=Poison(plan.ready[1].changes))
    return Plan(plan.study, [plan.ready[0], bad, plan.ready[2]], plan.families)


@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_a_task_that_kills_its_worker_is_a_row(kind: str, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    plan = queue_plan()
    folder = tmp_path / "s"
    folder.mkdir()
    store = StudyFolder(folder)
    store.open()
    driven = run_plan(poisoned(plan), store, Executor(kind=kind, workers=2, batch=4))  # type: ignore[arg-type]
    assert [(f.number, f.failure.error) for f in driven.failed] == [(2, "WorkerDied")]
    points = {name: data for name, data in undisturbed.items() if name.startswith("points/")}
    kept = contents(folder)
    assert kept == {name: data for name, data in points.items() if plan.ready[1].key not in name}
    assert not run(folder, plan, kind="serial").failed
    assert contents(folder) == undisturbed


def test_a_cluster_that_has_given_its_workers_up_gets_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, bytes]
) -> None:
    """On a busy machine dask takes a worker that starts again for lost, and then has none."""
    monkeypatch.setattr("sim.study.executors.cluster._LOST_WORKER", "1ms")
    monkeypatch.setattr("sim.study.executors.cluster._LOOK_EVERY_S", 1.0)
    folder = tmp_path / "s"
    folder.mkdir()
    store = StudyFolder(folder)
    store.open()
    driven = run_plan(poisoned(queue_plan()), store, Executor(kind="dask", workers=1, batch=4))
    assert [(f.number, f.failure.error) for f in driven.failed] == [(2, "WorkerDied")]
    assert not run(folder, queue_plan(), kind="serial").failed
    assert contents(folder) == undisturbed


def test_workers_that_cannot_start_are_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "start_study_worker", die_at_once)
    with pytest.raises(PoolError, match="worker processes end as soon as they start"):
        run(tmp_path / "s", queue_plan(), kind="processes", workers=1)


def die_at_once(*_given: object) -> None:
    """Stand in for a worker that cannot be set up."""
    import os

    os._exit(9)


@contextmanager
def failing() -> Iterator[None]:
    """Make replication 2 of every queue with 30 arrivals an hour break a law."""
    reduce = Job.reduce

    def broken(job: Job, replication: int) -> Any:
        rate = job.scenario.as_mapping()["network"]["arrivals"]["main"]["rate_per_h"]
        if (rate, replication) == (30.0, 2):
            raise ZeroDivisionError("a law\nis broken")
        return reduce(job, replication)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Job, "reduce", broken)
        yield


@pytest.mark.parametrize("batch", [1, 4])
def test_a_failed_replication_is_a_row_and_is_tried_again(
    batch: int, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    folder = tmp_path / "s"
    with failing():
        driven = run(folder, queue_plan(), kind="serial", batch=batch)
    (failed,) = driven.failed
    assert (failed.number, failed.failure.replication, failed.failure.message) == (2, 2, "a law is broken")
    text = (folder / "failures.csv").read_text(encoding="utf-8-sig")
    assert text == f"point,key,replication,error,message\n2,{failed.key},2,ZeroDivisionError,a law is broken\n"
    results = (folder / "results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert {line.partition(",")[0] for line in results[1:]} == {"1", "3"}
    assert not run(folder, queue_plan(), kind="serial", batch=batch).failed
    assert contents(folder) == undisturbed


def test_progress_tells_how_far_it_is(tmp_path: Path) -> None:
    seen: list[State] = []
    store = StudyFolder(tmp_path)
    store.open()
    run_plan(queue_plan(), store, Executor(kind="serial", batch=2), seen.append)
    assert [(s.finished_points, s.finished_replications) for s in seen] == [
        (0, 0), (0, 2), (1, 4), (1, 6), (2, 8), (2, 10), (3, 12),
    ]  # fmt: skip
    assert {(s.points, s.replications, s.failed_points) for s in seen} == {(3, 12, 0)}


@pytest.mark.parametrize(("task_s", "done"), [(1e6, [0, 1, 5, 21]), (1e-6, [0, 1, 2, 3])])
def test_batches_grow_until_a_task_takes_long(
    task_s: float, done: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.runner.drive._TASK_S", task_s)
    seen: list[State] = []
    store = StudyFolder(tmp_path)
    store.open()
    run_plan(queue_plan(replications=21), store, Executor(kind="serial"), seen.append)
    assert [s.finished_replications for s in seen][:4] == done


def test_interrupted_it_keeps_what_is_finished(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    def press(state: State) -> None:
        if state.finished_replications == 6:
            raise KeyboardInterrupt

    folder = tmp_path / "s"
    folder.mkdir()
    store = StudyFolder(folder)
    store.open()
    with pytest.raises(KeyboardInterrupt):
        run_plan(queue_plan(), store, Executor(kind="serial", batch=2), press)
    again = StudyFolder(folder)
    again.open()
    assert again.counts([r.key for r in queue_plan().ready], 4) == (1, 6)
    assert not run(folder, queue_plan(), kind="serial").failed
    assert contents(folder) == undisturbed


def test_precision_adds_replications_to_all_points_alike(tmp_path: Path) -> None:
    target = {"metric": "arrivals", "relative": 0.2, "vehicle_class": "all"}
    plan = queue_plan(replications=3, precision={"targets": [target], "step": 2, "most": 40})
    driven = run(tmp_path / "s", plan, kind="serial")
    assert driven.is_exact
    assert 3 < driven.replications < 40
    assert driven.replications % 2 == 1
    files = {path.name.split("-")[1] for path in (tmp_path / "s" / "points").iterdir()}
    assert files == {f"r{driven.replications}"}
    fixed = queue_plan(replications=driven.replications)
    run(tmp_path / "fixed", fixed, kind="serial")
    assert contents(tmp_path / "fixed") == contents(tmp_path / "s")


def test_precision_ends_at_its_cap(tmp_path: Path) -> None:
    target = {"metric": "wait", "line": "desk", "statistic": "p95", "absolute": 1e-6}
    plan = queue_plan(replications=2, precision={"targets": [target], "step": 2, "most": 5})
    driven = run(tmp_path / "s", plan, kind="serial")
    assert (driven.is_exact, driven.replications) == (False, 5)


SCREENING = {
    "figure": {"metric": "wait", "statistic": "mean", "line": "desk"},
    "best": "lowest", "indifference": 0.2, "step": 1, "most": 90,
}  # fmt: skip


def test_screening_drops_points_that_are_surely_not_best(tmp_path: Path) -> None:
    plan = queue_plan(replications=6, screening=SCREENING)
    driven = run(tmp_path / "s", plan, kind="serial")
    assert driven.survivors == [1]
    counts = [driven.of(ready.key) for ready in plan.ready]
    # Point 2 differs from point 1 by less than point 3 does, but its pairs vary least, so it leaves first.
    assert 6 == counts[1] < counts[0] == counts[2] < 90
    files = {path.name[:20]: path.name.split("-")[1] for path in (tmp_path / "s" / "points").iterdir()}
    assert files == {ready.key: f"r{n}" for ready, n in zip(plan.ready, counts, strict=True)}
    text = (tmp_path / "s" / "screening.csv").read_text(encoding="utf-8-sig").splitlines()
    assert text == [
        "point,factors,replications,may_be_best",
        *(
            f"{p},rate={rate},{n},{int(p == 1)}"
            for p, rate, n in zip((1, 2, 3), (20.0, 30.0, 40.0), counts, strict=True)
        ),
    ]
    before = contents(tmp_path / "s")
    assert run(tmp_path / "s", plan, kind="threads", workers=2).survivors == [1]
    assert contents(tmp_path / "s") == before


def test_screening_the_other_way_and_its_cap(tmp_path: Path) -> None:
    highest = queue_plan(replications=6, screening=SCREENING | {"best": "highest"})
    assert run(tmp_path / "s", highest, kind="serial").survivors == [3]
    close = queue_plan(replications=6, screening=SCREENING | {"indifference": 1e-4, "most": 8})
    driven = run(tmp_path / "t", close, kind="serial")
    assert driven.survivors == [1, 2, 3]
    assert {driven.of(ready.key) for ready in close.ready} == {8}


def test_audit_compares_bit_for_bit(tmp_path: Path) -> None:
    plan = queue_plan()
    run(tmp_path / "s", plan, kind="serial")
    store = StudyFolder(tmp_path / "s")
    store.open()
    serial = Executor(kind="serial")
    assert audit_plan(plan, store, serial, 4) == 1
    assert audit_plan(plan, store, serial, 4, 0.0) == 0
    assert audit_plan(plan, store, serial, 4, 1.0) == 12
    key = plan.ready[1].key
    table = store.read(key, 4)
    numerators = table.column("numerator").to_numpy().copy()
    numerators[-1] += 1e-12
    wrong = table.set_column(table.schema.get_field_index("numerator"), table.schema.field("numerator"), [numerators])
    for path in (tmp_path / "s" / "points").glob(f"{key}*"):
        path.unlink()
    write_table(first_replications(wrong, 4), tmp_path / "s" / "points", key, "r4")
    again = StudyFolder(tmp_path / "s")
    again.open()
    assert not again.damaged
    with pytest.raises(AuditError, match="not the same when simulated again: point 2 replication 3"):
        audit_plan(plan, again, serial, 4, 1.0)


def test_tasks_are_small(tmp_path: Path) -> None:
    """Keys travel, not arrays."""
    import pickle

    ready = queue_plan().ready[2]
    task = Task(3, ready.key, ready.family, ready.changes, tuple(range(30)))
    assert len(pickle.dumps(task)) < 500


def test_dask_is_refused_by_name_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    setup = Setup((), (), ())
    with pytest.raises(ScenarioError, match=r"executor.kind must be .* unless dask is installed: pip install 'strait"):
        list(outcomes_of(Executor(kind="dask"), setup, iter(()), lambda: None))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"kind": "ray"}, "executor.kind must be 'serial', 'threads', 'processes' or 'dask'; got 'ray'"),
        ({"workers": 0}, "executor.workers must be greater than or equal to 1; got 0"),
        (
            {"address": "tcp://127.0.0.1:1"},
            "executor.address must be given with kind dask only; got 'tcp://127.0.0.1:1'",
        ),
    ],
)
def test_bad_executor(given: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        make_executor(given)
    assert str(caught.value) == line
