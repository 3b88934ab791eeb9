"""`strait compare A B`: paired under the same random numbers, Welch otherwise."""

import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.study.compare import compare_runs, load_run

from .conftest import Strait

COMMON = "run.days=0.1"


def test_same_seed_is_paired_and_narrower(strait: Strait) -> None:
    strait("run", COMMON, "run.replications=6", "hydra.run.dir=a")
    strait("run", COMMON, "run.replications=6", "network.stations.desk.servers=3", "hydra.run.dir=b")
    strait("run", COMMON, "run.replications=6", "network.stations.desk.servers=3", "run.seed=8", "hydra.run.dir=c")
    a, b, c = (load_run(Path(name)) for name in "abc")
    paired, welch = compare_runs(a, b), compare_runs(a, c)
    assert (paired.is_paired, welch.is_paired) == (True, False)
    widths = {}
    for name, found in (("paired", paired), ("welch", welch)):
        rows = found.differences.query("metric == 'time_in_system' and direction == 'all' and `class` == 'all'")
        (row,) = rows.to_dict("records")
        assert row["difference"] == pytest.approx(row["b"] - row["a"])
        widths[name] = row["high"] - row["low"]
    assert paired.differences.query("metric == 'arrivals'")["difference"].abs().max() == 0
    assert 0 < widths["paired"] < widths["welch"]


def test_welch_interval_by_hand(strait: Strait) -> None:
    strait("run", COMMON, "run.replications=3", "hydra.run.dir=a")
    strait("run", COMMON, "run.replications=5", "run.seed=8", "hydra.run.dir=b")
    a, b = load_run(Path("a")), load_run(Path("b"))
    key = "metric == 'arrivals' and direction == 'all' and `class` == 'all'"
    (row,) = compare_runs(a, b).differences.query(key).to_dict("records")
    from scipy import stats

    days = a.reductions[0].days
    samples = [
        [sum(v[0] for k, v in r.sums.items() if k[0] == "arrivals") / days for r in run.reductions] for run in (a, b)
    ]
    oracle = stats.ttest_ind(samples[1], samples[0], equal_var=False).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high))


def test_table(strait: Strait, capsys: pytest.CaptureFixture[str]) -> None:
    strait("run", "hydra.run.dir=a")
    strait("run", "hydra.run.dir=b", "network.stations.desk.servers=3")
    assert main(["compare", "a", "b"]) == 0
    short = capsys.readouterr().out
    assert "paired by replication (common random numbers)" in short
    assert main(["compare", "a", "b", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > len(short.splitlines()) > 5
    assert main(["compare", "a", "a"]) == 0


def test_folder_that_is_no_run(strait: Strait, capsys: pytest.CaptureFixture[str]) -> None:
    strait("run", "hydra.run.dir=a")
    Path("b").mkdir()
    assert main(["compare", "a", "b"]) == 2
    assert capsys.readouterr().err == "compare must name run folders (No such file or directory); got 'b'\n"
    manifest = json.loads(Path("a/manifest.json").read_text(encoding="utf-8"))
    Path("a/manifest.json").write_text(json.dumps({**manifest, "replications": 3}), encoding="utf-8")
    assert main(["compare", "a", "a"]) == 2
    assert capsys.readouterr().err == "compare must name run folders (its files do not belong together); got 'a'\n"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (None, "manifest.json holds no entries"),
        ({"confidence": "abc"}, "manifest.json has confidence = 'abc'"),
        ({"confidence": 7.0}, "manifest.json has confidence = 7.0"),
        ({"seed": None}, "manifest.json has seed = None"),
        ({"replications": True}, "manifest.json has replications = True"),
    ],
)
def test_spoilt_manifest(
    change: dict[str, object] | None, reason: str, strait: Strait, capsys: pytest.CaptureFixture[str]
) -> None:
    strait("run", "hydra.run.dir=a")
    path = Path("a/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change and {**manifest, **change}), encoding="utf-8")
    for command in ("compare", "plans"):
        assert main([command, "a", "a"]) == 2
        assert capsys.readouterr().err == f"{command} must name run folders ({reason}); got 'a'\n"
