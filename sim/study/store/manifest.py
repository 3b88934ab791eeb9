"""What a study's folder says of itself: who made it, from what, and every point well enough to run it again."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.scenario.study import Study, make_study
from sim.study.design import Family, Point, Ready
from sim.study.design.point import shown
from sim.study.provenance import code_digest, git_state, machine_state

from .file import write_whole
from .folder import FOLDER_FIELD
from .schema import SCHEMA_VERSION

_NAME = "manifest.json"


def fingerprint_of(study: Study) -> dict[str, Any]:
    """What the stored replications of a study depend on beside their scenario."""
    kept = study.outputs
    return {"code": code_digest(), "schema": SCHEMA_VERSION, "metrics": [*kept.metrics], "by": [*kept.by]}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a folder; None when there is none.

    Raises
    ------
    ScenarioError
        If the folder is not one of a study: a file, other files, or a manifest that is not a study's.
    """
    path = folder / _NAME
    if not path.is_file():
        if folder.exists() and (not folder.is_dir() or any(not p.name.startswith(".") for p in folder.iterdir())):
            raise ScenarioError(Fault(FOLDER_FIELD, "must be a new folder, or one of a study", folder.name))
        return None
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        if entries["kind"] != "study":
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise ScenarioError(Fault(FOLDER_FIELD, "must hold a manifest.json that a study wrote", folder.name)) from None
    return dict(entries)


def refuse_other_code(folder: Path, entries: Mapping[str, Any]) -> None:
    """Make sure that what a folder holds was made by the code that is running.

    Raises
    ------
    ScenarioError
        If it was made by other code, or its files have other columns.
    """
    if entries.get("schema") != SCHEMA_VERSION:
        rule = f"must hold files of schema {SCHEMA_VERSION}; choose another folder"
        raise ScenarioError(Fault(FOLDER_FIELD, rule, f"schema {entries.get('schema')} in {folder.name}"))
    if entries.get("code") != code_digest():
        rule = f"must hold results of this code ({code_digest()}); choose another folder"
        made_by = f"{entries.get('code')} (version {entries.get('version')}) in {folder.name}"
        raise ScenarioError(Fault(FOLDER_FIELD, rule, made_by))


def other_packages(entries: Mapping[str, Any]) -> list[str]:
    """List the packages whose version has changed since a folder was made, as text."""
    before = entries.get("packages", {})
    now = {name: version(name) for name in before}
    return [f"{name} {before[name]} -> {now[name]}" for name in before if before[name] != now[name]]


def write_plan(folder: Path, ready: Sequence[Ready], families: Sequence[Family]) -> None:
    """Write every point of a study: `design.csv` for reading, `points.jsonl` and `families.json` for running again."""
    lines = [
        {"number": r.point.number, "key": r.key, "family": r.family, "changes": r.changes, "factors": r.point.factors}
        for r in ready
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_whole(text.encode(), folder / "points.jsonl")
    write_whole(json.dumps([family.mapping for family in families]).encode(), folder / "families.json")
    write_whole(_design_csv(ready), folder / "design.csv")


def _design_csv(ready: Sequence[Ready]) -> bytes:
    names = factor_names(ready)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["point", "key", *names])
    for r in ready:
        cells = [shown(r.point.factors[name]) if name in r.point.factors else "" for name in names]
        writer.writerow([r.point.number, r.key, *cells])
    return out.getvalue().encode("utf-8-sig")


def factor_names(ready: Sequence[Ready]) -> list[str]:
    """List the factors of all points, in the order of the design."""
    return list(dict.fromkeys(name for r in ready for name in r.point.factors))


def read_plan(folder: Path) -> tuple[Study, list[Ready], list[Family]]:
    """Read back what `write_plan` wrote.

    Raises
    ------
    ScenarioError
        If the folder is not one of a study.
    """
    entries = read_manifest(folder)
    if entries is None:
        raise ScenarioError(Fault(FOLDER_FIELD, "must be the folder of a study", folder.name))
    try:
        families = [Family(mapping) for mapping in json.loads((folder / "families.json").read_text(encoding="utf-8"))]
        lines = (folder / "points.jsonl").read_text(encoding="utf-8").splitlines()
        ready = [_ready(json.loads(line)) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioError(Fault(FOLDER_FIELD, f"must hold the points of a study ({error})", folder.name)) from None
    return make_study(entries["study"]), ready, families


def _ready(line: Mapping[str, Any]) -> Ready:
    changes = tuple((tuple(path), value) for path, value in line["changes"])
    return Ready(Point(line["number"], line["factors"], ()), line["key"], line["family"], changes)


def _packages_of(study: Study) -> tuple[str, ...]:
    """Name the packages beside the usual ones that the tables of a study are made with."""
    return ("SALib",) if study.sensitivities else ()


def write_manifest(folder: Path, study: Study, started: datetime, engine: str = "reference", **more: Any) -> None:
    """Write the provenance of a study; holds no path and no name of a machine or a person."""
    entries = {
        "kind": "study",
        "program": "strait",
        "code": code_digest(),
        "schema": SCHEMA_VERSION,
        "git": git_state(),
        **machine_state(started, engine, more=_packages_of(study)),
        "study": study.model_dump(mode="json"),
        **more,
    }
    write_whole((json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode(), folder / _NAME)
