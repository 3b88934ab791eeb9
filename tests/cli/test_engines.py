"""`run.engine`: the same numbers from both engines, and one line where the compiled one cannot run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Strait

NUMBERS = ("metrics.csv", "profile.csv", "replications.csv")


def test_both_engines_give_the_same_bytes(strait: Strait) -> None:
    one = strait("run", "hydra.run.dir=one")
    other = strait("run", "hydra.run.dir=other", "+run.engine=kernel")
    assert (one.code, other.code, other.err) == (0, 0, "")
    assert one.out.replace("one\n", "other\n") == other.out
    for name in NUMBERS:
        assert Path("one", name).read_bytes() == Path("other", name).read_bytes()


def test_the_manifest_names_the_engine_and_what_it_needs(strait: Strait) -> None:
    for engine in ("reference", "kernel"):
        strait("run", f"hydra.run.dir={engine}", f"+run.engine={engine}")
        manifest = json.loads(Path(engine, "manifest.json").read_text(encoding="utf-8"))
        assert manifest["engine"] == engine
        assert ("numba" in manifest["packages"]) == (engine == "kernel")


def test_without_numba_the_kernel_is_refused(strait: Strait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    done = strait("run", "+run.engine=kernel")
    assert (done.code, done.out) == (2, "")
    assert done.err == "run.engine needs the package numba (pip install numba), or take reference; got 'kernel'\n"
    assert not list(Path().iterdir())


def test_without_numba_the_reference_works(desk: Path) -> None:
    code = f"""
import sys
sys.modules["numba"] = None
from sim.cli import main
sys.exit(main(["run", "--config-path", {str(desk)!r}, "hydra.run.dir=mine"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("mine", "metrics.csv").is_file()
