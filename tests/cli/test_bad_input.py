"""Bad input at the command line: exit code 2, one line a fault with field, rule and value, nothing written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main

from .conftest import Strait

QUOTES = "must be KEY=VALUE; other letters than a-z need quotes: \"key='value'\"; got "
CASES = [
    ("scenario=tiney", "scenario must be one of tiny (did you mean 'tiny'?); got 'tiney'"),
    ("scenaro=tiny", "scenaro must be a known key (did you mean 'scenario'?); got 'tiny'"),
    ("run.sede=1", "run.sede must be a known key (did you mean 'seed'?); got '1'"),
    ("run={seed: 1, sede: 3}", "run.sede must be a known key (did you mean 'seed'?); got '{seed: 1, sede: 3}'"),
    ("run.seed.first=1", "run.seed.first must be a known key; got '1'"),
    ("network.routes.main.7.do=serve", "network.routes.main.7.do must lead to a place of the configuration; got 'serve'"),
    ("run.language=zh", "run.language must be in the configuration already; add it with +run.language=zh; got 'zh'"),
    ("+typo=1", "typo must be a known key; got 'typo'"),
    ("+run.sede=1", "run.sede must be a known key (did you mean 'seed'?); got 'sede'"),
    ("+run.seed=1", "run.seed must be given without +: the key is there; got '1'"),
    ("~run.sede", "run.sede must be a known key (did you mean 'seed'?); got ''"),
    ("~run.seed", "run.seed must be given; got nothing"),
    ("run.seed=one", "run.seed must be a valid integer; got 'one'"),
    ("run.seed=???", "run.seed must be given; got '???'"),
    ("run.days=nan", "run.days must be a finite number; got nan"),
    ("run.days=-1", "run.days must be greater than or equal to 0.001; got -1"),
    ("run.days=1,2", "run.days must be one value; several values need -m, a list needs [brackets]; got '1,2'"),
    ("run.days=[1,2", f"run.days {QUOTES}'run.days=[1,2'"),
    ("title.zh=小", f"title.zh {QUOTES}'title.zh=小'"),
    ("run.seed=${run.nothing}", "run.seed must refer to a value that is there; got "),
    (
        "run.seed=${oc.env:HOME}",
        "run.seed must not use a resolver; only plain references such as ${run.days}; got '${oc.env:HOME}'",
    ),
    (
        "title.en='${now:%Y}'",
        "title.en must not use a resolver; only plain references such as ${run.days}; got '${now:%Y}'",
    ),
    (
        "+network._target_=os.system",
        "network._target_ must not be given: a configuration never runs code; got 'os.system'",
    ),
    ("scenario=no/config.yaml", "scenario must name a readable file that ends in .yaml; got 'no/config.yaml'"),
    ("network.stations.desk.servers=-1", "network.stations.desk.servers must be greater than or equal to 0; got -1"),
    ("network.routes.main.0.station=dask", "network.routes.main.0.station must name one of desk"),
    ("scenario=[1]", "scenario must be one of tiny; got '[1]'"),
    ("scenario=3", "scenario must be one of tiny; got '3'"),
    ("scenario=null", "scenario must be one of tiny; got 'null'"),
    ("scenario=/nowhere", "scenario must be one of tiny; got 'nowhere'"),
    ("scenario=${oc.env:HOME}", "scenario must be one of tiny; got '${oc.env:HOME}'"),
    ("+scenario=tiny", "scenario must be given without +: the key is there; got 'tiny'"),
    ("hydra.run.dir=", "hydra.run.dir must be the name of a folder; got ''"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "line"), CASES, ids=[c[0] for c in CASES])
def test_one_line_and_nothing_written(override: str, line: str, strait: Strait) -> None:
    done = strait("run", override)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(line)
    assert done.err.count("\n") == 1
    assert not list(Path().iterdir())


def test_every_bad_override_has_its_line(strait: Strait) -> None:
    done = strait("check", "run.sede=1", "network.stations.dask.servers=1", "scenario=other")
    assert done.code == 2
    fields = {line.split()[0] for line in done.err.splitlines()}
    assert fields == {"run.sede", "network.stations.dask.servers", "scenario"}


def test_a_sweep_is_refused_whole_before_its_first_run(strait: Strait) -> None:
    done = strait("run", "-m", "run.days=0.01,-1", "hydra.run.dir=runs")
    assert (done.code, done.err) == (2, "run.days must be greater than or equal to 0.001; got -1\n")
    assert not list(Path().iterdir())


UNWRITABLE = [
    ("file/run", "Not a directory"),
    ("file/deeper/run", "Not a directory"),
    ("a" * 300, "File name too long"),
    ("new/" + "a" * 300, "File name too long"),
    ("/proc/run", "No such file or directory"),
]


@pytest.mark.parametrize(("place", "reason"), UNWRITABLE, ids=range(len(UNWRITABLE)))
@pytest.mark.parametrize("key", ["hydra.run.dir", "++hydra.run.dir"])
def test_unwritable_results_folder(key: str, place: str, reason: str, strait: Strait) -> None:
    Path("file").write_text("in the way", encoding="utf-8")
    done = strait("run", f"{key}={place}")
    assert done.code == 2
    assert done.err.startswith(f"hydra.run.dir must lie in a folder that can be written to ({reason}); got ")
    assert done.err.count("\n") == 1
    assert [p.name for p in Path().iterdir()] == ["file"]


def test_a_link_that_leads_nowhere_is_no_new_folder(strait: Strait) -> None:
    Path("link").symlink_to("nowhere")
    done = strait("run", "hydra.run.dir=link")
    assert (done.code, done.err.split(";")[0]) == (2, "hydra.run.dir must be a new folder")
    assert [p.name for p in Path().iterdir()] == ["link"]


@pytest.mark.parametrize("arguments", [["hydra.run.dir=mine/more"], ["-m", "hydra.run.dir=mine", "run.seed=1,2"]])
def test_no_run_lies_in_another(arguments: list[str], strait: Strait) -> None:
    assert strait("run", "hydra.run.dir=mine").code == 0
    before = sorted(p.name for p in Path("mine").iterdir())
    done = strait("run", *arguments)
    assert done.code == 2
    assert done.err.startswith("hydra.run.dir must not lie in the folder of another run (mine); got ")
    assert sorted(p.name for p in Path("mine").iterdir()) == before


def test_a_sweep_has_one_folder(strait: Strait) -> None:
    done = strait("run", "-m", "hydra.run.dir=x1,x2")
    rule = "must be one folder; each run of a sweep gets a numbered folder in it"
    assert (done.code, done.err) == (2, f"hydra.run.dir {rule}; got 'x1,x2'\n")


def test_a_run_is_never_overwritten(strait: Strait) -> None:
    assert strait("run", "hydra.run.dir=mine").code == 0
    before = {p.name: p.read_bytes() for p in Path("mine").iterdir()}
    done = strait("run", "hydra.run.dir=mine", "run.seed=8")
    assert done.code == 2
    assert done.err.startswith("hydra.run.dir must be a new folder; runs are never overwritten; got ")
    assert {p.name: p.read_bytes() for p in Path("mine").iterdir()} == before


FILES = [
    ("_target_: os.system\n", "_target_ must not be given: a configuration never runs code; got 'os.system'"),
    ("run:\n  seed: [1\n", "tiny.yaml line 3 column 1 must be valid YAML; got expected ',' or ']'"),
    ("runn: {seed: 1}\n", "runn must be a known key (did you mean 'run'?); got 'runn'"),
    ("defaults:\n  - /network: strait\n", "network must be one of its options (there is none); got 'strait'"),
    ("- 1\n- 2\n", "title must be given; got nothing"),
    ("3\n", "tiny.yaml must hold settings by name; got something else"),
    ("run: &run\n  days: *run\n", "tiny.yaml must not be nested so deep, nor hold itself"),
    ("run: " + 2000 * "[" + 2000 * "]" + "\n", "tiny.yaml must not be nested so deep, nor hold itself"),
    ("3: {seed: 1}\n", "3 must be a known key; got '3'"),
    ("defaults:\n  - /network: ${oc.env:HOME}\n", "config must be a configuration that Hydra can compose; got "),
]


@pytest.mark.parametrize(("text", "line"), FILES, ids=range(len(FILES)))
def test_bad_file(text: str, line: str, desk: Path, strait: Strait) -> None:
    scenario = "# @package _global_\ntitle: {name: tiny, zh: a, en: a}\n" if text[0] not in "-3" or ":" in text else ""
    (desk / "scenario" / "tiny.yaml").write_text(scenario + text, encoding="utf-8")
    done = strait("run")
    assert done.code == 2
    assert any(found.startswith(line.replace("line 3", "line 5")) for found in done.err.splitlines()), done.err
    assert "Traceback" not in done.err
    assert not list(Path().iterdir())


@pytest.mark.parametrize("path", ["nowhere.yaml", "folder.yaml", "unreadable.yaml"])
def test_stored_scenario_that_cannot_be_read(path: str, tmp_path: Path, strait: Strait) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "unreadable.yaml").symlink_to("/proc/self/mem")  # reading it fails for everybody
    done = strait("run", f"scenario={tmp_path}/{path}")
    assert done.code == 2
    assert done.err.startswith("scenario must name a readable file that ends in .yaml; got ")


@pytest.mark.parametrize("text", ["- 1\n", "7\n"])
def test_stored_scenario_that_holds_no_settings(text: str, tmp_path: Path, strait: Strait) -> None:
    (tmp_path / "stored.yaml").write_text(text, encoding="utf-8")
    done = strait("run", f"scenario={tmp_path}/stored.yaml")
    assert (done.code, done.err) == (2, "stored.yaml must hold settings by name; got something else\n")


def test_file_that_is_not_utf8(desk: Path, strait: Strait) -> None:
    (desk / "scenario" / "tiny.yaml").write_bytes("# @package _global_\ntitle: 琼州".encode("gbk"))
    done = strait("run")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rum"]) == 2
    assert capsys.readouterr().err == (
        "command must be one of run, sweep, status, verify, check, compare, plans, gains, report, version, help (did you mean 'run'?); got 'rum'\n"
    )


def test_unknown_flag(strait: Strait) -> None:
    done = strait("run", "--fast")
    assert (done.code, done.err) == (2, "command line must hold known flags and KEY=VALUE overrides; got '--fast'\n")


def test_missing_config_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config-dir", "nowhere"]) == 2
    rule = "must name a folder that can be read (No such file or directory)"
    assert capsys.readouterr().err == f"--config-dir {rule}; got 'nowhere'\n"


def test_config_folder_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, strait: Strait, tmp_path: Path) -> None:
    real = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == tmp_path / "mine":
            raise PermissionError(13, "Permission denied")
        return real(path)

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    done = strait("check", "--config-dir", str(tmp_path / "mine"))
    assert done.code == 2
    assert done.err.startswith("--config-dir must name a folder that can be read (Permission denied); got ")


@pytest.mark.parametrize(
    ("sweep", "field"),
    [
        (("run.seed=range(0,1000000000)",), "run.seed"),
        (("run.seed=range(0,101)", "run.workers=range(1,101)"), "run.workers"),
    ],
)
def test_a_sweep_has_an_end(sweep: tuple[str, ...], field: str, strait: Strait) -> None:
    done = strait("run", "-m", *sweep)
    assert done.code == 2
    assert done.err.startswith(f"{field} must make at most 10,000 combinations with the other lists of -m; got 'range(")


@pytest.mark.parametrize("arguments", [[], ["a"], ["a", "b"], ["a", "b", "--some"]])
def test_compare_needs_two_run_folders(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *arguments]) == 2
    assert capsys.readouterr().err.startswith("compare must ")
