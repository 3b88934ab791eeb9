"""`strait status` and `strait verify`: how far a study is, and whether what it holds is what comes out again."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from sim.errors import Fault, ScenarioError, StraitError
from sim.scenario.study import Executor
from sim.study.runner import audit_plan, load_plan
from sim.study.store import look_into
from sim.study.store.manifest import read_manifest, refuse_other_code

from .manual import plain_help
from .terminal import count_of, print_table, say


def status_main(arguments: Sequence[str]) -> None:
    """Print how far a study is; changes nothing."""
    given = _parsed("status", arguments)
    if given is None:
        return
    folder = Path(given.folder)
    plan, entries = load_plan(folder), read_manifest(folder) or {}
    store = look_into(folder)
    n = int(entries.get("replications", plan.study.replications))
    finished, done = store.counts((r.key for r in plan.ready), n)
    total = len(plan.ready)
    rows = [
        ["study", str(plan.study.title.name)],
        ["state", _state(str(entries.get("state")), finished, total)],
        ["points finished", f"{finished} of {total}"],
        ["replications finished", f"{done} of {total * n}"],
        ["points failed", str(entries.get("failed_points", 0))],
        ["files damaged", str(len(store.damaged))],
        ["begun", str(entries.get("started"))],
        ["version", f"{entries.get('version')} (code {entries.get('code')})"],
    ]
    print_table(["", folder.name], rows)


def _state(told: str, finished: int, total: int) -> str:
    """Say how a study stands; one that was killed could not write so itself."""
    if told == "running" and finished < total:
        return "running, or killed: the command that began it goes on where it ended"
    return told


def verify_main(arguments: Sequence[str]) -> None:
    """Check every stored file, and simulate a share of the replications again."""
    given = _parsed("verify", arguments)
    if given is None:
        return
    folder = Path(given.folder)
    plan, entries = load_plan(folder), read_manifest(folder) or {}
    refuse_other_code(folder, entries)
    store = look_into(folder)
    if store.damaged:
        raise StraitError(f"damaged: {', '.join(store.damaged[:10])}; run the study's command again to redo them")
    n = int(entries.get("replications", plan.study.replications))
    compared = audit_plan(plan, store, Executor(kind="processes"), n, given.share)
    finished, _ = store.counts((r.key for r in plan.ready), n)
    again = count_of(compared, "replication")
    are = "is" if len(plan.ready) == 1 else "are"
    say(f"{finished} of {count_of(len(plan.ready), 'point')} {are} stored whole; {again} came out the same again")


def _parsed(command: str, arguments: Sequence[str]) -> argparse.Namespace | None:
    parser = argparse.ArgumentParser(add_help=False)
    parser.error = _refuse  # type: ignore[method-assign]
    parser.add_argument("folder", nargs="?")
    parser.add_argument("-h", "--help", action="store_true")
    if command == "verify":
        parser.add_argument("--share", type=float, default=None)
    given = parser.parse_args(list(arguments))
    if given.help:
        say(plain_help(command))
        return None
    if given.folder is None:
        raise ScenarioError(Fault("command line", f"must be `strait {command} FOLDER`", "nothing"))
    if command == "verify" and given.share is not None and not 0 <= given.share <= 1:
        raise ScenarioError(Fault("--share", "must lie in [0, 1]", given.share))
    return given


def _refuse(message: str) -> NoReturn:
    raise ScenarioError(Fault("command line", "must be one folder and known flags", message))
