"""`simulate`: the number of workers changes no result; what is stored can be drawn again."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import load_scenario, simulate
from sim.errors import ScenarioError
from sim.metrics import Reduction
from sim.scenario import Scenario
from sim.study import Interrupted, PoolError, Result, WorkerLostError
from sim.study.worker import reduce_in_worker


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("custom", "network=mmc", "run.days=0.1", "run.lead_in_h=0", "run.replications=5")


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    return simulate(scenario, workers=1)


def test_workers_change_nothing(scenario: Scenario, result: Result) -> None:
    other = simulate(scenario, workers=2)
    pd.testing.assert_frame_equal(result.metrics, other.metrics, check_exact=True)
    pd.testing.assert_frame_equal(result.profile, other.profile, check_exact=True)
    assert [r.sums for r in result.reductions] == [r.sums for r in other.reductions]


def test_a_replication_is_the_same_whatever_their_number(scenario: Scenario, result: Result) -> None:
    fewer = simulate(scenario, replications=2, workers=1)
    assert [r.sums for r in fewer.reductions] == [r.sums for r in result.reductions[:2]]


def test_record_is_drawn_again(result: Result) -> None:
    once, again = result.record(3), result.record(3)
    for name, column in once.units.items():
        assert np.array_equal(column, again.units[name])
    assert np.array_equal(once.units["arrival_tick"], result.workload(3).arrival_tick)
    key = ("arrivals", "none", "none", "all", "all", "unit")
    assert (
        result.reductions[3].sums[key][0]
        == len(once.units["arrival_tick"]) - (once.units["arrival_tick"] >= result.network.window_end_tick).sum()
    )


def test_progress_is_told_after_every_replication(scenario: Scenario) -> None:
    seen: list[tuple[int, int]] = []
    simulate(scenario, workers=1, progress=lambda finished, wanted: seen.append((finished, wanted)))
    assert seen == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize("workers", [1, 2])
def test_interruption_keeps_what_is_finished(scenario: Scenario, result: Result, workers: int) -> None:
    def press(finished: int, _wanted: int) -> None:
        if finished == 4:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        simulate(scenario, workers=workers, progress=press)
    kept = caught.value.result
    assert kept is not None
    assert 2 <= kept.replications <= 4
    assert [r.sums for r in kept.reductions] == [r.sums for r in result.reductions[: kept.replications]]


def test_one_replication_is_not_worth_keeping(scenario: Scenario) -> None:
    def press(_finished: int, _wanted: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        simulate(scenario, workers=1, progress=press)
    assert caught.value.result is None


def test_dead_worker_is_one_line(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.pool.reduce_in_worker", exit_at_once)
    with pytest.raises(PoolError, match=r"worker process ended unexpectedly .*run\.workers=1"):
        simulate(scenario, workers=2)


def exit_at_once(_replication: int) -> None:
    """Stand in for a worker that the system kills."""
    import os

    os._exit(9)


def test_dead_worker_leaves_what_is_finished(
    scenario: Scenario, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.pool.reduce_in_worker", exit_at_four)
    with pytest.raises(WorkerLostError) as caught:
        simulate(scenario, workers=2)
    kept = caught.value.result
    assert kept is not None
    assert 2 <= kept.replications <= 4
    assert [r.sums for r in kept.reductions] == [r.sums for r in result.reductions[: kept.replications]]


def exit_at_four(replication: int) -> Reduction:
    if replication == 4:
        time.sleep(1)
        exit_at_once(replication)
    return reduce_in_worker(replication)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"replications": 0}, "replications must be greater than or equal to 1; got 0"),
        ({"replications": 2.5}, "replications must be a valid integer; got 2.5"),
        ({"workers": 0}, "workers must be greater than or equal to 1; got 0"),
        ({"workers": 10_000}, "workers must be less than or equal to 1024; got 10000"),
        ({"engine": "warp"}, "run.engine must be one of reference, kernel; got 'warp'"),
    ],
)
def test_bad_argument(scenario: Scenario, arguments: dict[str, Any], line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        simulate(scenario, **arguments)
    assert str(caught.value) == line


def test_script_without_a_guard(tmp_path: Path) -> None:
    script = tmp_path / "study.py"
    script.write_text(
        "from sim import load_scenario, simulate\n"
        "scenario = load_scenario('custom', 'network=mmc', 'run.days=0.02', 'run.lead_in_h=0')\n"
        "print('once', simulate(scenario, replications=2, workers=2).replications)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "once 2\n", "")


def test_import_is_light_and_silent() -> None:
    code = "import sim, sys; print([m for m in ('numpy', 'pandas', 'hydra', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_load_scenario_leaves_the_callers_hydra_alone() -> None:
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    from sim.cli.compose import config_folder

    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        mine = GlobalHydra.instance().hydra
        first = load_scenario("march_2018", "run.seed=3")
        second = load_scenario("march_2018", "run.seed=3")
        assert first == second
        assert first.run.seed == 3
        assert GlobalHydra.instance().hydra is mine
    load_scenario("custom", "network=mmc")
    assert not GlobalHydra.instance().is_initialized()
