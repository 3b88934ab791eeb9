"""Installed from a wheel, without a checkout: the command finds its configurations, results go below the caller."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from sim.study.provenance import checkout_folder


@pytest.mark.slow
def test_wheel_in_a_fresh_environment(tmp_path: Path) -> None:
    root = checkout_folder()
    if root is None:
        pytest.skip("not in a checkout")
    source = tmp_path / "source"
    for name in ("sim", "configs", "docs", "experiments", "pyproject.toml", "README.md", "LICENSE"):
        place = root / name
        if place.is_dir():
            shutil.copytree(place, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(place, source / name)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(source))
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel))
    (tmp_path / "elsewhere").mkdir()
    # The libraries of this environment stand in for a long installation; the package itself comes from the wheel.
    there = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    strait = str(python.with_name("strait"))
    where = run(str(python), "-c", "import sim; print(sim.__file__)", cwd=tmp_path / "elsewhere", env=there)
    assert where.startswith(str(tmp_path / "env"))
    overrides = ("scenario=custom", "network=mmc", "run.days=0.1", "run.replications=2", "run.figures=false")
    out = run(strait, "run", *overrides, cwd=tmp_path / "elsewhere", env=there)
    assert "results/runs/custom-" in out
    (folder,) = (tmp_path / "elsewhere" / "results" / "runs").iterdir()
    assert (folder / "metrics.csv").is_file()
    small = (
        "study.replications=1",
        "run.days=0.05",
        "study.design={kind: grid, factor: {truck: {key: run.seed, values: [1]}}}",
        "study.crossings=[]",
        "study.tradeoffs=[]",
    )
    swept = run(strait, "sweep", "experiment=sampling_ratio", *small, cwd=tmp_path / "elsewhere", env=there)
    assert swept.endswith("results/studies/sampling_ratio\n")
    page = tmp_path / "elsewhere" / "results" / "studies" / "sampling_ratio" / "report.html"
    assert "for which nothing was calibrated" in page.read_text("utf-8")  # quoted from a document that came along
    again = run(str(python), "-m", "sim", "check", "scenario=march_2018", cwd=tmp_path / "elsewhere", env=there)
    assert again.endswith("valid\n")


def run(*command: str, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return str(done.stdout)
