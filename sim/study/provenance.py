"""Where a result comes from: versions, commit, machine, key of the random numbers, files read."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario import Scenario
from sim.version import program_version
from sim.workload.streams import identities, stream_key, uniforms

_PACKAGES = (
    "chinesecalendar", "hydra-core", "matplotlib", "numpy", "omegaconf", "pandas", "pyarrow", "pydantic", "scipy",
    "simpy", "tqdm",
)  # fmt: skip
_PACKAGES_OF_ENGINE = {"reference": (), "kernel": ("llvmlite", "numba")}
"""Further packages, by engine."""
_MODEL_ROOMS = ("scenario", "policy", "network", "workload", "record", "engine", "metrics")


def checkout_folder() -> Path | None:
    """Folder of the project's checkout that this package is imported from, or None when it was installed."""
    root = Path(__file__).resolve().parents[2]
    is_checkout = (root / "pyproject.toml").is_file() and (root / "configs" / "config.yaml").is_file()
    return root if is_checkout else None


def git_state() -> dict[str, Any]:
    """Commit of the checkout and whether files differ from it; empty when there is no git checkout."""
    root = checkout_folder()
    if root is None or not (root / ".git").exists():
        return {}
    commit, status = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain")
    return {} if commit is None or status is None else {"commit": commit.strip(), "dirty": bool(status.strip())}


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def stream_digest(seed: int) -> str:
    """Digest of 1,024 uniforms of a stream of its own: equal wherever a seed gives equal random numbers."""
    drawn = uniforms(stream_key(seed, 0, "provenance"), identities("provenance", np.arange(1024)))
    return blake2b(drawn.astype("<f8").tobytes(), digest_size=16).hexdigest()


def file_digests(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, by the name that the scenario calls it."""
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())}


def without_folders(argument: str) -> str:
    """Hide where a file of the command line lies: `a=/x/y/z.csv` becomes `a=…/z.csv`."""
    key, equals, value = argument.rpartition("=")
    return f"{key}{equals}…/{Path(value).name}" if Path(value).is_absolute() else argument


@cache
def code_digest() -> str:
    """Digest of the source of every room that a replication's figures depend on; 16 hexadecimal digits."""
    package = Path(__file__).resolve().parents[1]
    files = [package / "units.py", *(path for room in _MODEL_ROOMS for path in sorted((package / room).rglob("*.py")))]
    whole = sha256()
    for path in files:
        whole.update(f"{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def machine_state(started: datetime, engine: str = "reference", more: Sequence[str] = ()) -> dict[str, Any]:
    """Version, times, Python, platform and packages; `more` names packages that only some work needs."""
    ended = datetime.now(started.tzinfo)
    return {
        "version": program_version(),
        "started": started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "wall_time_s": round((ended - started) / timedelta(seconds=1), 3),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": {name: version(name) for name in (*_PACKAGES, *_PACKAGES_OF_ENGINE[engine], *more)},
    }


def manifest(scenario: Scenario, replications: int, started: datetime, **more: Any) -> dict[str, Any]:
    """Describe a run.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    replications : int
        How many replications are in the result.
    started : datetime
        With a time zone.
    **more
        Further entries, such as the command line.

    Returns
    -------
    dict
        Ready for JSON; holds no path and no name of a machine or a person.
    """
    return {
        "program": "strait",
        "git": git_state(),
        "scenario": scenario.title.name,
        "seed": scenario.run.seed,
        "replications": replications,
        "engine": scenario.run.engine,
        "confidence": scenario.run.confidence,
        "stream_digest": stream_digest(scenario.run.seed),
        **machine_state(started, scenario.run.engine),
        **more,
    }


def command_line(command: str, arguments: Sequence[str] | None = None) -> str:
    """Write the command as a planner would type it, without folders of this machine."""
    given = sys.argv[1:] if arguments is None else [command, *arguments]
    return " ".join(["strait", *(without_folders(argument) for argument in given)])
