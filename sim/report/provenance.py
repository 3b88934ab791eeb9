"""Where the numbers of a page come from: program, commit, seed, digests, and the command that makes them again."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.study.provenance import stream_digest

from .page import Fact
from .words import Words


def provenance_of(folder: Path, manifest: Mapping[str, Any], seed: int, words: Words) -> Iterator[Fact]:
    """Yield the facts of a folder that do not change when it is made again: no times, no workers, no paths.

    Parameters
    ----------
    folder : Path
    manifest : mapping
    seed : int
    words : Words
    """
    program = {"version": manifest.get("version"), "code": manifest.get("code"), "schema": manifest.get("schema")}
    if manifest.get("code"):
        yield Fact(words("provenance_program"), words("provenance_program_value", **program))
    else:
        yield Fact(words("provenance_program"), f"strait {manifest.get('version')}")
    git = manifest.get("git") or {}
    if git.get("commit"):
        told = words("provenance_dirty", commit=git["commit"]) if git.get("dirty") else str(git["commit"])
        yield Fact(words("provenance_commit"), told)
    yield Fact(words("provenance_seed"), words("provenance_seed_value", seed=seed, digest=stream_digest(seed)))
    if (folder / "points.jsonl").is_file():
        yield Fact(words("provenance_plan"), _digest(folder / "points.jsonl"), is_code=True)
    for name in ("results.csv", "metrics.csv"):
        if (folder / name).is_file():
            yield Fact(words("provenance_results", file=name), _digest(folder / name), is_code=True)
    yield Fact(words("provenance_python"), f"{manifest.get('python')}, {manifest.get('platform')}")
    packages = manifest.get("packages") or {}
    yield Fact(words("provenance_packages"), ", ".join(f"{name} {version}" for name, version in packages.items()))
    yield Fact(words("provenance_command"), same_command(str(manifest.get("command", ""))), is_code=True)


def same_command(command: str) -> str:
    """Leave out of a command what changes no number: where results lie, and who does the work."""
    without = ("executor=", "executor.", "study.folder=", "hydra.run.dir=")
    return " ".join(part for part in command.split(" ") if not part.startswith(without))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        whole = sha256()
        while block := file.read(1 << 20):
            whole.update(block)
    return whole.hexdigest()
